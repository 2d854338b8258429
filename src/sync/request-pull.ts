import type { DeclareOutcome } from '../mirror/declare-gone.ts'

/** Begins a complete pull now, or joins the one under way: the pull's id either way. The worker's next tick takes it up. */
export type StartPull = (organizationId: number) => Promise<number>

/** Decides about a quarantined pull's deletions. */
export type ResolveQuarantine = (pullId: number, accept: boolean) => Promise<'DONE' | 'NOT_FOUND' | 'NOT_QUARANTINED'>

/** Ends a user that pulls have put off, on a person's word. */
export type DeclareGone = (userId: number, actor: string) => Promise<DeclareOutcome>
