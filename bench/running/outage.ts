/**
 * Postgres goes away under load and comes back after a while: how long callers wait for an answer or a refusal
 * meanwhile, and how long after its return the first good answer comes. Needs Linux.
 *
 *   npm run bench:outage -- [--how kill] [--away 7] [--callers 20]
 *
 * `--how`: `kill` ends Postgres, and its address refuses connections. `stop` stops its processes (SIGSTOP): they accept
 * connections and do not respond. `silence`: the network loses everything.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/db/database.ts'
import type { EmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { runProgram, startServer } from '../read/run/child-process.ts'

const { values } = parseArgs({
  options: {
    how: { type: 'string', default: 'kill' },
    away: { type: 'string', default: '7' },
    callers: { type: 'string', default: '20' },
  },
})
const awayMs = Number(values.away) * 1_000
const root = join(import.meta.dirname, '../..')
const say = (line: string) => process.stdout.write(`${line}\n`)

await using opened = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'bench-outage-'))
opened.defer(() => rm(folder, { recursive: true, force: true }))
const simulator = opened.use(
  await startSimulator({
    organizations: [{ apiKey: 'key', apiSecret: 'secret', domains: ['example.com'], data: { users: 50, groups: 3 } }],
  }),
)
const dataDir = join(folder, 'postgres')
// In a process of its own, which is killed together with Postgres.
let holder = await hold()
opened.defer(() => kill(holder))
const proxy = await openProxy(() => holder.socket)
opened.defer(() => proxy.close())
const { user, database } = holder.connection
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: `postgres://${user}@127.0.0.1:${proxy.port}/${database}`,
  ESSENTIALS_API_KEY: 'key',
  ESSENTIALS_API_SECRET: 'secret',
  ESSENTIALS_BASE_URL: simulator.url,
  LOG_LEVEL: 'info',
  PORT: '0',
}
const server = opened.use(
  await startServer(['src/main.ts', 'serve'], { cwd: root, env, logFile: join(folder, 'program.log') }),
)
const created = await runProgram(root, ['token', 'create', '--name', 'bench', '--scope', 'read'], env)
const token = /egt_\S+/.exec(created)?.[0] ?? ''

interface Answer {
  readonly at: number
  readonly ms: number
  readonly outcome: string
}
const answers: Answer[] = []
let isOver = false
/** How long this process itself was not able to run: on a busy machine this is part of every wait. */
const ownDelay = monitorEventLoopDelay({ resolution: 10 })
ownDelay.enable()
async function ask(): Promise<string> {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ users(first: 3) { totalCount nodes { primaryEmail groups { totalCount } } } }' }),
  })
  const body = (await response.json()) as { data?: unknown; errors?: { extensions?: { code?: string } }[] }
  return body.errors?.[0]?.extensions?.code ?? (body.data ? 'answered' : `status ${response.status}`)
}
const callers = Array.from({ length: Number(values.callers) }, async (_, i) => {
  await sleep(i * 20)
  while (!isOver) {
    const at = performance.now()
    const outcome = await ask().catch((error: unknown) => String((error as Error).cause ?? error))
    answers.push({ at, ms: performance.now() - at, outcome })
    await sleep(100)
  }
})
await sleep(4_000)
const goneAt = performance.now()
const backAt = await outage(values.how)
await sleep(5_000)
isOver = true
await Promise.all(callers)

const during = answers.filter(({ at, ms }) => at + ms >= goneAt && at <= backAt)
const longest = Math.max(...during.map(({ ms }) => ms))
const firstGood = Math.min(
  ...answers.filter(({ at, ms, outcome }) => outcome === 'answered' && at + ms >= backAt).map(({ at, ms }) => at + ms),
)
const lastBad = Math.max(
  backAt,
  ...answers.filter(({ outcome }) => outcome !== 'answered').map(({ at, ms }) => at + ms),
)
say(`away for ${((backAt - goneAt) / 1_000).toFixed(1)} s, ${during.length} requests meanwhile`)
say(`outcomes: ${JSON.stringify(Object.fromEntries(countBy(during)))}`)
const sorted = during.map(({ ms }) => ms).toSorted((a, b) => a - b)
const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0)
say(`waits: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`)
say(`longest wait for an answer or a refusal: ${longest.toFixed(0)} ms`)
say(
  `first good answer ${(firstGood - backAt).toFixed(0)} ms after the return, last refusal ${(lastBad - backAt).toFixed(0)} ms`,
)
say(`as the server measured them: longest ${longestOfLog().toFixed(0)} ms`)
say(
  `load of the machine ${loadavg()[0]?.toFixed(1)}; this process was held up for ${(ownDelay.max / 1e6).toFixed(0)} ms at most`,
)
for (const one of during.filter(({ ms }) => ms > 700).slice(0, 30))
  say(`${(one.at - goneAt).toFixed(0)} ${one.ms.toFixed(0)} ${one.outcome}`)
process.exitCode = longest > 1_000 || firstGood - backAt > 1_000 ? 1 : 0

/** Of the requests of the whole run. */
function longestOfLog(): number {
  const log = readFileSync(join(folder, 'program.log'), 'utf8')
  return Math.max(...[...log.matchAll(/"durationMs":([\d.]+)/g)].map(([, ms]) => Number(ms)))
}

/** Resolves to when Postgres was back. */
async function outage(how: string): Promise<number> {
  if (how === 'stop') {
    const pids = pidsOf(holder)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    await sleep(awayMs)
    const at = performance.now()
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    return at
  }
  if (how === 'silence') {
    proxy.silence(true)
    await sleep(awayMs)
    proxy.silence(false)
    return performance.now()
  }
  await kill(holder)
  proxy.lose()
  await sleep(awayMs)
  holder = await hold()
  proxy.back()
  await until(holder.connection)
  return performance.now()
}

function countBy(list: readonly Answer[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { outcome } of list) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return counts
}

interface Holder {
  readonly pid: number
  readonly connection: EmbeddedPostgres['connection']
  readonly socket: string
}

async function hold(): Promise<Holder> {
  const child = spawn(process.execPath, [join(root, 'test/embedded/hold.ts'), dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const { connection } = JSON.parse(String(line)) as { connection: Holder['connection'] }
  return { pid: child.pid ?? 0, connection, socket: join(connection.host, `.s.PGSQL.${connection.port}`) }
}

/** Kills the holder, Postgres and its backends, as the end of their machine would. */
async function kill(held: Holder): Promise<void> {
  for (const one of [held.pid, ...pidsOf(held)]) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
}

/** The postmaster and its backends. */
function pidsOf({ socket }: Holder): number[] {
  const lock = `${socket}.lock`
  if (!existsSync(lock)) return []
  const postmaster = Number(readFileSync(lock, 'utf8').split('\n')[0])
  return [postmaster, ...childrenOf(postmaster)]
}

function childrenOf(pid: number): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
      .map(Number)
  } catch {
    return []
  }
}

async function until(connection: Holder['connection']): Promise<void> {
  const direct = openDatabase(connection, { connections: 1 })
  try {
    for (;;) {
      const [row] = await direct.sql`select 1`.catch(() => [])
      if (row) return
      await sleep(10)
    }
  } finally {
    await direct.close()
  }
}

/** An address that stays the same: the socket of the embedded Postgres moves. While it is away, connections are refused. */
async function openProxy(target: () => string) {
  const open = new Set<Socket>()
  const all = new Set<Socket>()
  let isSilent = false
  const forward = createServer((near) => {
    const far = connect(target())
    open.add(near)
    for (const socket of [near, far]) {
      all.add(socket)
      socket.on('close', () => all.delete(socket))
    }
    near.on('close', () => {
      open.delete(near)
      far.destroy()
    })
    far.on('close', () => near.destroy())
    for (const socket of [near, far]) socket.on('error', () => {})
    near.pipe(far).pipe(near)
    if (isSilent) for (const socket of [near, far]) socket.pause()
  })
  forward.listen(0, '127.0.0.1')
  await once(forward, 'listening')
  const { port } = forward.address() as AddressInfo
  const lose = () => {
    forward.close()
    for (const socket of open) socket.destroy()
  }
  return {
    port,
    lose,
    silence(silent: boolean) {
      isSilent = silent
      for (const socket of all) {
        if (silent) socket.pause()
        else socket.resume()
      }
    },
    back: () => forward.listen(port, '127.0.0.1'),
    close: lose,
  }
}
