/**
 * What a PUT sent back unchanged, as digests, so that a later reading can tell what it lost: the journal keeps no values of the user's. Pure.
 */
import { createHash } from 'node:crypto'
import type { WireUser } from '../essentials/wire.ts'
import { canonical } from '../mirror/profile.ts'
import { keyOf, listFields, scalarFields, type VendorPatch } from './merge-patch.ts'

export interface Carried {
  readonly scalars: { readonly [field: string]: string }
  readonly lists: { readonly [field: string]: readonly string[] }
  /** The fields that nobody here knows, and that held something. */
  readonly others: readonly string[]
}

const apart: ReadonlySet<string> = new Set([
  ...scalarFields,
  ...listFields,
  'groups',
  'primaryEmail',
  'type',
  'createdAt',
  'updatedAt',
])

export function carriedIn(copy: WireUser): Carried {
  const scalars = scalarFields.filter((field) => copy[field] != null).map((field) => [field, digest(copy[field])])
  const lists = listFields.map((field) => [field, (copy[field] ?? []).map((one) => digest(keyOf(field, one)))])
  const others = Object.entries(copy.raw).filter(([field, value]) => !apart.has(field) && !isEmpty(value))
  return {
    scalars: Object.fromEntries(scalars),
    lists: Object.fromEntries(lists),
    others: others.map(([field]) => field),
  }
}

/** The fields, other than those that the patch sets, that the copy no longer holds as they were carried. Lists may grow. */
export function lostOf(carried: Carried, patch: VendorPatch, copy: WireUser): string[] {
  const scalars = scalarFields.filter((field) => {
    const before = carried.scalars[field]
    return before !== undefined && before !== digest(copy[field] ?? null)
  })
  const lists = listFields.filter((field) => {
    const has = new Set((copy[field] ?? []).map((one) => digest(keyOf(field, one))))
    return carried.lists[field]?.some((one) => !has.has(one)) ?? false
  })
  const others = carried.others.filter((field) => !Object.hasOwn(copy.raw, field) || isEmpty(copy.raw[field]))
  return [...scalars, ...lists, ...others].filter((field) => !(field in patch))
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url').slice(0, 22)
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0
}
