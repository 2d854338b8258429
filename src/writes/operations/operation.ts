/**
 * An operation is rows: itself, an item for each user that it is about, and a step for each request that changes something. Whoever
 * works on it takes one item at a time by a lease, puts each step down before it is sent and after it was answered, and may be killed at
 * any moment: the item is taken up again where its journal ends.
 *
 * An item is QUEUED, then RUNNING, then SUCCEEDED, FAILED or, where it was cancelled before it began, SKIPPED. A RUNNING item without a
 * holder waits to be taken up again: its process was killed, the vendor was away, or it does not show yet what it accepted (waiting-step.ts). An operation ends with its last item.
 */
import type { JsonObject } from '../../essentials/wire.ts'
import type { WriteFailure } from '../failure.ts'
import type { Waiting } from './waiting-step.ts'

export type OperationKind = 'ONBOARDING' | 'DEPROVISIONING' | 'EMAIL_CHANGE'

/** An item that this process works on. */
export interface ClaimedItem {
  readonly id: number
  readonly operationId: number
  readonly organizationId: number
  readonly kind: OperationKind
  readonly createdBy: string
  /** Names the lease. */
  readonly holder: string
  readonly primaryEmail: string
  /** As it was checked when the operation began; without a password. */
  readonly input: JsonObject
  /** Sealed. */
  readonly password: string | null
  /** Null in items of older versions where nothing tells. */
  readonly passwordGiven: boolean | null
  readonly snapshot: string | null
  readonly attempts: number
  /** What it waits for since an earlier attempt. */
  readonly waiting: Waiting | undefined
  /** Why what was done of it is being undone. */
  readonly failure: WriteFailure | null
}

/** The step after which an item is never undone, even if the step may not have been carried out. */
export const pointOfNoReturn: Record<OperationKind, string | undefined> = {
  ONBOARDING: undefined,
  EMAIL_CHANGE: 'old delete',
  DEPROVISIONING: undefined,
}

/** What a password is sealed as: nothing else can be opened in its place. */
export function passwordOf(operationId: number, primaryEmail: string): string {
  return `password of operation ${operationId} for ${primaryEmail}`
}
