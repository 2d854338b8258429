/** How the requests of a window are shared. The statement that takes a slot has the same formulas in SQL (slots.ts). */

/** Slots that background work leaves free for interactive work: a tenth, and one at least. */
export function reservedOf(limit: number): number {
  return Math.max(1, Math.floor(limit / 10))
}

/** Slots that interactive work leaves to background work while that has work: a quarter. A single slot is not divided. */
export function floorOf(limit: number): number {
  return Math.min(Math.ceil(limit / 4), limit - 1)
}

/** Slots that one caller may have: a share of those that interactive work may have, and one at least. */
export function callerCapOf(limit: number, share: number): number {
  return Math.max(1, Math.floor((limit - floorOf(limit)) * share))
}
