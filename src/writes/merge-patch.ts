/** A change of a user in the vendor's words, and what the vendor's copy becomes by it. Pure. */
import type { JsonObject } from '../essentials/wire.ts'
import { entryText } from '../essentials/wire-lists.ts'
import { addressKey } from '../mirror/address.ts'
import { roleName } from '../mirror/role-name.ts'

/** A field that is absent stays as it is; null takes away what it holds. */
export interface VendorPatch {
  readonly firstName?: string | null
  readonly lastName?: string | null
  readonly mailboxSize?: number | null
  readonly spamPolicy?: unknown
  readonly status?: 'active' | 'inactive' | null
  readonly roles?: ListChange | null
  readonly aliases?: ListChange | null
  /** Cannot be read, so it stands in a PUT only where it is given. */
  readonly password?: string
}

export type ListChange =
  | { readonly set: readonly string[] }
  | { readonly add: readonly string[]; readonly remove: readonly string[] }

export const scalarFields = ['firstName', 'lastName', 'mailboxSize', 'spamPolicy', 'status'] as const
export const listFields = ['roles', 'aliases'] as const
export type ListField = (typeof listFields)[number]

/** What the system sets, which a PUT leaves out. */
const systemFields: ReadonlySet<string> = new Set(['primaryEmail', 'type', 'createdAt', 'updatedAt'])

/** All that the read returned, those fields included that nobody here knows, with the patch in it: the body of a PUT. */
export function mergePatch(raw: JsonObject, patch: VendorPatch): JsonObject {
  const kept = Object.entries(raw).filter(([field]) => !systemFields.has(field))
  return Object.fromEntries([...kept, ...changesOf(raw, patch)])
}

/** The lists that entries are to be put into or taken from, and of which the vendor's answer says nothing. */
export function unknownLists(raw: JsonObject, patch: VendorPatch): ListField[] {
  return listFields.filter((field) => {
    const change = patch[field]
    return change != null && !('set' in change) && !Array.isArray(raw[field])
  })
}

/** The fields that hold nothing once the patch is in. */
export function clearedBy(patch: VendorPatch) {
  const scalars = scalarFields.filter((field) => patch[field] === null)
  return [...scalars, ...listFields.filter((field) => isCleared(patch[field]))]
}

/** Whether the change leaves the list empty, whatever it held. */
export function isCleared(change: ListChange | null | undefined): boolean {
  return change === null || (change !== undefined && 'set' in change && change.set.length === 0)
}

/** What makes two entries of a list the same: the key of the address, or the documented name of the role. */
export function keyOf(field: ListField, entry: unknown): unknown {
  const text = entryText(field, entry)
  if (text === undefined) return entry
  return field === 'aliases' ? addressKey(text) : roleName(text)
}

function changesOf(raw: JsonObject, patch: VendorPatch): [string, unknown][] {
  const scalars = [...scalarFields, 'password' as const].flatMap((field): [string, unknown][] =>
    patch[field] === undefined ? [] : [[field, patch[field]]],
  )
  const lists = listFields.flatMap((field): [string, unknown][] => {
    const change = patch[field]
    return change === undefined ? [] : [[field, change === null ? null : listAfter(field, raw[field], change)]]
  })
  return [...scalars, ...lists]
}

/** Entries keep their order and their spelling. An entry that the list has is not added again; one that it lacks is not removed. */
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

/** Of a list of objects: the property that names an entry. New entries get the same form. Undefined for a list of strings. */
function keyOfObjects(field: ListField, entries: readonly unknown[]): string | undefined {
  const [first] = entries
  if (first === undefined || entries.some((entry) => typeof entry !== 'object' || entry === null)) return undefined
  const text = entryText(field, first)
  return Object.entries(first as JsonObject).find(([, value]) => value === text)?.[0]
}
