/** Limits on one caller's interactive requests. Documented in docs/operations.md. */
import type { Caller } from './allowance.ts'

/** Limits for reads that precede no write: refreshes and dry runs. */
export function readingCaller(name: string): Caller {
  return { name, share: 1 / 4, maxWaiting: 10 }
}

/**
 * Limits for writes. A caller's reads and writes together leave a quarter of the interactive requests to other callers.
 */
export function writingCaller(name: string): Caller {
  return { name, share: 3 / 4, maxWaiting: 100 }
}
