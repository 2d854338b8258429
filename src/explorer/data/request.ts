/** Sends operations to the API, and reports every kind of failure as one error class. */
import type { TypedDocumentString } from './generated/graphql.ts'

/** The document of an operation, and the part of its variables that the caller gives. */
export type Document<Result, Variables> = TypedDocumentString<Result, Variables>

export type FailureKind = 'offline' | 'signed-out' | 'forbidden' | 'failed'

/** A request that failed. `code` is that of the API, or OFFLINE if there was no response. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: string
  readonly status: number | undefined
  /** The earliest moment that can be read, with the code OUTSIDE_HISTORY. */
  readonly earliest: string | undefined

  constructor(message: string, code: string, status?: number, earliest?: string) {
    super(message)
    this.code = code
    this.status = status
    this.earliest = earliest
  }

  get kind(): FailureKind {
    if (this.code === 'OFFLINE') return 'offline'
    if (this.code === 'UNAUTHENTICATED') return 'signed-out'
    return this.code === 'FORBIDDEN' ? 'forbidden' : 'failed'
  }
}

export interface Sender {
  readonly token: string
  /** The past moment at which the operation is executed. */
  readonly asOf?: string | undefined
  readonly signal?: AbortSignal | undefined
}

interface Body {
  data?: unknown
  errors?: { message: string; extensions?: { code?: string; from?: string } }[]
}

/** Resolves to the data. Rejects with a RequestError if there is no response or any error in it. */
export async function send<Result, Variables>(
  document: Document<Result, Variables>,
  variables: object,
  { token, asOf, signal }: Sender,
): Promise<Result> {
  const { response, body } = await post({ query: String(document), variables }, headersOf(token, asOf), signal)
  const [error] = body.errors ?? []
  if (error) {
    const { code = 'FAILED', from } = error.extensions ?? {}
    throw new RequestError(error.message, code, response.status, from)
  }
  return body.data as Result
}

/** The token travels in a header only, never in a URL. */
export function headersOf(token: string, asOf?: string): Record<string, string> {
  return { authorization: `Bearer ${token}`, ...(asOf ? { 'as-of': asOf } : {}) }
}

async function post(
  body: object,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<{ response: Response; body: Body }> {
  let response: Response
  const all = { ...headers, accept: 'application/graphql-response+json', 'content-type': 'application/json' }
  try {
    new Headers(all)
  } catch {
    throw new RequestError('A token consists of Latin letters, digits and signs. Copy it again.', 'UNAUTHENTICATED')
  }
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: all,
      body: JSON.stringify(body),
      credentials: 'omit',
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new RequestError('The server cannot be reached. Check the network connection.', 'OFFLINE')
  }
  const parsed = (await response.json().catch(() => undefined)) as Body | undefined
  if (!parsed) throw new RequestError(`The server responded with status ${response.status}.`, 'FAILED', response.status)
  return { response, body: parsed }
}

/** Whether the document declares the variable `organization`, which is filled in from the session. */
export function takesOrganization(document: Document<unknown, unknown>): boolean {
  return /\$organization\b/.test(String(document))
}
