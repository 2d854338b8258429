const windowMs = 60_000

export type LimiterKind = 'sliding' | 'fixed' | 'none'

export interface Verdict {
  readonly allowed: boolean
  readonly remaining: number
  /** Until more requests are allowed than now. */
  readonly resetMs: number
}

export interface Limiter {
  readonly limit: number
  /** `undefined`: there is no limit. `refusedCount`: whether a rejected request also uses the allowance. */
  take(now: number, refusedCount: boolean): Verdict | undefined
}

/**
 * `sliding`: at most `limit` in any 60 s. `fixed`: at most `limit` between two full minutes of the clock, so twice as
 * many fit around the end of a minute.
 */
export function createLimiter(kind: LimiterKind, limit: number): Limiter {
  if (kind === 'none') return { limit, take: () => undefined }
  return kind === 'sliding' ? slidingLimiter(limit) : fixedLimiter(limit)
}

function slidingLimiter(limit: number): Limiter {
  const recent = new RecentTimes()
  return {
    limit,
    take: (now, refusedCount) => {
      recent.forget(now)
      const allowed = recent.count < limit
      if (allowed || refusedCount) recent.add(now)
      // One more is allowed once fewer than `limit` remain in the window.
      const decisive = recent.at(Math.max(0, recent.count - limit)) ?? now
      return { allowed, remaining: Math.max(0, limit - recent.count), resetMs: decisive + windowMs - now }
    },
  }
}

function fixedLimiter(limit: number): Limiter {
  let window = Number.NaN
  let used = 0
  return {
    limit,
    take: (now, refusedCount) => {
      const current = Math.floor(now / windowMs)
      if (current !== window) {
        window = current
        used = 0
      }
      const allowed = used < limit
      if (allowed || refusedCount) used++
      return { allowed, remaining: Math.max(0, limit - used), resetMs: (current + 1) * windowMs - now }
    },
  }
}

/** Records the maximum number of requests in any 60 s, including those that a limiter rejected. */
export class PeakRecord {
  #recent = new RecentTimes()
  #peak = 0

  get peak(): number {
    return this.#peak
  }

  add(now: number): void {
    this.#recent.forget(now)
    this.#recent.add(now)
    this.#peak = Math.max(this.#peak, this.#recent.count)
  }
}

/** The times of the last 60 s. One that is exactly 60 s old is excluded. */
class RecentTimes {
  #times: number[] = []
  #first = 0

  get count(): number {
    return this.#times.length - this.#first
  }

  at(index: number): number | undefined {
    return this.#times[this.#first + index]
  }

  add(time: number): void {
    this.#times.push(time)
  }

  forget(now: number): void {
    while ((this.#times[this.#first] ?? Number.POSITIVE_INFINITY) <= now - windowMs) this.#first++
    if (this.#first > 1024 && this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first)
      this.#first = 0
    }
  }
}
