/** Functions of the sync that the graph may call. */
import type { RefreshUser } from './point-read/refresh-user.ts'
import type { DeclareGone, ResolveQuarantine, StartPull } from './request-pull.ts'

export interface SyncVerbs {
  readonly refreshUser: RefreshUser
  readonly startPull: StartPull
  readonly resolveQuarantine: ResolveQuarantine
  readonly declareGone: DeclareGone
}
