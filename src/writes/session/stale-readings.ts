/** Detects readings that lack a recent write that the vendor accepted: a vendor may show its own writes late. */

import type { Sql } from '../../db/database.ts'
import type { UserReading } from '../../sync/point-read/read-user.ts'
import { readRecentWrites, showsWrites } from '../../sync/point-read/recent-writes.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import type { Step } from './step.ts'

interface UserKey {
  readonly sql: Sql
  readonly organizationId: number
  readonly primaryEmail: string
}

/** Returns whether a copy shows the last write that the vendor accepted, or is newer. */
export async function isUpToDate(
  { sql, organizationId, primaryEmail }: UserKey,
  reading: UserReading,
): Promise<boolean> {
  const recent = await readRecentWrites(sql, organizationId, primaryEmail)
  return showsWrites(recent, copyIn(reading))
}

/**
 * Returns whether the latest reading may show the state before an earlier write that the step reverts: neither it nor
 * the reading before the step shows that write. For example, the removal from a group that the user has just joined.
 * Accounts are recognized by their own proofs.
 */
export async function mayPredate(
  { sql, organizationId, primaryEmail }: UserKey,
  { writes }: Step,
  before: UserReading | undefined,
  latest: UserReading | undefined,
): Promise<boolean> {
  if (!writes || !latest) return false
  const fields = new Set(writes.fields.map(({ field }) => field))
  const recent = await readRecentWrites(sql, organizationId, primaryEmail)
  const earlier = recent.filter(({ field }) => field !== 'account' && fields.has(field))
  return [before, latest].every((reading) => !reading || !showsWrites(earlier, copyIn(reading)))
}

export function copyIn(reading: UserReading): WireUser | undefined {
  return reading.found ? reading.wire : undefined
}
