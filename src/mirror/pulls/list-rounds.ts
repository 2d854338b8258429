/**
 * Determines where a vendor's list ends, from the stored pages of a pull. Because rows move between pages, a pull may
 * read a list several times; each reading is a round. Pure.
 *
 * A list ends with
 * - an empty page, unless the rows so far fall short of `total`: then further pages are read, within a limit;
 * - a page that repeats an earlier one: the vendor ignores `page`, repeats its last page beyond the end, or starts
 *   again;
 * - the page that makes the number of rows equal to `total`, unless that page is full: a vendor may count only the rows
 *   it returns.
 *
 * Neither a short page nor an exceeded total ends the list.
 */
import type { PageKind, StoredPage } from './pulls.ts'

/** The requested page size, which is the vendor's maximum. */
export const pageSize = 1_000
/** Vendors limit pages to a multiple of this, regardless of the requested page size. */
const usualPageSize = 50
/** If pages are empty, this many pages more than `total` requires are read. */
const sparePages = 2
/** After this many consecutive empty pages a list ends in any case: a total may be arbitrarily wrong. */
const mostEmptyPages = 100
/**
 * Number of repeats required if pages have one row: the same row may appear on consecutive pages by chance when the
 * order changes.
 */
const singleRowRepeats = 4

export interface Round {
  /** The first and last page number within the pull, without pages that only repeat another. */
  readonly from: number
  readonly to: number
  readonly pages: readonly StoredPage[]
  /** TOTAL: another page may still be requested, and would continue this round. */
  readonly end: 'EMPTY' | 'REPEATED' | 'TOTAL' | undefined
}

/** The rounds of one list, in order. */
export function roundsOf(pages: readonly StoredPage[], kind: PageKind): Round[] {
  const rounds: Round[] = []
  let round: StoredPage[] = []
  let rows = 0
  let contents = new Set<string | null>()
  let end: Round['end']
  for (const page of pages) {
    if (page.kind !== kind) continue
    round.push(page)
    rows += page.rows
    end = endOf(round, rows, contents.has(page.shown))
    contents.add(page.shown)
    if (end !== 'EMPTY' && end !== 'REPEATED') continue
    rounds.push(asRound(round, end))
    round = []
    rows = 0
    contents = new Set()
  }
  if (round.length > 0) rounds.push(asRound(round, end))
  return rounds
}

/**
 * Whether the round seems to be whole: it has as many rows as the total, or, without a total, its last page is not
 * full.
 */
export function mayBeOver({ pages }: Round): boolean {
  const total = totalOf(pages)
  return total === null ? !isFull(pages) : rowsOf(pages) >= total
}

/** Whether the latest round of the list has no further page. */
export function isExhausted(rounds: readonly Round[]): boolean {
  const end = rounds.at(-1)?.end
  return end === 'EMPTY' || end === 'REPEATED'
}

/**
 * Whether the list may be truncated: its last page is full, and the vendor returned the same page for the next number.
 * A later round that ends differently settles this.
 */
export function mayBeCut(pages: readonly StoredPage[], kind: PageKind): boolean {
  const last = roundsOf(pages, kind).findLast((round) => round.end === 'EMPTY' || round.end === 'REPEATED')
  return last?.end === 'REPEATED' && isFull(withoutRepeats(last.pages))
}

/**
 * The page that repeats the first page although the user list is short of its total: the vendor does not paginate. If a
 * later page repeats, the vendor does paginate, and the shortfall is evaluated like that of any list.
 */
export function pageRepeatedTooEarly(pages: readonly StoredPage[]): StoredPage | undefined {
  const round = roundsOf(pages, 'USERS').at(-1)
  if (round?.end !== 'REPEATED') return undefined
  const shown = withoutRepeats(round.pages)
  return shown.length === 1 && isShort(shown, rowsOf(shown)) ? round.pages.at(-1) : undefined
}

function asRound(pages: readonly StoredPage[], end: Round['end']): Round {
  const shown = end === 'REPEATED' ? withoutRepeats(pages) : pages
  return { from: shown.at(0)?.page ?? 0, to: shown.at(-1)?.page ?? 0, pages: [...pages], end }
}

/**
 * `rows`: the number of rows of the round. `isKnown`: an earlier page of the round has the same content. Both are given
 * so that a list of many pages is not scanned for each of its pages.
 */
function endOf(round: readonly StoredPage[], rows: number, isKnown: boolean): Round['end'] {
  const last = round.at(-1)
  if (!last) return undefined
  if (last.rows === 0) return isShort(round, rows) && mayGoOn(round) ? undefined : 'EMPTY'
  if (isKnown && repeatsOf(round).length > 0) return 'REPEATED'
  return last.total === rows && !isFull(round) ? 'TOTAL' : undefined
}

/**
 * The trailing pages of a round that show what earlier pages of the round show: the vendor repeats its last page, or
 * page numbers wrap around. Empty if the repetition may be chance.
 */
function repeatsOf(round: readonly StoredPage[]): readonly StoredPage[] {
  const last = round.at(-1)
  if (!last || last.rows === 0 || last.shown === null) return []
  const firstPlaces = new Map<string | null, number>()
  for (const [place, { shown }] of round.entries()) if (!firstPlaces.has(shown)) firstPlaces.set(shown, place)
  const isRepeat = (page: StoredPage, place: number) =>
    page.rows > 0 && page.shown !== null && (firstPlaces.get(page.shown) ?? place) < place
  const other = round.findLastIndex((page, place) => !isRepeat(page, place))
  const repeats = round.slice(other + 1)
  const least = round.every((page) => page.rows <= 1) ? singleRowRepeats : 1
  return repeats.length < least ? [] : repeats
}

function withoutRepeats(round: readonly StoredPage[]): readonly StoredPage[] {
  return round.slice(0, round.length - repeatsOf(round).length)
}

/**
 * Whether the last page is full: as many rows as requested, a multiple of the usual limit, or at least as many as every
 * page before. Empty pages before do not count: they show nothing about the vendor's page size.
 */
function isFull(round: readonly StoredPage[]): boolean {
  const last = round.at(-1)
  if (!last || last.rows === 0) return false
  if (last.rows >= pageSize || last.rows % usualPageSize === 0) return true
  const filled = round.filter((page) => page.rows > 0)
  return filled.length > 1 && filled.every((page) => page.rows <= last.rows)
}

function isShort(round: readonly StoredPage[], rows: number): boolean {
  const total = totalOf(round)
  return total !== null && rows < total
}

function totalOf(round: readonly StoredPage[]): number | null {
  return round.findLast((page) => page.total !== null)?.total ?? null
}

function mayGoOn(round: readonly StoredPage[]): boolean {
  const total = totalOf(round) ?? 0
  const observed = Math.max(...round.map((page) => page.rows)) || pageSize
  const emptyPages = round.length - 1 - round.findLastIndex((page) => page.rows > 0)
  return round.length < Math.ceil(total / observed) + sparePages && emptyPages < mostEmptyPages
}

function rowsOf(round: readonly StoredPage[]): number {
  return round.reduce((rows, page) => rows + page.rows, 0)
}
