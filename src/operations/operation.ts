import { parseStored } from '../db/stored-json.ts'
import { type WriteFailure, writeFailure } from '../writes/failure.ts'
import type { Waiting } from './runner/waiting-step.ts'

/**
 * An operation is stored as rows: the operation, an item for each user, and a step for each request that changes
 * something. A process claims one item at a time with a lease and journals each step before the request is sent and
 * after it is answered. It can be killed at any moment: another process continues the item where its journal ends.
 *
 * An item is QUEUED, then RUNNING, then SUCCEEDED or FAILED. An item that was cancelled before it began is SKIPPED. A
 * RUNNING item without a holder waits to be claimed again: its process was killed, the vendor was unavailable, or the
 * vendor does not show an accepted write yet (waiting-step.ts). An operation ends with its last item.
 */

export type OperationKind = 'ONBOARDING' | 'DEPROVISIONING' | 'EMAIL_CHANGE'

/** An item that this process has claimed. */
export interface ClaimedItem {
  readonly id: number
  readonly operationId: number
  readonly organizationId: number
  readonly kind: OperationKind
  readonly createdBy: string
  /** Identifies the lease. */
  readonly holder: string
  readonly primaryEmail: string
  /** As validated when the operation began, without the password. Parsed by `ItemRun.input`. */
  readonly input: unknown
  /** Encrypted. */
  readonly password: string | null
  /** Null if an item of an older version does not record it. */
  readonly passwordGiven: boolean | null
  readonly snapshot: string | null
  readonly attempts: number
  /** The state of the current wait, which an earlier attempt began. */
  readonly waiting: Waiting | undefined
  /** Why the item's completed steps are being undone. Parsed by `storedFailure`. */
  readonly failure: unknown
}

/** Returns a failure from an item's row. Throws a MalformedRowError if the row does not hold one. */
export function storedFailure(failure: unknown, itemId: number): WriteFailure | null {
  return parseStored(writeFailure.nullable(), failure, { column: 'operation_items.failure', of: `item ${itemId}` })
}

/** The step after which an item is never undone, even if the step may not have been carried out. */
export const pointOfNoReturn: Record<OperationKind, string | undefined> = {
  ONBOARDING: undefined,
  EMAIL_CHANGE: 'old delete',
  DEPROVISIONING: undefined,
}

/** Returns the context that a password is sealed with, so that no other sealed value can replace it. */
export function passwordOf(operationId: number, primaryEmail: string): string {
  return `password of operation ${operationId} for ${primaryEmail}`
}
