import type { Sql } from '../db/database.ts'

/**
 * Moves the cursors of a webhook back to a time, so that it delivers again, with the same ids, everything that was
 * recorded since, in order. What it has not delivered yet follows. A cursor never moves forward. Returns the number of
 * organizations whose cursors moved; undefined if there is no such webhook.
 */
export async function replayWebhook(sql: Sql, webhookId: number, since: string): Promise<number | undefined> {
  return await sql.begin(async (tx) => {
    const [webhook] = await tx`select from webhooks where id = ${webhookId} for update`
    if (!webhook) return undefined
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
    return moved.count
  })
}
