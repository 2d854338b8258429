/** How long a webhook waits after a failed attempt, and when it is given up. */

/** A message that fails for this long disables its webhook. */
export const longestFailureMs = 24 * 3_600_000

const firstDelayMs = 5_000
/** The longest wait of a whole webhook. A message of one organization may wait longer. */
const longestRestMs = 30 * 60_000

export interface Failing {
  /** Failed attempts so far, this one included. */
  readonly failures: number
  /** Since the first failed attempt of the message. */
  readonly failingMs: number
}

/**
 * The delay of the next attempt: it doubles from 5 s, of which a random half is left out, so that receivers that failed
 * together are not asked together again. The last attempt is at the end of the day.
 */
export function retryDelayMs({ failures, failingMs }: Failing, random: () => number = Math.random): number {
  const left = Math.max(0, longestFailureMs - failingMs)
  return Math.min(jittered(firstDelayMs * 2 ** Math.min(failures - 1, 16), random), Math.max(left, firstDelayMs))
}

/**
 * How long a webhook rests after consecutive failures of different organizations, so that a receiver that is down is
 * not asked once per organization.
 */
export function restMs(failures: number, random: () => number = Math.random): number {
  return Math.min(longestRestMs, jittered(firstDelayMs * 2 ** Math.min(failures - 1, 16), random))
}

function jittered(ms: number, random: () => number): number {
  return ms / 2 + (random() * ms) / 2
}
