/** Filters, exports and words of the explorer, without a browser. */
import { expect, test } from 'vitest'
import { readAll } from '../../../src/explorer/csv/rows.ts'
import { counted, pairsOf, unknownFilters } from '../../../src/explorer/ui/words.ts'
import { filterOf, knownFilters } from '../../../src/explorer/views/users/filter.ts'

const addressed = (text: string) => new URLSearchParams(text)

test('words: one thing is counted in the singular', () => {
  expect([counted(1, 'user'), counted(0, 'user'), counted(2_500, 'address', 'addresses')]).toEqual([
    '1 user',
    '0 users',
    '2,500 addresses',
  ])
})

test('words: evidence becomes names and texts, whatever its shape', () => {
  const evidence = {
    firstSeenAt: '2026-06-01T00:00:00Z',
    roles: ['USER', 'AUDITOR'],
    owner: { primaryEmail: 'a@b.c', deletedAt: null },
    accounts: [{ id: 1 }, { id: 2, isLive: true }],
    none: [],
  }
  expect(pairsOf(evidence)).toEqual([
    ['first seen at', '2026-06-01T00:00:00Z'],
    ['roles', 'USER, AUDITOR'],
    ['owner: primary email', 'a@b.c'],
    ['owner: deleted at', 'none'],
    ['accounts 1: id', '1'],
    ['accounts 2: id', '2'],
    ['accounts 2: is live', 'yes'],
    ['none', 'none'],
  ])
  expect(pairsOf('text')).toEqual([['value', 'text']])
})

test('address: a filter whose value is not known is found, and known, empty and free ones are not', () => {
  const parameters = addressed('status=FOO&type=USER&privileged=maybe&lifecycle=&role=ANY&text=x')
  expect(unknownFilters(parameters, knownFilters)).toEqual([
    ['status', 'FOO'],
    ['privileged', 'maybe'],
  ])
  expect(filterOf(parameters)?.and).not.toContainEqual({ privileged: false })
  expect(unknownFilters(addressed('kind=A&kind=B&kind=C'), { kind: ['A', 'C'] })).toEqual([['kind', 'B']])
})

test('users filter: each word of the text must match somewhere', () => {
  const somewhere = (contains: string) => ({
    or: [{ primaryEmail: { contains } }, { firstName: { contains } }, { lastName: { contains } }],
  })
  expect(filterOf(addressed('text=+aaron++bauer+'))).toEqual({ and: [somewhere('aaron'), somewhere('bauer')] })
  expect(filterOf(addressed(`text=${'a+'.repeat(50)}`))?.and).toHaveLength(8)
  expect(filterOf(addressed('text=+'))).toBeUndefined()
})

test('export: all pages are read, at most as many rows as are allowed', async () => {
  const cursors: (string | null)[] = []
  const read = async (cursor: string | null) => {
    cursors.push(cursor)
    const page = Number(cursor ?? 0)
    return { rows: [2 * page, 2 * page + 1], next: page < 3 ? String(page + 1) : null }
  }
  expect(await readAll(read, 100)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(cursors).toEqual([null, '1', '2', '3'])
  expect(await readAll(read, 3)).toEqual([0, 1, 2])
  expect(cursors).toHaveLength(6)
})
