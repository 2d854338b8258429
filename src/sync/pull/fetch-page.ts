import { createHash } from 'node:crypto'
import { addressKey } from '../../addresses/address-key.ts'
import { permanentStorageError, storageRefused } from '../../db/constraint-error.ts'
import type { Transaction } from '../../db/database.ts'
import { takeFirstStatistics } from '../../db/migrations/initial-analyze.ts'
import { isoOf } from '../../db/timestamps.ts'
import { applyGroups } from '../../mirror/groups/apply-groups.ts'
import { inOrganization } from '../../mirror/in-organization.ts'
import type { Observation } from '../../mirror/observation.ts'
import { pageRepeatedTooEarly, pageSize } from '../../mirror/pulls/list-rounds.ts'
import {
  addCounts,
  addTally,
  type Counts,
  failPull,
  lockPage,
  type PageKind,
  readPageBody,
  readPages,
  readRunningPulls,
  type StoredPage,
  settlePage,
  storePage,
} from '../../mirror/pulls/pulls.ts'
import { applyUsers } from '../../mirror/users/apply-users.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { Attempt } from '../../vendor/http/execute-request.ts'
import { waitAskedFor } from '../../vendor/http/retry.ts'
import { distinctWarnings } from '../../vendor/wire/fields.ts'
import { type GroupsPage, parseGroupsPage, parseUsersPage, type UsersPage } from '../../vendor/wire/wire.ts'
import { convertGroup, convertUser } from '../convert.ts'
import type { SyncDeps } from '../deps.ts'
import type { JobQueue } from '../queue.ts'
import { isBeyondTheEnd, nextJobs, nextPage, vendorPageOf } from './pull-state-machine.ts'

interface PageJob {
  readonly pullId: number
  readonly kind: PageKind
  readonly page: number
}

/**
 * Fetches one page of a pull, stores the response, and applies it. The next page may be fetched as soon as this one is
 * stored, so that the vendor and the database work in parallel, and a crash repeats at most one request. A page that
 * Postgres can never store fails the pull: otherwise it would be retried forever.
 */
export async function pullPage(deps: SyncDeps, queue: JobQueue, job: PageJob, signal: AbortSignal): Promise<void> {
  const pull = (await readRunningPulls(deps.sql)).find(({ id }) => id === job.pullId)
  const client = pull && deps.clientOf(pull.organizationId)
  if (!pull || !client || pull.phase !== 'LISTING') return
  const counts: Counts = { requests: 0, retries: 0, rateLimited: 0 }
  const count = (attempt: Attempt) => {
    counts.requests += 1
    if (attempt.repeat) counts.retries += 1
    if (attempt.status === 429) counts.rateLimited += 1
  }
  try {
    const stored = await readPages(deps.sql, pull.id)
    const isStored = stored.some((page) => page.kind === job.kind && page.page === job.page)
    const fetched = isStored
      ? undefined
      : await fetchPage(
          client,
          { ...job, page: vendorPageOf(stored, job) },
          { priority: 'background', signal, onAttempt: count },
        ).catch((error: unknown) => emptyIfBeyond(stored, job, error))
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
      const next = nextPage(pages)
      if (next) await queue.push({ name: 'page', pullId: pull.id, ...next })
    }
    if (!fetched) refuseRepetition(stored)
    await applyPages(deps, pull, job, fetched?.value)
    await pushNext(deps, queue, job)
  } catch (error) {
    if (signal.aborted) throw error
    await addCounts(deps.sql, pull.id, counts)
    const refusal = permanentStorageError(error)
    if (refusal) {
      const page = `page ${job.page} of the ${job.kind.toLowerCase()}`
      deps.logger.error({ refusal, pull: pull.id, kind: job.kind, page: job.page }, 'cannot store a page')
      return await failPull(deps.sql, pull.id, storageRefused(page, refusal))
    }
    if (!(error instanceof EssentialsError || error instanceof PageRepeatedError)) throw error
    if (error instanceof EssentialsError && error.code === 'ALLOWANCE_FAILED') throw error
    deps.logger.error({ err: error, pull: pull.id, kind: job.kind, page: job.page }, 'the pull failed')
    await failPull(deps.sql, pull.id, `The pull failed: ${error.message}`, { restMs: waitAskedFor(error) })
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

/** Pushes the next jobs, except this one, which is still running. */
async function pushNext(deps: SyncDeps, queue: JobQueue, job: PageJob): Promise<void> {
  const next = await nextJobs(deps.sql, { id: job.pullId, phase: 'LISTING' })
  for (const one of next) {
    if (one.name !== 'page' || one.kind !== job.kind || one.page !== job.page) await queue.push(one)
  }
}

/**
 * Applies the stored pages up to this one that are not applied yet, in order. Groups come first because users refer to
 * them.
 */
async function applyPages(
  deps: SyncDeps,
  pull: { id: number; organizationId: number },
  job: PageJob,
  parsed: UsersPage | GroupsPage | undefined,
): Promise<void> {
  const waiting = (await readPages(deps.sql, pull.id)).filter((page) => !page.applied)
  for (const { kind, page } of waiting) {
    if (kind === job.kind && page > job.page) return
    const isThis = kind === job.kind && page === job.page
    const known = isThis ? parsed : undefined
    await inOrganization(deps.sql, pull.organizationId, async (tx) => {
      const times = await lockPage(tx, pull.id, kind, page)
      if (!times) return
      const value = known ?? parse(kind, await readPageBody(tx, pull.id, kind, page))
      const observation = {
        sentAt: isoOf(times.sentAt),
        arrivedAt: isoOf(times.arrivedAt),
        origin: 'PULL' as const,
        pullId: pull.id,
      }
      await applyPage(tx, pull, { kind, page }, observation, value)
    })
    await takeFirstStatistics(deps.sql)
  }
}

async function applyPage(
  tx: Transaction,
  pull: { id: number; organizationId: number },
  { kind, page }: { kind: PageKind; page: number },
  observation: Observation,
  value: UsersPage | GroupsPage,
): Promise<void> {
  if ('groups' in value) {
    const ids = await applyGroups(tx, pull.organizationId, observation, value.groups.map(convertGroup))
    await settlePage(tx, pull.id, kind, page, { ids, carried: ids.map(() => 0), outcomes: [] })
    return
  }
  const applied = await applyUsers(tx, pull.organizationId, observation, 'LIST', value.users.map(convertUser))
  await settlePage(tx, pull.id, kind, page, applied)
  await addTally(tx, pull.id, applied)
}

function parse(kind: PageKind, body: string): UsersPage | GroupsPage {
  const parsed = kind === 'GROUPS' ? parseGroupsPage(body) : parseUsersPage(body)
  if ('unreadable' in parsed) throw new Error(`A stored page cannot be read: ${parsed.unreadable.found}`)
  return parsed.value
}
