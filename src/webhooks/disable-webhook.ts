/** Disabling and enabling a webhook. Both update the finding about it at once, not only after the next pull. */
import { evaluateRule } from '../analysis/findings/evaluate.ts'
import { webhookDisabled } from '../analysis/findings/rules/webhook-disabled.ts'
import type { Sql } from '../db/database.ts'

export async function disableWebhook(sql: Sql, webhookId: number, reason: string): Promise<void> {
  await sql`
    update webhooks set disabled_at = clock_timestamp(), disabled_reason = ${reason}
    where id = ${webhookId} and disabled_at is null`
  await updateFindings(sql, webhookId)
}

/** Delivers again from where the webhook stopped. Returns whether the webhook exists. */
export async function enableWebhook(sql: Sql, webhookId: number): Promise<boolean> {
  const [found] = await sql`
    with enabled as (
      update webhooks set disabled_at = null, disabled_reason = null, failures = 0, due_at = '-infinity'
      where id = ${webhookId} returning id
    ),
    cursors as (
      update webhook_cursors c set failures = 0, failing_since = null, due_at = '-infinity'
      from enabled where c.webhook_id = enabled.id
    )
    select id from enabled`
  if (found) await updateFindings(sql, webhookId)
  return found !== undefined
}

/** Call before a webhook is deleted, too: its findings are resolved by the next pull. */
async function updateFindings(sql: Sql, webhookId: number): Promise<void> {
  const organizations = await sql<{ id: number }[]>`
    select o.id from organizations o join webhooks w on w.organization_id is null or w.organization_id = o.id
    where w.id = ${webhookId} and o.retired_at is null order by o.id`
  for (const { id } of organizations) await evaluateRule(sql, webhookDisabled, id)
}
