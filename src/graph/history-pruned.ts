import { GraphQLError } from 'graphql'

/**
 * The error for a question that reaches back beyond what is kept: it is refused, for what is left would be a wrong answer.
 * `historyFrom`: since when history is kept whole.
 */
export function historyPruned(message: string, historyFrom: string): GraphQLError {
  return new GraphQLError(`${message}; history is kept whole since ${historyFrom}`, {
    extensions: { code: 'HISTORY_PRUNED', historyFrom },
  })
}
