/**
 * What an observation changes of what is known of one user. Pure: no clock, no database.
 *
 * Each field group (profile, roles, aliases, groups) stands by itself: it is taken from the observation only where the group was
 * last observed by a request that was sent earlier, so a slow answer never undoes what a later request saw.
 */
import { addressKey } from './address.ts'
import { type AccountEvidence, judgeAccount } from './judge-account.ts'
import type { FieldGroup } from './observation.ts'
import { bitOf, type Profile, type ProfileField, profileFields, sameValue } from './profile.ts'
import type { Doubt } from './user-doubts.ts'

export interface KnownUser {
  readonly id: number
  readonly profile: Profile
  /** The bits of the profile fields that were ever read. */
  readonly profileKnown: number
  /** When each group was last observed, as far as can be told: never later than it truly was. */
  readonly observedAt: Readonly<Record<'profile' | FieldGroup, string | null>>
  /** Set for a tombstone: when the request was sent that proved the end. */
  readonly goneAt: string | null
  readonly roles: readonly number[]
  readonly aliases: readonly { readonly id: number; readonly address: string }[]
  readonly groups: readonly number[]
  readonly unresolvedGroups: readonly string[]
  /** The groups have been listed since those names were observed. */
  readonly namesAreListed: boolean
  /** An answer showed another account, or a list shows one that was proved gone. */
  readonly doubt: Doubt | null
  /** When the accounts were created that had the address before. */
  readonly predecessors: readonly string[]
}

/** An observed user whose roles and groups have been looked up. */
export interface ResolvedUser {
  readonly profile: Partial<Profile> & Pick<Profile, 'primaryEmail'>
  readonly roles?: readonly number[]
  readonly aliases?: readonly string[]
  readonly groups?: readonly number[]
  /** Names that match no group, or more than one. */
  readonly unresolvedGroups: readonly string[]
  /** Those that bear a name which more than one does. */
  readonly possibleGroups?: readonly number[]
  /** One of its names is that of a group that was proved gone since; a group may have had the name for a while in between. */
  readonly namesGoneGroup?: boolean
}

export interface UserDifference {
  /**
   * STALE: all of it was observed since. OVERTAKEN: an account that a later request did not find. NEW: first seen, or seen again after a
   * deletion. RECREATED: another account at the same address. DOUBTFUL: maybe another account; nothing is applied before a point read agrees.
   */
  readonly verdict: 'STALE' | 'OVERTAKEN' | 'NEW' | 'RECREATED' | 'DOUBTFUL' | 'SAME' | 'DIFFERENT'
  /** DOUBTFUL: the time of creation that it shows, and whether that is another than the doubt was about. */
  readonly doubtful?: { readonly createdAt: string | null; readonly moved: boolean }
  /** The observed profile without what it is not believed in; absent where the profile is not fresh. */
  readonly believed?: Partial<Profile>
  /** It shows the known account, and ends the doubt about it, or contradicts the list that raised it. */
  readonly settles?: 'REFUTED' | 'OVER' | null
  /** The groups that this observation is the latest word on. */
  readonly fresh: readonly ('profile' | FieldGroup)[]
  readonly fields: readonly { field: ProfileField; before: unknown; after: unknown; firstRead: boolean }[]
  readonly rolesGranted: readonly number[]
  readonly rolesRevoked: readonly number[]
  readonly aliasesAdded: readonly string[]
  readonly aliasesRemoved: readonly number[]
  /** The same address in other letters. */
  readonly aliasesRespelled: readonly { id: number; before: string; after: string }[]
  readonly groupsJoined: readonly number[]
  readonly groupsLeft: readonly number[]
  readonly unresolvedGroups: readonly string[]
}

const nothing = {
  fresh: [],
  fields: [],
  rolesGranted: [],
  rolesRevoked: [],
  aliasesAdded: [],
  aliasesRemoved: [],
  aliasesRespelled: [],
  groupsJoined: [],
  groupsLeft: [],
  unresolvedGroups: [],
} satisfies Omit<UserDifference, 'verdict'>

/**
 * `listedAt`: when the last pull that knows who is missing sent its first request. It showed the account that the mirror has at the
 * address, or none.
 */
export function diffUser(
  known: KnownUser | undefined,
  seen: ResolvedUser,
  sentAt: string,
  listedAt: string | null,
  evidence: AccountEvidence,
): UserDifference {
  const isOvertaken = listedAt !== null && sentAt < listedAt
  if (known === undefined || known.goneAt !== null) {
    const isLate = isOvertaken || (known?.goneAt != null && sentAt <= known.goneAt)
    if (isLate || !known) return { ...nothing, verdict: isLate ? 'OVERTAKEN' : 'NEW' }
    const judged = judgeAccount(known, seen.profile, evidence)
    if (judged.account === 'DOUBTFUL') return { ...nothing, verdict: 'DOUBTFUL', doubtful: judged }
    return { ...nothing, verdict: judged.account === 'GONE' ? 'OVERTAKEN' : 'NEW' }
  }
  const isFresh = (group: 'profile' | FieldGroup) => {
    const last = known.observedAt[group]
    return last === null || sentAt > last
  }
  const freshProfile = isFresh('profile')
  const judged = freshProfile ? judgeAccount(known, seen.profile, evidence) : undefined
  if (judged && judged.account !== 'SAME') {
    if (isOvertaken || judged.account === 'GONE') return { ...nothing, verdict: 'OVERTAKEN' }
    if (judged.account === 'ANOTHER') return { ...nothing, verdict: 'RECREATED' }
    return { ...nothing, verdict: 'DOUBTFUL', doubtful: judged }
  }

  const roles = seen.roles !== undefined && isFresh('roles') ? seen.roles : undefined
  const aliases = seen.aliases !== undefined && isFresh('aliases') ? seen.aliases : undefined
  const groups = seen.groups !== undefined && isFresh('groups') ? seen.groups : undefined
  const difference = {
    fresh: [
      ...(freshProfile ? (['profile'] as const) : []),
      ...(roles ? (['roles'] as const) : []),
      ...(aliases ? (['aliases'] as const) : []),
      ...(groups ? (['groups'] as const) : []),
    ],
    ...(judged && { believed: judged.seen }),
    settles: known.doubt && sentAt > known.doubt.shownAt ? (judged?.settles ?? null) : null,
    fields: judged ? diffFields(known, judged.seen) : [],
    rolesGranted: roles ? without(roles, known.roles) : [],
    rolesRevoked: roles ? without(known.roles, roles) : [],
    ...diffAliases(known, aliases),
    groupsJoined: groups ? without(groups, known.groups) : [],
    groupsLeft:
      groups && !mayHideARename(known, seen) ? without(known.groups, [...groups, ...(seen.possibleGroups ?? [])]) : [],
    unresolvedGroups: groups ? seen.unresolvedGroups : known.unresolvedGroups,
  }
  const different =
    difference.fields.length > 0 ||
    difference.rolesGranted.length > 0 ||
    difference.rolesRevoked.length > 0 ||
    difference.aliasesAdded.length > 0 ||
    difference.aliasesRemoved.length > 0 ||
    difference.aliasesRespelled.length > 0 ||
    difference.groupsJoined.length > 0 ||
    difference.groupsLeft.length > 0
  return { ...difference, verdict: difference.fresh.length === 0 ? 'STALE' : different ? 'DIFFERENT' : 'SAME' }
}

function diffFields(known: KnownUser, seen: Partial<Profile>): UserDifference['fields'] {
  return profileFields.flatMap((field) => {
    const after = seen[field]
    const firstRead = (known.profileKnown & bitOf(field)) === 0
    if (after === undefined || (sameValue(known.profile[field], after) && !firstRead)) return []
    return [{ field, before: known.profile[field], after, firstRead }]
  })
}

function diffAliases(
  known: KnownUser,
  seen: readonly string[] | undefined,
): Pick<UserDifference, 'aliasesAdded' | 'aliasesRemoved' | 'aliasesRespelled'> {
  if (seen === undefined) return { aliasesAdded: [], aliasesRemoved: [], aliasesRespelled: [] }
  const left = new Map(known.aliases.map((alias) => [addressKey(alias.address), alias]))
  const aliasesAdded: string[] = []
  const aliasesRespelled: { id: number; before: string; after: string }[] = []
  for (const address of uniqueAddresses(seen)) {
    const before = left.get(addressKey(address))
    left.delete(addressKey(address))
    if (before === undefined) aliasesAdded.push(address)
    else if (before.address !== address)
      aliasesRespelled.push({ id: before.id, before: before.address, after: address })
  }
  return { aliasesAdded, aliasesRemoved: [...left.values()].map((alias) => alias.id), aliasesRespelled }
}

/** Each address once, as first spelled. */
export function uniqueAddresses(addresses: readonly string[]): string[] {
  const byKey = new Map<string, string>()
  for (const address of addresses) {
    const key = addressKey(address)
    if (!byKey.has(key)) byKey.set(key, address)
  }
  return [...byKey.values()]
}

/**
 * A name that matches no group may be the new name of a group that this user is in, renamed since the groups were listed. So nobody
 * leaves a group by such an observation, unless the name was there before the groups were last listed.
 */
function mayHideARename(known: KnownUser, seen: ResolvedUser): boolean {
  if (seen.namesGoneGroup) return true
  const suspects = known.namesAreListed ? without(seen.unresolvedGroups, known.unresolvedGroups) : seen.unresolvedGroups
  return suspects.length > 0
}

function without<T>(these: readonly T[], those: readonly T[]): T[] {
  if (these.length === 0) return []
  if (those.length === 0) return [...new Set(these)]
  const exclude = new Set(those)
  return [...new Set(these)].filter((one) => !exclude.has(one))
}
