import { expect, test } from 'vitest'
import { compareCreations, identifyingCreation } from '../../src/mirror/accounts/account-creation.ts'

const known = '2026-03-01T10:00:00.600000Z'
const minute = 60_000
const hour = 60 * minute
const after = (ms: number) => new Date(Date.parse(known) + ms).toISOString()

test.each([
  ['the fraction cut off', -600, 'SAME'],
  ['rounded to the next second', 400, 'SAME'],
  ['one second', 1_000, 'SAME'],
  ['more than one second', 1_001, 'LATER'],
  ['two hours', 2 * hour, 'SAME'],
  ['two hours less the fraction', 2 * hour - 600, 'SAME'],
  ['five and three quarters of an hour earlier', -5.75 * hour, 'SAME'],
  ['14 hours', 14 * hour, 'SAME'],
  ['14 and a quarter hours', 14.25 * hour, 'LATER'],
  ['15 minutes and 2 seconds', 15 * minute + 2_000, 'LATER'],
  ['7 minutes earlier', -7 * minute, 'EARLIER'],
  ['a year', 365 * 24 * hour, 'LATER'],
] as const)('account creation: %s (%d ms) is %s', (_name, ms, order) => {
  expect(compareCreations(known, after(ms))).toBe(order)
})

test('account creation: a time that one side lacks cannot be compared', () => {
  expect(compareCreations(null, known)).toBe('UNKNOWN')
  expect(compareCreations(known, undefined)).toBe('UNKNOWN')
})

test.each([
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z', false],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000000Z', false],
  ['1601-01-01T00:00:00Z', '1601-01-01T00:00:00.000000Z', false],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000000Z', false],
  ['2026-03-01', '2026-03-01T00:00:00.000000Z', false],
  ['2026-03-01T10:00Z', '2026-03-01T10:00:00.000000Z', false],
  ['2026-03-01T10:00:00', '2026-03-01T10:00:00.000000Z', true],
] as const)('account creation: %s identifies an account: %s, %s', (spelled, normalized, identifies) => {
  expect(identifyingCreation(spelled, normalized)).toBe(identifies ? normalized : undefined)
})
