/**
 * Derives the next jobs of a running pull from its state in Postgres: the pages of groups, then the pages of users,
 * then the conclusion. list-rounds.ts defines where a list ends.
 */

import { isExhausted, mayBeOver, roundsOf } from '../../mirror/pulls/list-rounds.ts'
import { type PageKind, type RunningPull, readPagesOf, type StoredPage } from '../../mirror/pulls/pulls.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import type { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { SyncDeps } from '../deps.ts'
import type { Job } from '../jobs.ts'

/** Number of pulls whose pages are read with one statement. */
const batchSize = 200

/** The lists that a connection offers, in the order in which they are read. */
export function listsOf(client: EssentialsClient | undefined): readonly PageKind[] {
  return client?.capabilities.groups === false ? ['USERS'] : ['GROUPS', 'USERS']
}

/** Yields the next jobs of the pulls, in batches. */
export async function* nextJobs(
  { sql, clientOf }: Pick<SyncDeps, 'sql' | 'clientOf'>,
  pulls: readonly RunningPull[],
): AsyncGenerator<Job[]> {
  for (let from = 0; from < pulls.length; from += batchSize) {
    const batch = pulls.slice(from, from + batchSize)
    const listing = batch.flatMap(({ id, phase }) => (phase === 'LISTING' ? [id] : []))
    const pages = listing.length > 0 ? await readPagesOf(sql, listing) : new Map<number, StoredPage[]>()
    yield batch.flatMap((pull) => jobsOf(pull, pages.get(pull.id) ?? [], listsOf(clientOf(pull.organizationId))))
  }
}

function jobsOf(
  pull: Pick<RunningPull, 'id' | 'phase'>,
  pages: readonly StoredPage[],
  lists: readonly PageKind[],
): Job[] {
  if (pull.phase === 'DELETIONS') return [{ name: 'conclude', pullId: pull.id }]
  const next = nextPage(pages, lists)
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

/**
 * Whether the refusal of a page means that the list ended before it. The statuses 404, 410 and 416 do: there is no page
 * with that number. Any other rejection of the request does only if the list seems to be whole. The first page of a
 * round is never beyond the end.
 */
export function isBeyondTheEnd(
  pages: readonly StoredPage[],
  { kind, page }: { kind: PageKind; page: number },
  { code, status }: EssentialsError,
): boolean {
  const before = pages.filter((one) => one.kind === kind && one.page < page)
  const round = roundsOf(before, kind).at(-1)
  if (!round || vendorPageOf(pages, { kind, page }) === 1) return false
  if (status === 404 || status === 410 || status === 416) return true
  const blamesTheRequest = code === 'INVALID_INPUT' || code === 'REFUSED' || code === 'UNEXPECTED_STATUS'
  return blamesTheRequest && mayBeOver(round)
}

/** Pages are requested only while fewer than this many stored pages of the pull wait to be applied. */
const maxWaitingPages = 4

/** The next page to request after these. Undefined if all lists have ended, or if too many pages wait. */
export function nextPage(
  pages: readonly StoredPage[],
  lists: readonly PageKind[],
): { kind: PageKind; page: number } | undefined {
  if (pages.filter((page) => !page.applied).length >= maxWaitingPages) return undefined
  for (const kind of lists) {
    const isAtEnd = roundsOf(pages, kind).at(-1)?.end !== undefined
    if (!isAtEnd) return { kind, page: pages.filter((page) => page.kind === kind).length + 1 }
  }
  return undefined
}
