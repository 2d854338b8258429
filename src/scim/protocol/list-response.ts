/** Lists of resources, and the parameters that select a page of them. */
import { schemas } from './schemas.ts'

export interface Page {
  /** 1 or more. */
  readonly startIndex: number
  /** 0: only the total. */
  readonly count: number
}

const usualCount = 100
const mostCount = 500
const farthest = 1_000_000_000

export function listOf(resources: readonly object[], total = resources.length, startIndex = 1): object {
  return {
    schemas: [schemas.list],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

/** Reads the page leniently: what is out of range becomes the nearest value, and what is no number the default. */
export function pageOf(startIndex: unknown, count: unknown): Page {
  return {
    startIndex: Math.min(Math.max(integerOf(startIndex) ?? 1, 1), farthest),
    count: Math.min(Math.max(integerOf(count) ?? usualCount, 0), mostCount),
  }
}

function integerOf(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '') return undefined
  const number = Math.trunc(Number(value))
  return Number.isSafeInteger(number) ? number : undefined
}
