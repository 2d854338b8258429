/** How the body of a user is read: its fields, its lists and its address. */
import { describe, expect, test } from 'vitest'
import { parseUser, parseUsersPage } from '../../src/vendor/wire/wire.ts'

const primaryEmail = 'ann@acme.test'

describe('a user', () => {
  test('wire: a complete user is read completely', () => {
    const raw = {
      primaryEmail: 'Ann@Acme.test',
      firstName: 'Ann',
      lastName: '',
      type: 'user',
      roles: ['ADMINISTRATOR', 'USER'],
      aliases: [],
      groups: ['7', 'Sales'],
      mailboxSize: 2048,
      spamPolicy: { level: 3, allow: ['x@y.test'] },
      status: 'ACTIVE',
      createdAt: '2026-01-02T04:04:05+01:00',
      updatedAt: '2026-01-02T03:04:05.1234567Z',
      department: { id: 4 },
    }
    expect(parseUser(JSON.stringify(raw))).toEqual({
      value: {
        primaryEmail: 'Ann@Acme.test',
        firstName: 'Ann',
        lastName: '',
        type: 'User',
        roles: ['ADMINISTRATOR', 'USER'],
        aliases: [],
        groups: ['7', 'Sales'],
        mailboxSize: 2048,
        spamPolicy: { level: 3, allow: ['x@y.test'] },
        status: 'active',
        createdAt: '2026-01-02T03:04:05.000000Z',
        updatedAt: '2026-01-02T03:04:05.123456Z',
        raw,
      },
      warnings: [],
    })
  })

  test('wire: a user has no key for a field that the response lacks', () => {
    expect(parseUser(`{"primaryEmail":"${primaryEmail}"}`)).toStrictEqual({
      value: { primaryEmail, raw: { primaryEmail } },
      warnings: [],
    })
  })

  test('wire: null means none for name, size, policy and status, and unknown for all other fields', () => {
    const raw = {
      primaryEmail,
      firstName: null,
      lastName: null,
      mailboxSize: null,
      spamPolicy: null,
      type: null,
      roles: null,
      aliases: null,
      groups: null,
      status: null,
      createdAt: null,
      updatedAt: null,
    }
    expect(parseUser(JSON.stringify(raw))).toStrictEqual({
      value: { primaryEmail, firstName: null, lastName: null, mailboxSize: null, spamPolicy: null, status: null, raw },
      warnings: [],
    })
  })

  test.each<[string, unknown, string]>([
    ['firstName', 5, 'a number'],
    ['firstName', 'a\0b', 'a string with characters that Postgres cannot store'],
    ['firstName', 'é'.repeat(401), 'a string of 802 bytes (the maximum is 800)'],
    ['lastName', ['Ann'], 'a list'],
    ['lastName', '\ud800', 'a string with characters that Postgres cannot store'],
    ['roles', 'USER', 'a string'],
    ['roles', {}, 'an object'],
    ['aliases', 0, 'a number'],
    ['groups', false, 'a boolean'],
    ['mailboxSize', 'true', 'a string'],
    ['mailboxSize', true, 'a boolean'],
    ['mailboxSize', '', 'a string'],
    ['mailboxSize', '2 GB', 'a string'],
    ['mailboxSize', '0x800', 'a string'],
    ['mailboxSize', '1.5', 'a string'],
    ['mailboxSize', '2147483648', 'a number out of range'],
    ['mailboxSize', 1.5, 'a number with a fraction'],
    ['mailboxSize', 2147483648, 'a number out of range'],
    ['mailboxSize', -2147483649, 'a number out of range'],
    ['spamPolicy', { a: [{ b: '\0' }] }, 'an object that cannot be stored'],
    ['spamPolicy', { '\0': 1 }, 'an object that cannot be stored'],
    ['spamPolicy', JSON.parse('['.repeat(70) + ']'.repeat(70)), 'a list that cannot be stored'],
    ['createdAt', 'yesterday', 'a string that is not an ISO 8601 time'],
    ['updatedAt', 1767225600, 'a number'],
  ])('wire: a user whose %s is %j is read without that field, and the field is reported', (field, given, found) => {
    const raw = { primaryEmail, [field]: given }
    expect(parseUser(JSON.stringify(raw))).toStrictEqual({
      value: { primaryEmail, raw },
      warnings: [{ path: field, found }],
    })
  })

  test.each([
    ['2048', 2048],
    [' 2048 ', 2048],
    ['-0', 0],
    ['+7', 7],
    ['2048.0', 2048],
  ])('wire: a user whose mailboxSize is the string %j has %d', (given, mailboxSize) => {
    expect(parseUser(JSON.stringify({ primaryEmail, mailboxSize: given }))).toMatchObject({
      value: { mailboxSize },
      warnings: [],
    })
  })

  test('wire: an unrecognized type is absent, an unrecognized status is null, and both values are kept', () => {
    const raw = { primaryEmail, type: 'Functional\n Account', status: 'suspended' }
    expect(parseUser(JSON.stringify(raw))).toStrictEqual({
      value: { primaryEmail, unrecognized: { type: 'Functional Account', status: 'suspended' }, status: null, raw },
      warnings: [
        { path: 'type', found: 'an unknown value' },
        { path: 'status', found: 'an unknown value' },
      ],
    })
  })

  test('wire: a list keeps its order, without duplicates and without entries that cannot be stored', () => {
    const raw = {
      primaryEmail,
      roles: ['USER', 'user', 'USER'],
      aliases: ['B@acme.test', 'a@acme.test', 'b@ACME.test', 'x\0@acme.test'],
      groups: ['sales', 7, '7'],
    }
    expect(parseUser(JSON.stringify(raw))).toStrictEqual({
      value: {
        primaryEmail,
        roles: ['USER', 'user'],
        aliases: ['B@acme.test', 'a@acme.test'],
        groups: ['sales', '7'],
        raw,
      },
      warnings: [
        { path: 'roles[2]', found: 'a duplicate' },
        { path: 'aliases[2]', found: 'a duplicate' },
        { path: 'aliases[3]', found: 'a string with characters that Postgres cannot store' },
        { path: 'groups[2]', found: 'a duplicate' },
      ],
    })
  })

  test.each([
    [false, 'false', 'a boolean'],
    [2, '2', 'a number'],
    [{ value: 'active', by: 'ann@acme.test' }, '(an object)', 'an object'],
    [['active'], '(a list)', 'a list'],
    ['', '', 'an unknown value'],
    ['x'.repeat(99), `${'x'.repeat(59)}…`, 'an unknown value'],
  ])('wire: a type is absent and a status is null if it is %j, and the value is kept', (given, word, found) => {
    const raw = { primaryEmail, type: given, status: given }
    expect(parseUser(JSON.stringify(raw))).toStrictEqual({
      value: { primaryEmail, unrecognized: { type: word, status: word }, status: null, raw },
      warnings: [
        { path: 'type', found },
        { path: 'status', found },
      ],
    })
  })

  test.each<[string, unknown[], string]>([
    ['roles', ['USER', null], 'null'],
    ['roles', ['USER', ''], 'an empty string'],
    ['roles', ['USER', ' '], 'an empty string'],
    ['roles', ['USER', 5], 'a number'],
    ['roles', ['USER', true], 'a boolean'],
    ['roles', ['USER', ['ADMINISTRATOR']], 'a list'],
    ['roles', ['USER', {}], 'an object'],
    ['roles', ['USER', { id: 7 }], 'an object'],
    ['roles', ['USER', { role: 'ADMINISTRATOR' }], 'an object'],
    ['roles', ['USER', { name: null }], 'an object'],
    ['roles', ['USER', { id: 'ADMIN', name: 'Administrator' }], 'an object'],
    ['aliases', ['a@acme.test', { address: 'b@acme.test', email: 'c@acme.test' }], 'an object'],
    ['aliases', ['a@acme.test', { name: 'Sales' }], 'an object'],
    ['aliases', ['a@acme.test', { address: 7 }], 'an object'],
    ['aliases', ['a@acme.test', { name: 'b@acme.test', address: 'no-address' }], 'an object'],
    ...['not an address', 'bob', 'sip:b@acme.test', 'X500:/o=acme/cn=b', 'meet @ noon', 'a@acme.test, b@acme.test'].map(
      (text): [string, unknown[], string] => ['aliases', ['a@acme.test', text], 'a string that is not an address'],
    ),
    ['aliases', ['a@acme.test', { address: 'sip:b@acme.test' }], 'an object'],
    ['groups', ['sales', 1.5], 'a number'],
    ['groups', ['sales', { id: {} }], 'an object'],
    ['groups', ['sales', { email: 'sales@acme.test' }], 'an object'],
  ])('wire: a user whose %s %j hold an unreadable entry is read without the whole list', (field, given, found) => {
    const raw = { primaryEmail, [field]: given }
    expect(parseUser(JSON.stringify(raw))).toStrictEqual({
      value: { primaryEmail, raw },
      warnings: [{ path: `${field}[1]`, found }],
    })
    expect(parseUsersPage(JSON.stringify([raw]))).toMatchObject({ value: { users: [{ primaryEmail, raw }] } })
  })

  test.each<[string, unknown[], string[]]>([
    ['roles', ['USER', { name: 'ADMINISTRATOR' }], ['USER', 'ADMINISTRATOR']],
    ['roles', [{ id: 'ADMINISTRATOR' }], ['ADMINISTRATOR']],
    ['roles', [{ id: 3, name: 'ADMINISTRATOR', inherited: false }], ['ADMINISTRATOR']],
    ['roles', [{ id: 'role_3', name: 'ADMINISTRATOR' }, 'ADMINISTRATOR'], ['ADMINISTRATOR']],
    ['aliases', [{ address: 'a@acme.test' }, { email: 'b@acme.test' }], ['a@acme.test', 'b@acme.test']],
    ['aliases', [{ id: 17, name: 'Sales', address: 'a@acme.test' }], ['a@acme.test']],
    ['aliases', [{ address: 'a@acme.test', email: 'A@acme.test' }], ['a@acme.test']],
    ['aliases', [{ name: 'a@acme.test' }], ['a@acme.test']],
    ['aliases', ['smtp:a@acme.test', 'mailto:b@acme.test'], ['a@acme.test', 'b@acme.test']],
    [
      'aliases',
      [`SMTP:${primaryEmail}`, 'Bob <b@acme.test>', '"a@b:c"@acme.test'],
      ['b@acme.test', '"a@b:c"@acme.test'],
    ],
    [
      'aliases',
      [' a@acme.test', 'j doe@acme.test ', "o'x+y@bücher.test"],
      [' a@acme.test', 'j doe@acme.test ', "o'x+y@bücher.test"],
    ],
    ['aliases', [{ address: 'smtp:a@acme.test' }], ['a@acme.test']],
    ['groups', [{ id: 'sales', name: 'Sales' }, { id: 8 }, { name: 'Board' }], ['sales', '8', 'Board']],
  ])('wire: a user whose %s %j hold objects that name each entry has all entries', (field, given, entries) => {
    const { value } = parseUser(JSON.stringify({ primaryEmail, [field]: given })) as { value: object }
    expect(value).toMatchObject({ [field]: entries })
  })

  test('wire: a user never keeps a password', () => {
    const answer = { primaryEmail, password: 'hunter2', Password: 'hunter2', passwordAge: 3 }
    expect(parseUser(JSON.stringify(answer))).toStrictEqual({
      value: { primaryEmail, raw: { primaryEmail, passwordAge: 3 } },
      warnings: [],
    })
  })

  test.each(['@', 'a@', '@b', '@@', 'ab', '', 'a@b\0', 5, null, {}])(
    'wire: an object without an address (%j) is not a user',
    (given) => {
      expect(parseUser(JSON.stringify({ primaryEmail: given }))).toEqual({
        unreadable: { reason: 'wrong shape', found: 'an object without a usable primaryEmail' },
      })
    },
  )

  test.each(['a@b', 'a@b@c', ' @ ', '"a b"@c', 'jürgen@müller.test'])(
    'wire: a user may have the odd address %s',
    (address) => {
      expect(parseUser(JSON.stringify({ primaryEmail: address }))).toMatchObject({ value: { primaryEmail: address } })
    },
  )
})
