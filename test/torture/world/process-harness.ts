/**
 * The whole program as processes on one machine: Postgres, Redis if the queue uses it, API and worker. Each can be
 * killed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { dataFolder } from '../../support/postgres.ts'
import { startFlags } from '../../support/program.ts'

export type Store = 'postgres' | 'redis'

export type Part = 'postgres' | 'redis' | 'worker' | 'api'

export interface Machine extends AsyncDisposable {
  readonly databaseUrl: string
  /** The URL of the running API. */
  readonly graphqlUrl: string
  readonly parts: readonly Part[]
  /** Starts the processes that are not running. */
  start(): Promise<void>
  /** Sends SIGKILL to these processes at the same time. */
  kill(parts: readonly Part[]): Promise<void>
  /** The processes that should be running but are not, and how they ended. */
  fallen(): string[]
}

export const adminToken = 'a-token-of-the-torture'

/** Whether this machine has Redis. */
export async function hasRedis(): Promise<boolean> {
  return await promisify(execFile)('redis-server', ['--version']).then(
    () => true,
    () => false,
  )
}

export async function openMachine(store: Store, vendor: Readonly<Record<string, string>>): Promise<Machine> {
  const folder = await dataFolder('machine')
  const [postgresPort, redisPort] = [await freePort(), await freePort()]
  const databaseUrl = `postgres://app@127.0.0.1:${postgresPort}/app`
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...vendor,
    DATABASE_URL: databaseUrl,
    ...(store === 'redis' && { REDIS_URL: `redis://127.0.0.1:${redisPort}` }),
    ADMIN_TOKEN: adminToken,
    PORT: '0',
    PULL_INTERVAL_SECONDS: '1',
    LOG_LEVEL: 'error',
  }
  const main = join(import.meta.dirname, '../../../src/main.ts')
  const parts: readonly Part[] =
    store === 'redis' ? ['postgres', 'redis', 'worker', 'api'] : ['postgres', 'worker', 'api']
  const up = new Map<Part, ChildProcess>()
  let dataPath = ''
  let graphqlUrl = ''

  function run(part: Part, command: string, args: readonly string[]): ChildProcess {
    const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
    up.set(part, child)
    return child
  }

  const starts: Record<Part, () => Promise<void>> = {
    async postgres() {
      const script = join(import.meta.dirname, 'postgres-process.ts')
      dataPath = await firstLine(
        run('postgres', process.execPath, [...startFlags, script, join(folder, 'data'), String(postgresPort)]),
      )
    },
    async redis() {
      // A kill of Redis loses all of its data.
      const memoryOnly = ['--save', '', '--appendonly', 'no']
      run('redis', 'redis-server', ['--port', String(redisPort), ...memoryOnly, '--dir', folder]).stdout?.resume()
    },
    async worker() {
      const script = join(import.meta.dirname, 'worker-program.ts')
      run('worker', process.execPath, [...startFlags, script]).stdout?.resume()
    },
    async api() {
      graphqlUrl = (await firstLine(run('api', process.execPath, [...startFlags, main, 'api']))).replace(
        'listening on ',
        '',
      )
    },
  }

  async function end(which: readonly Part[], signal: NodeJS.Signals): Promise<void> {
    const ending = which.flatMap((part) => up.get(part) ?? []).filter(isUp)
    const ended = Promise.all(ending.map((child) => once(child, 'exit')))
    const postmaster = signal === 'SIGKILL' && which.includes('postgres') ? await postmasterOf(dataPath) : undefined
    for (const child of ending) child.kill(signal)
    if (postmaster !== undefined) process.kill(postmaster, signal)
    await ended
    for (const part of which) up.delete(part)
  }

  return {
    databaseUrl,
    get graphqlUrl() {
      return graphqlUrl
    },
    parts,
    async start() {
      for (const part of parts) if (!up.has(part)) await starts[part]()
    },
    kill: (which) => end(which, 'SIGKILL'),
    fallen: () =>
      [...up].flatMap(([part, child]) => (isUp(child) ? [] : [`${part} (${child.exitCode ?? child.signalCode})`])),
    async [Symbol.asyncDispose]() {
      await end(parts.toReversed(), 'SIGTERM')
      await rm(folder, { recursive: true, force: true })
      if (dataPath !== '') await rm(join(dataPath, '..'), { recursive: true, force: true })
    },
  }
}

function isUp(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

async function postmasterOf(dataPath: string): Promise<number | undefined> {
  const file = await readFile(join(dataPath, 'postmaster.pid'), 'utf8').catch(() => '')
  return Number(file.split('\n')[0]) || undefined
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the output of a process is not piped')
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`)
  })
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string]
  ended.catch(() => {})
  return line
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
