import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { ErrorBody, Switches } from '../options.ts'
import { type Answer, jsonAnswer, Refusal, refusalAnswer } from './answers.ts'

/** A path below the base URL as received, and its query without the question mark. */
export interface Destination {
  readonly path: string
  readonly query: string
}

export const basePath = '/v2'
/** Of the interface API v1, which the same server offers for the same organizations. */
export const interfacePath = '/api/v1'

/** The path below the base URL of one of the APIs. Throws a Refusal if it is below neither. */
export function belowBase({ path, query }: Destination): Destination & { readonly base: string } {
  const base = [basePath, interfacePath].find((one) => path.startsWith(`${one}/`))
  if (base === undefined) throw new Refusal(404, 'not_found', 'there is no such path')
  return { path: path.slice(base.length), query, base }
}

/** Split manually: a URL object would normalize the path. */
export function destinationOf(request: IncomingMessage): Destination {
  const [path = '', ...query] = (request.url ?? '').split('?')
  return { path, query: query.join('?') }
}

export interface Credentials {
  readonly apiKey: string
  readonly apiSecret: string
}

/** The API v2 takes HTTP Basic, the interface API v1 an address and a password in headers. */
export function credentialsOf(request: IncomingMessage, base: string): Credentials | undefined {
  if (base === interfacePath) {
    const { 'x-user': user, 'x-password': password } = request.headers
    if (typeof user !== 'string' || typeof password !== 'string') return undefined
    return { apiKey: user, apiSecret: Buffer.from(password, 'latin1').toString('utf8') }
  }
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (encoded === undefined) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString()
  const colon = decoded.indexOf(':')
  return colon < 0 ? undefined : { apiKey: decoded.slice(0, colon), apiSecret: decoded.slice(colon + 1) }
}

export async function readBody(request: IncomingMessage): Promise<string> {
  return request.headers['content-length'] === '0' ? '' : await text(request)
}

/** `undefined` if the body is empty; throws a Refusal if it is not JSON. */
export function parseJson(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw new Refusal(400, 'bad_request', 'the body is not JSON')
  }
}

export function send(response: ServerResponse, answer: Answer): void {
  // Encoded once: both the length and the socket need bytes, and a page is half a megabyte.
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  writeHead(response, answer, bytes.length)
  response.end(bytes)
}

/** The response of a server that encodes bodies whatever the request accepts. */
export function encoded(answer: Answer, encoding: Switches['contentEncoding']): Answer {
  if (encoding === 'none' || answer.body.length === 0) return answer
  const body = encoders[encoding](Buffer.from(answer.body as string))
  const name = encoding === 'raw deflate' ? 'deflate' : encoding
  return { ...answer, body, headers: { ...answer.headers, 'content-encoding': name } }
}

const encoders: Record<Exclude<Switches['contentEncoding'], 'none'>, (body: Buffer) => Buffer> = {
  gzip: gzipSync,
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  deflate: deflateSync,
  'raw deflate': deflateRawSync,
  'UTF-8': (body) => body,
}

/** Announces the full length of the body, sends half of it, and closes the connection. */
export function sendHalf(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer, Buffer.byteLength(answer.body))
  response.write(firstHalf(answer.body), () => response.socket?.destroy())
}

export function firstHalf(body: string | Buffer): string | Buffer {
  return body.slice(0, Math.floor(body.length / 2))
}

/** The refusal of a vendor that answers every request with 200. */
export function refusalInBody({ code, message }: Refusal): Answer {
  return { ...jsonAnswer(200, JSON.stringify({ success: false, error: { code, message } })), isRefusalInBody: true }
}

/** An error that is not a Refusal is a bug in the simulator, or in a test's callback: 500, with its message. */
export function errorAnswer(error: unknown, shape: ErrorBody): Answer {
  const refusal = error instanceof Refusal ? error : new Refusal(500, 'internal', String(error))
  return refusalAnswer(refusal, shape)
}

function writeHead(response: ServerResponse, { status, contentType, headers }: Answer, length: number): void {
  response.statusCode = status
  if (contentType !== '') response.setHeader('content-type', contentType)
  if (status !== 204) response.setHeader('content-length', length)
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value)
}
