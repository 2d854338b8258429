/** How the requests of a window are shared. The statement that takes a slot (slots.ts) has the same formulas in SQL. */

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
