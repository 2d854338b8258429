/** The groups that a PUT sends back as the copy showed them, and which of them a later copy lacks. */
import type { WireUser } from '../essentials/wire.ts'
import { entryText } from '../essentials/wire-lists.ts'
import type { UserReading } from '../sync/read-user.ts'
import { WriteFailedError } from './failure.ts'
import { groupsOf, type KnownGroup } from './look-up.ts'
import { isMember } from './require-groups.ts'
import type { WriteSession } from './session.ts'
import { toldGroups } from './told-groups.ts'

export interface CarriedGroups {
  /** The groups that the mirror can identify. */
  readonly known: readonly KnownGroup[]
  /** The entries that the mirror cannot resolve to one group, as the copy spells them. */
  readonly untold: readonly string[]
  /** The groups that have the name of an untold entry. */
  readonly candidates?: ReadonlyMap<string, readonly KnownGroup[]>
}

export async function groupsIn(
  { sql }: WriteSession,
  { userId, wire }: Extract<UserReading, { found: true }>,
): Promise<CarriedGroups> {
  const known = (await groupsOf(sql, userId)).filter((group) => isMember(wire.groups, group) === true)
  const isTold = (called: string) =>
    known.some(({ groupId, name, nameIsIts }) => called === groupId || (nameIsIts && called === name))
  return { known, untold: (entriesOf(wire) ?? []).filter((called) => !isTold(called)) }
}

/** What the copy lacks of these groups. Nothing where it does not tell the user's groups. */
export function lackingGroups(
  { known, untold, candidates }: CarriedGroups,
  wire: WireUser,
): Omit<CarriedGroups, 'candidates'> {
  const shown = entriesOf(wire)
  if (shown === undefined) return { known: [], untold: [] }
  // Two groups of one name may be listed by that name twice, and later by their ids.
  const left = [...shown]
  const take = (called: string) => {
    const names = [called, ...(candidates?.get(called) ?? []).map(({ groupId }) => groupId)]
    const at = left.findIndex((entry) => names.includes(entry))
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  }
  return {
    known: known.filter((group) => isMember(shown, group) === false),
    untold: untold.filter((called) => !take(called)),
  }
}

/** Tries to identify the untold entries, with the vendor's list of groups where the mirror lacks one. */
export async function resolveUntold(session: WriteSession, { known, untold }: CarriedGroups): Promise<CarriedGroups> {
  try {
    const told = await toldGroups(session, { groups: [...new Set(untold)] })
    if (!told) return { known, untold }
    const still = new Set([...told.unknown, ...told.ambiguous.keys()])
    return {
      known: [...new Map([...known, ...told.known].map((group) => [group.id, group])).values()],
      untold: untold.filter((called) => still.has(called)),
      candidates: told.ambiguous,
    }
  } catch (error) {
    if (error instanceof WriteFailedError) return { known, untold }
    throw error
  }
}

/** Undefined if the copy does not tell the user's groups. A vendor may leave out a list that is empty. */
function entriesOf({ raw: { groups } }: WireUser): string[] | undefined {
  if (groups === undefined || groups === null) return []
  if (!Array.isArray(groups)) return undefined
  const entries = groups.flatMap((entry: unknown) => entryText('groups', entry) ?? [])
  return entries.length === groups.length ? entries : undefined
}
