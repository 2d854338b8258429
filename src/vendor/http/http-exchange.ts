import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import type { Dispatcher, errors as Errors } from 'undici'
import { decompress, decompressStream, UnknownEncodingError } from './decompress.ts'
import type { HeaderMap } from './rate-limit-headers.ts'

/** As `Pool` in client.ts. */
const errors: typeof Errors = createRequire(import.meta.url)('undici/lib/core/errors.js')

export interface Limits {
  /** From the call to the last byte of the response, including waits for a connection. */
  readonly totalMs: number
  readonly maxBytes: number
  /** Replace those of the connection pool. */
  readonly headersMs?: number | undefined
  readonly bodyMs?: number | undefined
}

export interface HttpRequest {
  readonly origin: string
  /** Sent unchanged. */
  readonly path: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers: { readonly [name: string]: string }
  readonly body: string | undefined
}

export interface Answer<Read = unknown> {
  readonly kind: 'answer'
  readonly status: number
  readonly headers: HeaderMap
  /** Empty if the body was read while it arrived. */
  readonly text: string
  /** What the `BodyReader` made of the body. */
  readonly read?: Read
}

/** Reads the decoded body of a success while it arrives. A rejection ends the request. */
export type BodyReader<Read = unknown> = (chunks: AsyncIterable<Uint8Array>) => Promise<Read>

export interface Failure {
  readonly kind: 'unreachable' | 'timed out' | 'cut' | 'not HTTP' | 'too large' | 'undecodable' | 'aborted'
  /** Human-readable, without any content of the response. */
  readonly reason: string
  /** Whether any byte of the request may have left this machine. */
  readonly sent: boolean
  readonly status: number | undefined
  readonly cause: unknown
}

export interface ObservedRequest {
  readonly organization: string
  readonly method: string
  readonly endpoint: string
  /** Undefined: there was no response. */
  readonly status: number | undefined
  readonly milliseconds: number
  /** The Date of the response, if it has one. */
  readonly date?: string | undefined
}

/** Is called for the requests of all calls. Must not throw. */
export interface Observer {
  request(request: ObservedRequest): void
  /** A request got its slot of the allowance after this time. */
  waited(priority: string, milliseconds: number): void
}

/**
 * Sends one request. Resolves to the complete response, or to the reason why there is none. Never rejects, follows a
 * redirect or retries.
 *
 * undici reports when it is about to write a request to a connected socket. A request that fails earlier was not sent.
 */
export function exchange<Read = unknown>(
  dispatcher: Dispatcher,
  request: HttpRequest,
  limits: Limits,
  signal: AbortSignal | undefined,
  readBody?: BodyReader<Read>,
): Promise<Answer<Read> | Failure> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let sent = false
    let settled = false
    let status: number | undefined
    let headers: HeaderMap = {}
    let controller: Dispatcher.DispatchController | undefined
    let body: Readable | undefined
    let isComplete = false

    const settle = (outcome: Answer<Read> | Failure) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(outcome)
    }
    const giveUp = (kind: Failure['kind'], reason: string, cause?: unknown) => {
      settle({ kind, reason, sent, status, cause })
      controller?.abort(new Error(reason))
      body?.destroy()
    }
    const onAbort = () => giveUp('aborted', 'aborted', signal?.reason)
    const timer = setTimeout(
      () => giveUp('timed out', `no complete response within ${limits.totalMs} ms`),
      limits.totalMs,
    )
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted) return onAbort()

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // A second start would be a retry, which needs its own slot.
        if (settled || sent) return started.abort(new Error('abandoned before it was sent'))
        controller = started
        sent = true
      },
      onResponseStart(_controller, code, given) {
        if (code < 200) return
        status = code
        headers = given
        if (!readBody || code >= 300) return
        body = new Readable({ read: () => controller?.resume() })
        readWhole(readBody, body, headers, limits.maxBytes).then(
          (read) => {
            settle({ kind: 'answer', status: code, headers, text: '', read })
            if (!isComplete) controller?.abort(new Error('the reader needs no more'))
          },
          (error: unknown) => giveUp(...whyUnread(error)),
        )
      },
      onResponseData(given, chunk) {
        size += chunk.length
        if (size > limits.maxBytes) return giveUp('too large', `more than ${limits.maxBytes} bytes`)
        if (!body) chunks.push(chunk)
        else if (!body.push(chunk)) given.pause()
      },
      onResponseEnd() {
        if (status === undefined) return giveUp('not HTTP', 'no status')
        isComplete = true
        if (body) return void body.push(null)
        const answer = { kind: 'answer' as const, status, headers }
        decompress(Buffer.concat(chunks, size), headers, limits.maxBytes).then((decoded) => {
          if ('bytes' in decoded) settle({ ...answer, text: decode(decoded.bytes, headers['content-type']) })
          else if (decoded.problem === 'too large')
            giveUp('too large', `more than ${limits.maxBytes} bytes after decoding`)
          else if (decoded.problem === 'cut') giveUp('cut', 'the encoded body is truncated')
          // The status alone shows that this is an error, so the body is optional.
          else if (status !== undefined && status >= 300) settle({ ...answer, text: '' })
          else giveUp('undecodable', 'the body cannot be decoded')
        })
      },
      onResponseError(_controller, error) {
        giveUp(...diagnose(error, status), withoutContent(error))
      },
    }
    try {
      const { headersMs: headersTimeout, bodyMs: bodyTimeout } = limits
      dispatcher.dispatch(
        {
          ...request,
          headers: { ...request.headers },
          body: request.body ?? null,
          ...(headersTimeout !== undefined && { headersTimeout }),
          ...(bodyTimeout !== undefined && { bodyTimeout }),
        },
        handler,
      )
    } catch (error) {
      giveUp('unreachable', 'not dispatched', error)
    }
  })
}

class TooLargeError extends Error {}

/** The rest of a body that the reader has given up is not read. */
async function readWhole<Read>(
  readBody: BodyReader<Read>,
  body: Readable,
  headers: HeaderMap,
  maxBytes: number,
): Promise<Read> {
  const decoded = decompressStream(body, headers)
  const read = await readBody(limited(decoded, maxBytes))
  body.destroy()
  return read
}

/** The limit applies to the decoded body, too. */
async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxBytes) throw new TooLargeError(`more than ${maxBytes} bytes after decoding`)
    yield chunk
  }
}

function whyUnread(error: unknown): [kind: Failure['kind'], reason: string, cause: unknown] {
  if (error instanceof TooLargeError) return ['too large', error.message, error]
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR') return ['cut', 'the encoded body is truncated', error]
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || error instanceof UnknownEncodingError)
    return ['undecodable', 'the body cannot be decoded', error]
  return ['aborted', 'the response could not be read', error]
}

const timeouts = [errors.ConnectTimeoutError, errors.HeadersTimeoutError, errors.BodyTimeoutError]

function diagnose(error: Error, status: number | undefined): [kind: Failure['kind'], reason: string] {
  const code = codeOf(error)
  if (error instanceof errors.ClientClosedError || error instanceof errors.ClientDestroyedError) {
    return ['aborted', 'the client is closed']
  }
  if (timeouts.some((timeout) => error instanceof timeout) || code === 'ETIMEDOUT') return ['timed out', code]
  if (status !== undefined) return ['cut', code]
  if (error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError) return ['not HTTP', code]
  return ['unreachable', code]
}

function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : error.name
}

/** The parser's error contains the bytes that it failed on. */
function withoutContent(error: Error): Error {
  if (!(error instanceof errors.HTTPParserError)) return error
  return Object.assign(new Error(error.message), { code: codeOf(error) })
}

function decode(bytes: Buffer, contentType: string | string[] | undefined): string {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec([contentType ?? ''].flat().join(';'))?.[1]
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes)
  } catch {
    return new TextDecoder().decode(bytes)
  }
}
