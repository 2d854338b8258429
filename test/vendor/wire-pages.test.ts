/** How other bodies are read: pages of users and groups, and the responses to writes. */
import { describe, expect, test } from 'vitest'
import { parseGroupsPage, parseNothing, parseUsersPage, parseWrittenUser } from '../../src/vendor/wire/wire.ts'

const primaryEmail = 'ann@acme.test'

describe('a page of users', () => {
  test('wire: a page omits rows without an address and counts them', () => {
    const users = [
      { primaryEmail },
      { firstName: 'Bob' },
      'carl',
      null,
      { primaryEmail: 'dora' },
      { primaryEmail: 'e@f', status: 0 },
    ]
    expect(parseUsersPage(JSON.stringify({ users, total: 6, next: 'x' }))).toStrictEqual({
      value: {
        users: [
          { primaryEmail, raw: { primaryEmail } },
          { primaryEmail: 'e@f', unrecognized: { status: '0' }, status: null, raw: { primaryEmail: 'e@f', status: 0 } },
        ],
        rows: 6,
        total: 6,
      },
      warnings: [
        { path: 'users[1].primaryEmail', found: 'nothing' },
        { path: 'users[2]', found: 'a string' },
        { path: 'users[3]', found: 'null' },
        { path: 'users[4].primaryEmail', found: 'a string that is not an address' },
        { path: 'users[5].status', found: 'a number' },
      ],
    })
  })

  test('wire: a page may be a bare list', () => {
    expect(parseUsersPage(`[{"primaryEmail":"${primaryEmail}"}]`)).toStrictEqual({
      value: { users: [{ primaryEmail, raw: { primaryEmail } }], rows: 1 },
      warnings: [],
    })
  })

  test.each([
    [0, 0, []],
    [100000, 100000, []],
    [null, undefined, []],
    ['5', 5, []],
    ['five', undefined, [{ path: 'total', found: 'a string' }]],
    [-1, undefined, [{ path: 'total', found: 'a number out of range' }]],
    [1.5, undefined, [{ path: 'total', found: 'a number with a fraction' }]],
    [2147483648, undefined, [{ path: 'total', found: 'a number out of range' }]],
  ])('wire: a page whose total is %j has the total %j', (given, total, warnings) => {
    expect(parseUsersPage(JSON.stringify({ users: [], total: given }))).toStrictEqual({
      value: { users: [], rows: 0, ...(total === undefined ? {} : { total }) },
      warnings,
    })
  })

  test('wire: a page in which everything is malformed logs a limited number of warnings', () => {
    const parsed = parseUsersPage(JSON.stringify(Array.from({ length: 1000 }, () => ({}))))
    if (!('value' in parsed)) throw new Error('expected a page')
    expect([parsed.value, parsed.warnings.length, parsed.warnings.at(-1)]).toEqual([
      { users: [], rows: 1000 },
      101,
      { path: '', found: '900 further warnings' },
    ])
  })

  test.each([
    ['', 'not JSON', 'empty'],
    [' \n', 'not JSON', 'empty'],
    ['<!doctype html><p>no', 'not JSON', 'HTML or XML'],
    ['nope', 'not JSON', 'text that is not JSON'],
    ['{"users":[]} trailing', 'not JSON', 'text that is not JSON'],
    ['{}', 'wrong shape', 'an object without a list "users"'],
    ['{"users":null}', 'wrong shape', 'an object without a list "users"'],
    ['{"users":{}}', 'wrong shape', 'an object without a list "users"'],
    ['{"groups":[]}', 'wrong shape', 'an object without a list "users"'],
    ['null', 'wrong shape', 'null'],
    ['"users"', 'wrong shape', 'a string'],
  ])('wire: %j is not a page', (text, reason, found) => {
    expect(parseUsersPage(text)).toEqual({ unreadable: { reason, found } })
  })

  test('wire: a truncated page is detected wherever it was cut', () => {
    const text = JSON.stringify({
      users: [{ primaryEmail, mailboxSize: -1.5e3, a: 'é"\\\n', b: [true, null] }],
      total: 1,
    })
    for (let length = 1; length < text.length; length += 1) {
      expect(parseUsersPage(text.slice(0, length))).toMatchObject({ unreadable: { reason: 'cut' } })
    }
  })
})

describe('a page of groups', () => {
  test('wire: a page of groups accepts numeric ids and omits rows that are not groups', () => {
    const groups = [
      { id: 7, name: 'Sales', memberCount: 3 },
      { id: 'g-8', name: '', memberCount: '3' },
      { id: '', name: 'x' },
      { id: 2 ** 53, name: 'x' },
      { id: 9 },
      { id: 10, name: 'a\0' },
      [],
    ]
    expect(parseGroupsPage(JSON.stringify({ groups }))).toStrictEqual({
      value: {
        groups: [
          { id: '7', name: 'Sales', memberCount: 3 },
          { id: 'g-8', name: '', memberCount: 3 },
        ],
        rows: 7,
      },
      warnings: [
        { path: 'groups[2].id', found: 'an empty string' },
        { path: 'groups[3].id', found: 'a number' },
        { path: 'groups[4].name', found: 'nothing' },
        { path: 'groups[5].name', found: 'a string with characters that Postgres cannot store' },
        { path: 'groups[6]', found: 'a list' },
      ],
    })
  })
})

describe('the response to a write', () => {
  test.each([
    ['', null],
    ['null', null],
    ['{"ok":true}', null],
    [`{"primaryEmail":"${primaryEmail}"}`, { primaryEmail, raw: { primaryEmail } }],
  ])('wire: %j is accepted as the response to a write', (text, value) => {
    expect(parseWrittenUser(text)).toMatchObject({ value })
    expect(parseNothing(text)).toEqual({ value: null, warnings: [] })
  })

  test.each([
    ['<html>', 'not JSON'],
    ['{"primary', 'cut'],
  ])('wire: %j is not accepted as the response to a write', (text, reason) => {
    expect(parseWrittenUser(text)).toMatchObject({ unreadable: { reason } })
    expect(parseNothing(text)).toMatchObject({ unreadable: { reason } })
  })
})
