/** A change of a user in the vendor's terms, and its effect on the vendor's copy. Pure. */

import { addressKey } from '../../addresses/address-key.ts'
import { roleName } from '../../mirror/role-name.ts'
import { type WritableField, writableFields } from '../../mirror/users/profile.ts'
import { entryText } from '../../vendor/wire/lists.ts'
import type { JsonObject, WireUser } from '../../vendor/wire/wire.ts'

/** The vendor's values of the fields that a write can set. */
type VendorFields = { readonly [Field in WritableField]?: WireUser[Field] }

/** An absent field does not change; null clears the value. */
export interface VendorPatch extends VendorFields {
  readonly roles?: ListChange | null
  readonly aliases?: ListChange | null
  /** Whether the vendor bills the account. */
  readonly billable?: boolean
  /** Not readable, so a PUT contains it only if it was given. */
  readonly password?: string
}

export type ListChange =
  | { readonly set: readonly string[] }
  | { readonly add: readonly string[]; readonly remove: readonly string[] }

export const listFields = ['roles', 'aliases'] as const
export type ListField = (typeof listFields)[number]

/** Fields that the system sets. A PUT omits them. */
const systemFields: ReadonlySet<string> = new Set(['primaryEmail', 'type', 'createdAt', 'updatedAt'])

/** Returns the body of a PUT: everything that was read, unknown fields included, with the patch applied. */
export function mergePatch(raw: JsonObject, patch: VendorPatch): JsonObject {
  const kept = Object.entries(raw).filter(([field]) => !systemFields.has(field))
  return Object.fromEntries([...kept, ...changesOf(raw, patch)])
}

/** Returns the lists that the patch adds to or removes from, and that the vendor's answer does not contain. */
export function unknownLists(raw: JsonObject, patch: VendorPatch): ListField[] {
  return listFields.filter((field) => {
    const change = patch[field]
    return change != null && !('set' in change) && !Array.isArray(raw[field])
  })
}

/** Returns the fields that are empty after the patch. */
export function clearedBy(patch: VendorPatch) {
  const scalars = writableFields.filter((field) => patch[field] === null)
  return [...scalars, ...listFields.filter((field) => isCleared(patch[field]))]
}

/** Returns whether the change leaves the list empty. */
export function isCleared(change: ListChange | null | undefined): boolean {
  return change === null || (change !== undefined && 'set' in change && change.set.length === 0)
}

/** Returns the identity of a list entry: the key of the address, or the documented name of the role. */
export function keyOf(field: ListField, entry: unknown): unknown {
  const text = entryText(field, entry)
  if (text === undefined) return entry
  return field === 'aliases' ? addressKey(text) : roleName(text)
}

function changesOf(raw: JsonObject, patch: VendorPatch): [string, unknown][] {
  const scalars = [...writableFields, 'billable' as const, 'password' as const].flatMap((field): [string, unknown][] =>
    patch[field] === undefined ? [] : [[field, patch[field]]],
  )
  const lists = listFields.flatMap((field): [string, unknown][] => {
    const change = patch[field]
    return change === undefined ? [] : [[field, change === null ? null : listAfter(field, raw[field], change)]]
  })
  return [...scalars, ...lists]
}

/** Keeps the order and the spelling of entries. Adding an existing entry or removing an absent one has no effect. */
function listAfter(field: ListField, before: unknown, change: ListChange): unknown[] {
  const entries: readonly unknown[] = Array.isArray(before) ? before : []
  const key = keyOfObjects(field, entries)
  const inForm = (text: string) => (key === undefined ? text : { [key]: text })
  if ('set' in change) {
    if (key === undefined) return [...change.set]
    const held = new Map(entries.map((entry) => [keyOf(field, entry), entry]))
    return change.set.map((text) => held.get(keyOf(field, text)) ?? inForm(text))
  }
  const removed = new Set(change.remove.map((entry) => keyOf(field, entry)))
  const kept = entries.filter((entry) => !removed.has(keyOf(field, entry)))
  const present = new Set(kept.map((entry) => keyOf(field, entry)))
  return [...kept, ...change.add.filter((text) => !present.has(keyOf(field, text))).map(inForm)]
}

/**
 * Returns the property that identifies an entry in a list of objects, so that new entries get the same form. Undefined
 * for a list of strings.
 */
function keyOfObjects(field: ListField, entries: readonly unknown[]): string | undefined {
  const [first] = entries
  if (first === undefined || entries.some((entry) => typeof entry !== 'object' || entry === null)) return undefined
  const text = entryText(field, first)
  return Object.entries(first as JsonObject).find(([, value]) => value === text)?.[0]
}
