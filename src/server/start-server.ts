import { createServer, type IncomingMessage } from 'node:http'
import { type Authenticate, bearerToken } from './authenticate.ts'
import { closeGently } from './close-gently.ts'
import { describeError } from './describe-error.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { explorerPage } from './explorer/explorer-page.ts'
import { createGraphQLHandler, type GraphQLHandlerOptions } from './graphql-handler.ts'
import { createHealth, type Ready } from './health.ts'
import { listen } from './listen.ts'
import { readBody, swallow } from './read-body.ts'
import { type Refusal, refuse, sendJson } from './respond.ts'

export interface ServerOptions<Context extends object>
  extends Omit<GraphQLHandlerOptions<Context>, 'operationTimeoutMs' | 'mutationTimeoutMs'> {
  authenticate: Authenticate
  ready: Ready
  host: string
  /** 0: any free one. */
  port: number
  /** 30 s where nothing is said. */
  operationTimeoutMs?: number
  /** 5 min where nothing is said. */
  mutationTimeoutMs?: number
  /** Of a request's body, in bytes: 1 MB where nothing is said. */
  maxBodyBytes?: number
  /** The longest that a probe waits: 2 s where nothing is said. */
  readyTimeoutMs?: number
  /** How long `stop` lets requests under way go on: 7 s where nothing is said. */
  stopTimeoutMs?: number
}

export interface Server {
  readonly host: string
  /** The one that it listens on, also where port 0 was asked for. */
  readonly port: number
  /** Where the API is: http://HOST:PORT/graphql */
  readonly url: string
  /** Takes no more requests, and resolves when those under way are answered or their time is up. */
  stop(): Promise<void>
}

/**
 * Serves the schema over HTTP: `/graphql` for those with a token, `/` for trying queries, `/health/live` and `/health/ready` for machines.
 * Rejects where it cannot listen, and says why.
 */
export async function startServer<Context extends object>(options: ServerOptions<Context>): Promise<Server> {
  const { logger, authenticate, maxBodyBytes = 1_000_000 } = options
  const health = createHealth({ ready: options.ready, logger, readyTimeoutMs: options.readyTimeoutMs ?? 2_000 })
  const runOperation = createGraphQLHandler({ operationTimeoutMs: 30_000, mutationTimeoutMs: 300_000, ...options })
  const underWay = new Set<Exchange>()

  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    const exchange = openExchange(request, response, logger)
    underWay.add(exchange)
    response.once('close', () => underWay.delete(exchange))
    route(exchange).catch((error: unknown) => giveUp(exchange, error))
  })

  async function route(exchange: Exchange): Promise<void> {
    const { path, request, response } = exchange
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && path === '/health/live') return health.live(response)
    if (reads && path === '/health/ready') return health.ready(response)
    if (reads && (path === '/' || (path === '/graphql' && wantsPage(request)))) return explorerPage(response)
    if (path === '/graphql' || path === '/graphql/') return answer(exchange)
    return refuse(request, response, {
      status: 404,
      code: 'NOT_FOUND',
      message: 'There is nothing here: the API is at /graphql.',
    })
  }

  /** Nothing that the caller sent is looked at before the token is found good. */
  async function answer(exchange: Exchange): Promise<void> {
    const { request, response } = exchange
    const token = bearerToken(request.headers.authorization)
    const viewer = token === undefined ? undefined : authenticate(token)
    if (!viewer) {
      swallow(request)
      return refuse(request, response, {
        status: 401,
        code: 'UNAUTHENTICATED',
        message: token
          ? 'This token is not known here.'
          : 'A token is needed: send it in the header "Authorization: Bearer …".',
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
    exchange.viewer = viewer
    const refusal = refusalOf(request)
    if (refusal) {
      swallow(request)
      return refuse(request, response, refusal)
    }
    const body = await readBody(request, maxBodyBytes)
    if (body === undefined) {
      return refuse(request, response, {
        status: 413,
        code: 'REQUEST_ENTITY_TOO_LARGE',
        message: `The body may have ${maxBodyBytes} bytes at most.`,
      })
    }
    await runOperation(exchange, viewer, body)
  }

  function giveUp(exchange: Exchange, error: unknown): void {
    const { request, response } = exchange
    if (response.destroyed || request.errored) return
    logger.error({ id: exchange.id, error: describeError(error) }, 'internal error')
    if (response.headersSent) response.destroy()
    else
      sendJson(response, 500, {
        errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
      })
  }

  const close = closeGently(server)
  const port = await listen(server, options.host, options.port)
  server.on('error', (error) => logger.error({ error: describeError(error) }, 'the HTTP server failed'))
  const name = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    host: options.host,
    port,
    url: `http://${name}:${port}/graphql`,
    stop: () => close(underWay, options.stopTimeoutMs ?? 7_000),
  }
}

function wantsPage(request: IncomingMessage): boolean {
  return request.headers.accept?.includes('text/html') ?? false
}

/** Operations come by POST as JSON alone: a browser sends neither for another site without asking first. */
function refusalOf(request: IncomingMessage): Refusal | undefined {
  if (request.method !== 'POST') {
    return { status: 405, code: 'BAD_REQUEST', message: 'Operations are sent by POST.', headers: { allow: 'POST' } }
  }
  if (!/^application\/json *(; *charset="?utf-8"? *)?$/i.test(request.headers['content-type'] ?? '')) {
    return {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Operations are sent as JSON in UTF-8: the header "Content-Type: application/json" is needed.',
    }
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Bodies are taken uncompressed only.' }
  }
  return undefined
}
