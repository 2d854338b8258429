/**
 * Cursors of the change feed. A cursor is a position in an organization's feed, regardless of the query that returned
 * it: the position of a change or, for an empty page, a position between two changes. It carries the reader's progress
 * in both directions, so that a reader may continue with a later `until`, or backward with an earlier `since`, and gets
 * each change exactly once.
 */
import type { FeedWindow } from '../../mirror/feed/feed-branches.ts'
import { advance, type MovingBound, mostSteps, type Progress, type Step } from '../../mirror/feed/feed-progress.ts'
import { parseMoment } from '../as-of/moment.ts'
import { userInputError } from '../core/user-input-error.ts'
import { type CursorValue, decodeCursor, encodeCursor, type ValueKind } from '../pagination/cursor.ts'
import { sizeOf } from '../pagination/page.ts'

export interface FeedCursor {
  readonly organizationId: number
  /** Changes after the cursor have positions above this. */
  readonly below: number
  /** Changes before the cursor have positions below this. For the cursor of a change, both are its own position. */
  readonly above: number
  /** The progress of a reader who continues forward from here. */
  readonly forward: Progress
  /** The progress of a reader who continues backward from here. */
  readonly backward: Progress
}

interface FeedCursors {
  readonly after?: FeedCursor | undefined
  readonly before?: FeedCursor | undefined
}

export interface FeedArgs {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

/** The page that a caller requests. */
export interface FeedPlace extends FeedCursors {
  readonly size: number
  readonly isBackward: boolean
}

const order = 'changes'
const plain: readonly ValueKind[] = ['number', 'number']
const whole: readonly ValueKind[] = ['number', 'number', 'number', 'number', 'text', 'number', 'text']

/** Throws bad input for an invalid size or cursor. */
export function feedPlaceOf(args: FeedArgs): FeedPlace {
  return {
    size: sizeOf(args).choose((size) => size),
    isBackward: args.last != null,
    after: args.after == null ? undefined : decoded('after', args.after),
    before: args.before == null ? undefined : decoded('before', args.before),
  }
}

/** Backward pages start with the changes nearest to `before`. In the other direction a cursor is only a bound. */
export function windowOf({ isBackward, after, before }: FeedPlace): FeedWindow {
  return isBackward
    ? {
        direction: 'backward',
        after: after?.below ?? 0,
        before: before?.backward.position ?? null,
        steps: before?.backward.steps ?? [],
      }
    : {
        direction: 'forward',
        after: after?.forward.position ?? 0,
        before: before?.above ?? null,
        steps: after?.forward.steps ?? [],
      }
}

/** The bounds of the feed: the position of a reader who has not been shown anything yet. */
export interface Ends {
  readonly organizationId: number
  readonly feedPosition: number
  readonly prunedTo: number
  readonly since: MovingBound | undefined
  readonly until: MovingBound | undefined
}

/** Returns the cursor of a change on a page. */
export function cursorOfChange(position: number, ends: Ends, { after, before }: FeedCursors): FeedCursor {
  return {
    organizationId: ends.organizationId,
    below: position,
    above: position,
    forward: advance('forward', after?.forward ?? oldest(ends), position, ends.until),
    backward: advance('backward', before?.backward ?? newest(ends), position, ends.since),
  }
}

/**
 * Returns the cursor to continue forward from an empty page. `isWhole`: nothing was left out because of the page size.
 */
export function endOfNothing(ends: Ends, { after, before }: FeedCursors, isWhole = true): FeedCursor {
  const from = after?.forward ?? oldest(ends)
  const reached = Math.min(ends.feedPosition, ends.until?.settled ?? Infinity, (before?.above ?? Infinity) - 1)
  const forward = isWhole ? advance('forward', from, reached) : from
  return between(ends, forward.position, { forward })
}

/** Returns the cursor to continue backward from an empty page. */
export function startOfNothing(ends: Ends, { after, before }: FeedCursors, isWhole: boolean): FeedCursor {
  const from = before?.backward ?? newest(ends)
  const reached = Math.max(ends.prunedTo + 1, ends.since?.settled ?? 0, (after?.below ?? 0) + 1)
  const backward = isWhole ? advance('backward', from, reached) : from
  return between(ends, backward.position - 1, { backward })
}

const oldest = ({ prunedTo }: Ends): Progress => ({ position: prunedTo, steps: [] })
const newest = ({ feedPosition }: Ends): Progress => ({ position: feedPosition + 1, steps: [] })

/** Returns the cursor after this position and before the next. */
function between(
  { organizationId }: Ends,
  position: number,
  progress: { forward?: Progress; backward?: Progress },
): FeedCursor {
  return {
    organizationId,
    below: position,
    above: position + 1,
    forward: progress.forward ?? { position, steps: [] },
    backward: progress.backward ?? { position: position + 1, steps: [] },
  }
}

export function encodeFeedCursor({ organizationId, below, above, forward, backward }: FeedCursor): string {
  const isPlain = [forward, backward].every(({ position, steps }) => position === below && steps.length === 0)
  if (isPlain && above === below) return encodeCursor(order, [organizationId, below])
  return encodeCursor(order, [
    organizationId,
    below,
    above,
    forward.position,
    textOf(forward.steps),
    backward.position,
    textOf(backward.steps),
  ])
}

function decoded(argument: 'after' | 'before', cursor: string): FeedCursor {
  const [organizationId, below, ...rest] = decodeCursor(argument, cursor, order, plain, whole).map(positive)
  if (rest.length === 0) {
    const progress = { position: Number(below), steps: [] }
    return {
      organizationId: Number(organizationId),
      below: progress.position,
      above: progress.position,
      forward: progress,
      backward: progress,
    }
  }
  const [above, forwardPosition, forwardSteps, backwardPosition, backwardSteps] = rest
  return {
    organizationId: Number(organizationId),
    below: Number(below),
    above: Number(above),
    forward: { position: Number(forwardPosition), steps: stepsOf(argument, String(forwardSteps)) },
    backward: { position: Number(backwardPosition), steps: stepsOf(argument, String(backwardSteps)) },
  }
}

const positive = (value: CursorValue) => (typeof value === 'number' ? Math.max(0, value) : value)

const textOf = (steps: readonly Step[]) => steps.map(({ position, moment }) => `${position}@${moment}`).join(' ')

/**
 * Each step adds to every statement of the page and to every cursor on it, so a cursor never has more steps than the
 * server issues.
 */
function stepsOf(argument: string, text: string): Step[] {
  if (text === '') return []
  const damaged = () => userInputError(`\`${argument}\` is a damaged cursor; expected an unchanged cursor of a page`)
  const parts = text.split(' ', mostSteps + 1)
  if (parts.length > mostSteps) throw damaged()
  return parts.map((step) => {
    const [, position, moment = ''] = /^(\d{1,15})@(\S{20,40})$/.exec(step) ?? []
    try {
      return { position: Number(position), moment: parseMoment(moment) }
    } catch {
      throw damaged()
    }
  })
}
