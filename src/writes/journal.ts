import type { Carried } from './carried.ts'

/** What of a write was sent, so that one who comes after a crash knows what to settle by reading before anything is sent again. */
export interface Journal {
  /** The steps that a process before this one had sent. */
  readonly sentBefore: readonly string[]
  /** How far a step has come, in this process or the one before; undefined: it was not sent, or was withdrawn. */
  before(step: string): { readonly facts: StepFacts; readonly done: boolean } | undefined
  /** Resolves once it is kept. Rejects where another process has taken the write over. */
  sending(step: string, facts: StepFacts): Promise<void>
  /** It certainly was not carried out, and may be later: as if it had not been sent. */
  withdraw(step: string): Promise<void>
  /** `facts` are added to those that the step was sent with. */
  done(step: string, facts?: StepFacts): Promise<void>
  /** The vendor accepted it and shows nothing of it: its outcome is unknown again, so that a reading has to settle it. */
  doubt(step: string): Promise<void>
}

/** What settling needs to know of the time before the step. No values of the user's. */
export interface StepFacts {
  /** The id, in the mirror, of the account that was there. */
  readonly userId?: number | null
  /** When that account was created, by the vendor's word. */
  readonly createdAt?: string | null
  /** The version of it that the step was sent for: a digest of all that the vendor answered, and the time of the last change. */
  readonly digest?: string
  readonly lastChange?: string | null
  /** The groups that the account was in, by their ids in the mirror. */
  readonly groupIds?: readonly number[]
  /** What a PUT sent back unchanged. */
  readonly carried?: Carried
  /** That was compared with a copy which shows the PUT: what differs from then on is not its doing. */
  readonly compared?: boolean
  /** Whether a reading can tell that the step was carried out. */
  readonly telling?: boolean
  /** The vendor itself confirmed it; without this, a reading settled it. */
  readonly answered?: boolean
  /** The vendor confirmed it, and a reading after that showed nothing of it. */
  readonly unseen?: boolean
}

/** Of a write that nobody will take over. */
export const noJournal: Journal = {
  sentBefore: [],
  before: () => undefined,
  sending: async () => {},
  withdraw: async () => {},
  done: async () => {},
  doubt: async () => {},
}
