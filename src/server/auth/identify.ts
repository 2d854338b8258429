/** Identifies the sender of a request, or determines why it is rejected. */
import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Viewer } from '../../graph/context.ts'
import { isUnavailable } from '../graphql/database-errors.ts'
import { describeError } from '../graphql/describe-error.ts'
import { clientOf } from '../http/client-address.ts'
import type { Exchange } from '../http/exchange.ts'
import { isJsonInUtf8 } from '../http/headers.ts'
import type { Refusal } from '../http/respond.ts'
import { type Authenticate, bearerToken, KeysUnavailable } from './authenticate.ts'
import { openFailureLimit } from './failure-limit.ts'

export interface Identify {
  /** The caller of the API; `anonymous` if the request has no token. */
  caller(exchange: Exchange): Promise<Viewer | Refusal | 'anonymous'>
}

export interface IdentifyOptions {
  readonly authenticate: Authenticate
  readonly logger: Logger
  /** The number of proxies in front that are trusted to report the client's address. */
  readonly trustedProxies: number
  /** Per client address. Beyond it, attempts cause no work of their own and no log line. */
  readonly failuresPerMinute: number
}

export function createIdentify(options: IdentifyOptions): Identify {
  const { authenticate, logger, trustedProxies, failuresPerMinute } = options
  const failures = openFailureLimit(failuresPerMinute)

  function logRefusal(id: string, client: string, reason: string): void {
    const count = failures.record(client)
    if (count <= failuresPerMinute) logger.info({ id, client, reason }, 'a token was refused')
    if (count === failuresPerMinute)
      logger.warn(
        { client, failures: count },
        'a client fails to authenticate too often: not logged for the rest of this minute',
      )
  }

  const bearerOf = async ({ id, request }: Exchange, token: string): Promise<Viewer | Refusal> => {
    const client = clientOf(request, trustedProxies)
    try {
      const viewer = await authenticate(token, { beyondLimit: failures.isBeyond(client) })
      if (viewer && !('refusal' in viewer)) return viewer
      const reason = viewer ? viewer.refusal : 'Unknown token.'
      logRefusal(id, client, reason)
      return unauthenticated(reason)
    } catch (error) {
      if (!(error instanceof KeysUnavailable) && !isUnavailable(error)) throw error
      logger.warn({ id, error: describeError(error) }, 'a token cannot be checked')
      return {
        status: 503,
        code: 'SERVICE_UNAVAILABLE',
        message: 'Token verification is temporarily unavailable. Try again later.',
      }
    }
  }
  return {
    async caller(exchange) {
      const { authorization } = exchange.request.headers
      if (authorization === undefined) return 'anonymous'
      const token = bearerToken(authorization)
      return token === undefined ? tokenNeeded() : await bearerOf(exchange, token)
    },
  }
}

export function tokenNeeded(): Refusal {
  return unauthenticated('A token is required: send it in the header "Authorization: Bearer …".')
}

export function isRefusal(verdict: Viewer | Refusal | 'anonymous'): verdict is Refusal {
  return typeof verdict === 'object' && 'status' in verdict
}

/**
 * Operations are accepted only as a POST with JSON. A browser sends neither to another site without a preflight
 * request.
 */
export function refusalOfForm(request: IncomingMessage): Refusal | undefined {
  if (request.method !== 'POST') {
    return {
      status: 405,
      code: 'BAD_REQUEST',
      message: 'Operations must be sent with POST.',
      headers: { allow: 'POST' },
    }
  }
  if (!isJsonInUtf8(request.headers['content-type'] ?? '')) {
    return {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Operations must be sent as JSON in UTF-8, with the header "Content-Type: application/json".',
    }
  }
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Compressed request bodies are not supported.' }
  }
  return undefined
}

function unauthenticated(message: string): Refusal {
  return { status: 401, code: 'UNAUTHENTICATED', message, headers: { 'www-authenticate': 'Bearer' } }
}
