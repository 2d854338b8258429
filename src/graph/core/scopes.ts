import { GraphQLError } from 'graphql'
import type { Scope, Viewer } from '../context.ts'

/** Throws FORBIDDEN if the caller's token lacks the scope. */
export function requireScope(viewer: Viewer, scope: Scope): void {
  if (viewer.scopes.has(scope)) return
  throw new GraphQLError(`This operation requires a token with the scope "${scope}"`, {
    extensions: { code: 'FORBIDDEN', scope },
  })
}
