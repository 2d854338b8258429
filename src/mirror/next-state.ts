import { textArrayOrNull } from './array.ts'
import type { UserConfirmation, UserNotes } from './confirm-users.ts'
import type { ResolvedUser, UserDifference } from './diff-user.ts'
import type { StoredUser } from './known-users.ts'
import { type AnswerKind, carriedAll, carriedBy, type FieldGroup, fieldGroups } from './observation.ts'
import { knownBits } from './profile.ts'
import type { UserUpdate } from './update-users.ts'

/** What an answer writes of a known user. */
interface NextState {
  /** The row, where readers would see a difference: it becomes a new version. */
  readonly update?: Omit<UserUpdate, 'answerDigest'>
  /** Notes of our own on the row, which no reader sees: they write no version. */
  readonly notes?: UserNotes
  /** The stamps that the answer moves where the row stays, and when the vendor was asked. */
  readonly confirmation?: UserConfirmation
}

export function nextState(
  before: StoredUser,
  seen: ResolvedUser,
  difference: UserDifference,
  sentAt: string,
  answer: AnswerKind,
): NextState {
  const isFresh = (group: 'profile' | FieldGroup) => difference.fresh.includes(group)
  if (difference.fresh.length === 0) return {}
  const firstFilled = fieldGroups.some((group) => isFresh(group) && before.stamps[group] === null)
  const unresolvedChanged = !sameList(before.unresolvedGroups, difference.unresolvedGroups)
  const saysAll = answer === 'READ' || carriedBy(seen) === carriedAll
  // An answer older than the last sight of the user knows nothing of what that sight made us wish to know.
  const stillWanted = before.wanted && !(saysAll && isFresh('profile'))
  const rewanted = !saysAll && difference.fields.length > 0
  const postponed = answer === 'READ' && keepsGroups(before, seen, difference)
  const wanted = stillWanted || rewanted || postponed
  const listFields = answer === 'LIST' && isFresh('profile') ? knownBits(seen.profile) : before.listFields
  const postpones = postponed && !stillWanted
  const asked = { userId: before.id, askedAt: sentAt }
  if (difference.verdict !== 'DIFFERENT' && !firstFilled && !unresolvedChanged) {
    const noted = listFields !== before.listFields || wanted !== before.wanted || postpones
    return {
      ...(noted && { notes: { userId: before.id, listFields, wanted, postponed: postpones } }),
      ...(answer === 'READ' && {
        confirmation: {
          ...asked,
          ...Object.fromEntries(difference.fresh.map((group) => [`${group}At`, sentAt])),
          ...(isFresh('profile') && { readAt: sentAt }),
        },
      }),
    }
  }
  const stamp = (group: 'profile' | FieldGroup) => (isFresh(group) ? sentAt : before.stamps[group])
  const update = {
    before,
    profile: { ...before.profile, ...Object.fromEntries(difference.fields.map(({ field, after }) => [field, after])) },
    profileKnown: before.profileKnown | (isFresh('profile') ? knownBits(seen.profile) : 0),
    profileAt: stamp('profile') ?? sentAt,
    rolesAt: stamp('roles'),
    aliasesAt: stamp('aliases'),
    groupsAt: stamp('groups'),
    listFields,
    // A read whose profile a later list overtook says nothing of fields that lists lack: what it said of them was not taken.
    readAt: answer === 'READ' && isFresh('profile') ? sentAt : before.readAt,
    unresolvedGroups: textArrayOrNull(difference.unresolvedGroups),
    wanted,
    rewanted,
    postponed: postpones,
    rolesRevoked: difference.rolesRevoked,
    aliasesRemoved: difference.aliasesRemoved,
    aliasesRespelled: difference.aliasesRespelled,
    groupsLeft: difference.groupsLeft,
  }
  return { update, ...(answer === 'READ' && { confirmation: asked }) }
}

/** Nobody leaves a group by an answer that may hide a rename (see diff-user.ts): so there must be another look, though nothing asks for it. */
function keepsGroups(before: StoredUser, seen: ResolvedUser, { fresh, groupsLeft }: UserDifference): boolean {
  const groups = fresh.includes('groups') && groupsLeft.length === 0 ? seen.groups : undefined
  // One whose name another bears too stays by every answer, until the names differ.
  const explained = [...(groups ?? []), ...(seen.possibleGroups ?? [])]
  return groups !== undefined && before.groups.some((id) => !explained.includes(id))
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value))
}
