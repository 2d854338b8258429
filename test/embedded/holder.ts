import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import type { Connection } from '../../src/embedded/first-query.ts'

/** Where a process runs, and as whom. */
export interface Circumstances {
  /** The folder of the checkout whose hold.ts is run. */
  checkout?: string
  mode?: 'leave'
  /** Its whole environment; without it, there is none: no LANG, no PATH. */
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

/** Starts the process, and does not wait for what it says. Disposing ends it as a user would, and waits. */
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
  const said = await answerOf(holder)
  if (said.connection === undefined) throw new Error(said.error?.message ?? 'it said nothing')
  return { ...holder, connection: said.connection }
}

/** What the process says of its start. */
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

/** Runs one statement over a connection of its own. */
export async function query(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const sql = postgres({ ...connection, max: 1, onnotice: () => {} })
  try {
    return await sql.unsafe(text)
  } finally {
    await sql.end()
  }
}
