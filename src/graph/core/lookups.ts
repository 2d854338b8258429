/**
 * Fields that look up a list of IDs or references report each invalid entry as an error at its own position. The
 * executor creates every error anew, so thousands of them would block the process: only the first errors of a list are
 * returned, and one more error counts the rest.
 */
import type { GraphQLResolveInfo, ResponsePath } from 'graphql'
import { GraphQLError } from 'graphql'
import { userInputError } from './user-input-error.ts'

/** Per operation, across all of its fields. */
export const mostLookups = 5_000
/** The maximum number of errors in a response. */
const mostErrors = 100

export function tooManyLookups(): GraphQLError {
  return new GraphQLError(`The operation exceeds the limit of ${mostLookups} IDs and references to look up`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'lookups' },
  })
}

/**
 * Returns the list with errors at their own positions. Errors after the first hundred become null, except for the last,
 * which counts them.
 */
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
    const counted = userInputError(`${rest} more entries of the list are invalid; their errors are not shown`, {
      notShown: rest,
    })
    placed[last] = placedError(counted, info, last)
  }
  return placed
}

/** The executor keeps an error that already has a path. */
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
