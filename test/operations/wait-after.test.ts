import { expect, test } from 'vitest'
import { readingPauses, waitAfter } from '../../src/operations/runner/retry-delay.ts'
import { WriteFailedError, type WriteFailure } from '../../src/writes/failure.ts'

const failing = (status: number | null): WriteFailure => ({
  failure: 'VendorFailure',
  message: 'm',
  status,
  outcomeUnknown: false,
})

/** All delays, in seconds. */
function waitsOf(failure: WriteFailure, error: unknown = new WriteFailedError(failure)): number[] {
  const waits: number[] = []
  for (;;) {
    const waitMs = waitAfter(error, failure, waits.length)
    if (waitMs === undefined) return waits
    waits.push(waitMs / 1_000)
  }
}

test.each([null, 502, 503, 504])('retry delay: an item waits 15 minutes for an unavailable vendor (%s)', (status) => {
  const waits = waitsOf(failing(status))
  expect(waits.slice(0, 5)).toEqual([1, 5, 20, 60, 60])
  expect(waits.reduce((sum, wait) => sum + wait)).toBe(15 * 60 + 26)
})

test.each([
  ['that the vendor fails at', waitsOf(failing(500))],
  ['that another client writes to', waitsOf({ failure: 'Conflict', message: 'm', userId: null }, new Error('locked'))],
  ['that an internal error interrupted', waitsOf(failing(null), new TypeError('ours'))],
])('retry delay: an item %s does not delay the others for long', (_name, waits) => {
  expect(waits).toEqual([1, 5, 20])
})

test('retry delay: a write that does not show is read for 15 minutes, with delays that never shrink', () => {
  const pauses: readonly number[] = readingPauses.NOT_SHOWN
  expect(pauses.reduce((sum, ms) => sum + ms)).toBe(15 * 60_000 + 500)
  expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
})
