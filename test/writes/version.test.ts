import { expect, test } from 'vitest'
import { parseUser, type WireUser } from '../../src/vendor/wire/wire.ts'
import { compareAccounts, identityOf } from '../../src/writes/session/same-account.ts'
import { isChangedAt, isVersion, versionOf } from '../../src/writes/vendor/version.ts'

const known = {
  primaryEmail: 'bob@example.com',
  firstName: 'Bob',
  createdAt: '2025-01-01T10:00:00.123Z',
  updatedAt: '2026-01-01T10:00:00.250Z',
}

function copy(change: object = {}): WireUser {
  const parsed = parseUser(JSON.stringify({ ...known, ...change }))
  if ('unreadable' in parsed) throw new Error(parsed.unreadable.found)
  return parsed.value
}

test.each<[string, object, boolean]>([
  ['without the fractions', { createdAt: '2025-01-01T10:00:00Z', updatedAt: '2026-01-01T10:00:00Z' }, true],
  ['with further digits', { updatedAt: '2026-01-01T10:00:00.250000Z' }, true],
  ['with fewer digits', { updatedAt: '2026-01-01T10:00:00.2Z' }, true],
  ['without the zone', { createdAt: '2025-01-01 10:00:00.123', updatedAt: '2026-01-01T10:00:00.250' }, true],
  ['with an offset', { createdAt: '2025-01-01T12:00:00Z', updatedAt: '2026-01-01T12:00:00.250+02:00' }, true],
  ['with another time of the creation', { createdAt: '2025-06-01T10:00:00.123Z' }, true],
  ['with a change in the same second', { updatedAt: '2026-01-01T10:00:00.251Z' }, false],
  ['with all digits of the fraction', { updatedAt: '2026-01-01T10:00:00.25Z' }, true],
  ['with a change two seconds later', { updatedAt: '2026-01-01T10:00:02Z' }, false],
  ['without a time of the change', { updatedAt: undefined }, false],
  ['with another name', { firstName: 'Rob' }, false],
])('version: whether a copy %s is the same version is %o', (_, change, isSame) => {
  expect(isVersion(versionOf(copy()), copy(change))).toBe(isSame)
})

test('version: microseconds are compared if both copies have them', () => {
  const known = versionOf(copy({ updatedAt: '2026-01-01T10:00:00.250001Z' }))
  expect(isVersion(known, copy({ updatedAt: '2026-01-01T10:00:00.250001+00:00' }))).toBe(true)
  expect(isVersion(known, copy({ updatedAt: '2026-01-01T10:00:00.250002Z' }))).toBe(false)
})

test('version: a last change is recognized in any precision', () => {
  expect(isChangedAt('2026-01-01T10:00:00.000000Z', copy())).toBe(true)
  expect(isChangedAt('2026-01-01T10:00:00.250Z', copy({ updatedAt: '2026-01-01T10:00:00Z' }))).toBe(true)
  expect(isChangedAt('2026-01-01T10:00:00.249Z', copy())).toBe(false)
  expect(isChangedAt('2026-01-01T09:59:59.000Z', copy())).toBe(false)
})

test('version: an account whose createdAt has moved is the same if only the format of its last change differs', () => {
  const moved = copy({ createdAt: '2025-06-01T10:07:00Z', updatedAt: '2026-01-01T10:00:00Z' })
  expect(compareAccounts(identityOf(copy()), moved)).toBe('SAME')
})
