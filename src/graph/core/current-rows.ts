/**
 * The conditions for live rows. All readers use these, on table names without a schema: for a past moment, the search
 * path replaces the tables, and the same conditions hold for that moment.
 */
import { type Column, isNull, type SQL } from 'drizzle-orm'

/** For users and groups. */
export function isAlive(table: { readonly deletedAt: Column }): SQL {
  return isNull(table.deletedAt)
}

/** For aliases, memberships and role grants. */
export function isStanding(table: { readonly validTo: Column }): SQL {
  return isNull(table.validTo)
}
