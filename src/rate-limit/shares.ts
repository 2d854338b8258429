/**
 * How the requests of a window are shared, and those in progress. The statement that takes a slot (slots.ts) has the
 * formulas of the window in SQL.
 */

/** Slots that background work leaves free for interactive work: a tenth, and at least one. */
export function reservedOf(limit: number): number {
  return Math.max(1, Math.floor(limit / 10))
}

/** Slots that interactive work leaves to background work that is waiting: a quarter. A single slot is not divided. */
export function floorOf(limit: number): number {
  return Math.min(Math.ceil(limit / 4), limit - 1)
}

/** Maximum slots of one caller: a share of the interactive slots, and at least one. */
export function callerCapOf(limit: number, share: number): number {
  return Math.max(1, Math.floor((limit - floorOf(limit)) * share))
}

/**
 * Maximum number of background requests in progress: one less than of all requests, so that interactive ones need not
 * wait for a long list. A maximum of one is not divided.
 */
export function backgroundAtOnceOf(atOnce: number): number {
  return Math.max(1, atOnce - 1)
}

/**
 * Maximum number of requests in progress that the vendor may yet refuse because of the credentials, and how many of them
 * may be background requests. A request is out of doubt once one that was sent after it is accepted.
 */
export const unproven = { atOnce: 2, background: 1 }
