/**
 * The lease of a webhook, and what its holder records. Only the holder moves the cursors, each time from the position
 * that it knows, so neither a worker whose lease has expired nor a replay in between is overwritten.
 */
import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import type { Cursor, Organization } from './read-messages.ts'

export interface SealedSecrets {
  readonly url: string
  readonly secret: string
  /** Null: there is none, or it has expired. */
  readonly previousSecret: string | null
}

export interface ClaimedWebhook extends SealedSecrets {
  readonly id: number
  readonly events: string[]
}

/** The columns of SealedSecrets, but the URL, of the webhook `w`. */
export function sealedSecrets(sql: Sql) {
  return sql`w.secret, case when w.previous_until > clock_timestamp() then w.previous_secret end as "previousSecret"`
}

/**
 * Takes the lease of every webhook that has something to deliver now, and that no worker holds. `except`: the webhooks
 * that this worker is still working on.
 */
export async function claimWebhooks(
  sql: Sql,
  holder: string,
  leaseMs: number,
  except: readonly number[],
): Promise<ClaimedWebhook[]> {
  return await sql<ClaimedWebhook[]>`
    with free as (
      select w.id from webhooks w
      where w.disabled_at is null and w.held_until <= clock_timestamp() and w.due_at <= clock_timestamp()
        and w.id <> all(${array(except)}::bigint[]) and exists (${work(sql)} limit 1)
      for update of w skip locked
    )
    update webhooks w set holder = ${holder}, held_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
    from free where w.id = free.id
    returning w.id, w.url, w.events, ${sealedSecrets(sql)}`
}

/** The organizations with events that are due for the webhook `w`. */
function work(sql: Sql) {
  return sql`
    select o.id, o.slug, coalesce(c.feed_position, 0) as "feedPosition", coalesce(c.notice_position, 0) as "noticePosition",
      coalesce(c.failures, 0) as failures
    from organizations o left join webhook_cursors c on c.webhook_id = w.id and c.organization_id = o.id
    where o.retired_at is null and (w.organization_id is null or o.id = w.organization_id)
      and coalesce(c.due_at, '-infinity') <= clock_timestamp()
      and ('directory.changed' = any(w.events) and o.feed_position > coalesce(c.feed_position, 0)
        or exists (select from webhook_notices n where n.organization_id = o.id and n.position > coalesce(c.notice_position, 0)))`
}

export interface DueOrganization extends Organization, Cursor {
  /** Failed attempts of its next message. */
  readonly failures: number
}

/** Ordered by how long they wait, so that organizations take turns. */
export async function readDueOrganizations(sql: Sql, webhookId: number): Promise<DueOrganization[]> {
  return await sql<DueOrganization[]>`
    select d.* from webhooks w cross join lateral (${work(sql)} order by coalesce(c.due_at, '-infinity'), o.id limit 100) d
    where w.id = ${webhookId} and w.disabled_at is null and w.due_at <= clock_timestamp()`
}

export interface Outlook {
  readonly webhooks: number
  /** Until a lease expires or a retry is due. Null: only an event makes work. */
  readonly nextMs: number | null
}

export async function readOutlook(sql: Sql, holder: string): Promise<Outlook> {
  const [row] = await sql<Outlook[]>`
    select count(*)::int as webhooks, (extract(epoch from min(case
        when w.holder = ${holder} then null
        when w.held_until > clock_timestamp() then w.held_until
        when w.failures > 0 then greatest(w.due_at, c.due_at)
        else c.due_at end) - clock_timestamp()) * 1000)::float8 as "nextMs"
    from webhooks w left join lateral (
      select min(due_at) as due_at from webhook_cursors where webhook_id = w.id and failures > 0) c on true
    where w.disabled_at is null`
  return row ?? { webhooks: 0, nextMs: null }
}

/** What one attempt was about, for the delivery's row. */
export interface Attempt {
  readonly messageId: string
  readonly type: string
  readonly number: number
  readonly milliseconds: number
  readonly status: number | null
  readonly error: string | null
}

export interface Lease {
  readonly webhookId: number
  readonly holder: string
  readonly leaseMs: number
}

/** Returns whether the cursor was moved. If not, the lease is lost, or a replay moved the cursor. */
export async function recordDelivered(
  sql: Sql,
  lease: Lease,
  organizationId: number,
  from: Cursor,
  to: Cursor,
  attempt: Attempt | undefined,
): Promise<boolean> {
  const [row] = await sql<{ moved: boolean }[]>`
    with held as (${renewed(sql, lease, sql`failures = 0`)}),
    moved as (
      insert into webhook_cursors as c (webhook_id, organization_id, feed_position, notice_position)
      select id, ${organizationId}, ${to.feedPosition}, ${to.noticePosition} from held
      on conflict (webhook_id, organization_id) do update set feed_position = excluded.feed_position,
        notice_position = excluded.notice_position, failures = 0, failing_since = null, due_at = '-infinity'
      where c.feed_position = ${from.feedPosition} and c.notice_position = ${from.noticePosition}
      returning 1
    ),
    noted as (${noted(sql, organizationId, attempt)})
    select exists (select from moved) as moved`
  return row?.moved ?? false
}

/**
 * Records a failed attempt, and when the next one is due. Returns for how long the message has failed; undefined if the
 * lease is lost.
 */
export async function recordFailed(
  sql: Sql,
  lease: Lease,
  organizationId: number,
  from: Cursor,
  attempt: Attempt,
  delays: {
    /** No other message of the turn has failed. */
    readonly isFirst: boolean
    readonly ofMessage: (failingMs: number) => number
    readonly ofWebhook: (failures: number) => number
  },
): Promise<number | undefined> {
  return await sql.begin(async (tx) => {
    const [held] = await tx<
      { id: number; failures: number }[]
    >`${renewed(sql, lease, sql`failures = failures + ${delays.isFirst ? 1 : 0}::int`)}`
    if (!held) return undefined
    const [cursor] = await tx<{ failingMs: number }[]>`
      insert into webhook_cursors as c (webhook_id, organization_id, feed_position, notice_position, failures, failing_since)
      values (${lease.webhookId}, ${organizationId}, ${from.feedPosition}, ${from.noticePosition}, 1, clock_timestamp())
      on conflict (webhook_id, organization_id) do update set failures = c.failures + 1,
        failing_since = coalesce(c.failing_since, clock_timestamp())
      returning (extract(epoch from clock_timestamp() - failing_since) * 1000)::float8 as "failingMs"`
    const failingMs = cursor?.failingMs ?? 0
    await tx`
      update webhook_cursors set due_at = clock_timestamp() + ${delays.ofMessage(failingMs)}::float8 * interval '1 millisecond'
      where webhook_id = ${lease.webhookId} and organization_id = ${organizationId}`
    if (delays.isFirst)
      await tx`
      update webhooks set due_at = clock_timestamp() + ${delays.ofWebhook(held.failures)}::float8 * interval '1 millisecond'
      where id = ${lease.webhookId}`
    await tx`with held as (select ${lease.webhookId}::bigint as id) ${noted(sql, organizationId, attempt)}`
    return failingMs
  })
}

function renewed(sql: Sql, { webhookId, holder, leaseMs }: Lease, also: unknown) {
  return sql`
    update webhooks set held_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond', ${also}
    where id = ${webhookId} and holder = ${holder} and disabled_at is null returning id, failures`
}

/** A message that was skipped leaves no row. */
function noted(sql: Sql, organizationId: number, attempt: Attempt | undefined) {
  if (!attempt) return sql`select 1`
  const { messageId, type, number, milliseconds, status, error } = attempt
  return sql`
    insert into webhook_deliveries (webhook_id, organization_id, message_id, type, attempt, milliseconds, status, error)
    select id, ${organizationId}, ${messageId}, ${type}, ${number}, ${milliseconds}, ${status}, ${error} from held`
}

export async function releaseWebhook(sql: Sql, { webhookId, holder }: Lease): Promise<void> {
  await sql`
    update webhooks set holder = null, held_until = '-infinity' where id = ${webhookId} and holder = ${holder}`
}
