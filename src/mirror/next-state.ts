import { textArrayOrNull } from './array.ts'
import type { ResolvedUser, UserDifference } from './diff-user.ts'
import type { StoredUser } from './known-users.ts'
import { type AnswerKind, carriedAll, type FieldGroup, fieldGroups } from './observation.ts'
import { knownBits } from './profile.ts'
import type { UserUpdate } from './update-users.ts'

/** What the user's row becomes; undefined where it stays as it is. */
export function nextState(
  before: StoredUser,
  seen: ResolvedUser,
  difference: UserDifference,
  sentAt: string,
  answer: AnswerKind,
  carried: number,
): UserUpdate | undefined {
  const isFresh = (group: 'profile' | FieldGroup) => difference.fresh.includes(group)
  if (difference.fresh.length === 0 && answer === 'LIST') return undefined
  const firstFilled = fieldGroups.some((group) => isFresh(group) && before.stamps[group] === null)
  const unresolvedChanged = !sameList(before.unresolvedGroups, difference.unresolvedGroups)
  const wanted = answer === 'LIST' && carried !== carriedAll && (before.wanted || difference.fields.length > 0)
  const differs =
    difference.verdict === 'DIFFERENT' ||
    firstFilled ||
    unresolvedChanged ||
    wanted !== before.wanted ||
    answer === 'READ'
  if (!differs) return undefined
  const stamp = (group: 'profile' | FieldGroup) => (isFresh(group) ? sentAt : before.stamps[group])
  return {
    before,
    profile: { ...before.profile, ...Object.fromEntries(difference.fields.map(({ field, after }) => [field, after])) },
    profileKnown: before.profileKnown | (isFresh('profile') ? knownBits(seen.profile) : 0),
    profileAt: stamp('profile') ?? sentAt,
    rolesAt: stamp('roles'),
    aliasesAt: stamp('aliases'),
    groupsAt: stamp('groups'),
    unresolvedGroups: textArrayOrNull(difference.unresolvedGroups),
    wanted,
    rewanted: wanted && difference.fields.length > 0,
    rolesRevoked: difference.rolesRevoked,
    aliasesRemoved: difference.aliasesRemoved,
    aliasesRespelled: difference.aliasesRespelled,
    groupsLeft: difference.groupsLeft,
  }
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value))
}
