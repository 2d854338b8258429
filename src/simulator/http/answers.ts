import type { ErrorBody } from '../options.ts'

/** An empty `body` is sent without a content type. */
export interface Answer {
  readonly status: number
  readonly body: string | Buffer
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A refusal with the status of a success: only its body says that nothing was carried out. */
  readonly isRefusalInBody?: boolean
}

/**
 * The vendor's rejection of a request. A call throws it, and the response has the shape that the switch `errorBody`
 * names.
 */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>> | undefined

  constructor(status: number, code: string, text: string, headers?: Record<string, string>) {
    super(text)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export function jsonAnswer(status: number, body: string): Answer {
  return { status, body, contentType: 'application/json; charset=utf-8' }
}

export const noContent: Answer = { status: 204, body: '', contentType: '' }

export function refusalAnswer(refusal: Refusal, shape: ErrorBody): Answer {
  return { ...bodies[shape](refusal), status: refusal.status, headers: refusal.headers }
}

const bodies: Record<ErrorBody, (refusal: Refusal) => Answer> = {
  message: ({ status, message }) => jsonAnswer(status, JSON.stringify({ message })),
  error: ({ status, code, message }) => jsonAnswer(status, JSON.stringify({ error: { code, message } })),
  errors: ({ status, code, message }) =>
    jsonAnswer(status, JSON.stringify({ errors: [{ title: code, detail: message }] })),
  text: ({ status, message }) => ({ status, body: message, contentType: 'text/plain; charset=utf-8' }),
  html: ({ status, message }) => htmlAnswer(status, message),
  empty: ({ status }) => ({ status, body: '', contentType: '' }),
}

export function htmlAnswer(status: number, text: string): Answer {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const body = `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><h1>${escaped}</h1></body></html>\n`
  return { status, body, contentType: 'text/html; charset=utf-8' }
}
