import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Listen } from '../db/database.ts'
import { wakeChannel } from '../mirror/feed/notifications.ts'
import { type ClaimedWebhook, claimWebhooks, readOutlook } from './claim-webhooks.ts'
import { type DeliveryTimes, deliver, usualTimes, type WebhookDeps } from './deliver.ts'
import { numberNotices, webhookChannel } from './number-notices.ts'

export interface Rhythm {
  /** The longest wait between two checks: notifications may be lost. */
  readonly idleMs: number
  /** The shortest one, so that a feed that grows quickly costs few statements. */
  readonly pauseMs: number
}

const overdueMs = 1_000

const usualRhythm: Rhythm = { idleMs: 60_000, pauseMs: 200 }

/**
 * Delivers the messages of all webhooks until it is stopped. Any number of processes can do this: the lease of a webhook
 * gives it to one of them. Each webhook has a task of its own, so a slow receiver delays no other webhook.
 *
 * Idle, it sends three statements a minute. Notifications of the feed and of the triggers wake it.
 */
export function dispatchWebhooks(
  deps: WebhookDeps,
  listen: Listen,
  times: DeliveryTimes = usualTimes,
  rhythm: Rhythm = usualRhythm,
): { stop(): Promise<void> } {
  const holder = randomUUID()
  const stopping = new AbortController()
  const tasks = new Map<number, Promise<void>>()
  const waker = new Waker()

  const start = (webhook: ClaimedWebhook) => {
    const task = deliver(deps, times, webhook, holder, stopping.signal)
      .catch(async (error: unknown) => {
        deps.logger.warn({ err: error, webhook: webhook.id }, 'the messages of a webhook could not be delivered')
        // The lease is kept for its time: the reason rarely ends within a moment.
        await sleep(times.leaseMs, undefined, { signal: stopping.signal }).catch(() => {})
      })
      .finally(() => {
        tasks.delete(webhook.id)
        waker.wake()
      })
    tasks.set(webhook.id, task)
  }

  /** Returns how long nothing is due. */
  const check = async (): Promise<number> => {
    await numberNotices(deps.sql)
    for (const webhook of await claimWebhooks(deps.sql, holder, times.leaseMs, [...tasks.keys()])) start(webhook)
    const { webhooks, nextMs } = await readOutlook(deps.sql, holder)
    waker.ignoresFeed = webhooks === 0
    if (nextMs === null) return rhythm.idleMs
    // What is due already, and was not claimed, became due a moment ago, or cannot be delivered now.
    return nextMs > 0 ? nextMs : overdueMs
  }

  const run = async () => {
    while (!stopping.signal.aborted) {
      waker.reset()
      const waitMs = await check().catch((error: unknown) => {
        deps.logger.warn({ err: error }, 'failed to look for webhooks with messages')
        return 1_000
      })
      await waker.after(Math.min(waitMs, rhythm.idleMs), stopping.signal)
      await sleep(rhythm.pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const listening = [
    listen(
      wakeChannel,
      () => waker.wakeByFeed(),
      () => waker.wake(),
    ),
    listen(
      webhookChannel,
      () => waker.wake(),
      () => waker.wake(),
    ),
  ]
  for (const one of listening) one.catch(() => {})
  const running = run()
  return {
    async stop() {
      stopping.abort()
      await running
      await Promise.allSettled(tasks.values())
      for (const one of await Promise.allSettled(listening))
        if (one.status === 'fulfilled') await one.value.unlisten().catch(() => {})
    },
  }
}

/** Remembers a wake that comes between a check and the wait after it. */
class Waker {
  /** There is no webhook that the feed could concern. */
  ignoresFeed = false
  #isAwake = false
  #wakeUp = () => {}

  reset(): void {
    this.#isAwake = false
  }

  wake(): void {
    this.#isAwake = true
    this.#wakeUp()
  }

  wakeByFeed(): void {
    if (!this.ignoresFeed) this.wake()
  }

  async after(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#isAwake || signal.aborted) return
    await new Promise<void>((resolve) => {
      const wakeUp = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wakeUp)
        this.#wakeUp = () => {}
        resolve()
      }
      const timer = setTimeout(wakeUp, ms)
      this.#wakeUp = wakeUp
      signal.addEventListener('abort', wakeUp)
    })
  }
}
