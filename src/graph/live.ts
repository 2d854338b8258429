/**
 * What is live. Every reader says it through these, in Drizzle's relational form or in SQL, over tables named without a schema:
 * where a search path puts the rows of another moment in their place, the same conditions hold for that moment.
 */
import { type Column, isNull, type SQL } from 'drizzle-orm'

/** Of users and groups. */
export const alive = { deletedAt: { isNull: true } } as const

/** Of aliases, memberships and role grants. */
export const standing = { validTo: { isNull: true } } as const

export function isAlive(table: { readonly deletedAt: Column }): SQL {
  return isNull(table.deletedAt)
}

export function isStanding(table: { readonly validTo: Column }): SQL {
  return isNull(table.validTo)
}
