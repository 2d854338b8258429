/**
 * Compares an observation with the known state of one user. Pure: no clock, no database.
 *
 * Each field group (profile, roles, aliases, groups) is independent: it is taken from the observation only if the group
 * was last observed by an earlier request. A slow response therefore never undoes what a later request saw.
 */

import { addressKey } from '../../addresses/address-key.ts'
import { type AccountEvidence, judgeAccount } from '../accounts/judge-account.ts'
import type { Doubt } from '../accounts/user-doubts.ts'
import type { FieldGroup } from '../observation.ts'
import { bitOf, type Profile, type ProfileField, profileFields, sameValue } from './profile.ts'

export interface KnownUser {
  readonly id: number
  readonly profile: Profile
  /** The vendor's number of the account. Null: unknown. */
  readonly vendorId: string | null
  /** The bits of the profile fields that have ever been read. */
  readonly profileKnown: number
  /** A lower bound of the time at which each group was last observed. */
  readonly observedAt: Readonly<Record<'profile' | FieldGroup, string | null>>
  /** For a tombstone: when the request that proved the deletion was sent. */
  readonly goneAt: string | null
  readonly roles: readonly number[]
  readonly aliases: readonly { readonly id: number; readonly address: string }[]
  readonly groups: readonly number[]
  readonly unresolvedGroups: readonly string[]
  /** Whether the list of groups was read after the unresolved names were observed. */
  readonly namesAreListed: boolean
  /** Set if a response showed another account, or if a list shows a deleted one. */
  readonly doubt: Doubt | null
  /** When the accounts were created that had the address before, and the vendor's numbers of them. */
  readonly predecessors: readonly string[]
  readonly predecessorIds: readonly string[]
}

/** An observed user with its roles and groups resolved to ids. */
export interface ResolvedUser {
  readonly profile: Partial<Profile> & Pick<Profile, 'primaryEmail'>
  readonly vendorId?: string
  readonly roles?: readonly number[]
  readonly aliases?: readonly string[]
  readonly groups?: readonly number[]
  /** Names that match no group or several groups. */
  readonly unresolvedGroups: readonly string[]
  /** The groups that an ambiguous name may refer to. */
  readonly possibleGroups?: readonly number[]
  /**
   * One of the names belongs to a group that was deleted after the request. Another group may have had the name for a
   * while in between.
   */
  readonly namesGoneGroup?: boolean
}

export interface UserDifference {
  /**
   * - STALE: later requests have observed all of it.
   * - OVERTAKEN: a later request did not find this account.
   * - NEW: first seen, or seen again after a deletion.
   * - RECREATED: another account at the same address.
   * - DOUBTFUL: possibly another account; nothing is applied before a point read agrees.
   * - SAME, DIFFERENT: the known account, without or with differences.
   */
  readonly verdict: 'STALE' | 'OVERTAKEN' | 'NEW' | 'RECREATED' | 'DOUBTFUL' | 'SAME' | 'DIFFERENT'
  /** For DOUBTFUL: the creation time that it shows, and whether that differs from the one that raised the doubt. */
  readonly doubtful?: { readonly createdAt: string | null; readonly moved: boolean }
  /** The observed profile without distrusted fields. Absent if the profile is not fresh. */
  readonly believed?: Partial<Profile>
  /**
   * The observation shows the known account. OVER: it ends the doubt. REFUTED: it contradicts the source that raised
   * the doubt.
   */
  readonly settles?: 'REFUTED' | 'OVER' | null
  /** The field groups for which this observation is the latest. */
  readonly fresh: readonly ('profile' | FieldGroup)[]
  readonly fields: readonly { field: ProfileField; before: unknown; after: unknown; firstRead: boolean }[]
  readonly rolesGranted: readonly number[]
  readonly rolesRevoked: readonly number[]
  readonly aliasesAdded: readonly string[]
  readonly aliasesRemoved: readonly number[]
  /** The same address in different case. */
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
 * `listedAt` is when the last pull that determined the missing users sent its first request. That pull showed the
 * account that the mirror has at the address, or none.
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
    const judged = judgeAccount(known, seen.profile, evidence, seen.vendorId)
    if (judged.account === 'DOUBTFUL') return { ...nothing, verdict: 'DOUBTFUL', doubtful: judged }
    return { ...nothing, verdict: judged.account === 'GONE' ? 'OVERTAKEN' : 'NEW' }
  }
  const isFresh = (group: 'profile' | FieldGroup) => {
    const last = known.observedAt[group]
    return last === null || sentAt > last
  }
  const freshProfile = isFresh('profile')
  const judged = freshProfile ? judgeAccount(known, seen.profile, evidence, seen.vendorId) : undefined
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

/** Removes duplicate addresses. Keeps the first spelling. */
export function uniqueAddresses(addresses: readonly string[]): string[] {
  const byKey = new Map<string, string>()
  for (const address of addresses) {
    const key = addressKey(address)
    if (!byKey.has(key)) byKey.set(key, address)
  }
  return [...byKey.values()]
}

/**
 * An unmatched name may be the new name of a group of this user, renamed since groups were last listed. Such an
 * observation removes the user from no group, unless the name was already known before groups were last listed.
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
