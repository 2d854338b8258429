/** Bounds the mutations that one caller has under way in this process, those included that wait for another write. */
import { GraphQLError } from 'graphql'

export interface WriteLimit {
  /** Counts a mutation until the function given back is called. Throws LIMIT_EXCEEDED where the caller has as many as it may. */
  enter(caller: string): () => void
}

/** What the context of an operation has where writes are bounded. */
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
  const message = `This caller exceeds the limit of ${limit} mutations under way at once. Wait for the answers of earlier ones, then retry.`
  return new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED', limit: 'writesPerCaller' } })
}
