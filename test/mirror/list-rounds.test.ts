import { describe, expect, test } from 'vitest'
import { isExhausted, mayBeCut, pageRepeatedTooEarly, roundsOf } from '../../src/mirror/pulls/list-rounds.ts'
import type { StoredPage } from '../../src/mirror/pulls/pulls.ts'

/** Pages of users: the number of rows of each page, the users that it shows, and its total. */
function pagesOf(...pages: readonly (readonly [rows: number, shown?: string | null, total?: number])[]): StoredPage[] {
  return pages.map(([rows, shown = null, total], i) => ({
    kind: 'USERS',
    page: i + 1,
    rows,
    total: total ?? null,
    shown,
    applied: true,
  }))
}

const endOf = (pages: readonly StoredPage[]) => roundsOf(pages, 'USERS').at(-1)?.end

describe('list rounds', () => {
  test.each<[string, StoredPage[], string | undefined]>([
    ['no page', pagesOf(), undefined],
    ['a short page without a total', pagesOf([30, 'a']), undefined],
    ['the total, short of a full page', pagesOf([30, 'a', 30]), 'TOTAL'],
    ['the total, with the requested size', pagesOf([1_000, 'a', 1_000]), undefined],
    ['the total, with a multiple of 50', pagesOf([100, 'a', 100]), undefined],
    ['the total, with pages of one size', pagesOf([10, 'a', 20], [10, 'b', 20]), undefined],
    ['the total, after an empty page', pagesOf([0, 'x', 30], [30, 'a', 30]), 'TOTAL'],
    ['a total that is passed', pagesOf([30, 'a', 20]), undefined],
    ['an empty page without a total', pagesOf([30, 'a'], [0, 'x']), 'EMPTY'],
    ['an empty page short of the total', pagesOf([100, 'a', 250], [0, 'x', 250]), undefined],
    ['the limit of empty pages', pagesOf([100, 'a', 150], [0, 'x', 150], [0, 'x', 150], [0, 'x', 150]), 'EMPTY'],
    ['a total that has become right', pagesOf([30, 'a', 31], [0, 'x', 30]), 'EMPTY'],
    ['an empty first page', pagesOf([0, 'x', 250], [0, 'x', 250], [0, 'x', 250]), 'EMPTY'],
    ['a repeated page', pagesOf([10, 'a'], [7, 'b'], [7, 'b']), 'REPEATED'],
    ['one row that comes twice, of pages of one', pagesOf([1, 'a'], [1, 'a']), undefined],
    ['one row that comes five times', pagesOf([1, 'a'], [1, 'a'], [1, 'a'], [1, 'a'], [1, 'a']), 'REPEATED'],
    ['one row that comes twice, after a larger page', pagesOf([2, 'b'], [1, 'a'], [1, 'a']), 'REPEATED'],
    ['pages of an earlier release', pagesOf([7, null], [7, null]), undefined],
  ])('list rounds: %s', (_what, pages, end) => {
    expect(endOf(pages)).toBe(end)
  })

  test('list rounds: a repeated page does not count in its round, and the next page begins another round', () => {
    const pages = pagesOf([10, 'a'], [7, 'b'], [7, 'b'], [10, 'a'], [7, 'c'], [0, 'x'])
    expect(roundsOf(pages, 'USERS')).toMatchObject([
      { from: 1, to: 2, end: 'REPEATED' },
      { from: 4, to: 6, end: 'EMPTY' },
    ])
    expect(isExhausted(roundsOf(pages, 'USERS'))).toBe(true)
  })

  test('list rounds: a list may be incomplete if its full last page repeats, until a later round ends differently', () => {
    expect(mayBeCut(pagesOf([10, 'a'], [7, 'b'], [7, 'b']), 'USERS')).toBe(false)
    const cut = pagesOf([100, 'a', 100], [100, 'a', 100])
    expect(mayBeCut(cut, 'USERS')).toBe(true)
    expect(mayBeCut(cut, 'GROUPS')).toBe(false)
    const settled = pagesOf([100, 'a', 100], [100, 'a', 100], [100, 'a'], [20, 'b'], [0, 'x'])
    expect(mayBeCut(settled, 'USERS')).toBe(false)
  })

  test('list rounds: a first page that repeats before the total is reached shows a vendor that does not page', () => {
    expect(pageRepeatedTooEarly(pagesOf([100, 'a', 250], [100, 'a', 250]))?.page).toBe(2)
    expect(pageRepeatedTooEarly(pagesOf([100, 'a', 100], [100, 'a', 100]))).toBeUndefined()
    expect(pageRepeatedTooEarly(pagesOf([100, 'a', 160], [50, 'b', 160], [50, 'b', 160]))).toBeUndefined()
  })
})
