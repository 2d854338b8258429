import { GraphQLError } from 'graphql'
import type { Scope, Viewer } from './context.ts'

/** Throws FORBIDDEN where the caller's token lacks the right. */
export function checkRight(viewer: Viewer, scope: Scope): void {
  if (viewer.scopes.has(scope)) return
  throw new GraphQLError(`This needs a token with the right "${scope}"`, { extensions: { code: 'FORBIDDEN', scope } })
}
