import type { CallName } from './routes.ts'

export interface LoggedRequest {
  /** Counts up from 1, in order of arrival. */
  readonly serial: number
  /** ms, by the simulator's clock. */
  readonly at: number
  /** ms, monotonic (`performance.now()`). */
  readonly arrivedAt: number
  /** As it was given, known or not; `null`: none was. */
  readonly apiKey: string | null
  readonly method: string
  /** Below the base URL, as it came: percent-encoded, without the query. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** `null`: none of the documented calls. */
  readonly call: CallName | null
  /** `null`: not answered, or not yet. */
  status: number | null
  /** Of the request. */
  bodyBytes: number
  /** Parsed JSON, the password as `***`; `null`: none, or none that could be parsed. */
  body: unknown
  /** What kind of fault struck it. */
  fault: string | null
}

const mostKept = 100_000

/** Keeps the latest 50,000 requests at least. */
export class RequestLog {
  #entries: LoggedRequest[] = []
  #nextSerial = 1

  get entries(): readonly LoggedRequest[] {
    return this.#entries
  }

  add(arrival: Omit<LoggedRequest, 'serial' | 'status' | 'bodyBytes' | 'body' | 'fault'>): LoggedRequest {
    const entry = { serial: this.#nextSerial++, ...arrival, status: null, bodyBytes: 0, body: null, fault: null }
    if (this.#entries.length >= mostKept) this.#entries = this.#entries.slice(mostKept / 2)
    this.#entries.push(entry)
    return entry
  }

  clear(): void {
    this.#entries = []
  }
}

/** A request's body as it may be kept. */
export function loggedBody(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body)
    const secret = typeof parsed === 'object' && parsed !== null && 'password' in parsed
    return secret ? { ...parsed, password: '***' } : parsed
  } catch {
    return null
  }
}
