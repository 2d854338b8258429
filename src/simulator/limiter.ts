const windowMs = 60_000

export type LimiterKind = 'sliding' | 'fixed' | 'none'

export interface Verdict {
  readonly allowed: boolean
  readonly remaining: number
  /** Until more is allowed than now. */
  readonly resetMs: number
}

export interface Limiter {
  readonly limit: number
  /** `undefined`: nothing is limited. `refusedCount`: whether a refused request uses up allowance too. */
  take(now: number, refusedCount: boolean): Verdict | undefined
}

/**
 * `sliding`: no more than `limit` in any 60 s. `fixed`: no more than `limit` between two full minutes of the clock, so
 * that twice as many fit around a minute's end.
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
      // One more is allowed once fewer than `limit` are left in the window.
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

/** Knows the most requests that were in any 60 s, whatever a limiter said to them. */
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

/** The moments of the last 60 s; one that is exactly 60 s old is out. */
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
