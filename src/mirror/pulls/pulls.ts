import type { Sql, Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { wakeWorkers } from '../feed/notifications.ts'
import { inOrganization, inOrganizationOfPull } from '../in-organization.ts'
import { lockOrganization, lockOrganizationOfPull } from '../organization-lock.ts'
import { isPulled } from '../sync-organizations.ts'
import { type AppliedUsers, outcomes } from '../users/apply-users.ts'
import { settleFigures } from './pull-counts.ts'

/** The life cycle of a pull: started, filled with pages, completed or failed. */

export type PullTrigger = 'SCHEDULE' | 'REQUEST' | 'START'
export type PageKind = 'GROUPS' | 'USERS'

/**
 * Starts a pull, or joins the running one: an organization never has two at once. An accepted quarantined pull that
 * waits goes first. Returns the pull's id.
 */
export async function beginPull(sql: Sql, organizationId: number, trigger: PullTrigger): Promise<number> {
  return await inOrganization(sql, organizationId, async (tx) => {
    await wakeWorkers(tx, organizationId)
    return await beginLockedPull(tx, organizationId, trigger)
  })
}

/** The same in a transaction of `inOrganization`. */
export async function beginLockedPull(tx: Transaction, organizationId: number, trigger: PullTrigger): Promise<number> {
  await lockOrganization(tx, organizationId)
  const [running] = await tx<{ id: number }[]>`
    select id from pulls where organization_id = ${organizationId} and state = 'RUNNING'`
  const pull = running ?? (await resumeAccepted(tx, organizationId)) ?? (await insertPull(tx, organizationId, trigger))
  return pull.id
}

async function resumeAccepted(tx: Transaction, organizationId: number): Promise<{ id: number } | undefined> {
  const [resumed] = await tx<{ id: number }[]>`
    update pulls set state = 'RUNNING', finished_at = null, error = null
    where id = (select min(id) from pulls where organization_id = ${organizationId} and state = 'QUARANTINED' and accepted)
    returning id`
  return resumed
}

async function insertPull(tx: Transaction, organizationId: number, trigger: PullTrigger): Promise<{ id: number }> {
  const [begun] = await tx<[{ id: number }]>`
    insert into pulls (id, organization_id, trigger) values (nextval('node_ids'), ${organizationId}, ${trigger}) returning id`
  return begun
}

export interface RunningPull {
  readonly id: number
  readonly organizationId: number
  readonly phase: 'LISTING' | 'DELETIONS'
}

/** The running pulls, or those of them with these ids of their own or of their organizations. */
export async function readRunningPulls(sql: Sql, ids: readonly number[] | 'ALL' = 'ALL'): Promise<RunningPull[]> {
  const wanted = ids === 'ALL' ? null : array(ids)
  return await sql<RunningPull[]>`
    select p.id, p.organization_id as "organizationId", p.phase from pulls p
    join organizations o on o.id = p.organization_id and ${isPulled(sql)}
    where p.state = 'RUNNING' and (${wanted}::bigint[] is null or p.id = any(${wanted}::bigint[])
      or p.organization_id = any(${wanted}::bigint[]))
    order by p.id`
}

/** The pull if it is running. */
export async function readRunningPull(sql: Sql, pullId: number): Promise<RunningPull | undefined> {
  const [pull] = await sql<RunningPull[]>`
    select p.id, p.organization_id as "organizationId", p.phase from pulls p
    join organizations o on o.id = p.organization_id and ${isPulled(sql)}
    where p.id = ${pullId} and p.state = 'RUNNING'`
  return pull
}

export interface StoredPage {
  readonly kind: PageKind
  readonly page: number
  readonly rows: number
  readonly total: number | null
  /** A digest of the users or groups on the page. Null for pages stored by an earlier release. */
  readonly shown: string | null
  readonly applied: boolean
}

/** The stored pages of a pull, in the order in which they were requested. */
export async function readPages(sql: Sql | Transaction, pullId: number): Promise<StoredPage[]> {
  return await sql<StoredPage[]>`
    select kind, page, rows, total, shown, ids is not null as applied from pull_pages
    where pull_id = ${pullId} and arrived_at is not null order by kind, page`
}

/** The same of several pulls, by pull. */
export async function readPagesOf(sql: Sql, pullIds: readonly number[]): Promise<Map<number, StoredPage[]>> {
  const rows = await sql<(StoredPage & { pullId: number })[]>`
    select pull_id as "pullId", kind, page, rows, total, shown, ids is not null as applied from pull_pages
    where pull_id = any(${array(pullIds)}::bigint[]) and arrived_at is not null order by kind, page`
  return Map.groupBy(rows, ({ pullId }) => pullId)
}

export interface Counts {
  requests: number
  retries: number
  rateLimited: number
}

/** Adds to a running pull's request counts. The figures of a finished pull do not change. */
export async function addCounts(sql: Sql | Transaction, pullId: number, counts: Counts): Promise<void> {
  if (counts.requests === 0) return
  await sql`
    update pulls set requests = requests + ${counts.requests}, retries = retries + ${counts.retries},
      rate_limited = rate_limited + ${counts.rateLimited}
    where id = ${pullId} and state = 'RUNNING'`
}

/**
 * Stores a page as received, so that it is never requested again. Returns false if it is already stored, or if the pull
 * has ended.
 */
export async function storePage(
  sql: Sql,
  pull: { id: number; organizationId: number },
  page: {
    kind: PageKind
    page: number
    rows: number
    total: number | undefined
    shown: string
    sentAt: string
    arrivedAt: string
    body: string
  },
  counts: Counts,
): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const [running] = await tx`
      update pulls set first_sent_at = coalesce(first_sent_at, ${page.sentAt}) where id = ${pull.id} and state = 'RUNNING' returning id`
    await addCounts(tx, pull.id, counts)
    if (!running) return false
    const stored = await tx`
      insert into pull_pages (pull_id, kind, page, organization_id, rows, total, shown, sent_at, arrived_at, body)
      values (${pull.id}, ${page.kind}, ${page.page}, ${pull.organizationId}, ${page.rows}, ${page.total ?? null}, ${page.shown},
        ${page.sentAt}, ${page.arrivedAt}, ${page.body})
      on conflict do nothing returning 1`
    return stored.length > 0
  })
}

/** First key of the advisory locks of pulls whose pages are being applied. */
const applierLock = 7_203_444

/**
 * Whether no other transaction is applying a page of the pull. If so, none does until this one ends. Otherwise the
 * other one's process reads the stored pages again once it has committed, so it will find those that are stored now.
 */
export async function claimPages(tx: Transaction, pullId: number): Promise<boolean> {
  const [row] = await tx<[{ claimed: boolean }]>`
    select pg_try_advisory_xact_lock(${applierLock}, hashint8(${pullId})) as claimed`
  return row.claimed
}

/**
 * Locks a stored page that is not applied yet, so that no other process applies it. Undefined if there is no such page.
 * The organization is locked first, as in all code that ends a pull and touches its pages.
 */
export async function lockPage(
  tx: Transaction,
  pullId: number,
  kind: PageKind,
  page: number,
): Promise<{ sentAt: string; arrivedAt: string } | undefined> {
  await lockOrganizationOfPull(tx, pullId)
  const [row] = await tx<{ sentAt: string; arrivedAt: string }[]>`
    select sent_at as "sentAt", arrived_at as "arrivedAt" from pull_pages
    where pull_id = ${pullId} and kind = ${kind} and page = ${page} and ids is null and arrived_at is not null
      and exists (select from pulls where id = ${pullId} and state = 'RUNNING')
    for update`
  return row
}

export async function readPageBody(
  sql: Sql | Transaction,
  pullId: number,
  kind: PageKind,
  page: number,
): Promise<string> {
  const [row] = await sql<{ body: string | null }[]>`
    select body from pull_pages where pull_id = ${pullId} and kind = ${kind} and page = ${page}`
  return row?.body ?? ''
}

/** Replaces the text of an applied page by what it showed. */
export async function settlePage(
  tx: Transaction,
  pullId: number,
  kind: PageKind,
  page: number,
  shown: Pick<AppliedUsers, 'ids' | 'carried' | 'outcomes'> & Partial<Pick<AppliedUsers, 'twins' | 'contradictions'>>,
): Promise<void> {
  const codes = shown.outcomes.map((outcome) => outcomes.indexOf(outcome))
  const twins = shown.twins?.length ? array(shown.twins) : null
  await tx`
    update pull_pages set body = null, ids = ${array(shown.ids)}::bigint[], carried = ${array(shown.carried)}::smallint[],
      outcomes = ${array(codes)}::smallint[], twins = ${twins}::text[], contradictions = ${shown.contradictions ?? 0}
    where pull_id = ${pullId} and kind = ${kind} and page = ${page}`
}

export async function addTally(
  tx: Transaction,
  pullId: number,
  tally: { created: number; updated: number; deleted: number; unchanged: number },
): Promise<void> {
  await tx`
    update pulls set created = created + ${tally.created}, updated = updated + ${tally.updated}, deleted = deleted + ${tally.deleted},
      unchanged = unchanged + ${tally.unchanged}
    where id = ${pullId} and state = 'RUNNING'`
}

/**
 * Fails a pull. The delay before the organization's next pull grows with the number of consecutive failures, and is at
 * least the pause that the vendor requested (`restMs`).
 */
export async function failPull(
  sql: Sql,
  pullId: number,
  error: string,
  { shortfall = null, restMs = 0 }: { shortfall?: number | null; restMs?: number } = {},
): Promise<void> {
  await inOrganizationOfPull(sql, pullId, async (tx) => {
    await lockOrganizationOfPull(tx, pullId)
    await settleFigures(tx, pullId)
    const [pull] = await tx<{ organizationId: number }[]>`
      update pulls set state = 'FAILED', finished_at = clock_timestamp(), error = ${error}, shortfall = ${shortfall}
      where id = ${pullId} and state = 'RUNNING' returning organization_id as "organizationId"`
    if (!pull) return
    await tx`delete from pull_pages where pull_id = ${pullId} and ids is null`
    await tx`
      update organizations set problem = ${error}, failures_running = failures_running + 1,
        next_pull_at = clock_timestamp() + greatest(
          least(60, pull_interval_seconds, 5 * 2 ^ least(failures_running, 10)), ${restMs / 1_000}::float8) * interval '1 second'
      where id = ${pull.organizationId}`
  })
}
