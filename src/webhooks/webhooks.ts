/** Creates, lists and deletes webhooks, and rotates their secrets. */
import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import { isoOf, isoOrNull } from '../db/timestamps.ts'
import type { Secrets } from '../writes/secrets.ts'
import { type AddressPolicy, isLoopbackName, loopback, notAllowed } from './address-policy.ts'
import { secretOf } from './deliver.ts'
import { numberNotices } from './number-notices.ts'
import { newSecret } from './sign.ts'

/** The types of events that a webhook can subscribe to. */
export const eventTypes = {
  'directory.changed': 'A user or a group changed: one message for everything that one observation changed about it.',
  'finding.opened': 'A rule detected a problem.',
  'finding.resolved': 'A rule no longer detects a problem.',
  'mirror.problem': 'The mirror is not current, or its notice changed. `problem` says why.',
  'mirror.recovered': 'The mirror has no problem any more.',
  'pull.quarantined': 'Deletions wait for a decision.',
  'operation.failed': 'An operation ended, and at least one of its items failed.',
} as const

export type EventType = keyof typeof eventTypes

export const eventNames = Object.keys(eventTypes) as EventType[]

function isEventType(name: string): name is EventType {
  return Object.hasOwn(eventTypes, name)
}

/** Each webhook is a task of its own in a worker. */
export const mostWebhooks = 200
const longestUrl = 2_000

/** The arguments are invalid. The message says what would be valid, and quotes no value. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
}

/** The arguments are valid, but cannot be carried out now. The message says what to do. */
export class WebhookStateError extends WebhookError {}

export interface WebhookWish {
  /** Null: all organizations. */
  readonly organizationId: number | null
  readonly url: string
  readonly events: readonly string[]
  readonly createdBy: string
}

export interface WebhookRow {
  readonly id: number
  /** The slug. Null: all organizations. */
  readonly organization: string | null
  readonly url: string
  readonly events: EventType[]
  readonly state: 'ACTIVE' | 'FAILING' | 'DISABLED'
  readonly disabledReason: string | null
  readonly disabledAt: string | null
  readonly failingSince: string | null
  readonly createdAt: string
  readonly createdBy: string
}

export async function createWebhook(
  sql: Sql,
  secrets: Secrets | undefined,
  policy: AddressPolicy,
  wish: WebhookWish,
): Promise<{ readonly id: number; readonly secret: string }> {
  const url = checkedUrl(wish.url, policy)
  const events = checkedEvents(wish.events)
  const secret = newSecret()
  const sealed = needed(secrets).seal(secret, secretOf(url))
  // What happened before must have a number below the cursors.
  await numberNotices(sql)
  return await sql.begin(async (tx) => {
    // Creations take turns, so that the limit holds.
    await tx`lock table webhooks in share row exclusive mode`
    const [count] = await tx<{ webhooks: number }[]>`select count(*)::int as webhooks from webhooks`
    if ((count?.webhooks ?? 0) >= mostWebhooks)
      throw new WebhookStateError(
        `The limit of ${mostWebhooks} webhooks is reached. Delete webhooks that are no longer used.`,
      )
    const [made] = await tx<[{ id: number }]>`
      insert into webhooks (organization_id, url, events, secret, created_by)
      values (${wish.organizationId}, ${url}, ${array(events)}::text::text[], ${sealed}, ${wish.createdBy}) returning id`
    // It receives what happens from now on.
    await tx`
      insert into webhook_cursors (webhook_id, organization_id, feed_position, notice_position)
      select ${made.id}, o.id, o.feed_position,
        coalesce((select max(position) from webhook_notices n where n.organization_id = o.id), 0)
      from organizations o where ${wish.organizationId}::bigint is null or o.id = ${wish.organizationId}`
    return { id: made.id, secret }
  })
}

/** `organizations`: the slugs of the only organizations whose webhooks are listed; null: all webhooks. */
export async function listWebhooks(
  sql: Pick<Sql, 'unsafe'>,
  organizations: readonly string[] | null,
  id: number | null = null,
): Promise<WebhookRow[]> {
  const rows = await sql.unsafe<WebhookRow[]>(
    `select w.id, o.slug as organization, w.url, to_json(w.events)::text as events, w.disabled_reason as "disabledReason",
      w.disabled_at as "disabledAt", c.since as "failingSince", w.created_at as "createdAt", w.created_by as "createdBy",
      case when w.disabled_at is not null then 'DISABLED' when c.since is not null then 'FAILING' else 'ACTIVE' end as state
    from webhooks w left join organizations o on o.id = w.organization_id
    cross join lateral (select min(failing_since) as since from webhook_cursors where webhook_id = w.id) c
    where ($1::text[] is null or o.retired_at is null and o.slug = any($1::text[])) and ($2::bigint is null or w.id = $2)
    order by w.id`,
    [organizations && array(organizations), id],
  )
  return rows.map((row) => ({
    ...row,
    events: JSON.parse(String(row.events)) as EventType[],
    createdAt: isoOf(row.createdAt),
    disabledAt: isoOrNull(row.disabledAt),
    failingSince: isoOrNull(row.failingSince),
  }))
}

export interface DeliveryRow {
  readonly webhookId: number
  readonly messageId: string
  readonly type: string
  /** The slug. Null for a test message of a webhook for all organizations. */
  readonly organization: string | null
  readonly at: string
  readonly attempt: number
  readonly milliseconds: number
  readonly status: number | null
  readonly error: string | null
}

/** The last deliveries of each of the webhooks, newest first. */
export async function readDeliveries(
  sql: Pick<Sql, 'unsafe'>,
  webhookIds: readonly number[],
  most: number,
): Promise<DeliveryRow[]> {
  const rows = await sql.unsafe<DeliveryRow[]>(
    `select w as "webhookId", d.message_id as "messageId", d.type, o.slug as organization, d.at, d.attempt, d.milliseconds,
      d.status, d.error
    from unnest($1::bigint[]) as w
    cross join lateral (select * from webhook_deliveries where webhook_id = w order by id desc limit $2::int) d
    left join organizations o on o.id = d.organization_id
    order by w, d.id desc`,
    [array(webhookIds), most],
  )
  return rows.map((row) => ({ ...row, at: isoOf(row.at) }))
}

/** Returns whether there was one. */
export async function deleteWebhook(sql: Sql, id: number): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const gone = await tx`delete from webhooks where id = ${id} returning 1`
    await tx`delete from webhook_cursors where webhook_id = ${id}`
    await tx`delete from webhook_deliveries where webhook_id = ${id}`
    await tx`
      update findings set resolved_at = now()
      where rule = 'WEBHOOK_DISABLED' and key = ${String(id)} and resolved_at is null`
    return gone.length > 0
  })
}

/**
 * Creates a new secret. Messages are signed with both for the overlap. Undefined if there is no such webhook. A rotation
 * within the overlap of the last one is rejected unless it is forced: only two secrets are kept.
 */
export async function rotateWebhookSecret(
  sql: Sql,
  secrets: Secrets | undefined,
  id: number,
  { overlapSeconds, force = false }: Rotation,
): Promise<string | undefined> {
  const sealing = needed(secrets)
  const secret = newSecret()
  return await sql.begin(async (tx) => {
    const [webhook] = await tx<{ url: string; overlapEnds: string | null }[]>`
      select url, case when previous_until > clock_timestamp() then previous_until end as "overlapEnds"
      from webhooks where id = ${id} for update`
    if (!webhook) return undefined
    if (webhook.overlapEnds !== null && !force)
      throw new WebhookStateError(
        `The last rotation has not ended: its old secret is valid until ${isoOf(webhook.overlapEnds)}, and another rotation would end it at once. Wait until then, or force the rotation (\`--force\`, or \`force: true\`).`,
      )
    await tx`
      update webhooks set previous_secret = secret, secret = ${sealing.seal(secret, secretOf(webhook.url))},
        previous_until = clock_timestamp() + ${overlapSeconds}::float8 * interval '1 second'
      where id = ${id}`
    return secret
  })
}

export interface Rotation {
  /** How long messages are signed with the old secret, too. */
  readonly overlapSeconds: number
  /** Ends the overlap of the last rotation. */
  readonly force?: boolean
}

const pruneBatch = 2_000

/** Deletes the records of old deliveries, and the notices that no replay can reach. Returns the number of rows. */
export async function pruneWebhooks(
  sql: Sql,
  { deliveryDays, historyDays }: { deliveryDays: number; historyDays: number },
  signal: AbortSignal,
): Promise<number> {
  let rows = 0
  for (const [table, days] of [
    ['webhook_deliveries', deliveryDays],
    ['webhook_notices', historyDays],
  ] as const) {
    for (;;) {
      signal.throwIfAborted()
      const gone = await sql`
        delete from ${sql(table)} where id = any(array(
          select id from ${sql(table)} where at < clock_timestamp() - ${days} * interval '1 day' order by at limit ${pruneBatch}))`
      rows += gone.count
      if (gone.count < pruneBatch) break
    }
  }
  return rows
}

function needed(secrets: Secrets | undefined): Secrets {
  if (secrets) return secrets
  throw new WebhookStateError(
    'Webhooks need SECRET_KEY, which encrypts their signing secrets. Set it in every process.',
  )
}

function checkedUrl(text: string, policy: AddressPolicy): string {
  // The parser would remove line breaks.
  if (/\p{Cc}/u.test(text)) throw new WebhookError('The URL must have no control characters, such as line breaks.')
  const url = text.length <= longestUrl ? URL.parse(text) : null
  const protocols = policy.hasNetworks ? ['https:', 'http:'] : ['https:']
  if (!url || !protocols.includes(url.protocol))
    throw new WebhookError(
      `The URL must begin with ${protocols.map((one) => `${one}//`).join(' or ')} and have at most ${longestUrl} characters${policy.hasNetworks ? '' : '; http:// is possible only within WEBHOOK_ALLOWED_NETWORKS'}.`,
    )
  if (url.username || url.password || url.hash)
    throw new WebhookError('The URL must have no user name, no password and no fragment (#).')
  if (url.port === '0') throw new WebhookError('The URL has the port 0; expected 1 to 65535.')
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const host = isLoopbackName(name) ? loopback : name
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
  if (isAddress && policy.judge(host) === 'refused') throw new WebhookError(`The URL leads to ${notAllowed}.`)
  return url.href
}

function checkedEvents(events: readonly string[]): EventType[] {
  const known = [...new Set(events)].filter(isEventType)
  if (known.length > 0 && known.length === new Set(events).size) return known
  throw new WebhookError(`The events must be one or more of: ${eventNames.join(', ')}.`)
}
