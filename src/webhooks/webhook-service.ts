import type { WebhookDeps } from './deliver.ts'
import { enableWebhook } from './disable-webhook.ts'
import { type Replay, replayWebhook } from './replay.ts'
import type { Outcome } from './send-message.ts'
import { testWebhook } from './test-webhook.ts'
import { createWebhook, deleteWebhook, type Rotation, rotateWebhookSecret, type WebhookWish } from './webhooks.ts'

/** What callers do with webhooks. Whether a caller may see a webhook is decided before. */
export interface WebhookService {
  create(wish: WebhookWish): Promise<{ readonly id: number; readonly secret: string }>
  /** Returns whether the webhook existed; so does `enable`. */
  remove(id: number): Promise<boolean>
  enable(id: number): Promise<boolean>
  /** Undefined if there is no such webhook; so with the following. */
  rotate(id: number, rotation: Rotation): Promise<string | undefined>
  test(id: number, signal: AbortSignal): Promise<Outcome | undefined>
  replay(id: number, since: string): Promise<Replay | undefined>
}

export function openWebhooks(deps: WebhookDeps): WebhookService {
  const { sql, secrets, policy } = deps
  return {
    create: (wish) => createWebhook(sql, secrets, policy, wish),
    remove: (id) => deleteWebhook(sql, id),
    enable: (id) => enableWebhook(sql, id),
    rotate: (id, rotation) => rotateWebhookSecret(sql, secrets, id, rotation),
    test: (id, signal) => testWebhook(deps, id, signal),
    replay: (id, since) => replayWebhook(sql, id, since),
  }
}
