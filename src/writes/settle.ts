/**
 * How a write is judged that the vendor accepted. A vendor may show its own writes late, so one immediate read proves nothing: the user is
 * read with growing pauses until it is as written, or until the policy's time is over. The first read is immediate, and a vendor without
 * lag costs one read.
 */
import { setTimeout as timer } from 'node:timers/promises'

export interface SettlingPolicy {
  /** From the first read on. */
  readonly longestMs: number
  readonly mostReads: number
  /** Before the second read; each later pause is twice as long as the one before. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
  /** How many reads in a row must contradict the write before it counts as contradicted. */
  readonly contradictions: number
}

/** Within a request of a caller who waits: 8 reads in 9.6 s. */
export const requestSettling: SettlingPolicy = {
  longestMs: 10_000,
  mostReads: 8,
  firstPauseMs: 200,
  longestPauseMs: 2_200,
  contradictions: 4,
}

/** What a reading shows of a write: WRITTEN, the state BEFORE it, or a state that is neither. */
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

export interface Verdict<Value> {
  readonly value: Value
  readonly shown: Shown
  /** Reading ended before its time was over: a state BEFORE the write does not say that it was not carried out. */
  readonly isCut: boolean
}

/**
 * Reads until the value shows the write, contradicts it in several reads in a row, or the policy's limits are reached: the last value and
 * what it shows. `read` gets the time that is left; the first one has no limit. Where it rejects after the first read, an earlier value that shows the state before
 * counts. `hurry` ends the pauses: the last value is judged as it is.
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
  let contradictions = 0
  let last: Verdict<Value> | undefined
  for (let reads = 1; ; reads += 1) {
    let value: Value
    try {
      value = await read(last && leftMs())
      from ??= clock.now()
    } catch (error) {
      if (last?.shown !== 'BEFORE' || stop?.aborted) throw error
      return { ...last, isCut: true }
    }
    last = { value, shown: await judge(value), isCut: false }
    if (last.shown === 'WRITTEN') return last
    contradictions = last.shown === 'OTHER' ? contradictions + 1 : 0
    if (contradictions >= policy.contradictions || reads >= policy.mostReads) return last
    const pauseMs = Math.min(policy.firstPauseMs * 2 ** (reads - 1), policy.longestPauseMs, leftMs())
    if (pauseMs <= 0) return last
    if (hurry?.aborted) return { ...last, isCut: true }
    try {
      await clock.sleep(pauseMs, AbortSignal.any([stop, hurry].filter((signal) => signal !== undefined)))
    } catch (error) {
      if (hurry?.aborted && !stop?.aborted) return { ...last, isCut: true }
      throw error
    }
  }
}
