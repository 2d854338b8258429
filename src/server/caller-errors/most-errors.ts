import { GraphQLError } from 'graphql'

/** Per response. */
export const mostErrors = 100

export const tooManyErrors = 'TOO_MANY_ERRORS'

/**
 * The error that follows the last one shown. `count`: how many are omitted; undefined if the check stopped before it
 * knew.
 */
export function unshown(count?: number): GraphQLError {
  const message =
    count === undefined
      ? `More than ${mostErrors} errors; the check stopped there`
      : `${count} more ${count === 1 ? 'error is' : 'errors are'} not shown; an answer holds at most ${mostErrors}`
  return new GraphQLError(message, {
    extensions: { code: tooManyErrors, ...(count === undefined ? {} : { notShown: count }) },
  })
}
