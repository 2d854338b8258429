import { expect, test } from 'vitest'
import { parseUser, type WireUser } from '../../src/vendor/wire/wire.ts'
import { carriedIn, lacksUnresolved, lostOf } from '../../src/writes/vendor/carried-fields.ts'

const before = {
  primaryEmail: 'bob@example.com',
  firstName: 'Bob',
  roles: ['USER', 'HELPDESK'],
  aliases: ['b@example.com'],
  groups: ['grp_001'],
  department: 'R&D',
  updatedAt: '2026-01-01T00:00:00Z',
}

function copy(raw: object): WireUser {
  const parsed = parseUser(JSON.stringify(raw))
  if ('unreadable' in parsed) throw new Error(parsed.unreadable.found)
  return parsed.value
}

test.each<[string, object, string[]]>([
  ['nothing differs', {}, []],
  ['lists have grown', { roles: ['USER', 'HELPDESK', 'AUDITOR'], aliases: ['B@example.com', 'c@example.com'] }, []],
  ['a name is empty', { firstName: null }, ['firstName']],
  ['a role and the aliases are missing', { roles: ['USER'], aliases: undefined }, ['roles', 'aliases']],
  ['an undocumented field is missing', { department: undefined }, ['department']],
  ['a field that the patch set differs', { lastName: 'New' }, []],
])('carried: lost fields are detected if %s', (_, change, fields) => {
  const carried = carriedIn(copy({ ...before, lastName: 'Old' }))
  const after = copy({ ...before, lastName: 'Old', ...change })
  expect(lostOf(carried, { lastName: 'New' }, after, true)).toEqual(fields)
})

test('carried: another value is a loss right after the PUT, and later only a value that is gone', () => {
  const carried = carriedIn(copy(before))
  const renamed = copy({ ...before, firstName: 'Robert' })
  expect(lostOf(carried, {}, renamed, true)).toEqual(['firstName'])
  expect(lostOf(carried, {}, renamed, false)).toEqual([])
  expect(lostOf(carried, {}, copy({ ...before, firstName: null }), false)).toEqual(['firstName'])
})

test('carried: the digest contains no value of the user', () => {
  expect(JSON.stringify(carriedIn(copy(before)))).not.toMatch(/Bob|HELPDESK|b@example/)
})

test('carried: an unreadable list is lost if the copy holds nothing in its place', () => {
  const carried = carriedIn(copy({ ...before, roles: [{ code: 7 }], status: 'suspended' }))
  expect(lostOf(carried, {}, copy({ ...before, roles: [], status: undefined }), true)).toEqual(['roles', 'status'])
  expect(lostOf(carried, {}, copy({ ...before, roles: [{ code: 7 }], status: 'frozen' }), true)).toEqual([])
})

test('carried: an unresolved group entry is lost if the copy lacks it, and not if its groups are unreadable', () => {
  const carried = carriedIn(copy(before), ['Sales'])
  expect(lacksUnresolved(carried, copy({ ...before, groups: ['grp_001', 'Sales'] }))).toBe(false)
  expect(lacksUnresolved(carried, copy(before))).toBe(true)
  expect(lacksUnresolved(carried, copy({ ...before, groups: null }))).toBe(true)
  expect(lacksUnresolved(carried, copy({ ...before, groups: [{ code: 7 }] }))).toBe(false)
})
