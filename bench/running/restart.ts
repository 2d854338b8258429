/**
 * A rolling restart under load: 2 APIs and 3 workers are stopped and started again, one after the other, while clients
 * send queries and mutations over keep-alive connections. A client sends each request to an API that was ready at the
 * last probe, like a load balancer, honours `Connection: close`, and never repeats a request. Needs `redis-server`.
 *
 *   npm run bench:restart -- [--clients 20] [--organizations 20] [--rounds 1]
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/db/database.ts'
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { everySection } from '../../src/simulator/options.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { end, runProgram } from '../read/run/child-process.ts'
import { percentile } from '../served.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '20' },
    organizations: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '1' },
  },
})
const root = join(import.meta.dirname, '../..')
const say = (line: string) => process.stdout.write(`${line}\n`)
/** How often each client asks whether the APIs are ready. */
const probeMs = 250
const slugs = Array.from({ length: Number(values.organizations) }, (_, i) => `org-${i}`)

await using opened = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'bench-restart-'))
opened.defer(() => rm(folder, { recursive: true, force: true }))
const simulator = opened.use(
  await startSimulator({
    switches: { listCarries: everySection, groupsTotal: 'right', latencyMs: 50 },
    organizations: slugs.map((slug) => ({
      apiKey: slug,
      apiSecret: 'secret',
      domains: [`${slug}.example`],
      data: { users: 30, groups: 3 },
      limiter: 'none' as const,
    })),
  }),
)
const file = join(folder, 'organizations.json')
const listed = slugs.map((slug) => ({
  slug,
  name: slug,
  apiKey: slug,
  apiSecret: 'secret',
  requestsPerMinute: 100_000,
}))
await writeFile(file, JSON.stringify(listed))
const { connection } = opened.use(
  await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings: { max_connections: '300' } }),
)
const redisPort = await freePort()
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
  stdio: 'ignore',
})
opened.defer(() => end(redis))
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: `postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}&port=${connection.port}`,
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
  ESSENTIALS_ORGANIZATIONS_FILE: file,
  ESSENTIALS_BASE_URL: simulator.url,
  PULL_INTERVAL_SECONDS: '5',
  LOG_LEVEL: 'warn',
}
await runProgram(root, ['migrate'], env)
const created = await runProgram(
  root,
  ['token', 'create', '--name', 'bench', '--scope', 'read', '--scope', 'write'],
  env,
)
const token = /egt_\S+/.exec(created)?.[0] ?? ''

interface Part {
  readonly name: string
  readonly port: number | undefined
  child: ChildProcess
}

const parts: Part[] = []
opened.defer(async () => {
  await Promise.all(parts.map(({ child }) => end(child)))
})
for (const [name, port] of [
  ['api-1', await freePort()],
  ['api-2', await freePort()],
  ['worker-1', undefined],
  ['worker-2', undefined],
  ['worker-3', undefined],
] as const)
  parts.push({ name, port, child: start(name, port) })
const apis = parts.filter((part) => part.port !== undefined)
const database = openDatabase(connection, { connections: 2, name: 'bench' })
opened.defer(() => database.close())
await until(async () => (await Promise.all(apis.map(({ port }) => isReady(port)))).every(Boolean))
await until(async () => (await pullsOf('COMPLETE')) >= slugs.length)

interface Sent {
  readonly ms: number
  readonly problem: string | undefined
}
const sent: Sent[] = []
let isOver = false
const [pullsBefore, from] = [await pullsOf('COMPLETE'), performance.now()]
const clients = Array.from({ length: Number(values.clients) }, (_, i) => runClient(i))
await sleep(2_000)
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const part of [...parts]) {
    const stoppedAt = performance.now()
    part.child.kill('SIGTERM')
    if (part.child.exitCode === null) await once(part.child, 'exit')
    const took = (performance.now() - stoppedAt) / 1_000
    say(`${part.name} stopped in ${took.toFixed(1)} s with exit code ${part.child.exitCode}`)
    part.child = start(part.name, part.port)
    if (part.port === undefined) await sleep(3_000)
    else await until(() => isReady(part.port))
    // Every client has probed the new process before the next one stops.
    await sleep(2 * probeMs + 500)
  }
}
isOver = true
await Promise.all(clients)
const seconds = (performance.now() - from) / 1_000
const failed = sent.filter(({ problem }) => problem !== undefined)
const waits = sent.map(({ ms }) => ms)
say(`${sent.length} requests in ${seconds.toFixed(0)} s, ${failed.length} failed`)
for (const { problem } of failed.slice(0, 10)) say(`  ${problem}`)
say(
  `p50 ${percentile(waits, 0.5).toFixed(0)} ms, p99 ${percentile(waits, 0.99).toFixed(0)} ms, longest ${Math.max(...waits).toFixed(0)} ms`,
)
say(`pulls meanwhile: ${(await pullsOf('COMPLETE')) - pullsBefore} complete, ${await pullsOf('FAILED')} failed`)
process.exitCode = failed.length > 0 ? 1 : 0

async function runClient(number: number): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  const ready = new Set<number>(apis.map(({ port }) => port ?? 0))
  let isClientOver = false
  const probing = (async () => {
    while (!isClientOver) {
      for (const { port = 0 } of apis) {
        if (await isReady(port)) ready.add(port)
        else ready.delete(port)
      }
      await sleep(probeMs)
    }
  })()
  for (let turn = number; !isOver; turn += 1) {
    const ports = [...ready]
    const at = performance.now()
    const port = ports[turn % ports.length]
    const problem = port === undefined ? 'no API was ready' : await ask(agent, port, turn)
    sent.push({ ms: performance.now() - at, problem })
    await sleep(20)
  }
  isClientOver = true
  await probing
  agent.destroy()
}

/** Resolves to what is wrong with the response. */
async function ask(agent: Agent, port: number, turn: number): Promise<string | undefined> {
  const slug = slugs[turn % slugs.length]
  const query =
    turn % 10 === 9
      ? `mutation { startPull(organization: "${slug}") { state } }`
      : `{ users(organization: "${slug}", first: 5) { totalCount nodes { primaryEmail groups { totalCount } } } }`
  try {
    const { status, body } = await post(agent, port, JSON.stringify({ query }))
    const answer = JSON.parse(body) as { errors?: unknown; data?: unknown }
    return status === 200 && !answer.errors && answer.data ? undefined : `${status} ${body.slice(0, 200)}`
  } catch (error) {
    return String(error)
  }
}

function post(agent: Agent, port: number, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const sending = request(
      { agent, host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
        response.on('error', reject)
      },
    )
    sending.on('error', reject)
    sending.end(body)
  })
}

async function isReady(port: number | undefined): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok
  } catch {
    return false
  }
}

function start(name: string, port: number | undefined): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), 'a')
  const command = port === undefined ? 'worker' : 'api'
  const child = spawn(process.execPath, ['src/main.ts', command], {
    cwd: root,
    env: { ...env, ...(port !== undefined && { PORT: String(port) }) },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.once('exit', (code) => {
    if (code !== 0 && code !== null)
      say(`${name} ended:\n${readFileSync(join(folder, `${name}.log`), 'utf8').slice(-2_000)}`)
  })
  return child
}

async function pullsOf(state: string): Promise<number> {
  const [row] = await database.sql<
    [{ pulls: number }]
  >`select count(*)::int as pulls from pulls where state::text = ${state}`
  return row?.pulls ?? 0
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
