/**
 * Fields that look up a list of ids or references, in which each wrong one is an error at its own place. The executor makes every error anew,
 * so that thousands of them would stop the process: the list's first wrong entries have an error each, and one more counts the rest.
 */
import type { GraphQLResolveInfo, ResponsePath } from 'graphql'
import { GraphQLError } from 'graphql'
import { badInput } from './bad-input.ts'
import type { GraphContext } from './context.ts'

/** Of one operation, over all of its fields. */
export const mostLookups = 5_000
/** As many as an answer shows. */
const mostErrors = 100

/** Counts lookups against what the operation may still do. Throws where they are too many. */
export function takeLookups({ lookups }: GraphContext, count: number): void {
  lookups.left -= count
  if (lookups.left >= 0) return
  throw new GraphQLError(`The operation exceeds the limit of ${mostLookups} ids and references to look up`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'lookups' },
  })
}

/** The list with its errors at their own places. Those after the first hundred are null, but for the last one, which counts them. */
export function withPlacedErrors<Entry extends object>(
  entries: readonly (Entry | Error | null | undefined)[],
  info: GraphQLResolveInfo,
): (Entry | Error | null | undefined)[] {
  let errors = 0
  let last = 0
  const placed = entries.map((entry, index) => {
    if (!(entry instanceof Error)) return entry
    errors += 1
    last = index
    if (!(entry instanceof GraphQLError)) return entry
    return errors > mostErrors ? null : placedError(entry, info, index)
  })
  const rest = errors - mostErrors
  if (rest > 0) {
    const counted = badInput(`${rest} more entries of the list are wrong; their errors are not shown`, {
      notShown: rest,
    })
    placed[last] = placedError(counted, info, last)
  }
  return placed
}

/** The executor takes an error that has a path as it is. */
function placedError({ message, extensions }: GraphQLError, info: GraphQLResolveInfo, index: number): GraphQLError {
  const path = [...keysOf(info.path), index]
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return new GraphQLError(message, { nodes: info.fieldNodes, path, extensions })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function keysOf(path: ResponsePath): (string | number)[] {
  const keys: (string | number)[] = []
  for (let place: ResponsePath | undefined = path; place; place = place.prev) keys.unshift(place.key)
  return keys
}
