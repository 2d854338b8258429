/** The bounds of one caller's interactive requests. docs/operations.md documents them. */
import type { Caller } from './allowance.ts'

/** Reads that nothing is written after: refreshes and dry runs. */
export function readingCaller(name: string): Caller {
  return { name, share: 1 / 4, maxWaiting: 10 }
}

/** Writes. Together with the caller's reads they leave a quarter of the interactive requests to other callers. */
export function writingCaller(name: string): Caller {
  return { name, share: 3 / 4, maxWaiting: 100 }
}
