/** One request and its answer: its id, its signal, and the line that the log gets of it. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Viewer } from '../graph/context.ts'

export interface Exchange {
  readonly id: string
  readonly path: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Aborted when the caller goes away, the operation's time is up, or the server will wait no longer. */
  readonly controller: AbortController
  viewer?: Viewer
  operation?: string
  /** It answers until the caller has enough. */
  isStream?: boolean
}

/** What nginx writes where the caller closed the connection before the answer was out. */
const callerLeft = 499

/** Opens an exchange: gives it an id, which the answer carries, and logs one line when it is over. */
export function openExchange(request: IncomingMessage, response: ServerResponse, logger: Logger): Exchange {
  const exchange: Exchange = {
    id: requestId(request.headers['x-request-id']),
    path: pathOf(request.url ?? '/'),
    request,
    response,
    controller: new AbortController(),
  }
  const startedAt = performance.now()
  // A stream's pipeline listens ten times by itself.
  response.setMaxListeners(20)
  response.setHeader('x-request-id', exchange.id)
  response.once('close', () => {
    const finished = response.writableFinished
    if (!finished) exchange.controller.abort(new DOMException('The caller went away', 'AbortError'))
    const line = {
      id: exchange.id,
      method: request.method,
      path: exchange.path,
      operation: exchange.operation,
      viewer: exchange.viewer?.name,
      status: finished ? response.statusCode : callerLeft,
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
    }
    // Probes ask every few seconds: they would drown what people ask.
    if (exchange.path.startsWith('/health/') && response.statusCode < 400) logger.debug(line, 'request')
    else logger.info(line, 'request')
  })
  return exchange
}

/** The caller's own id where it is fit for a log and a header, else a random one. */
function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Without the query string, which may hold anything. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/)
  return (end < 0 ? url : url.slice(0, end)).slice(0, 200)
}
