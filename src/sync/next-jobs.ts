/**
 * What a running pull waits for, from what stands in Postgres: groups page after page, then users page after page, then the
 * conclusion. A list ends with the page that reaches the vendor's total, where it tells one, and else with an empty page: a short page is
 * not the end.
 */
import type { Sql } from '../mirror/database.ts'
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
  return last.total !== null && list.reduce((rows, page) => rows + page.rows, 0) >= last.total
}
