import { describe, expect, test } from 'vitest'
import { parseOrganizations } from '../../../src/vendor/v1/organization-wire.ts'
import { toOwnNames } from '../../../src/vendor/v1/user-names.ts'
import { parseUser, parseWrittenUser } from '../../../src/vendor/v1/wire.ts'

function read(fields: object) {
  const parsed = parseUser(JSON.stringify({ primary_email: 'Mia@x.example', ...fields }))
  if ('unreadable' in parsed) throw new Error(parsed.unreadable.found)
  const { raw, ...user } = parsed.value
  return { raw, user, warnings: parsed.warnings }
}

const least = { primaryEmail: 'Mia@x.example', type: 'User' }

describe('user of the API v1', () => {
  test('all fields are read', () => {
    const { user, warnings } = read({
      uid: 48211,
      is_active: true,
      type: 'silent_user',
      firstname: 'Mia',
      surname: 'Kühn',
      alias_emails: ['m.kuehn@x.example', 'mia@x.example'],
      safe_list_senders: ['a@b.example', 'A@b.example'],
      block_list_senders: [],
      is_billable: false,
    })
    expect(user).toEqual({
      ...least,
      vendorId: '48211',
      status: 'active',
      accountKind: 'SILENT_USER',
      roles: ['SILENT_USER'],
      firstName: 'Mia',
      lastName: 'Kühn',
      aliases: ['m.kuehn@x.example'],
      senderLists: { safe: ['a@b.example'], blocked: [] },
      billable: false,
    })
    expect(warnings).toEqual([{ path: 'safe_list_senders[1]', found: 'a duplicate' }])
  })

  test('an absent field is unknown, and neither empty nor false', () => {
    expect(read({}).user).toEqual(least)
  })

  test.each([
    [true, 'active'],
    [1, 'active'],
    ['1', 'active'],
    ['true', 'active'],
    ['True', 'active'],
    [false, 'inactive'],
    [0, 'inactive'],
    ['0', 'inactive'],
    ['false', 'inactive'],
  ])('is_active %j is %s', (given, status) => {
    expect(read({ is_active: given }).user).toEqual({ ...least, status })
    expect(read({ isactive: given }).user).toEqual({ ...least, status })
  })

  test.each([2, 'yes', [], {}, ['true']])('is_active %j is unknown and reported', (given) => {
    const { user, warnings } = read({ is_active: given })
    expect(user).toEqual(least)
    expect(warnings).toHaveLength(1)
  })

  test.each([
    [12, '12'],
    ['12', '12'],
    ['90071992547409931', '90071992547409931'],
  ])('uid %j identifies the account', (uid, vendorId) => {
    expect(read({ uid }).user).toEqual({ ...least, vendorId })
  })

  test.each([1.5, 'abc', '', true, {}])('uid %j is unknown and reported', (uid) => {
    expect(read({ uid })).toMatchObject({ user: least, warnings: [{ path: 'uid' }] })
  })

  test('an empty name is none, and a kind that is not known is kept', () => {
    expect(read({ firstname: '', surname: ' ', type: 'robot' }).user).toEqual({
      ...least,
      firstName: null,
      lastName: null,
      accountKind: 'ROBOT',
      roles: ['ROBOT'],
    })
  })

  test('the deprecated names of the sender lists are read if the present ones are absent', () => {
    const old = { white_list_senders: ['a@b.example'], black_list_senders: ['c@d.example'] }
    expect(read(old).user).toMatchObject({ senderLists: { safe: ['a@b.example'], blocked: ['c@d.example'] } })
    expect(read({ ...old, safe_list_senders: [], block_list_senders: [] }).user).toMatchObject({
      senderLists: { safe: [], blocked: [] },
    })
    expect(read({ safe_list_senders: [] }).user).toEqual(least)
  })

  test('everything that was read is kept for a PUT, except a password', () => {
    const row = {
      status: 'a field of its own',
      odin_settings: { can_impersonate: false },
      further: 12345678901234567890n.toString(),
      type: 'Weird_Kind',
      is_active: 'perhaps',
    }
    const { raw } = read({ password: 'secret', ...row })
    expect(raw).not.toHaveProperty('password')
    expect(toOwnNames(raw)).toEqual({ primary_email: 'Mia@x.example', ...row })
  })

  test('a response without a usable address is unreadable, and a write may return anything', () => {
    for (const text of ['{}', '{"primary_email":"x"}', '[]', 'null'])
      expect(parseUser(text)).toMatchObject({ unreadable: { reason: 'wrong shape' } })
    expect(parseUser('')).toMatchObject({ unreadable: { reason: 'not JSON' } })
    expect(parseWrittenUser('')).toMatchObject({ value: null })
    expect(parseWrittenUser('{"ok":true}')).toMatchObject({ value: null })
    expect(parseWrittenUser('{"primary_email":"a@x.example"}')).toMatchObject({
      value: { primaryEmail: 'a@x.example' },
    })
  })
})

test('organizations of v1: both envelopes, numbers as text, and a row that cannot be used keeps its place', () => {
  const rows = [
    {
      eid: '12',
      primary_domain: 'A.example',
      name: ' A ',
      type: 'channel',
      domains: [{ name: 'b.example' }, 'A.example'],
    },
    { eid: -1, primary_domain: 'with space', user_licenses: '20', active_users: 'many', licensing_package: 'business' },
    'text',
  ]
  const nothing = { name: undefined, isPartner: false, licenseCount: undefined, licensedUsers: undefined }
  const expected = [
    {
      ...nothing,
      eid: '12',
      name: 'A',
      domains: ['a.example', 'b.example'],
      isPartner: true,
      licensePackage: undefined,
    },
    { ...nothing, eid: undefined, domains: [], licenseCount: 20, licensePackage: 'BUSINESS' },
    { ...nothing, eid: undefined, domains: [], licensePackage: undefined },
  ]
  const numbers = parseOrganizations('[{"eid":"0012"},{"eid":12},{"eid":0},{"eid":"000"},{"eid":1e30},{"eid":12.5},{}]')
  expect('value' in numbers && numbers.value.map(({ eid }) => eid)).toEqual(['12', '12', ...Array(5).fill(undefined)])
  for (const body of [rows, { orgs: rows }]) {
    expect(parseOrganizations(JSON.stringify(body))).toEqual({ value: expected, warnings: [] })
  }
  for (const text of ['{"orgs":{}}', '{}', '"orgs"', '<html>', '']) {
    expect(parseOrganizations(text)).toHaveProperty('unreadable')
  }
})
