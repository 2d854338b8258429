/**
 * Limits the number of mutations that a caller can have in progress in this process, including those that wait for
 * another write.
 */
import { GraphQLError } from 'graphql'

export interface WriteLimit {
  /**
   * Counts a mutation until the returned function is called. Throws LIMIT_EXCEEDED if the caller has reached its limit.
   */
  enter(caller: string): () => void
}

/** The context of an operation if writes are limited. */
export interface WithWriteLimit {
  readonly writeLimit?: WriteLimit
}

export function openWriteLimit(writesPerCaller: number): WriteLimit {
  const underWay = new Map<string, number>()
  return {
    enter(caller) {
      const count = underWay.get(caller) ?? 0
      if (count >= writesPerCaller) throw tooManyWrites(writesPerCaller)
      underWay.set(caller, count + 1)
      return () => {
        const left = (underWay.get(caller) ?? 1) - 1
        if (left > 0) underWay.set(caller, left)
        else underWay.delete(caller)
      }
    },
  }
}

function tooManyWrites(limit: number): GraphQLError {
  const message =
    `This caller exceeds the limit of ${limit} concurrent mutations. Wait for earlier mutations to finish, ` +
    'then retry.'
  return new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED', limit: 'writesPerCaller' } })
}
