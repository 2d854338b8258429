import { createHash } from 'node:crypto'
import { addressKey } from '../../addresses/address-key.ts'
import { permanentStorageError } from '../../db/constraint-error.ts'
import { pageRepeatedTooEarly, pageSize } from '../../mirror/pulls/list-rounds.ts'
import {
  addCounts,
  type Counts,
  failPull,
  type PageKind,
  readPages,
  readRunningPull,
  type StoredPage,
  storePage,
} from '../../mirror/pulls/pulls.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { Attempt } from '../../vendor/http/connection.ts'
import { waitAskedFor } from '../../vendor/http/retry.ts'
import { distinctWarnings } from '../../vendor/wire/fields.ts'
import type { GroupsPage, UsersPage } from '../../vendor/wire/wire.ts'
import { forOrganization, type SyncDeps } from '../deps.ts'
import type { JobQueue } from '../queue.ts'
import { failUnstorable, type Page, type PageAppliers } from './apply-pages.ts'
import { fetchList } from './fetch-list.ts'
import { isBeyondTheEnd, listsOf, nextPage, vendorPageOf } from './pull-state-machine.ts'

interface PageJob extends Page {
  readonly pullId: number
}

/**
 * Fetches one page of a pull, stores the response, and applies it or leaves that to the job that applies the page
 * before it. The next page may be fetched as soon as this one is stored, so that the vendor and the database work in
 * parallel, and a crash repeats at most one request. A page that Postgres can never store fails the pull: otherwise it
 * would be retried forever.
 */
export async function pullPage(
  anyDeps: SyncDeps,
  queue: JobQueue,
  appliers: PageAppliers,
  job: PageJob,
  signal: AbortSignal,
): Promise<void> {
  const pull = await readRunningPull(anyDeps.sql, job.pullId)
  const client = pull && anyDeps.clientOf(pull.organizationId)
  if (!pull || !client || pull.phase !== 'LISTING') return
  const deps = forOrganization(anyDeps, pull.organizationId)
  const counts: Counts = { requests: 0, retries: 0, rateLimited: 0 }
  const count = (attempt: Attempt) => {
    counts.requests += 1
    if (attempt.repeat) counts.retries += 1
    if (attempt.status === 429) counts.rateLimited += 1
  }
  try {
    const stored = await readPages(deps.sql, pull.id)
    const isStored = stored.some((page) => page.kind === job.kind && page.page === job.page)
    const call = { priority: 'background', signal, onAttempt: count } as const
    if (!isStored && !client.capabilities.pagedList) {
      if (!(await fetchList(deps, client, pull, job.page, counts, call))) return
      Object.assign(counts, { requests: 0, retries: 0, rateLimited: 0 })
    }
    const fetched =
      isStored || !client.capabilities.pagedList
        ? undefined
        : await fetchPage(client, { ...job, page: vendorPageOf(stored, job) }, call).catch((error: unknown) =>
            emptyIfBeyond(stored, job, error),
          )
    if (fetched) {
      for (const warning of distinctWarnings(fetched.warnings).slice(0, 20)) {
        deps.logger.warn(
          { ...warning, pull: pull.id, kind: job.kind, page: job.page },
          'the vendor sent an unexpected value',
        )
      }
      const page = {
        ...job,
        rows: fetched.value.rows,
        total: fetched.value.total,
        shown: digestOf(fetched),
        body: fetched.text,
        ...timesOf(fetched),
      }
      if (!(await storePage(deps.sql, pull, page, counts))) return
      Object.assign(counts, { requests: 0, retries: 0, rateLimited: 0 })
      const pages = await readPages(deps.sql, pull.id)
      refuseRepetition(pages)
      const next = nextPage(pages, listsOf(client))
      if (next) await queue.push({ name: 'page', pullId: pull.id, ...next })
    }
    if (!fetched) refuseRepetition(stored)
    await appliers.apply(pull, job, fetched?.value, signal)
  } catch (error) {
    if (signal.aborted) throw error
    await addCounts(deps.sql, pull.id, counts)
    const refusal = permanentStorageError(error)
    if (refusal) return await failUnstorable(deps, pull.id, job, refusal)
    if (!(error instanceof EssentialsError || error instanceof PageRepeatedError)) throw error
    if (error instanceof EssentialsError && error.code === 'ALLOWANCE_FAILED') throw error
    deps.logger.error({ err: error, pull: pull.id, kind: job.kind, page: job.page }, 'the pull failed')
    await failPull(deps.sql, pull.id, `The pull failed: ${error.message}`, { restMs: waitAskedFor(error) })
    deps.onPullEnd?.('FAILED')
  }
}

/**
 * The vendor returned the same rows on consecutive pages although its total is higher: it does not page as documented.
 */
class PageRepeatedError extends Error {
  override readonly name = 'PageRepeatedError'

  constructor(page: number) {
    super(
      `page ${page} of the users has the same users as page ${page - 1}; expected the vendor to respect the parameter "page"`,
    )
  }
}

function refuseRepetition(pages: readonly StoredPage[]): void {
  const page = pageRepeatedTooEarly(pages)
  if (page) throw new PageRepeatedError(page.page)
}

/** A digest that is equal for two pages with the same users or groups in any order. */
function digestOf({ value, text }: { value: UsersPage | GroupsPage; text: string }): string {
  const keys =
    'groups' in value ? value.groups.map(({ id }) => id) : value.users.map((user) => addressKey(user.primaryEmail))
  const shown = keys.length === value.rows ? JSON.stringify(keys.sort()) : text
  return createHash('sha256').update(shown).digest('base64url').slice(0, 22)
}

type FetchOptions = Parameters<NonNullable<ReturnType<SyncDeps['clientOf']>>['listUsers']>[1]

function fetchPage(
  client: NonNullable<ReturnType<SyncDeps['clientOf']>>,
  { kind, page }: PageJob,
  options: FetchOptions,
) {
  return kind === 'GROUPS'
    ? client.listGroups({ page, pageSize }, options)
    : client.listUsers({ page, pageSize }, options)
}

/** A vendor may refuse a page beyond the end of its list instead of showing it empty. Rejects with any other error. */
function emptyIfBeyond(stored: readonly StoredPage[], job: PageJob, error: unknown) {
  if (!(error instanceof EssentialsError) || !isBeyondTheEnd(stored, job, error)) throw error
  const { sentAt, arrivedAt } = error
  if (sentAt === undefined || arrivedAt === undefined) throw error
  const value: UsersPage | GroupsPage = job.kind === 'GROUPS' ? { groups: [], rows: 0 } : { users: [], rows: 0 }
  return { value, warnings: [], text: emptyPage[job.kind], sentAt, arrivedAt }
}

const emptyPage = { GROUPS: '{"groups":[]}', USERS: '{"users":[]}' } as const satisfies Record<PageKind, string>

function timesOf({ sentAt, arrivedAt }: { sentAt: string; arrivedAt: string }) {
  return { sentAt, arrivedAt }
}
