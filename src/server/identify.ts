/** From a request to who sent it, or to why nobody gets in. */
import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { Viewer } from '../graph/context.ts'
import { type Authenticate, basicPassword, bearerToken } from './authenticate.ts'
import { clientOf } from './client-address.ts'
import { describeError } from './describe-error.ts'
import type { Exchange } from './exchange.ts'
import { openFailureLimit } from './failure-limit.ts'
import { isJsonInUtf8 } from './headers.ts'
import { KeysUnavailable } from './jwks.ts'
import type { Refusal } from './respond.ts'
import { isUnavailable } from './unavailable.ts'

export interface Identify {
  /** Who asks the API; `anonymous` where no token was sent at all. */
  caller(exchange: Exchange): Promise<Viewer | Refusal | 'anonymous'>
  /** Who wants the page: a browser sends a token as the password that it asks for. */
  visitor(exchange: Exchange): Promise<Viewer | Refusal>
}

export interface IdentifyOptions {
  readonly authenticate: Authenticate
  readonly logger: Logger
  /** How many of the proxies in front are trusted to say who the client is. */
  readonly trustedProxies: number
  /** Of each client address; beyond it, attempts cause no work of their own, and no line in the log. */
  readonly failuresPerMinute: number
}

export function createIdentify(options: IdentifyOptions): Identify {
  const { authenticate, logger, trustedProxies, failuresPerMinute } = options
  const failures = openFailureLimit(failuresPerMinute)

  function logRefusal(id: string, client: string, reason: string): void {
    const count = failures.record(client)
    if (count <= failuresPerMinute) logger.info({ id, client, reason }, 'a token was refused')
    if (count === failuresPerMinute)
      logger.warn({ client, failures: count }, 'a client fails to authenticate too often: no more lines in this minute')
  }

  const bearerOf = async ({ id, request }: Exchange, token: string): Promise<Viewer | Refusal> => {
    const client = clientOf(request, trustedProxies)
    try {
      const viewer = await authenticate(token, { beyondLimit: failures.isBeyond(client) })
      if (viewer && !('refusal' in viewer)) return viewer
      const reason = viewer ? viewer.refusal : 'This token is not known here.'
      logRefusal(id, client, reason)
      return unauthenticated(reason)
    } catch (error) {
      if (!(error instanceof KeysUnavailable) && !isUnavailable(error)) throw error
      logger.warn({ id, error: describeError(error) }, 'a token cannot be checked')
      return {
        status: 503,
        code: 'SERVICE_UNAVAILABLE',
        message: 'Whose token this is cannot be found out at present. Try again in a moment.',
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
    async visitor(exchange) {
      const { authorization } = exchange.request.headers
      const token = bearerToken(authorization) ?? basicPassword(authorization)
      const viewer = token === undefined ? tokenNeeded() : await bearerOf(exchange, token)
      if ('name' in viewer || viewer.status !== 401) return viewer
      return { ...viewer, headers: { 'www-authenticate': 'Basic realm="Any name, and a token as the password"' } }
    },
  }
}

export function tokenNeeded(): Refusal {
  return unauthenticated('A token is needed: send it in the header "Authorization: Bearer …".')
}

export function isRefusal(verdict: Viewer | Refusal | 'anonymous'): verdict is Refusal {
  return typeof verdict === 'object' && 'status' in verdict
}

/** Operations come by POST as JSON alone: a browser sends neither for another site without asking first. */
export function refusalOfForm(request: IncomingMessage): Refusal | undefined {
  if (request.method !== 'POST') {
    return { status: 405, code: 'BAD_REQUEST', message: 'Operations are sent by POST.', headers: { allow: 'POST' } }
  }
  if (!isJsonInUtf8(request.headers['content-type'] ?? '')) {
    return {
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Operations are sent as JSON in UTF-8: the header "Content-Type: application/json" is needed.',
    }
  }
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    return { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Bodies are taken uncompressed only.' }
  }
  return undefined
}

function unauthenticated(message: string): Refusal {
  return { status: 401, code: 'UNAUTHENTICATED', message, headers: { 'www-authenticate': 'Bearer' } }
}
