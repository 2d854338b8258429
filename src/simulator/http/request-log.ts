import type { CallName } from './routes.ts'

export interface LoggedRequest {
  /** Counts up from 1, in order of arrival. */
  readonly serial: number
  /** ms, by the simulator's clock. */
  readonly at: number
  /** ms, monotonic (`performance.now()`). */
  readonly arrivedAt: number
  /** As given, valid or not; `null`: none was given. */
  readonly apiKey: string | null
  readonly method: string
  /** Below the base URL, as received: percent-encoded, without the query. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** `null`: not a documented call. */
  readonly call: CallName | null
  /** `null`: not answered, or not yet. */
  status: number | null
  /** Of the request. */
  bodyBytes: number
  /** Parsed JSON, with the password as `***`; `null`: no body, or not JSON. */
  body: unknown
  /** The kind of fault that struck the request. */
  fault: string | null
}

const mostKept = 100_000

/** Keeps at least the latest 50,000 requests. */
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

/** A request's body in the form that may be stored. */
export function loggedBody(body: string): unknown {
  try {
    const parsed: unknown = JSON.parse(body)
    const secret = typeof parsed === 'object' && parsed !== null && 'password' in parsed
    return secret ? { ...parsed, password: '***' } : parsed
  } catch {
    return null
  }
}
