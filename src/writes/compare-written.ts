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

/** How the vendor's copy differs from what a PUT sent, by field. */
export interface Differences {
  /** As before the PUT: the vendor may show it late. */
  readonly late: readonly string[]
  /** Neither as sent nor as before: of a field of the patch, something else is held; of one that was sent back unchanged, it was lost. */
  readonly other: readonly string[]
}

/**
 * Compares all that a PUT carried with a copy that was read after it: the fields of the patch, and those that were sent back as `before` had
 * them, undocumented ones included. Of these only a loss counts, since the vendor and others may add to them. Memberships are compared apart.
 */
export function compareSent(patch: VendorPatch, before: WireUser, found: WireUser): Differences {
  const [late, other] = [new Set<string>(), new Set<string>()]
  const isUntouched = before.updatedAt === found.updatedAt
  for (const field of scalarFields) {
    const [wanted, old, value] = [patch[field], before[field] ?? null, found[field] ?? null]
    if (wanted === undefined) {
      if (old !== null && !sameValue(old, value)) other.add(field)
    } else if (wanted === null) {
      // The vendor may have a default for it, which may be what was there before.
      if (value !== null && sameValue(old, value) && isUntouched) late.add(field)
    } else if (!sameValue(wanted, value)) {
      ;(sameValue(old, value) ? late : other).add(field)
    }
  }
  for (const field of listFields) {
    const verdict = compareList(field, patch[field], before[field], found[field], isUntouched)
    if (verdict) (verdict === 'late' ? late : other).add(field)
  }
  for (const [field, value] of Object.entries(before.raw)) {
    if (!compared.has(field) && isLost(value, found.raw[field])) other.add(field)
  }
  return { late: [...late], other: [...other] }
}

/**
 * What a copy holds, in names without values: the fields that are not empty, and a digest of each entry of a list. Kept with a PUT that is
 * built from the copy, it tells whoever goes on after a crash or a pause what the PUT lost. Memberships are compared apart.
 */
export function heldIn(copy: WireUser): string[] {
  const lists = listFields.flatMap((field) =>
    (copy[field] ?? []).map((entry) => `${field} ${entryDigest(field, entry)}`),
  )
  const scalars = scalarFields.filter((field) => !isEmpty(copy[field]))
  const others = Object.keys(copy.raw).filter((field) => !compared.has(field) && !isEmpty(copy.raw[field]))
  return [...scalars, ...lists, ...others]
}

/** The fields that a PUT sent back as they were, and of which the copy lacks something. A list that the copy does not tell is unknown. */
export function lostSince(held: readonly string[], patch: VendorPatch, found: WireUser): string[] {
  const has = new Set(heldIn(found))
  const untold = new Set<string>(listFields.filter((field) => found[field] === undefined))
  const fields = held.filter((one) => !has.has(one)).map((one) => one.split(' ', 1)[0] as string)
  return [...new Set(fields)].filter((field) => !(field in patch) && !untold.has(field))
}

function entryDigest(field: ListField, entry: string): string {
  return createHash('sha256')
    .update(String(keyOf(field, entry)))
    .digest('base64url')
}

const compared: ReadonlySet<string> = new Set([
  ...scalarFields,
  ...listFields,
  'groups',
  'primaryEmail',
  'type',
  'createdAt',
  'updatedAt',
])

function compareList(
  field: ListField,
  change: ListChange | null | undefined,
  before: readonly string[] | undefined,
  found: readonly string[] | undefined,
  isUntouched: boolean,
): 'late' | 'other' | undefined {
  const keys = (entries: readonly string[] = []) => new Set(entries.map((entry) => keyOf(field, entry)))
  const [old, has] = [keys(before), keys(found)]
  if (change === null || isCleared(change)) {
    const isSame = old.size === has.size && [...old].every((key) => has.has(key))
    return has.size > 0 && isSame && isUntouched ? 'late' : undefined
  }
  if (change && before === undefined && found === undefined) return 'late'
  const isWhole = change !== undefined && 'set' in change
  const { add, remove } = change && !('set' in change) ? change : { add: [], remove: [] }
  const removed = keys(remove)
  const required = isWhole ? keys(change.set) : new Set([...[...old].filter((key) => !removed.has(key)), ...keys(add)])
  const missing = [...required].filter((key) => !has.has(key))
  const surplus = [...has].filter((key) => (isWhole ? !required.has(key) : removed.has(key)))
  const isForeign = before !== undefined && surplus.some((key) => !old.has(key))
  if (isForeign || missing.some((key) => old.has(key))) return 'other'
  return missing.length > 0 || surplus.length > 0 ? 'late' : undefined
}

/** Of a field that nobody here knows: it, an entry or a part of it held something, and holds nothing any more. */
function isLost(before: unknown, after: unknown): boolean {
  if (isEmpty(before)) return false
  if (isEmpty(after)) return true
  if (Array.isArray(before)) return Array.isArray(after) && after.length < before.length
  if (typeof before !== 'object' || typeof after !== 'object' || Array.isArray(after)) return false
  return Object.entries(before as JsonObject).some(([key, value]) => isLost(value, (after as JsonObject)[key]))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0
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
