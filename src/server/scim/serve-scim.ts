/** SCIM over HTTP: identifies the caller, reads the body within limits, and words every error as SCIM. */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Viewer } from '../../graph/context.ts'
import { errorBody, ScimError, type ScimErrorType } from '../../scim/protocol/scim-error.ts'
import type { ScimAnswer } from '../../scim/scim-call.ts'
import type { ScimService } from '../../scim/scim-service.ts'
import { type Identify, isRefusal, tokenNeeded } from '../auth/identify.ts'
import { describeError } from '../graphql/describe-error.ts'
import { verdict } from '../graphql/mask-errors.ts'
import type { Exchange } from '../http/exchange.ts'
import { readBody, swallow } from '../http/read-body.ts'
import type { Refusal } from '../http/respond.ts'
import { isNestedDeeper } from '../limits/nesting.ts'

export const scimPrefix = '/scim/v2/'

export interface ScimServerOptions {
  readonly scim: ScimService
  readonly identify: Identify
  readonly refusalOfTooMany: (viewer: Viewer) => Promise<Refusal | undefined>
  /** Where the server listens: http://HOST:PORT */
  readonly address: () => string
  readonly logger: Logger
}

const longestBody = 1_048_576
const deepestBody = 20

export function createScimHandler(options: ScimServerOptions): (exchange: Exchange) => Promise<void> {
  const { scim, identify, refusalOfTooMany, logger } = options

  async function answer(exchange: Exchange): Promise<ScimAnswer> {
    const { request, controller } = exchange
    const viewer = await identify.caller(exchange)
    if (viewer === 'anonymous') throw errorOf(tokenNeeded())
    if (isRefusal(viewer)) throw errorOf(viewer)
    exchange.viewer = viewer
    const refusal = await refusalOfTooMany(viewer)
    if (refusal) throw errorOf(refusal)
    const [path = '', search = ''] = splitAt(request.url ?? '/', '?')
    return await scim.answer(
      {
        method: request.method ?? 'GET',
        path: path.slice(scimPrefix.length),
        query: new URLSearchParams(search),
        ifMatch: request.headers['if-match'],
        ifNoneMatch: request.headers['if-none-match'],
        body: await bodyOf(exchange),
        viewer,
        signal: controller.signal,
      },
      options.address(),
    )
  }

  /** An error in the words of SCIM. Internal errors are logged, and reveal nothing. */
  function failed(error: unknown, { id, request, controller }: Exchange): ScimAnswer | undefined {
    if (error instanceof ScimError) {
      const { status, message, type, headers } = error
      return { status, headers, body: errorBody(status, message, type) }
    }
    if (controller.signal.aborted || request.errored) return undefined
    const errorId = randomUUID()
    const { status, message } = verdict(error)
    const line = { id, errorId, error: describeError(error) }
    if (status === 500) logger.error(line, 'internal error')
    else logger.warn(line, message)
    const headers = status === 503 || status === 504 ? { 'retry-after': '30' } : {}
    return { status, headers, body: errorBody(status, `${message} (${errorId})`) }
  }

  return async (exchange) => {
    const { request } = exchange
    const answered = await answer(exchange).catch((error: unknown) => failed(error, exchange))
    if (!request.readableEnded) swallow(request)
    if (answered) send(exchange, answered, scim.settings.media === 'json')
  }
}

/** The body of a request, or undefined if its method has none. */
async function bodyOf({ request }: Exchange): Promise<string | undefined> {
  if (!['POST', 'PUT', 'PATCH'].includes(request.method ?? '')) return undefined
  const type = request.headers['content-type']
  if (type !== undefined && !isJson(type))
    throw new ScimError(415, 'The body must be application/scim+json or application/json')
  if ((request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw new ScimError(415, 'Compressed bodies are not supported')
  const body = await readBody(request, longestBody)
  if (body === undefined) throw new ScimError(413, `The body exceeds the limit of ${longestBody} bytes`)
  if (!isNestedDeeper(body, deepestBody)) return body
  throw invalid(`The body exceeds the limit of ${deepestBody} levels of nesting`, 'invalidSyntax')
}

function invalid(detail: string, type: ScimErrorType): ScimError {
  return new ScimError(400, detail, { type })
}

function isJson(contentType: string): boolean {
  const [type = ''] = splitAt(contentType, ';')
  return ['application/json', 'application/scim+json'].includes(type.trim().toLowerCase())
}

function errorOf({ status, message, headers }: Refusal): ScimError {
  return new ScimError(status, message, headers ? { headers } : {})
}

function send({ request, response }: Exchange, { status, body, headers }: ScimAnswer, isPlain: boolean): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    ...(body && { 'content-type': `${isPlain ? 'application/json' : mediaOf(request.headers.accept)}; charset=utf-8` }),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(body && JSON.stringify(body))
}

/** Plain JSON for a client that accepts nothing else. */
function mediaOf(accept = ''): string {
  const types = accept.split(',').map((one) => (splitAt(one, ';')[0] ?? '').trim().toLowerCase())
  const isPlainOnly = types.includes('application/json') && !types.some((one) => one.includes('scim') || one === '*/*')
  return isPlainOnly ? 'application/json' : 'application/scim+json'
}

function splitAt(text: string, sign: string): string[] {
  const at = text.indexOf(sign)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
