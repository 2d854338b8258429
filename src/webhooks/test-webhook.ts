import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { type SealedSecrets, sealedSecrets } from './claim-webhooks.ts'
import { openSecretsOf, usualTimes, type WebhookDeps } from './deliver.ts'
import { messageOf } from './read-messages.ts'
import { type Outcome, openSender } from './send-message.ts'
import { signedRequest } from './sign.ts'
import { WebhookStateError } from './webhooks.ts'

/**
 * Sends a test message at once, also if the webhook is disabled, and records the attempt. Undefined if there is no such
 * webhook.
 */
export async function testWebhook(
  { sql, secrets, policy, resolve }: WebhookDeps,
  id: number,
  signal: AbortSignal,
  timeoutMs: number = usualTimes.attemptMs,
): Promise<Outcome | undefined> {
  const [webhook] = await sql<(SealedSecrets & { organizationId: number | null })[]>`
    select url, organization_id as "organizationId", ${sealedSecrets(sql)} from webhooks w where id = ${id}`
  if (!webhook) return undefined
  if (!secrets) throw new WebhookStateError('Webhooks need SECRET_KEY, which encrypts their signing secrets.')
  const message = messageOf('webhook.test', new Date().toISOString(), `test ${randomUUID()}`, { webhook: id })
  const sender = openSender({ policy, resolve, timeoutMs })
  const startedAt = performance.now()
  try {
    const opened = openSecretsOf(secrets, webhook)
    const outcome = await sender.send(signedRequest(webhook.url, message, opened), signal)
    await sql`
      insert into webhook_deliveries (webhook_id, organization_id, message_id, type, attempt, milliseconds, status, error)
      select ${id}, ${webhook.organizationId}, ${message.id}, ${message.type}, 1, ${Math.round(performance.now() - startedAt)},
        ${outcome.status ?? null}, ${outcome.error ?? null}
      from webhooks where id = ${id}`
    return outcome
  } finally {
    sender.close()
  }
}
