import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseGroupsPage,
  parseNothing,
  parseUser,
  parseUsersPage,
  parseWrittenUser,
  type WireUser,
} from '../../src/vendor/wire/wire.ts'

const primaryEmail = 'ann@acme.test'

describe('readers of arbitrary JSON', () => {
  const fields = [
    'firstName',
    'lastName',
    'type',
    'roles',
    'aliases',
    'groups',
    'mailboxSize',
    'spamPolicy',
    'status',
    'createdAt',
    'updatedAt',
  ] as const
  const anything = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<unknown>
  const row = fc.record(
    { primaryEmail: fc.constant(primaryEmail), ...Object.fromEntries(fields.map((field) => [field, anything])) },
    {
      requiredKeys: ['primaryEmail'],
    },
  ) as fc.Arbitrary<Record<string, unknown>>

  test('wire: no reader throws on arbitrary JSON', () => {
    const texts = fc.oneof(
      fc.json({ stringUnit: 'binary' }),
      fc.string({ unit: 'binary' }),
      anything.map((value) => JSON.stringify({ users: value, groups: [value] })),
    )
    fc.assert(
      fc.property(texts, (text) => {
        for (const parse of [parseUsersPage, parseGroupsPage, parseUser, parseWrittenUser, parseNothing]) {
          const parsed: object = parse(text)
          expect(Object.keys(parsed)).toEqual('unreadable' in parsed ? ['unreadable'] : ['value', 'warnings'])
        }
      }),
      { numRuns: 500 },
    )
  })

  test('wire: a row stays in the page, absent stays absent, and a list is empty only if an empty one was sent', () => {
    fc.assert(
      fc.property(row, (given) => {
        const parsed = parseUsersPage(JSON.stringify({ users: [given] }))
        if (!('value' in parsed)) throw new Error('expected a page')
        const user = parsed.value.users[0] as WireUser
        expect(parsed.value.users.length).toBe(1)
        for (const field of fields) {
          if (!(field in given)) expect(field in user).toBe(false)
          if (field in user) expect(user[field]).not.toBeUndefined()
          // A status with an unrecognized value is null.
          if (user[field] === null && (field !== 'status' || user.unrecognized?.status === undefined)) {
            expect(given[field]).toBeNull()
          }
          if (Array.isArray(user[field]) && user[field].length === 0 && field !== 'spamPolicy') {
            expect(given[field]).toEqual([])
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('wire: every value that is kept can be stored by Postgres', () => {
    fc.assert(
      fc.property(row, (given) => {
        const parsed = parseUser(JSON.stringify(given))
        if (!('value' in parsed)) throw new Error('expected a user')
        const { raw: _raw, ...kept } = parsed.value
        expect(JSON.stringify(kept)).not.toMatch(/\\u0000|\\ud[89a-f]/)
      }),
      { numRuns: 500 },
    )
  })

  test('wire: the same text always gives the same value', () => {
    fc.assert(
      fc.property(fc.array(row), (users) => {
        const text = JSON.stringify({ users })
        expect(parseUsersPage(text)).toEqual(parseUsersPage(text))
      }),
    )
  })
})
