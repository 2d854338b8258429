/**
 * The API in this process, started as in a separate one: two organizations with a simulated vendor, real tokens, real
 * HTTP.
 */
import pino from 'pino'
import { createToken, type TokenWish } from '../../src/access/tokens.ts'
import { type Running, runProcess } from '../../src/cli/serve.ts'
import { readConfig } from '../../src/config/env.ts'
import type { Database } from '../../src/db/database.ts'
import type { OrganizationSettings } from '../../src/organizations/client-directory.ts'
import type { OrganizationOptions } from '../../src/simulator/organization.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { testDatabase } from '../support/database.ts'
import { databaseVariables } from '../support/program.ts'

export interface RunningApi extends AsyncDisposable {
  readonly simulator: Simulator
  /** The test's access to the database, with connections separate from those of the process. */
  readonly database: Database
  readonly running: Running
  readonly lines: readonly Record<string, unknown>[]
  token(wish: Partial<TokenWish> & Pick<TokenWish, 'name'>): Promise<string>
  get(path: string): Promise<Response>
  ask(token: string, query: string, options?: { variables?: object; signal?: AbortSignal }): Promise<Asked>
}

export interface Asked {
  readonly status: number
  readonly data?: Record<string, Record<string, unknown>> | null
  readonly errors?: { message: string; extensions: Record<string, unknown> }[]
}

interface ApiOptions {
  /** Pulls run. */
  readonly worker?: boolean
  /** The number of further users of `a`. */
  readonly users?: number
  /** Instead of `a` and `b`: other organizations at the vendor, and entries for them. */
  readonly vendor?: {
    readonly organizations: readonly OrganizationOptions[]
    readonly entries: (origin: string) => OrganizationSettings[]
  }
}

/** By default the organizations are `a` and `b`, and both have one user, bob. */
export async function runApi(
  environment: Record<string, string> = {},
  { worker = false, users = 0, vendor }: ApiOptions = {},
): Promise<RunningApi> {
  await using opening = new AsyncDisposableStack()
  const simulator = opening.use(
    await startSimulator({
      organizations:
        vendor?.organizations ??
        ['a', 'b'].map((slug) => ({
          apiKey: `key-${slug}`,
          apiSecret: 'secret-of-the-key',
          domains: [`${slug}.example`],
          requestsPerMinute: 1_000_000,
          data: {
            groups: [],
            users: ['bob', ...Array.from({ length: slug === 'a' ? users : 0 }, (_, i) => `user.${i}`)].map((name) => ({
              primaryEmail: `${name}@${slug}.example`,
              firstName: name === 'bob' ? 'Bob' : name,
            })),
          },
        })),
    }),
  )
  const database = opening.use(await testDatabase())
  const lines: Record<string, unknown>[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  // The driver reads these from the process itself.
  const where = databaseVariables(database)
  const before = { ...process.env }
  Object.assign(process.env, where)
  opening.defer(() => {
    for (const name of Object.keys(where)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })
  const variables = { ESSENTIALS_API_KEY: 'key', ESSENTIALS_API_SECRET: 'secret', PORT: '0' }
  const config = {
    ...readConfig({ ...variables, ...where, ...environment }, 'vendor'),
    organizations:
      vendor?.entries(simulator.origin) ??
      ['a', 'b'].map((slug) => ({
        slug,
        name: slug,
        api: 'v2' as const,
        apiKey: `key-${slug}`,
        apiSecret: 'secret-of-the-key',
        baseUrl: simulator.url,
        requestsPerMinute: 1_000_000,
        privilegedRoles: undefined,
      })),
  }
  const stopping = new AbortController()
  const started = Promise.withResolvers<Running>()
  const ended = runProcess(config, logger, { api: true, worker }, stopping.signal, started.resolve)
  ended.catch(started.reject)
  opening.defer(async () => {
    stopping.abort()
    await ended
  })
  const running = await started.promise
  const owned = opening.move()
  const origin = new URL('/', running.server?.url)
  return {
    simulator,
    database,
    running,
    lines,
    async token(wish) {
      const token = await createToken(database.sql, {
        scopes: ['read', 'write'],
        organizations: null,
        expiresInSeconds: null,
        ...wish,
      })
      if (!token) throw new Error('a token of that name is there already')
      return token
    },
    get: (path) => fetch(new URL(path, origin)),
    async ask(token, query, { variables, signal } = {}) {
      const answer = await fetch(new URL('/graphql', origin), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        signal: signal ?? null,
      })
      return { status: answer.status, ...((await answer.json()) as object) }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
