import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { Viewer } from '../../graph/context.ts'
import type { ScimService } from '../../scim/scim-service.ts'
import type { Authenticate } from '../auth/authenticate.ts'
import { createIdentify, isRefusal, refusalOfForm, tokenNeeded } from '../auth/identify.ts'
import { createExplorer, type ExplorerOptions } from '../explorer/serve-explorer.ts'
import { describeError } from '../graphql/describe-error.ts'
import { createGraphQLHandler, type GraphQLHandlerOptions } from '../graphql/graphql-handler.ts'
import { verdict } from '../graphql/mask-errors.ts'
import { StreamEndedError } from '../graphql/streams.ts'
import { usualDocumentLimits } from '../limits/document-limits.ts'
import { deepestBody, isNestedDeeper } from '../limits/nesting.ts'
import type { OperationLimits } from '../limits/query-limits.ts'
import { createScimHandler, scimPrefix } from '../scim/serve-scim.ts'
import { drainOf } from './drain.ts'
import { type Exchange, inSpan, openExchange, type RequestObserver } from './exchange.ts'
import { closeGently } from './graceful-close.ts'
import { refusalOfHeaders } from './headers.ts'
import { createHealth, type Ready } from './health.ts'
import { listen } from './listen.ts'
import { readBody, swallow } from './read-body.ts'
import { type Refusal, refuse, sendJson } from './respond.ts'

export interface ServerOptions<Context extends object>
  extends Omit<
    GraphQLHandlerOptions<Context>,
    'operationTimeoutMs' | 'mutationTimeoutMs' | 'limits' | 'streamsPerCaller'
  > {
  authenticate: Authenticate
  ready: Ready
  observer?: RequestObserver | undefined
  host: string
  /** 0: any free port. */
  port: number
  /** Omitted limits default to `usualLimits`. */
  limits?: Partial<OperationLimits>
  /**
   * Counts a request of the caller, and rejects it beyond the limit. Without this function, requests are not counted.
   */
  takeRequest?: (viewer: Viewer) => Promise<{ granted: true } | { granted: false; retryAfterSeconds: number }>
  /** Undefined: SCIM is not served. */
  scim?: ScimService | undefined
  /** The explorer, the web application. `off`: it is not served. */
  explorer?: ExplorerOptions | 'off' | undefined
  /** Defaults to 1,000. */
  streamsPerCaller?: number
  /** The number of proxies in front that are trusted to name the client in X-Forwarded-For. Defaults to 0. */
  trustedProxies?: number
  /** Failed authentications of a client address before its attempts cause no work of their own. Defaults to 60. */
  authFailuresPerMinute?: number
  /** How often the token of an open stream is checked again. Defaults to 15 s. */
  recheckMs?: number
  /** Defaults to 30 s. */
  operationTimeoutMs?: number
  /** Defaults to 5 min. */
  mutationTimeoutMs?: number
  /** The maximum size of a request body in bytes. Defaults to 1 MB. */
  maxBodyBytes?: number
  /** The longest time that a probe waits. Defaults to 2 s. */
  readyTimeoutMs?: number
  /** How long `stop` waits for running requests. Defaults to 7 s. */
  stopTimeoutMs?: number
  /** `stop` answers requests until this resolves, without being ready. Defaults to not at all. */
  drained?: () => Promise<unknown>
}

const usualLimits: OperationLimits = {
  document: usualDocumentLimits,
  cost: 100_000,
  responseBytes: 8_000_000,
  introspection: 'token',
}

export interface Server {
  readonly host: string
  /** The actual port, also if port 0 was requested. */
  readonly port: number
  /** The URL of the API: http://HOST:PORT/graphql */
  readonly url: string
  /** Drains, accepts no more requests, and resolves when the running ones are answered or have timed out. */
  stop(): Promise<void>
}

/**
 * Serves the schema over HTTP: `/graphql` for callers with a token, `/scim/v2` for identity providers, `/` for the explorer, `/health/live` and
 * `/health/ready` for machines. Rejects with the reason if it cannot listen.
 */
export async function startServer<Context extends object>(options: ServerOptions<Context>): Promise<Server> {
  const { logger, maxBodyBytes = 1_000_000 } = options
  const explorer = options.explorer === 'off' ? undefined : createExplorer(options.explorer)
  const limits = { ...usualLimits, ...options.limits }
  const identify = createIdentify({
    authenticate: options.authenticate,
    logger,
    trustedProxies: options.trustedProxies ?? 0,
    failuresPerMinute: options.authFailuresPerMinute ?? 60,
  })
  const health = createHealth({ ready: options.ready, logger, readyTimeoutMs: options.readyTimeoutMs ?? 2_000 })
  const runOperation = createGraphQLHandler({
    operationTimeoutMs: 30_000,
    mutationTimeoutMs: 300_000,
    streamsPerCaller: 1_000,
    ...options,
    limits,
  })
  const underWay = new Set<Exchange>()
  const name = options.host.includes(':') ? `[${options.host}]` : options.host
  let port = options.port
  const answerScim =
    options.scim &&
    createScimHandler({
      scim: options.scim,
      identify,
      refusalOfTooMany,
      logger,
      address: () => `http://${name}:${port}`,
    })

  // Set explicitly, so that no command-line option of Node changes how strictly requests are parsed.
  const parsing = { insecureHTTPParser: false, requireHostHeader: true }
  const server = createServer({ requestTimeout: 30_000, ...parsing }, (request, response) => {
    const exchange = openExchange(request, response, logger, options.observer)
    drain.onResponse(response)
    underWay.add(exchange)
    response.once('close', () => underWay.delete(exchange))
    inSpan(options.tracing, exchange, () => route(exchange).catch((error: unknown) => giveUp(exchange, error))).catch(
      () => {},
    )
  })

  async function route(exchange: Exchange): Promise<void> {
    const { path, request, response } = exchange
    const ambiguous = refusalOfHeaders(request)
    if (ambiguous) {
      swallow(request)
      return refuse(request, response, ambiguous)
    }
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && path === '/health/live') return health.live(response)
    if (reads && path === '/health/ready') {
      drain.onProbe()
      if (drain.isUnderWay) return health.stopping(response)
      return health.ready(response)
    }
    if (reads && explorer?.answers(path, request)) return await explorer.respond(path, request, response)
    if (path === '/graphql' || path === '/graphql/') return answer(exchange)
    if (answerScim && path.startsWith(scimPrefix)) return await answerScim(exchange)
    return refuse(request, response, {
      status: 404,
      code: 'NOT_FOUND',
      message: 'Not found. The API is at /graphql.',
    })
  }

  /** No input of the caller is read before its token is verified. */
  async function answer(exchange: Exchange): Promise<void> {
    const { request, response } = exchange
    const found = await identify.caller(exchange)
    const caller = found === 'anonymous' && limits.introspection !== 'public' ? tokenNeeded() : found
    if (isRefusal(caller)) {
      swallow(request)
      return refuse(request, response, caller)
    }
    if (caller !== 'anonymous') exchange.viewer = caller
    const refusal = refusalOfForm(request) ?? (await refusalOfTooMany(caller))
    if (refusal) {
      swallow(request)
      return refuse(request, response, refusal)
    }
    const body = await readBody(request, maxBodyBytes)
    if (body === undefined) {
      return refuse(request, response, {
        status: 413,
        code: 'REQUEST_ENTITY_TOO_LARGE',
        message: `The body exceeds the limit of ${maxBodyBytes} bytes.`,
      })
    }
    if (isNestedDeeper(body, deepestBody)) {
      return refuse(request, response, {
        status: 400,
        code: 'LIMIT_EXCEEDED',
        message: `The body exceeds the limit of ${deepestBody} levels of nesting.`,
      })
    }
    await runOperation(exchange, caller, body)
  }

  async function refusalOfTooMany(caller: Viewer | 'anonymous'): Promise<Refusal | undefined> {
    if (caller === 'anonymous') return undefined
    const taken = (await options.takeRequest?.(caller)) ?? { granted: true }
    if (taken.granted) return undefined
    return {
      status: 429,
      code: 'TOO_MANY_REQUESTS',
      message: `Rate limit exceeded for this caller. Try again in ${taken.retryAfterSeconds} s.`,
      headers: { 'retry-after': String(taken.retryAfterSeconds) },
    }
  }

  function giveUp(exchange: Exchange, error: unknown): void {
    const { request, response } = exchange
    if (response.destroyed || request.errored) return
    const errorId = randomUUID()
    const { status, code, message } = verdict(error)
    const line = { id: exchange.id, errorId, code, error: describeError(error) }
    if (status === 500) logger.error(line, 'internal error')
    else logger.warn(line, message)
    if (response.headersSent) response.destroy()
    else sendJson(response, status, { errors: [{ message, extensions: { code, errorId } }] })
  }

  const streams = () => [...underWay].filter((exchange) => exchange.isStream)
  /** A token that was valid when the stream began may be revoked while it is open. */
  async function recheck(exchange: Exchange): Promise<void> {
    const found = await identify.caller(exchange)
    if (isRefusal(found) && found.status === 401)
      exchange.controller.abort(new StreamEndedError(found.message, 'UNAUTHENTICATED'))
  }
  const rechecks = setInterval(() => {
    for (const exchange of streams()) recheck(exchange).catch((error: unknown) => giveUp(exchange, error))
  }, options.recheckMs ?? 15_000).unref()

  const drain = drainOf(server)
  const close = closeGently(server)
  // A stream would otherwise continue indefinitely. Its reader resumes on another server with its last cursor.
  const endStreams = () => {
    for (const exchange of streams()) {
      exchange.controller.abort(
        new StreamEndedError('The server is stopping: resume with the last cursor.', 'SERVICE_UNAVAILABLE'),
      )
    }
  }
  port = await listen(server, options.host, options.port)
  server.on('error', (error) => logger.error({ error: describeError(error) }, 'the HTTP server failed'))
  return {
    host: options.host,
    port,
    url: `http://${name}:${port}/graphql`,
    async stop() {
      clearInterval(rechecks)
      endStreams()
      await drain.run(options.drained)
      endStreams()
      await close(underWay, options.stopTimeoutMs ?? 7_000)
    },
  }
}
