import { addressKey } from './address.ts'
import type { Sql } from './database.ts'

/**
 * The address as the vendor spells it: that of the live user whom the mirror has there, else as it is given. For what the vendor is
 * asked, since its paths may regard letter case and our callers need not.
 */
export async function spelledAsKnown(sql: Sql, organizationId: number, primaryEmail: string): Promise<string> {
  const [row] = await sql<{ spelled: string }[]>`
    select primary_email as spelled from users
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
  return row?.spelled ?? primaryEmail
}
