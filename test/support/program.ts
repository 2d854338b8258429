/**
 * The whole program as a separate process, run as a user runs it: environment variables in, lines and an exit code out,
 * and HTTP.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Database } from '../../src/db/database.ts'

const main = new URL('../../src/main.ts', import.meta.url).pathname

/** The flags of Node that the npm scripts start the program with. */
export const startFlags = ['--import', new URL('../../src/cli/quick-start.js', import.meta.url).href]

export const token = 'a-token-of-the-tests'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Program extends AsyncDisposable {
  readonly pid: number
  /** The output so far. */
  readonly out: () => string
  readonly err: () => string
  readonly exited: Promise<Exit>
  /** The first match in stdout. If the program ends before, rejects with the whole output. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  /** The origin that it listens on, without a slash at the end, once it listens. */
  origin(): Promise<string>
  /** Stops it and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The program gets exactly this environment: no LANG, no PATH, and no variables of the tests. Disposing stops it and
 * waits for its end.
 */
export function startProgram(args: readonly string[], environment: Environment = {}): Program {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
  return startCommand(process.execPath, [...startFlags, main, ...args], { env, cwd: '/' })
}

/** Like `startProgram`, for any command that runs the program. */
export function startCommand(
  command: string,
  args: readonly string[],
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): Program {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  let ended = false
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const look of waiting) look()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    tell()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    ended = true
    tell()
    return { code, signal }
  })
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(out)
        if (!found && !ended) return
        waiting.delete(look)
        if (found) resolve(found)
        else reject(new Error(`the program ended and had not said ${pattern}\n${out}\n${err}`))
      }
      waiting.add(look)
      look()
    })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return await exited
  }
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    exited,
    says,
    origin: async () => (await says(/^listening on (http:\/\/.+)\/graphql$/m))[1] ?? '',
    stop,
    async [Symbol.asyncDispose]() {
      if (!ended) await stop()
    },
  }
}

/** Runs the program to its end. */
export async function runProgram(args: readonly string[], environment: Environment = {}) {
  await using program = startProgram(args, environment)
  const exit = await program.exited
  return { ...exit, out: program.out(), err: program.err() }
}

/** The variables for a test's database. They are separate because a URL has no place for the folder of a socket. */
export function databaseVariables({ connection }: Database): Record<string, string> {
  if ('url' in connection) return { DATABASE_URL: connection.url }
  return {
    DATABASE_URL: `postgres:///${connection.database}`,
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
  }
}

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: a response has the shape of its query, which only the test knows.
  readonly data?: any
  readonly errors?: readonly { message: string; extensions?: { code?: string } }[]
}

/** Sends a query with the administrator's token, unless another is given. */
export async function ask(origin: string, query: string, variables: object = {}, bearer = token): Promise<Answer> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as Answer
}
