/**
 * Decides whether the vendor shows a write that it accepted. A vendor may show its own writes late, so one immediate
 * read proves nothing. The user is read with growing pauses until it shows the write, or until the policy's limit. The
 * first read is immediate, so a vendor without lag costs one read.
 */
import { setTimeout as timer } from 'node:timers/promises'

export interface SettlingPolicy {
  /** From the first read on. */
  readonly longestMs: number
  readonly mostReads: number
  /** Before the second read. Each later pause is twice as long as the previous one. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

/** For a request whose caller waits: 8 reads in 9.6 s. */
export const requestSettling: SettlingPolicy = {
  longestMs: 10_000,
  mostReads: 8,
  firstPauseMs: 200,
  longestPauseMs: 2_200,
}

/** The state that a reading shows: WRITTEN, BEFORE the write, or neither. */
export type Shown = 'WRITTEN' | 'BEFORE' | 'OTHER'

export interface Clock {
  /** In milliseconds. */
  now(): number
  /** Rejects once the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await timer(milliseconds, undefined, signal && { signal })
  },
}

/** A reading after the first one did not end within the time that was left for it. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError'
}

export interface Verdict<Value> {
  readonly value: Value
  readonly shown: Shown
  /** Polling was cut short: the last value can prove that the write was carried out, but never that it was not. */
  readonly isCut: boolean
}

/**
 * Reads until the value shows the write, or until the policy's limits. Returns the last value and what it shows. A
 * state that is neither the old nor the new one may be an intermediate one, so reading continues. `read` gets the
 * remaining time; the first read has no limit. If `read` rejects after the first read, an earlier value that shows the
 * state before counts, and any earlier value if the time is over. `hurry` ends the pauses.
 */
export async function pollUntilShown<Value>(
  read: (leftMs: number | undefined) => Promise<Value>,
  judge: (value: Value) => Shown | Promise<Shown>,
  policy: SettlingPolicy,
  clock: Clock,
  signals: { readonly stop?: AbortSignal | undefined; readonly hurry?: AbortSignal | undefined } = {},
): Promise<Verdict<Value>> {
  let from: number | undefined
  const leftMs = () => policy.longestMs - (clock.now() - (from ?? clock.now()))
  const { stop, hurry } = signals
  let last: Omit<Verdict<Value>, 'isCut'> | undefined
  for (let reads = 1; ; reads += 1) {
    let value: Value
    try {
      value = await read(last && leftMs())
      from ??= clock.now()
    } catch (error) {
      if (!last || stop?.aborted) throw error
      if (error instanceof OutOfTimeError) return { ...last, isCut: false }
      if (last.shown !== 'BEFORE') throw error
      return { ...last, isCut: leftMs() > 0 }
    }
    last = { value, shown: await judge(value) }
    const pauseMs = Math.min(policy.firstPauseMs * 2 ** (reads - 1), policy.longestPauseMs, leftMs())
    if (last.shown === 'WRITTEN' || reads >= policy.mostReads || pauseMs <= 0) return { ...last, isCut: false }
    if (hurry?.aborted) return { ...last, isCut: true }
    try {
      await clock.sleep(pauseMs, AbortSignal.any([stop, hurry].filter((signal) => signal !== undefined)))
    } catch (error) {
      if (hurry?.aborted && !stop?.aborted) return { ...last, isCut: true }
      throw error
    }
  }
}
