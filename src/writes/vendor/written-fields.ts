/** Derives the fields that a copy of the user must show after a write. Pure. */

import { writableFields } from '../../mirror/users/profile.ts'
import type { WrittenField } from '../../sync/point-read/recent-writes.ts'
import type { NewUser } from '../../vendor/adapter.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { isCleared, keyOf, type ListField, listFields, type VendorPatch } from './merge-patch.ts'
import { patchOf } from './to-vendor.ts'

export function fieldsOfCreation(body: NewUser): WrittenField[] {
  return [{ field: 'account', value: true }, ...fieldsOfChange(patchOf(body), undefined)]
}

/** A deletion also frees the aliases. */
export function fieldsOfDeletion(aliases: readonly string[]): WrittenField[] {
  return [{ field: 'account', value: false }, ...aliases.map((alias) => entry('aliases', alias, false))]
}

/**
 * `before`: the copy that the change was built from. The vendor may set a default for a cleared field, so a copy only
 * has to stop showing the old value.
 */
export function fieldsOfChange(patch: VendorPatch, before: WireUser | undefined): WrittenField[] {
  const scalars = writableFields.flatMap((field): WrittenField[] => {
    const value = patch[field]
    if (value === undefined) return []
    if (value !== null) return [{ field, value }]
    return before?.[field] == null ? [] : [{ field, value: before[field], holds: false }]
  })
  const lists = listFields.flatMap((field): WrittenField[] => {
    const change = patch[field]
    if (change === undefined) return []
    // The vendor may set a default for emptied roles. Emptied aliases become free.
    if (change === null || isCleared(change)) return field === 'aliases' ? freedIn(before) : []
    const [added, removed] =
      'set' in change ? [change.set, without(field, before, change.set)] : [change.add, change.remove]
    return [...added.map((one) => entry(field, one, true)), ...removed.map((one) => entry(field, one, false))]
  })
  return [...scalars, ...lists]
}

export function membershipField(groupId: string, isIn: boolean): WrittenField {
  return { field: `groups ${groupId}`, value: isIn }
}

function entry(field: ListField, value: string, isIn: boolean): WrittenField {
  return { field: `${field} ${keyOf(field, value)}`, value: isIn }
}

function freedIn(before: WireUser | undefined): WrittenField[] {
  const own = before && keyOf('aliases', before.primaryEmail)
  return (before?.aliases ?? [])
    .filter((alias) => keyOf('aliases', alias) !== own)
    .map((alias) => entry('aliases', alias, false))
}

function without(field: ListField, before: WireUser | undefined, kept: readonly string[]): string[] {
  const names = new Set(kept.map((one) => entry(field, one, true).field))
  return (before?.[field] ?? []).filter((one) => !names.has(entry(field, one, true).field))
}
