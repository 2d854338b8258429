/**
 * The baseline of an organization: what the mirror found when it began to read. Its changes are in the feed, so that a
 * reader who replays it gets the whole mirror, but nothing changed at the vendor. A change is of the baseline if the
 * mirror reads something for the first time that existed before the first pull was complete:
 * - A user or a group that is first seen before the first complete pull, with its roles, aliases and groups. A pull
 *   that fails or is resumed, and a point read in between, do not end the baseline.
 * - A field or a list that is first read of such a user, at any time.
 * Not of the baseline: an account that this system created meanwhile; a difference to an earlier reading; everything
 * about users that are first seen later.
 */
import { createHash } from 'node:crypto'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { canonical } from '../users/profile.ts'

/** The digest of an existing account in `recent_writes` (recent-writes.ts). */
const exists = createHash('sha256').update(canonical(true)).digest('base64url')

/** Returns those of the addresses, as keys, at which this system has just created an account. */
export async function createdHere(
  tx: Transaction,
  organizationId: number,
  addressKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  if (addressKeys.length === 0) return new Set()
  const rows = await tx<{ key: string }[]>`
    select address_key as key from recent_writes
    where organization_id = ${organizationId} and field = 'account' and expected = ${exists}
      and address_key = any(${array(addressKeys)}::text[])`
  return new Set(rows.map(({ key }) => key))
}
