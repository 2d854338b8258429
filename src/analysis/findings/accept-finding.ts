import type { Sql } from '../../db/database.ts'

interface Acceptance {
  readonly findingId: number
  readonly reason: string
  /** ISO 8601. */
  readonly until: string
  readonly actor: string
}

/** NOT_OPEN: the finding does not exist, or is resolved. */
export type Accepted = 'ACCEPTED' | 'NOT_OPEN'

/**
 * Accepts an open finding until a time. A later acceptance replaces an earlier one. The finding is still evaluated, and
 * the acceptance ends early if it changes.
 */
export async function acceptFinding(sql: Sql, { findingId, reason, until, actor }: Acceptance): Promise<Accepted> {
  const { count } = await sql`
    update findings set accepted_until = ${until}, accepted_at = clock_timestamp(), accepted_by = ${actor},
      accepted_reason = ${reason}
    where id = ${findingId} and resolved_at is null`
  return count === 0 ? 'NOT_OPEN' : 'ACCEPTED'
}
