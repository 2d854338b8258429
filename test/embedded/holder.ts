import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import type { Connection } from '../../src/embedded/postmaster/first-query.ts'

/** The environment and the user of a process. */
export interface Circumstances {
  /** The folder of the checkout that contains hold.ts. */
  checkout?: string
  mode?: 'leave'
  /** The complete environment. Defaults to an empty one, without LANG and PATH. */
  env?: Record<string, string>
  as?: { uid: number; gid: number }
  node?: string
}

/** A process that runs hold.ts. */
export interface Holder extends AsyncDisposable {
  process: ChildProcess
  lines: AsyncIterator<string>
}

export const REPOSITORY = new URL('../..', import.meta.url).pathname

/** Starts the process without waiting for its report. Disposing ends it like a user and waits for its exit. */
export function spawnHolder(dataDir: string, circumstances: Circumstances = {}): Holder {
  const child = spawn(
    circumstances.node ?? process.execPath,
    [`${circumstances.checkout ?? REPOSITORY}/test/embedded/hold.ts`, dataDir, circumstances.mode ?? 'hold'],
    {
      ...circumstances.as,
      cwd: '/',
      env: circumstances.env ?? {},
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  return {
    process: child,
    lines: createInterface(child.stdout)[Symbol.asyncIterator](),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** Starts the process and waits until its Postgres is up. */
export async function hold(
  dataDir: string,
  circumstances: Circumstances = {},
): Promise<Holder & { connection: Connection }> {
  const holder = spawnHolder(dataDir, circumstances)
  const report = await answerOf(holder)
  if (report.connection === undefined) throw new Error(report.error?.message ?? 'the process reported nothing')
  return { ...holder, connection: report.connection }
}

/** Reads the report of the process about its start. */
export async function answerOf(
  holder: Holder,
): Promise<{ connection?: Connection; error?: { name: string; message: string } }> {
  const { value } = await holder.lines.next()
  return JSON.parse(value ?? '{}')
}

export async function kill(holder: Holder): Promise<void> {
  const exited = once(holder.process, 'exit')
  holder.process.kill('SIGKILL')
  await exited
}

/** Runs one statement on a separate connection. */
export async function query(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres({ ...connection, max: 1, onnotice: () => {} })
  try {
    return await sql.unsafe(text)
  } finally {
    await sql.end()
  }
}
