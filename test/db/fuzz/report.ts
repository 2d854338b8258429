/** What a run counted, and what it found that must not be. */
export interface FuzzReport {
  readonly seed: string
  readonly seconds: number
  /** Right answers, by kind. */
  readonly answers: Record<string, number>
  /** Callers that left before their answer. */
  aborted: number
  /** Errors that callers saw, by code. */
  readonly errors: Record<string, number>
  /** What the run did to the server. */
  readonly struck: { cancels: number; terminates: number; restarts: number }
  /** Errors outside of restarts: strikes must explain them. */
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
