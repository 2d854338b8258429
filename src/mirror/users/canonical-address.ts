import { addressKey } from '../address.ts'
import type { Sql } from '../../db/database.ts'

/**
 * Returns the address as the vendor spells it: that of the live user in the mirror, or the given spelling. Used for
 * requests to the vendor, whose paths may be case-sensitive although this API is not.
 */
export async function spelledAsKnown(sql: Sql, organizationId: number, primaryEmail: string): Promise<string> {
  const [row] = await sql<{ spelled: string }[]>`
    select primary_email as spelled from users
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
  return row?.spelled ?? primaryEmail
}
