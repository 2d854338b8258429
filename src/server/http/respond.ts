/** Responses that need no GraphQL. They use its error format, so that every client can show them. */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A rejection before any GraphQL is processed. */
export interface Refusal {
  status: number
  code: string
  message: string
  headers?: Record<string, string>
}

/** Responds with one GraphQL error, in the media type that the caller accepts. */
export function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, code, message, headers = {} } = refusal
  const type = request.headers.accept?.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json'
  sendJson(response, status, { errors: [{ message, extensions: { code } }] }, { 'content-type': type, ...headers })
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const { 'content-type': type = 'application/json', ...others } = headers
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...others,
  })
  response.end(JSON.stringify(body))
}
