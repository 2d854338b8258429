/** Processes that the benchmark starts, and ends by their ids. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export interface Served extends AsyncDisposable {
  readonly pid: number
  readonly url: string
}

const startMs = 60_000
const stopMs = 15_000

/** Starts a server, and waits until its log contains the line "listening on URL". */
export async function startServer(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly logFile: string },
): Promise<Served> {
  const log = openSync(options.logFile, 'w')
  const child = spawn(process.execPath, args, { cwd: options.cwd, env: options.env, stdio: ['ignore', log, log] })
  closeSync(log)
  const url = await addressOf(child, options.logFile).catch(async (error: unknown) => {
    await end(child)
    throw error
  })
  return { pid: child.pid ?? 0, url, [Symbol.asyncDispose]: () => end(child) }
}

async function addressOf(child: ChildProcess, logFile: string): Promise<string> {
  const deadline = Date.now() + startMs
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const [, url] = /^listening on (\S+)$/m.exec(readFileSync(logFile, 'utf8')) ?? []
    if (url !== undefined) return url
    await sleep(50)
  }
  throw new Error(`A server did not start:\n${readFileSync(logFile, 'utf8').slice(-2_000)}`)
}

/** Ends the process, by force if it takes too long. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await ended
  clearTimeout(late)
}

/** Runs a command of the program in a checkout of this project, and returns its output. */
export async function runProgram(checkout: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['src/main.ts', ...args], {
    cwd: resolve(checkout),
    env: { PATH: process.env.PATH, ...env },
    timeout: startMs,
  })
  return stdout
}
