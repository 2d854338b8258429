/** Reads one user from the vendor now, for somebody who waits for it. */
export type RefreshUser = (request: {
  organizationId: number
  primaryEmail: string
  actor: string
  signal?: AbortSignal
}) => Promise<RefreshOutcome>

export type RefreshOutcome =
  /** `changed`: the names of the GraphQL fields of User that became different; all that it has, for a user new to the mirror. */
  | { outcome: 'READ'; userId: number; changed: string[] }
  /** The vendor has no such user; where the mirror had one, it is a tombstone now. */
  | { outcome: 'NOT_FOUND' }
  | { outcome: 'BUDGET_EXHAUSTED'; retryAt: string }
  | { outcome: 'VENDOR_FAILURE'; message: string; status: number | null }
