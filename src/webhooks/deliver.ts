import { performance } from 'node:perf_hooks'
import type { Logger } from 'pino'
import type { Sql } from '../db/database.ts'
import type { Secrets } from '../writes/secrets.ts'
import type { AddressPolicy } from './address-policy.ts'
import { longestFailureMs, restMs, retryDelayMs } from './backoff.ts'
import {
  type Attempt,
  type ClaimedWebhook,
  type DueOrganization,
  type Lease,
  readDueOrganizations,
  recordDelivered,
  recordFailed,
  releaseWebhook,
  type SealedSecrets,
} from './claim-webhooks.ts'
import { disableWebhook } from './disable-webhook.ts'
import { type Message, readMessages } from './read-messages.ts'
import { openSender, type Resolve, type Sender } from './send-message.ts'
import { signedRequest } from './sign.ts'

export interface WebhookDeps {
  readonly sql: Sql
  readonly logger: Logger
  /** Undefined: SECRET_KEY is not set. Webhooks can neither be created nor sent. */
  readonly secrets: Secrets | undefined
  readonly policy: AddressPolicy
  readonly resolve: Resolve
}

export interface DeliveryTimes {
  /** The time limit of an attempt. */
  readonly attemptMs: number
  /** Longer than an attempt. Each recorded attempt renews the lease. */
  readonly leaseMs: number
  /** A worker gives a webhook back after this time, if its messages do not end before. */
  readonly turnMs: number
  readonly retryDelayMs: typeof retryDelayMs
  readonly restMs: typeof restMs
}

export const usualTimes: DeliveryTimes = { attemptMs: 15_000, leaseMs: 30_000, turnMs: 10_000, retryDelayMs, restMs }

/** Describes the context that the secret of a webhook is sealed with. */
export const secretOf = (url: string) => `signing secret of the webhook ${url}`

interface Turn {
  readonly deps: WebhookDeps
  readonly times: DeliveryTimes
  readonly webhook: ClaimedWebhook
  readonly lease: Lease
  readonly sender: Sender
  readonly secrets: readonly string[]
  readonly endsAt: number
  readonly signal: AbortSignal
  /** Called with each accepted message. */
  readonly onDelivered: () => void
  /** A message has failed, or the lease is lost. */
  hasEnded: boolean
}

/**
 * Organizations whose messages are sent at the same time, once the receiver has accepted the first message of the turn.
 * More would take all connections of the pool `work`.
 */
const atOnce = 4

/** Delivers the messages of a claimed webhook until none is due, a message fails, or the turn ends; then releases it. */
export async function deliver(
  deps: WebhookDeps,
  times: DeliveryTimes,
  webhook: ClaimedWebhook,
  holder: string,
  signal: AbortSignal,
): Promise<void> {
  const lease = { webhookId: webhook.id, holder, leaseMs: times.leaseMs }
  const { policy, resolve } = deps
  const sender = openSender({ policy, resolve, timeoutMs: times.attemptMs, connections: atOnce })
  const good = Promise.withResolvers<void>()
  try {
    const secrets = openSecretsOf(deps.secrets, webhook)
    const endsAt = performance.now() + times.turnMs
    const onDelivered = good.resolve
    const turn = { deps, times, webhook, lease, sender, secrets, endsAt, signal, onDelivered, hasEnded: false }
    while (!turn.hasEnded && !signal.aborted) {
      const organizations = await readDueOrganizations(deps.sql, webhook.id)
      if (organizations.length === 0) break
      await deliverAll(turn, organizations.values(), good.promise)
    }
  } finally {
    sender.close()
    await releaseWebhook(deps.sql, lease)
  }
}

/** Each organization is delivered by one of several loops, so that its messages keep their order. */
async function deliverAll(turn: Turn, waiting: Iterable<DueOrganization>, isGood: Promise<void>): Promise<void> {
  const work = async () => {
    try {
      for (const organization of waiting) {
        if (turn.hasEnded) return
        if (!(await deliverBatch(turn, organization))) turn.hasEnded = true
      }
    } catch (error) {
      turn.hasEnded = true
      throw error
    }
  }
  const first = work()
  // A receiver that is down gets one message and not several.
  await Promise.race([isGood, first])
  const ended = await Promise.allSettled([first, ...Array.from({ length: atOnce - 1 }, work)])
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

function isOver({ endsAt, signal }: Turn): boolean {
  return signal.aborted || performance.now() > endsAt
}

/** Returns whether the turn goes on. */
async function deliverBatch(turn: Turn, organization: DueOrganization): Promise<boolean> {
  const { deps, webhook, lease } = turn
  let from = { feedPosition: organization.feedPosition, noticePosition: organization.noticePosition }
  let failures = organization.failures
  const messages = await readMessages(deps.sql, organization, webhook.events, from)
  for (const [i, message] of messages.entries()) {
    if (turn.signal.aborted || turn.hasEnded) return false
    // Several skipped messages are recorded at once.
    if (!message.send && messages[i + 1] && !messages[i + 1]?.send) continue
    const attempt = message.send ? await attemptOf(turn, message.send, failures + 1) : undefined
    if (turn.signal.aborted && attempt?.error) return false
    if (attempt?.error) {
      await fail(turn, organization, from, attempt)
      return false
    }
    if (!(await recordDelivered(deps.sql, lease, organization.id, from, message.cursor, attempt))) return false
    if (attempt) turn.onDelivered()
    // After a message, so that every turn makes progress.
    if (isOver(turn)) return false
    from = message.cursor
    failures = 0
  }
  return true
}

async function attemptOf(turn: Turn, message: NonNullable<Message['send']>, number: number): Promise<Attempt> {
  const { sender, secrets, webhook, signal } = turn
  const startedAt = performance.now()
  const { status, error } = await sender.send(signedRequest(webhook.url, message, secrets), signal)
  return {
    messageId: message.id,
    type: message.type,
    number,
    milliseconds: Math.round(performance.now() - startedAt),
    status: status ?? null,
    error: error ?? null,
  }
}

async function fail(
  turn: Turn,
  organization: DueOrganization,
  from: { feedPosition: number; noticePosition: number },
  attempt: Attempt,
): Promise<void> {
  const { deps, times, lease, webhook } = turn
  const failures = attempt.number
  // Messages that fail together are one failure of the receiver.
  const isFirst = !turn.hasEnded
  turn.hasEnded = true
  const failingMs = await recordFailed(deps.sql, lease, organization.id, from, attempt, {
    isFirst,
    ofMessage: (ms) => times.retryDelayMs({ failures, failingMs: ms }),
    ofWebhook: (all) => times.restMs(all),
  })
  const facts = { webhook: webhook.id, organization: organization.slug, attempt: failures, reason: attempt.error }
  deps.logger.debug(facts, 'a webhook could not be delivered')
  const isGone = attempt.status === 410
  if (failingMs === undefined || (failingMs < longestFailureMs && !isGone)) return
  const why = isGone ? 'The receiver answered 410 (gone)' : `No attempt succeeded within a day. ${attempt.error}`
  await disableWebhook(deps.sql, lease.webhookId, why)
  deps.logger.warn(facts, 'the webhook was disabled')
}

/** Both during a rotation. Throws if SECRET_KEY is not the one that the secret was sealed with. */
export function openSecretsOf(secrets: Secrets | undefined, webhook: SealedSecrets): string[] {
  const sealed = [webhook.secret, ...(webhook.previousSecret === null ? [] : [webhook.previousSecret])]
  if (!secrets) throw new Error('SECRET_KEY is not set, so the signing secrets of webhooks cannot be opened')
  return sealed.map((one) => secrets.open(one, secretOf(webhook.url)))
}
