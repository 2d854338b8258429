/**
 * A reader's progress through a feed, in one direction.
 *
 * A position alone is not sufficient. Changes are ordered by when they were applied, `since` and `until` compare when
 * they arrived, and a response that arrived early may be applied late. A page limited by `until` can therefore contain
 * a change that comes after changes that `until` excludes. A reader that continues with a later `until` must get the
 * excluded changes, and no change twice.
 */

/** Forward: from the oldest change to the newest. Backward: from the newest to the oldest. */
export type Direction = 'forward' | 'backward'

/**
 * Forward: the changes up to this position that arrived before the moment are done. Backward: the changes from this
 * position on that arrived at or after the moment are done.
 */
export interface Step {
  readonly position: number
  readonly moment: string
}

/**
 * All changes up to `position` (backward: from it on) are done: the reader has them, or its arguments exclude them
 * permanently. The changes described by the steps are done as well.
 */
export interface Progress {
  readonly position: number
  /** Ordered by distance from `position`, nearest first. */
  readonly steps: readonly Step[]
}

/**
 * The bound that a reader may move outward from page to page: `until` when reading forward, `since` when reading
 * backward.
 */
export interface MovingBound {
  readonly moment: string
  /** The bound excludes no change up to this position (backward: from it on). */
  readonly settled: number
}

/**
 * A page adds at most one step, and only while late-applied changes lie ahead. Beyond this number the farthest step is
 * dropped: the reader then gets some changes twice, but misses none.
 */
export const mostSteps = 16

/** The progress of a reader that has every change up to `to` that the bound allows. */
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
