import { expect, test } from 'vitest'
import { WriteFailedError, type WriteFailure } from '../../../src/writes/failure.ts'
import { readingPauses, waitAfter } from '../../../src/writes/operations/wait-after.ts'

const failing = (status: number | null): WriteFailure => ({
  failure: 'VendorFailure',
  message: 'm',
  status,
  outcomeUnknown: false,
})

/** All its waits, in seconds. */
function waitsOf(failure: WriteFailure, error: unknown = new WriteFailedError(failure)): number[] {
  const waits: number[] = []
  for (;;) {
    const waitMs = waitAfter(error, failure, waits.length)
    if (waitMs === undefined) return waits
    waits.push(waitMs / 1_000)
  }
}

test.each([null, 502, 503, 504])('an item waits a quarter of an hour for a vendor that is away (%s)', (status) => {
  const waits = waitsOf(failing(status))
  expect(waits.slice(0, 5)).toEqual([1, 5, 20, 60, 60])
  expect(waits.reduce((sum, wait) => sum + wait)).toBe(15 * 60 + 26)
})

test.each([
  ['that the vendor fails at', waitsOf(failing(500))],
  ['that somebody else writes to', waitsOf({ failure: 'Conflict', message: 'm', userId: null }, new Error('locked'))],
  ['that an error of ours broke off', waitsOf(failing(null), new TypeError('ours'))],
])('one %s does not hold the others up for long', (_name, waits) => {
  expect(waits).toEqual([1, 5, 20])
})

test('operations: a write that is not shown is read for a quarter of an hour, with pauses that never shrink', () => {
  const pauses: readonly number[] = readingPauses.NOT_SHOWN
  expect(pauses.reduce((sum, ms) => sum + ms)).toBe(15 * 60_000 + 500)
  expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
})
