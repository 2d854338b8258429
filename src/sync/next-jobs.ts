/**
 * Derives the next jobs of a running pull from its state in Postgres: the pages of groups, then the pages of users,
 * then the conclusion. list-rounds.ts defines where a list ends.
 */
import type { Sql } from '../mirror/database.ts'
import { isExhausted, roundsOf } from '../mirror/list-rounds.ts'
import { type PageKind, type RunningPull, readPages, type StoredPage } from '../mirror/pulls.ts'
import type { Job } from './jobs.ts'

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
 * Maps a page of a pull to a page of the vendor's list. After an exhausted round the list starts again at page 1: a
 * pull that misses users because rows moved between pages reads the list again and keeps what it has.
 */
export function vendorPageOf(pages: readonly StoredPage[], { kind, page }: { kind: PageKind; page: number }): number {
  const before = pages.filter((one) => one.kind === kind && one.page < page)
  const rounds = roundsOf(before, kind)
  return isExhausted(rounds) ? 1 : (rounds.at(-1)?.pages.length ?? 0) + 1
}

/** The next page to fetch, or undefined if both lists have ended. */
export function nextPage(pages: readonly StoredPage[]): { kind: PageKind; page: number } | undefined {
  for (const kind of ['GROUPS', 'USERS'] as const) {
    const isAtEnd = roundsOf(pages, kind).at(-1)?.end !== undefined
    if (!isAtEnd) return { kind, page: pages.filter((page) => page.kind === kind).length + 1 }
  }
  return undefined
}
