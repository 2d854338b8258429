/** Whether the vendor holds what was sent. Pure. */
import { createHash } from 'node:crypto'
import type { JsonObject, WireUser } from '../essentials/wire.ts'
import { sameValue } from '../mirror/profile.ts'
import { canonicalJson } from './canonical-json.ts'
import {
  isCleared,
  keyOf,
  type ListChange,
  type ListField,
  listFields,
  scalarFields,
  type VendorPatch,
} from './merge-patch.ts'

/**
 * The fields that the caller set and that the vendor's copy does not hold as set: lists as sets, addresses without case. A field that
 * was cleared is not compared, for the vendor may have a default for it; `cleared: 'compared'` compares those too.
 */
export function compareWritten(
  patch: VendorPatch,
  found: WireUser,
  { cleared }: { readonly cleared: 'ignored' | 'compared' } = { cleared: 'ignored' },
): string[] {
  const scalars = scalarFields.filter((field) => {
    const wanted = patch[field]
    if (wanted === undefined) return false
    if (wanted === null) return cleared === 'compared' && found[field] != null
    return !sameValue(wanted, found[field])
  })
  const lists = listFields.filter((field) => {
    const change = patch[field]
    if (change == null || isCleared(change)) {
      return change !== undefined && cleared === 'compared' && (found[field]?.length ?? 0) > 0
    }
    return !holds(field, found[field], change)
  })
  return [...scalars, ...lists]
}

/** Whether a reading could tell that the patch was carried out, from one that shows the vendor's copy before it. */
export function isTelling(patch: VendorPatch, before: WireUser): boolean {
  return compareWritten(patch, before, { cleared: 'compared' }).length > 0
}

/** All that the vendor answered of a user, in a few bytes: equal digests, equal answers. */
export function digestOf(raw: JsonObject): string {
  return createHash('sha256').update(canonicalJson(raw)).digest('base64url')
}

function holds(field: ListField, found: readonly string[] | undefined, change: ListChange): boolean {
  if (found === undefined) return false
  const there = new Set(found.map((entry) => keyOf(field, entry)))
  const has = (entry: string) => there.has(keyOf(field, entry))
  if ('set' in change) {
    return change.set.every(has) && there.size === new Set(change.set.map((entry) => keyOf(field, entry))).size
  }
  return change.add.every(has) && !change.remove.some(has)
}
