/**
 * How far a reader has come through a feed, in one direction.
 *
 * A position alone is not enough. Changes are ordered by when they were applied, `since` and `until` compare when they arrived, and an answer
 * that arrived early may be applied late. So a page under `until` can show a change that stands behind others that `until` excludes. A reader
 * who continues with a later `until` must get those, and must get nothing twice.
 */

/** Forward: from the oldest change to the newest. Backward: from the newest to the oldest. */
export type Direction = 'forward' | 'backward'

/**
 * Forward: the changes up to this position that arrived before the moment are done. Backward: the changes from this position on that arrived
 * at the moment or later are done.
 */
export interface Step {
  readonly position: number
  readonly moment: string
}

/**
 * All changes up to `position` (backward: from it on) are done: the reader got them, or its arguments exclude them for good. Beyond it, the
 * changes that the steps describe are done, too.
 */
export interface Progress {
  readonly position: number
  /** The one nearest to `position` first. */
  readonly steps: readonly Step[]
}

/** The bound that a reader moves outward from page to page: `until` when it reads forward, `since` when it reads backward. */
export interface MovingBound {
  readonly moment: string
  /** The bound excludes no change up to this position (backward: from it on). */
  readonly settled: number
}

/**
 * A page adds one step at most, and only while changes that were applied late lie ahead. The farthest step is dropped beyond this number: a
 * reader then gets changes again, and loses none.
 */
export const mostSteps = 16

/** The progress of a reader who has got every change up to `to` that the bound allows. */
export function advance(direction: Direction, from: Progress, to: number, bound?: MovingBound): Progress {
  const { isBeyond, covers } = orders[direction]
  const whole = bound && isBeyond(to, bound.settled) ? bound.settled : to
  const position = isBeyond(whole, from.position) ? whole : from.position
  const steps = [...from.steps, ...(bound ? [{ position: to, moment: bound.moment }] : [])]
    .filter((step) => isBeyond(step.position, position))
    .filter((step, i, all) => !all.some((other, j) => covers(other, step) && (j > i || !covers(step, other))))
    .sort((a, b) => (isBeyond(a.position, b.position) ? 1 : -1))
  return { position, steps: steps.slice(0, mostSteps) }
}

const orders = {
  forward: {
    isBeyond: (a: number, b: number) => a > b,
    covers: (a: Step, b: Step) => a.position >= b.position && a.moment >= b.moment,
  },
  backward: {
    isBeyond: (a: number, b: number) => a < b,
    covers: (a: Step, b: Step) => a.position <= b.position && a.moment <= b.moment,
  },
} as const satisfies Record<Direction, unknown>
