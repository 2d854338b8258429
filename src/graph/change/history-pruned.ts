import { GraphQLError } from 'graphql'

/**
 * The error for a query that reaches back beyond the retained history. It is rejected because the remaining data would
 * be a wrong answer. `historyFrom`: the start of the complete history.
 */
export function historyPruned(message: string, historyFrom: string): GraphQLError {
  return new GraphQLError(`${message}; history is complete since ${historyFrom}`, {
    extensions: { code: 'HISTORY_PRUNED', historyFrom },
  })
}
