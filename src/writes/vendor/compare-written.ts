import { sameValue, writableFields } from '../../mirror/users/profile.ts'
import type { JsonObject, WireUser } from '../../vendor/wire/wire.ts'
import { changesBilling, isEmpty, isReadable } from './carried-fields.ts'
import { isCleared, keyOf, type ListChange, type ListField, listFields, type VendorPatch } from './merge-patch.ts'
import { isUnchangedSince } from './version.ts'

/** Compares the vendor's copy of a user with the values that were sent. Pure. */

/**
 * Returns the fields that the caller set and that the vendor's copy does not hold as requested. Lists are compared as
 * sets, and addresses without case. A cleared field is ignored, because the vendor may set a default, unless `cleared`
 * is 'compared'.
 */
export function compareWritten(
  patch: VendorPatch,
  found: WireUser,
  { cleared }: { readonly cleared: 'ignored' | 'compared' } = { cleared: 'ignored' },
): string[] {
  const scalars = writableFields.filter((field) => {
    const wanted = patch[field]
    if (wanted === undefined) return false
    if (wanted === null) return cleared === 'compared' && found[field] != null
    return !isAsWanted(wanted, found[field])
  })
  const lists = listFields.filter((field) => {
    const change = patch[field]
    if (change == null || isCleared(change)) {
      return change !== undefined && cleared === 'compared' && (found[field]?.length ?? 0) > 0
    }
    return !holds(field, found[field], change)
  })
  const isBilled = patch.billable !== undefined && found.billable !== undefined && found.billable !== patch.billable
  return [...scalars, ...lists, ...(isBilled ? ['billable'] : [])]
}

/** An API may have one value for an empty text and for none. */
function isAsWanted(wanted: unknown, found: unknown): boolean {
  return sameValue(wanted, found) || (wanted === '' && found == null)
}

/**
 * Returns the fields that contradict the request. An unrecognized status contradicts nothing, unless the copy before
 * the write had it (`isOldWord`).
 */
export function contradictionsIn(patch: VendorPatch, found: WireUser, isOldWord = false): string[] {
  const isOpen = found.unrecognized?.status !== undefined && !isOldWord
  return compareWritten(patch, found).filter((field) => !(field === 'status' && isOpen))
}

/**
 * Returns whether a new account has another type than requested, ignoring case. An unrecognized type proves nothing.
 */
export function isOtherType(sent: string, { type }: WireUser): boolean {
  const wanted = ['User', 'Alias'].find((known) => known.toLowerCase() === sent.toLowerCase())
  return wanted !== undefined && type !== undefined && type !== wanted
}

/** How the vendor's copy differs from the PUT, by field. */
export interface Differences {
  /** Fields that are as before the PUT: the vendor may show the change late. */
  readonly late: readonly string[]
  /**
   * Fields that are neither as requested nor as before: a field of the patch has another value, or a field that was
   * sent back unchanged was lost.
   */
  readonly other: readonly string[]
  /**
   * Unknown fields in which a list has fewer entries than were sent back. The vendor may compute such a list, for
   * example of sessions.
   */
  readonly less: readonly string[]
}

/**
 * Compares everything that a PUT carried with a copy that was read after it: the fields of the patch, and the fields of
 * `before` that were sent back unchanged, undocumented ones included. For the latter, only a loss counts, because the
 * vendor and other clients may add to them. Memberships are compared separately.
 */
export function compareSent(patch: VendorPatch, before: WireUser, found: WireUser): Differences {
  const [late, other, less] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const isUntouched = isUnchangedSince(before, found)
  for (const field of writableFields) {
    const [wanted, old, value] = [patch[field], before[field] ?? null, found[field] ?? null]
    if (wanted === undefined) {
      if (old !== null && !sameValue(old, value)) other.add(field)
    } else if (wanted === null) {
      // The old value may also be the vendor's default, so the clear counts as late only if the update time has not
      // moved.
      if (value !== null && sameValue(old, value) && isUntouched) late.add(field)
    } else if (field === 'status' && found.unrecognized?.status !== undefined) {
      // An unrecognized status proves nothing, unless the copy before the PUT had the same one.
      if (found.unrecognized.status === before.unrecognized?.status) late.add(field)
    } else if (!isAsWanted(wanted, value)) {
      ;(sameValue(old, value) ? late : other).add(field)
    }
  }
  for (const field of listFields) {
    const verdict = compareList(field, patch[field], before[field], found[field], isUntouched)
    if (verdict) (verdict === 'late' ? late : other).add(field)
  }
  if (patch.billable !== undefined) {
    if (found.billable !== patch.billable) (found.billable === before.billable ? late : other).add('billable')
  } else if (before.billable !== undefined && found.billable !== before.billable && !changesBilling(patch)) {
    other.add('billable')
  }
  for (const [name, right] of Object.entries(before.rights ?? {})) if (found.rights?.[name] !== right) other.add(name)
  for (const list of ['safe', 'blocked'] as const) {
    const has = new Set(found.senderLists?.[list].map((sender) => sender.toLowerCase()))
    const lost = before.senderLists?.[list].some((sender) => !has.has(sender.toLowerCase()))
    if (lost) other.add('senderLists')
  }
  for (const [field, value] of Object.entries(before.raw)) {
    // The sender lists were compared above.
    const isCompared = before.senderLists !== undefined && field.endsWith('_list_senders')
    const loss = field in patch || isCompared || isReadable(field, before) ? undefined : lossIn(value, found.raw[field])
    // An unreadable list of roles, aliases or groups still holds relationships, so a shorter list is a loss. In an
    // unknown field, it may be computed.
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

/** Compares an unknown field. `other`: it or a part of it is empty now. `less`: a list in it has fewer entries. */
function lossIn(before: unknown, after: unknown): 'other' | 'less' | undefined {
  if (isEmpty(before)) return undefined
  if (isEmpty(after)) return 'other'
  if (Array.isArray(before)) return Array.isArray(after) && after.length < before.length ? 'less' : undefined
  if (typeof before !== 'object' || typeof after !== 'object' || Array.isArray(after)) return undefined
  const parts = Object.entries(before as JsonObject).map(([key, value]) => lossIn(value, (after as JsonObject)[key]))
  return parts.includes('other') ? 'other' : parts.find((loss) => loss !== undefined)
}

/** Returns whether a reading can prove that the patch was applied, given the vendor's copy before it. */
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
