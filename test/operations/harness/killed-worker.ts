/** Worker processes that are killed one after the other. While one works, the next one is on standby. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { DatabaseConnection, Sql } from '../../../src/db/database.ts'
import type { AllowanceTimes } from '../../../src/rate-limit/slots.ts'
import { startFlags } from '../../support/program.ts'

export interface WorkerProcessOptions {
  readonly connection: DatabaseConnection
  readonly baseUrl: string
  readonly organizationId: number
  readonly requestsPerMinute: number
  readonly times: AllowanceTimes
}

export interface KilledWorkers extends AsyncDisposable {
  /** Sends SIGKILL to the working process. Its locks and items are free immediately, as if its leases had expired. */
  kill(): Promise<void>
  /** The process on standby starts to work. */
  goOn(): Promise<void>
  /** The log lines of all processes. */
  readonly said: string[]
}

/** `kills`: how many there will be. After the last one no process is on standby, because a start is expensive. */
export async function killedWorkers(sql: Sql, options: WorkerProcessOptions, kills: number): Promise<KilledWorkers> {
  const said: string[] = []
  let starts = 1
  let next: Promise<ChildProcess> | undefined = standBy(options, said)
  let working: ChildProcess | undefined
  const end = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return {
    said,
    async kill() {
      if (working) await end(working)
      working = undefined
    },
    async goOn() {
      await sql`update user_locks set held_until = '-infinity'`
      await sql`update operation_items set held_until = least(held_until, clock_timestamp()) where holder is not null`
      if (!next) throw new Error(`There were more than ${kills} kills`)
      working = await next
      working.send('go')
      next = starts > kills ? undefined : standBy(options, said)
      starts += 1
    },
    async [Symbol.asyncDispose]() {
      if (working) await end(working)
      if (next) await end(await next)
    },
  }
}

async function standBy(options: WorkerProcessOptions, said: string[]): Promise<ChildProcess> {
  const file = new URL('worker-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [...startFlags, file, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const [first] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`A worker did not start: ${said.join('')}`))),
  ])
  if (first !== 'ready') throw new Error(`A worker said ${String(first)}`)
  return child
}
