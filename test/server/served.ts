/** A server over a small test schema, with hooks for its resolvers and access to its log lines. */
import { buildSchema, type GraphQLSchema, isScalarType } from 'graphql'
import pino from 'pino'
import type { Viewer } from '../../src/graph/context.ts'
import { adminTokenAuthenticator } from '../../src/server/auth/authenticate.ts'
import { type Server, type ServerOptions, startServer } from '../../src/server/http/start-server.ts'

export const token = 'a-token-of-the-tests'

export interface TestContext {
  viewer: Viewer
  signal: AbortSignal
}

export type Resolver = (context: TestContext, args: Record<string, unknown>) => unknown

/** The resolvers of the fields `ask` and `change`. */
export interface Behaviour {
  ask?: Resolver
  change?: Resolver
}

export interface Served extends AsyncDisposable {
  server: Server
  lines: Record<string, unknown>[]
  /** Sends a request to a path of the server. */
  request(path: string, init?: RequestInit): Promise<Response>
  /** Sends an operation with the valid token. */
  operation(query: string, init?: { variables?: object; headers?: Record<string, string> }): Promise<Response>
}

export async function serve(
  behaviour: Behaviour = {},
  options: Partial<ServerOptions<TestContext>> = {},
): Promise<Served> {
  const lines: Record<string, unknown>[] = []
  const server = await startServer<TestContext>({
    schema: schemaOf(behaviour),
    contextFor: (operation) => operation,
    authenticate: adminTokenAuthenticator(token),
    ready: async () => {},
    logger: pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    host: '127.0.0.1',
    port: 0,
    ...options,
  })
  const request = (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init)
  return {
    server,
    lines,
    request,
    operation: (query, { variables, headers } = {}) =>
      request('/graphql', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      }),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/** Waits for the log lines of requests. They are written after the response, so the client may have it earlier. */
export async function requestLines(served: Served, count: number): Promise<Record<string, unknown>[]> {
  for (;;) {
    const found = served.lines.filter((line) => line.msg === 'request')
    if (found.length >= count) return found
    await new Promise(setImmediate)
  }
}

function schemaOf({ ask, change }: Behaviour): GraphQLSchema {
  const schema = buildSchema(`
    scalar Even
    type Query { ask(even: Even, number: Int! = 1): String whole: Int }
    type Mutation { change: String }
  `)
  const scalar = schema.getType('Even')
  if (!isScalarType(scalar)) throw new Error('The test schema lacks its scalar')
  scalar.parseValue = (value) => {
    if (Number(value) % 2 !== 0) throw new Error(`${value} is not even`)
    return value
  }
  scalar.parseLiteral = (node) => scalar.parseValue('value' in node ? node.value : undefined)
  const query = schema.getQueryType()?.getFields()
  const mutation = schema.getMutationType()?.getFields()
  if (!query?.ask || !query.whole || !mutation?.change) throw new Error('The test schema lacks a field')
  query.ask.resolve = (_root, args, context) => (ask ? ask(context, args) : 'answer')
  query.whole.resolve = () => 1.5
  mutation.change.resolve = (_root, args, context) => (change ? change(context, args) : 'changed')
  return schema
}
