/** The real server over the real schema and a test database, and callers with tokens of every kind. */
import pino from 'pino'
import { request } from 'undici'
import { type Audit, openAudit } from '../../src/access/audit.ts'
import { openTokenDirectory } from '../../src/access/token-directory.ts'
import { createToken, type TokenWish } from '../../src/access/tokens.ts'
import { type Database, type DatabaseConnection, openDatabase, type Sql } from '../../src/db/database.ts'
import type { GraphContext } from '../../src/graph/context.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import { openMemory } from '../../src/mirror/count-cache.ts'
import { openWakes } from '../../src/mirror/feed/notifications.ts'
import { adminTokenAuthenticator, anyOf, storedTokenAuthenticator } from '../../src/server/auth/authenticate.ts'
import { type Server, type ServerOptions, startServer } from '../../src/server/http/start-server.ts'
import { contextOf } from '../graph/harness/context.ts'
import { type Adders, adders } from '../graph/harness/fixture.ts'
import { testDatabase } from '../support/database.ts'
import { token as adminToken } from './served.ts'

export interface ServedGraph extends AsyncDisposable {
  readonly sql: Sql
  readonly connection: DatabaseConnection
  readonly database: Database
  readonly server: Server
  readonly audit: Audit
  readonly statements: string[]
  readonly add: Adders
  /** Creates a token. Defaults to the scope read and to all organizations. */
  token(wish: Partial<TokenWish>): Promise<string>
  /** Sends a query with a token. Defaults to the administrator's token; `null` sends none. */
  ask(query: string, options?: Asked): Promise<Answer>
}

export interface Asked {
  readonly token?: string | null
  readonly variables?: object | undefined
  readonly extensions?: object
  readonly headers?: Record<string, string>
}

export interface Answer {
  readonly status: number
  readonly body: {
    readonly data?: Record<string, unknown> | null
    readonly errors?: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
    readonly extensions?: Record<string, unknown>
  }
}

/** Starts a server. With `beside` it uses the database of another server, but its own pool and in-memory state. */
export async function serveGraph({
  beside,
  ...options
}: Partial<ServerOptions<GraphContext>> & { beside?: ServedGraph } = {}): Promise<ServedGraph> {
  await using opening = new AsyncDisposableStack()
  const statements: string[] = []
  const log = { onStatement: (statement: string) => void statements.push(statement) }
  const database = beside ? openDatabase(beside.connection, log) : opening.use(await testDatabase(log))
  opening.defer(() => database.close())
  const { sql } = database
  const audit = openAudit(sql)
  const memory = openMemory()
  const wakes = openWakes(database.listen)
  opening.defer(() => wakes.close())
  const server = await startServer<GraphContext>({
    schema: buildSchema(),
    contextFor: ({ viewer, signal }) => ({ ...contextOf(database, viewer, memory, signal), wakes }),
    authenticate: anyOf([
      adminTokenAuthenticator(adminToken),
      storedTokenAuthenticator({
        find: openTokenDirectory(database.control, pino({ level: 'silent' })).find,
        onRefused: ({ name, state }) => audit.recordRefusal({ viewer: name, action: 'authenticate' }, state),
      }),
    ]),
    ready: async () => {},
    logger: pino({ level: 'silent' }),
    host: '127.0.0.1',
    port: 0,
    ...options,
  })
  opening.defer(() => server.stop())
  const owned = opening.move()
  let made = 0
  return {
    sql,
    connection: database.connection,
    database,
    server,
    audit,
    statements,
    add: adders(sql),
    async token(wish) {
      const token = await createToken(sql, {
        name: `token-${++made}`,
        scopes: ['read'],
        organizations: null,
        expiresInSeconds: null,
        ...wish,
      })
      if (!token) throw new Error('a token of that name is there already')
      return token
    },
    async ask(query, { token = adminToken, variables, extensions, headers } = {}) {
      // Costs half as much as `fetch`, and some files send thousands of requests.
      const { statusCode, body } = await request(server.url, {
        method: 'POST',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...headers,
        },
        body: JSON.stringify({ query, variables, extensions }),
      })
      return { status: statusCode, body: (await body.json()) as Answer['body'] }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
