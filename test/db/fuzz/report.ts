/** The counts of a run and the violations that it found. */
export interface FuzzReport {
  readonly seed: string
  readonly seconds: number
  /** Right results, by kind. */
  readonly answers: Record<string, number>
  /** Callers that disconnected before their result. */
  aborted: number
  /** Errors that callers saw, by code. */
  readonly errors: Record<string, number>
  /** Disruptions of the server. */
  readonly struck: { cancels: number; terminates: number; restarts: number }
  /** Errors outside of restarts. Strikes must explain them. */
  readonly details: string[]
  /** Each must be empty. */
  readonly foreign: string[]
  readonly missing: string[]
  readonly unexplained: string[]
  readonly afterwards: string[]
}

export function newReport(seed: string, seconds: number): FuzzReport {
  return {
    seed,
    seconds,
    answers: {},
    aborted: 0,
    errors: {},
    struck: { cancels: 0, terminates: 0, restarts: 0 },
    details: [],
    foreign: [],
    missing: [],
    unexplained: [],
    afterwards: [],
  }
}

export function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
