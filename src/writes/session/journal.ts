import { z } from 'zod'
import { carried } from '../vendor/carried-fields.ts'

/**
 * Records the requests that a write sent, so that a process that continues after a crash knows what to settle by
 * reading before it sends anything.
 */
export interface Journal {
  /** The steps that an earlier process sent. */
  readonly sentBefore: readonly string[]
  /** The state of a step that this process or an earlier one sent; undefined if it was not sent, or was withdrawn. */
  before(step: string): { readonly facts: StepFacts; readonly done: boolean } | undefined
  /** Resolves once the step is stored. Rejects if another process has taken over the write. */
  sending(step: string, facts: StepFacts): Promise<void>
  /** Records that the step was certainly not carried out, and may be sent again: as if it had never been sent. */
  withdraw(step: string): Promise<void>
  /** `facts` are added to those that the step was sent with. */
  done(step: string, facts?: StepFacts): Promise<void>
  /**
   * Records that the vendor accepted the step and shows nothing of it. Its outcome is unknown again, so a reading must
   * settle it.
   */
  doubt(step: string): Promise<void>
}

/** The state before the step that settling needs. Contains none of the user's values. */
export const stepFacts = z
  .object({
    /** The id, in the mirror, of the account that existed. */
    userId: z.number().nullable(),
    /** When that account was created, according to the vendor. */
    createdAt: z.string().nullable(),
    /** The vendor's own number of that account. */
    vendorId: z.string(),
    /**
     * The version of the account that the step was sent for: a digest of the vendor's complete answer, and the time of
     * the last change.
     */
    digest: z.string(),
    lastChange: z.string().nullable(),
    /** The role of an account that is made a functional one, and whether it was billed: the way back. */
    former: z
      .object({ role: z.string(), billable: z.boolean().nullable(), vendorId: z.string().nullable() })
      .readonly(),
    /** The groups that the account was in, by their ids in the mirror. */
    groupIds: z.array(z.number()).readonly(),
    /** The values that a PUT sent back unchanged. */
    carried,
    /** Those values were compared with a copy that shows the PUT. The PUT did not cause later differences. */
    compared: z.boolean(),
    /** Whether a reading can prove that the step was carried out. */
    telling: z.boolean(),
    /** The vendor itself confirmed the step. Without this, a reading settled it. */
    answered: z.boolean(),
    /** The vendor confirmed the step, and a later reading showed nothing of it. */
    unseen: z.boolean(),
  })
  .partial()
  .readonly()

export type StepFacts = z.infer<typeof stepFacts>

/** The journal of a write that no other process continues. */
export const noJournal: Journal = {
  sentBefore: [],
  before: () => undefined,
  sending: async () => {},
  withdraw: async () => {},
  done: async () => {},
  doubt: async () => {},
}
