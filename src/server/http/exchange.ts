/** One request and its response: the id, the abort signal, and the log line. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Viewer } from '../../graph/context.ts'
import type { Tracing } from '../../tracing/tracing.ts'

export interface Exchange {
  readonly id: string
  readonly path: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Aborted if the caller disconnects, the operation times out, or the server stops waiting. */
  readonly controller: AbortController
  viewer?: Viewer
  operation?: string
  /** The response is a stream that lasts until the caller closes it. */
  isStream?: boolean
  readonly observer: RequestObserver | undefined
  /** The distinct codes of the errors in the response. */
  errorCodes?: readonly string[]
}

/** Counts requests and errors. */
export interface RequestObserver {
  operation(name: string | undefined, milliseconds: number): void
  error(code: string): void
}

/** nginx's status code for a client that closed the connection before the response was sent. */
const callerLeft = 499

/** Opens an exchange: assigns an id, which the response carries, and logs one line when it is over. */
export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
  observer?: RequestObserver,
): Exchange {
  const exchange: Exchange = {
    id: requestId(request.headers['x-request-id']),
    path: pathOf(request.url ?? '/'),
    request,
    response,
    controller: new AbortController(),
    observer,
  }
  const startedAt = performance.now()
  // The pipeline of a stream alone adds ten listeners.
  response.setMaxListeners(20)
  response.setHeader('x-request-id', exchange.id)
  response.once('close', () => {
    const finished = response.writableFinished
    if (!finished) exchange.controller.abort(new DOMException('The caller disconnected', 'AbortError'))
    const line = {
      id: exchange.id,
      method: request.method,
      path: exchange.path,
      operation: exchange.operation,
      viewer: exchange.viewer?.name,
      errors: exchange.errorCodes,
      status: finished ? response.statusCode : callerLeft,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    }
    if (exchange.path.startsWith('/graphql') && !exchange.isStream && exchange.viewer)
      observer?.operation(exchange.operation, line.durationMs)
    // Health probes arrive every few seconds and would flood the log.
    if (exchange.path.startsWith('/health/') && response.statusCode < 400) logger.debug(line, 'request')
    else logger.info(line, 'request')
  })
  return exchange
}

/** Runs the work for a request in a span that lasts until the response is over. Health probes have none. */
export async function inSpan(
  tracing: Tracing | undefined,
  exchange: Exchange,
  work: () => Promise<void>,
): Promise<void> {
  const { id, path, request, response } = exchange
  if (!tracing || path.startsWith('/health/')) return await work()
  const { traceparent } = request.headers
  const parent = typeof traceparent === 'string' ? traceparent : undefined
  const facts = { 'http.request.method': request.method, 'url.path': path, 'request.id': id }
  // Callers choose paths, and names of spans should be few.
  const name = `${request.method} ${path.startsWith('/graphql') ? '/graphql' : '/'}`
  await tracing.span(name, { kind: 'server', parent, facts }, async (span) => {
    const over = new Promise<void>((resolve) => response.once('close', resolve))
    await work()
    await over
    span.note({ 'http.response.status_code': response.statusCode, viewer: exchange.viewer?.name })
    if (response.statusCode >= 500) span.fail()
  })
}

/** The caller's own id if it is safe for a log and a header, otherwise a random one. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Without the query string, which may hold anything. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return (end < 0 ? url : url.slice(0, end)).slice(0, 200)
}
