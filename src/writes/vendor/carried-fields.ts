/**
 * Stores digests of the values that a PUT sent back unchanged, so that a later reading can detect losses. The journal
 * never stores the user's values. Pure.
 */

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonical, writableFields } from '../../mirror/users/profile.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { keyOf, listFields, type VendorPatch } from './merge-patch.ts'

export const carried = z
  .object({
    scalars: z.record(z.string(), z.string()).readonly(),
    lists: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
    /** The fields that this client does not know or cannot read, and that held a value. */
    others: z.array(z.string()).readonly(),
    /** Entries of `groups` that the mirror could not resolve to one group. */
    groups: z.array(z.string()).readonly().exactOptional(),
    /** The status, if its value is unrecognized. */
    word: z.string().exactOptional(),
  })
  .readonly()

export type Carried = z.infer<typeof carried>

const read = [...writableFields, ...listFields, 'billable', 'groups'] as const
const scalarFields = [...writableFields, 'billable'] as const
const systemFields: ReadonlySet<string> = new Set(['primaryEmail', 'type', 'createdAt', 'updatedAt'])

/** The kind of an account decides whether it is billed, so the vendor may change that along with the kind. */
export function changesBilling(patch: VendorPatch): boolean {
  return patch.billable !== undefined || patch.roles !== undefined || patch.status !== undefined
}

/** Returns whether the mirror stores the field and can read it in this copy. */
export function isReadable(field: string, copy: WireUser): boolean {
  const name = read.find((one) => one === field)
  if (name === 'status' && copy.unrecognized?.status !== undefined) return false
  return systemFields.has(field) || (name !== undefined && copy[name] !== undefined)
}

/** `unresolved`: entries of `groups` that the mirror cannot resolve to one group. */
export function carriedIn(copy: WireUser, unresolved: readonly string[] = []): Carried {
  const scalars = scalarFields.filter((field) => copy[field] != null).map((field) => [field, digest(copy[field])])
  const lists = listFields.map((field) => [field, (copy[field] ?? []).map((one) => digest(keyOf(field, one)))])
  const word = copy.unrecognized?.status
  const others = Object.entries(copy.raw).filter(([field, value]) => !isReadable(field, copy) && !isEmpty(value))
  return {
    scalars: Object.fromEntries(scalars),
    lists: Object.fromEntries(lists),
    others: others.map(([field]) => field),
    ...(unresolved.length > 0 && { groups: unresolved.map(digest) }),
    ...(word !== undefined && { word: digest(word) }),
  }
}

/**
 * Returns the fields outside the patch that no longer hold the carried values. Lists may grow. `isImmediate`: the copy was
 * read right after the PUT, so that another value is the vendor's doing. Later, another client may have set it, and only
 * a value that is gone counts.
 */
export function lostOf(carried: Carried, patch: VendorPatch, copy: WireUser, isImmediate: boolean): string[] {
  const scalars = scalarFields.filter((field) => {
    const before = carried.scalars[field]
    if (before === undefined || (field === 'billable' && changesBilling(patch))) return false
    return isImmediate ? before !== digest(copy[field] ?? null) : copy[field] == null
  })
  const lists = listFields.filter((field) => {
    const has = new Set((copy[field] ?? []).map((one) => digest(keyOf(field, one))))
    return carried.lists[field]?.some((one) => !has.has(one)) ?? false
  })
  const others = carried.others.filter((field) => !Object.hasOwn(copy.raw, field) || isEmpty(copy.raw[field]))
  return [...scalars, ...lists, ...others].filter((field) => !(field in patch))
}

/** Returns whether the copy has the unrecognized status that the PUT carried. */
export function hasCarriedWord(carried: Carried | undefined, { unrecognized }: WireUser): boolean {
  return unrecognized?.status !== undefined && carried?.word === digest(unrecognized.status)
}

/**
 * Returns whether the copy lists the user's groups, but lacks an entry that the mirror could not resolve to one group.
 */
export function lacksUnresolved({ groups = [] }: Carried, copy: WireUser): boolean {
  const shown = copy.groups ?? (isEmpty(copy.raw.groups) ? [] : undefined)
  const has = new Set(shown?.map(digest))
  return shown !== undefined && groups.some((one) => !has.has(one))
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url').slice(0, 22)
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0
}
