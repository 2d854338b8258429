import type { Sql } from '../db/database.ts'
import { isoOf } from '../db/timestamps.ts'
import { WebhookError } from './webhooks.ts'

export interface Replay {
  /** The number of organizations whose cursors moved. */
  readonly organizations: number
  /** The requested time, or the time of the oldest event that is kept if it is later. */
  readonly since: string
  readonly isClipped: boolean
  /** Nothing is sent until the webhook is enabled. */
  readonly isDisabled: boolean
}

/**
 * Moves the cursors of a webhook back to a time, so that it delivers again, with the same ids, everything that was
 * recorded since, in order. What it has not delivered yet follows. A cursor never moves forward. Undefined if there is no
 * such webhook.
 */
export async function replayWebhook(sql: Sql, webhookId: number, since: string): Promise<Replay | undefined> {
  return await sql.begin(async (tx) => {
    const [webhook] = await tx<{ isDisabled: boolean; isFuture: boolean; isClipped: boolean; from: string }[]>`
      select w.disabled_at is not null as "isDisabled", ${since}::timestamptz > clock_timestamp() as "isFuture",
        coalesce(${since}::timestamptz < e.oldest, false) as "isClipped", greatest(${since}::timestamptz, e.oldest) as from
      from webhooks w cross join lateral (
        select min(least(
          (select s.applied_at from change_sets s
            where s.organization_id = o.id and s.last_position > o.feed_pruned_to order by s.last_position limit 1),
          (select n.at from webhook_notices n where n.organization_id = o.id order by n.position limit 1))) as oldest
        from organizations o where o.retired_at is null and (w.organization_id is null or o.id = w.organization_id)
      ) e
      where w.id = ${webhookId} for update of w`
    if (!webhook) return undefined
    if (webhook.isFuture) throw new WebhookError('A replay cannot begin in the future; expected a time before now.')
    const moved = await tx`
      update webhook_cursors c set feed_position = least(c.feed_position, t.feed), notice_position = least(c.notice_position, t.notice),
        failures = 0, failing_since = null, due_at = '-infinity'
      from (
        select c.organization_id,
          coalesce((select max(last_position) from change_sets s
            where s.organization_id = c.organization_id and s.applied_at < ${since}), 0) as feed,
          -- Notices are numbered in the order of commits: start before the first one of the time.
          coalesce((select min(position) - 1 from webhook_notices n
            where n.organization_id = c.organization_id and n.at >= ${since}), c.notice_position) as notice
        from webhook_cursors c where c.webhook_id = ${webhookId}
      ) t
      where c.webhook_id = ${webhookId} and c.organization_id = t.organization_id
        and (c.feed_position > t.feed or c.notice_position > t.notice)`
    await tx`update webhooks set failures = 0, due_at = '-infinity' where id = ${webhookId}`
    const { isClipped, isDisabled, from } = webhook
    return { organizations: moved.count, since: isoOf(from), isClipped, isDisabled }
  })
}
