/** Compares the groups that a PUT sends back with the groups of a later copy. */

import type { UserReading } from '../../sync/point-read/read-user.ts'
import { entryText } from '../../vendor/wire/lists.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { WriteFailedError } from '../failure.ts'
import { groupsOf, type KnownGroup } from '../queries.ts'
import type { WriteSession } from '../session/session.ts'
import { isMember } from './require-groups.ts'
import { resolveGroups } from './resolve-user-groups.ts'

export interface CarriedGroups {
  /** The groups that the mirror can identify. */
  readonly known: readonly KnownGroup[]
  /** Entries that the mirror cannot resolve to one group, in the copy's spelling. */
  readonly unresolved: readonly string[]
  /** The groups whose name matches such an entry, by entry. */
  readonly candidates?: ReadonlyMap<string, readonly KnownGroup[]>
}

export async function groupsIn(
  { sql }: WriteSession,
  { userId, wire }: Extract<UserReading, { found: true }>,
): Promise<CarriedGroups> {
  const known = (await groupsOf(sql, userId)).filter((group) => isMember(wire.groups, group) === true)
  const isResolved = (called: string) =>
    known.some(({ groupId, name, nameIsIts }) => called === groupId || (nameIsIts && called === name))
  return { known, unresolved: (entriesOf(wire) ?? []).filter((called) => !isResolved(called)) }
}

/** Returns which of these groups the copy lacks; none if the copy does not list the user's groups. */
export function lackingGroups(
  { known, unresolved, candidates }: CarriedGroups,
  wire: WireUser,
): Omit<CarriedGroups, 'candidates'> {
  const shown = entriesOf(wire)
  if (shown === undefined) return { known: [], unresolved: [] }
  // Two groups with the same name may appear as that name twice, and later by their ids.
  const left = [...shown]
  const take = (called: string) => {
    const names = [called, ...(candidates?.get(called) ?? []).map(({ groupId }) => groupId)]
    const at = left.findIndex((entry) => names.includes(entry))
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  }
  return {
    known: known.filter((group) => isMember(shown, group) === false),
    unresolved: unresolved.filter((called) => !take(called)),
  }
}

/** Tries to identify the unresolved entries. Reads the vendor's list of groups if the mirror lacks one. */
export async function identifyUnresolved(
  session: WriteSession,
  { known, unresolved }: CarriedGroups,
): Promise<CarriedGroups> {
  try {
    const resolved = await resolveGroups(session, { groups: [...new Set(unresolved)] })
    if (!resolved) return { known, unresolved }
    const still = new Set([...resolved.unknown, ...resolved.ambiguous.keys()])
    return {
      known: [...new Map([...known, ...resolved.known].map((group) => [group.id, group])).values()],
      unresolved: unresolved.filter((called) => still.has(called)),
      candidates: resolved.ambiguous,
    }
  } catch (error) {
    if (error instanceof WriteFailedError) return { known, unresolved }
    throw error
  }
}

/**
 * Undefined if the copy's groups are unreadable. An absent list counts as empty, because a vendor may omit empty lists.
 */
function entriesOf({ raw: { groups } }: WireUser): string[] | undefined {
  if (groups === undefined || groups === null) return []
  if (!Array.isArray(groups)) return undefined
  const entries = groups.flatMap((entry: unknown) => entryText('groups', entry) ?? [])
  return entries.length === groups.length ? entries : undefined
}
