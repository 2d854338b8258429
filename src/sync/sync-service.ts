import type { DeclareOutcome } from '../mirror/pulls/declare-gone.ts'
import type { RefreshUser } from './point-read/refresh-user.ts'

/** Starts a complete pull, or joins the running one. Resolves to the pull's id. The worker's next tick continues it. */
export type StartPull = (organizationId: number) => Promise<number>

/** Accepts or discards the changes of a quarantined pull. */
export type ResolveQuarantine = (pullId: number, accept: boolean) => Promise<'DONE' | 'NOT_FOUND' | 'NOT_QUARANTINED'>

/** Deletes a user that pulls have deferred, on the decision of a person. */
export type DeclareGone = (userId: number, actor: string) => Promise<DeclareOutcome>

/** Functions of the sync that the graph may call. */

export interface SyncVerbs {
  readonly refreshUser: RefreshUser
  readonly startPull: StartPull
  readonly resolveQuarantine: ResolveQuarantine
  readonly declareGone: DeclareGone
}
