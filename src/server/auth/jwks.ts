/**
 * The keys that an identity provider publishes.
 *
 * - They are fetched again in the background after 5 minutes of use, and are not used for more than 10.
 * - A token with an unknown `kid` triggers an immediate fetch, so that a key that was just rotated in is accepted.
 *   Requests share a fetch. Fetches have a budget (a burst of 5, then one every 2 s), so that forged kids cause no
 *   flood. A request that waits for the budget uses the next fetch that any request causes. Tokens of known keys never
 *   wait for it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type CryptoKey, createRemoteJWKSet, errors, type JWSHeaderParameters } from 'jose'
import { LRUCache } from 'lru-cache'
import { KeysUnavailable } from './authenticate.ts'

export interface KeySet {
  /**
   * The key that signed a token, by the token's header. Rejects with KeysUnavailable if this cannot be determined, and
   * with an error of jose if there is no such key. `beyondLimit`: the sender has failed so often that its unknown kids
   * rarely trigger a fetch.
   */
  readonly find: (header: JWSHeaderParameters, attempt: { readonly beyondLimit: boolean }) => Promise<CryptoKey>
}

export interface KeySetTiming {
  /** Monotonic, in milliseconds. */
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
}

const fetchTimeoutMs = 5_000
const refreshMs = 5 * 60_000
const mostAgeMs = 10 * 60_000
const budgetBurst = 5
const budgetEveryMs = 2_000
/** Since the last fetch, before a client beyond its limit triggers one. */
const gapBeyondLimitMs = 5_000
/** The longest time that a caller waits for a fetch. */
const patienceMs = 10_000
const unknownForMs = 5_000
const mostUnknown = 10_000
/** Longer ones are never valid, and would fill the cache of unknown ones. */
const longestKid = 1_024

export function openKeySet(
  url: string,
  { now, pause }: KeySetTiming = { now: () => performance.now(), pause: (ms) => sleep(ms, undefined, { ref: false }) },
): KeySet {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: fetchTimeoutMs,
    // This module alone decides when to fetch.
    cooldownDuration: Infinity,
    cacheMaxAge: Infinity,
  })
  /** When the current keys were requested. */
  let fetchedAt: number | undefined
  let fetches = 0
  let lastSentAt = -Infinity
  let underWay: Promise<void> | undefined
  /** When the budget is full again. */
  let budgetFullAt = -Infinity
  const unknown = new LRUCache<string, number>({ max: mostUnknown })

  function fetchKeys(): Promise<void> {
    const sentAt = now()
    lastSentAt = sentAt
    budgetFullAt = Math.max(budgetFullAt, sentAt) + budgetEveryMs
    underWay = keys
      .reload()
      .then(
        () => {
          fetchedAt = sentAt
          fetches += 1
        },
        (error: unknown) => {
          throw new KeysUnavailable({ cause: error })
        },
      )
      .finally(() => {
        underWay = undefined
      })
    return underWay
  }

  const waitFor = (gapMs: number) =>
    Math.max(budgetFullAt - (budgetBurst - 1) * budgetEveryMs, lastSentAt + gapMs) - now()

  /** Waits for the fetch in progress, or starts one as soon as the budget allows it. */
  async function nextFetch(gapMs: number): Promise<void> {
    if (underWay) return await underWay
    const early = waitFor(gapMs)
    if (early > 0) await pause(early)
    await (underWay ?? (waitFor(gapMs) <= 0 ? fetchKeys() : undefined))
  }

  async function fetchUntil(holds: () => boolean, gapMs: number): Promise<void> {
    const giveUpAt = now() + patienceMs
    while (!holds()) {
      if (now() > giveUpAt) throw new KeysUnavailable()
      await nextFetch(gapMs)
    }
  }

  const isUsable = () => fetchedAt !== undefined && now() - fetchedAt <= mostAgeMs
  const isDue = () => fetchedAt === undefined || now() - fetchedAt > refreshMs

  async function match(header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
    try {
      return await keys(header)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined
      // Several keys match, or the algorithm is invalid: the token is at fault. A key that cannot be used is the
      // provider's fault.
      throw error instanceof errors.JOSEError ? error : new KeysUnavailable({ cause: error })
    }
  }

  return {
    async find(header, { beyondLimit }) {
      const arrivedAt = now()
      await fetchUntil(isUsable, 0)
      if (isDue() && !underWay && waitFor(0) <= 0) fetchKeys().catch(() => {})
      const name = `${header.alg} ${header.kid ?? ''}`
      for (;;) {
        // Read before the keys are matched: a fetch may complete in between.
        const isSettled = fetchedAt !== undefined && fetchedAt >= arrivedAt
        const found = await match(header)
        if (found) return found
        if (name.length > longestKid || (unknown.get(name) ?? -Infinity) > now()) break
        if (isSettled) {
          unknown.set(name, now() + unknownForMs)
          break
        }
        const before = fetches
        await fetchUntil(() => fetches !== before, beyondLimit ? gapBeyondLimitMs : 0)
      }
      throw new errors.JWKSNoMatchingKey()
    },
  }
}
