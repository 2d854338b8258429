/** Whether the vendor holds what was sent. Pure. */
import type { JsonObject, WireUser } from '../essentials/wire.ts'
import { sameValue } from '../mirror/profile.ts'
import { isEmpty, isReadable } from './carried.ts'
import {
  isCleared,
  keyOf,
  type ListChange,
  type ListField,
  listFields,
  scalarFields,
  type VendorPatch,
} from './merge-patch.ts'
import { isUnchangedSince } from './version.ts'

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

/**
 * The fields that contradict what was sent. A status in a word that nobody here knows contradicts nothing. `isOldWord`: except the word that
 * the copy before the write had.
 */
export function contradictionsIn(patch: VendorPatch, found: WireUser, isOldWord = false): string[] {
  const isOpen = found.unrecognized?.status !== undefined && !isOldWord
  return compareWritten(patch, found).filter((field) => !(field === 'status' && isOpen))
}

/** Whether a new account is of another type than was sent, in whatever letters. A word that nobody here knows says nothing. */
export function isOtherType(sent: string, { type }: WireUser): boolean {
  const wanted = ['User', 'Alias'].find((known) => known.toLowerCase() === sent.toLowerCase())
  return wanted !== undefined && type !== undefined && type !== wanted
}

/** How the vendor's copy differs from what a PUT sent, by field. */
export interface Differences {
  /** As before the PUT: the vendor may show it late. */
  readonly late: readonly string[]
  /** Neither as sent nor as before: of a field of the patch, something else is held; of one that was sent back unchanged, it was lost. */
  readonly other: readonly string[]
  /** Fields that nobody here knows: a list has fewer entries than were sent back. The vendor may compute it, as a list of sessions. */
  readonly less: readonly string[]
}

/**
 * Compares all that a PUT carried with a copy that was read after it: the fields of the patch, and those that were sent back as `before` had
 * them, undocumented ones included. Of these only a loss counts, since the vendor and others may add to them. Memberships are compared apart.
 */
export function compareSent(patch: VendorPatch, before: WireUser, found: WireUser): Differences {
  const [late, other, less] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const isUntouched = isUnchangedSince(before, found)
  for (const field of scalarFields) {
    const [wanted, old, value] = [patch[field], before[field] ?? null, found[field] ?? null]
    if (wanted === undefined) {
      if (old !== null && !sameValue(old, value)) other.add(field)
    } else if (wanted === null) {
      // The vendor may have a default for it, which may be what was there before.
      if (value !== null && sameValue(old, value) && isUntouched) late.add(field)
    } else if (field === 'status' && found.unrecognized?.status !== undefined) {
      // A word that nobody here knows says nothing, unless it was there before.
      if (found.unrecognized.status === before.unrecognized?.status) late.add(field)
    } else if (!sameValue(wanted, value)) {
      ;(sameValue(old, value) ? late : other).add(field)
    }
  }
  for (const field of listFields) {
    const verdict = compareList(field, patch[field], before[field], found[field], isUntouched)
    if (verdict) (verdict === 'late' ? late : other).add(field)
  }
  for (const [field, value] of Object.entries(before.raw)) {
    const loss = field in patch || isReadable(field, before) ? undefined : lossIn(value, found.raw[field])
    // A list that cannot be read is one of relationships all the same, unlike one that nobody here knows.
    if (loss) (loss === 'other' || compared.has(field) ? other : less).add(field)
  }
  return { late: [...late], other: [...other], less: [...less] }
}

const compared: ReadonlySet<string> = new Set([...listFields, 'groups'])

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

/** Of a field that nobody here knows: it or a part of it holds nothing any more (`other`), or a list in it has fewer entries (`less`). */
function lossIn(before: unknown, after: unknown): 'other' | 'less' | undefined {
  if (isEmpty(before)) return undefined
  if (isEmpty(after)) return 'other'
  if (Array.isArray(before)) return Array.isArray(after) && after.length < before.length ? 'less' : undefined
  if (typeof before !== 'object' || typeof after !== 'object' || Array.isArray(after)) return undefined
  const parts = Object.entries(before as JsonObject).map(([key, value]) => lossIn(value, (after as JsonObject)[key]))
  return parts.includes('other') ? 'other' : parts.find((loss) => loss !== undefined)
}

/** Whether a reading could tell that the patch was carried out, from one that shows the vendor's copy before it. */
export function isTelling(patch: VendorPatch, before: WireUser): boolean {
  return compareWritten(patch, before, { cleared: 'compared' }).length > 0
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
