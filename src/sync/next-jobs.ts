/**
 * What a running pull waits for, from what stands in Postgres: groups page after page, then users page after page, then the
 * conclusion. A list ends with an empty page, or with the one that makes its rows as many as the vendor's total. A short page is not the
 * end. Nor is a total that the rows have passed, or one that ends with a full page: a vendor may count no further than that.
 */
import type { Sql } from '../mirror/database.ts'
import { type PageKind, type RunningPull, readPages, type StoredPage } from '../mirror/pulls.ts'
import type { Job } from './jobs.ts'

/** As many as the vendor gives. */
export const pageSize = 1_000

export async function nextJobs(sql: Sql, pull: Pick<RunningPull, 'id' | 'phase'>): Promise<Job[]> {
  if (pull.phase === 'DELETIONS') return [{ name: 'conclude', pullId: pull.id }]
  const pages = await readPages(sql, pull.id)
  const next = nextPage(pages)
  const unapplied = pages.find((page) => !page.applied)
  return [
    ...(unapplied ? [{ name: 'page' as const, pullId: pull.id, kind: unapplied.kind, page: unapplied.page }] : []),
    ...(next ? [{ name: 'page' as const, pullId: pull.id, ...next }] : []),
    ...(unapplied || next ? [] : [{ name: 'conclude' as const, pullId: pull.id }]),
  ]
}

/**
 * Which page of the vendor's list a page of a pull is. After an empty page the list begins anew: a pull that is short of users, since
 * rows moved between its pages, goes through it again and keeps what it has.
 */
export function vendorPageOf(pages: readonly StoredPage[], { kind, page }: { kind: PageKind; page: number }): number {
  const end = pages.findLast((one) => one.kind === kind && one.page < page && one.rows === 0)
  return page - (end?.page ?? 0)
}

/** The page to ask for after these; undefined where both lists are at their end. */
export function nextPage(pages: readonly StoredPage[]): { kind: PageKind; page: number } | undefined {
  for (const kind of ['GROUPS', 'USERS'] as const) {
    const list = pages.filter((page) => page.kind === kind)
    if (!isAtEnd(list)) return { kind, page: list.length + 1 }
  }
  return undefined
}

function isAtEnd(list: readonly StoredPage[]): boolean {
  const last = list.at(-1)
  if (!last) return false
  if (last.rows === 0) return true
  const round = list.slice(list.findLastIndex((page) => page.rows === 0) + 1)
  return last.total === round.reduce((rows, page) => rows + page.rows, 0) && !isFull(last, round)
}

/** The vendor may give fewer rows a page than it is asked for: so many as on the pages before are as many as there are on one. */
function isFull(last: StoredPage, list: readonly StoredPage[]): boolean {
  return last.rows >= pageSize || (list.length > 1 && list.every((page) => page.rows <= last.rows))
}
