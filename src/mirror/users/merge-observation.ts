import { textArrayOrNull } from '../../db/pg-array.ts'
import { type AnswerKind, carriedBy, type FieldGroup, fieldGroups } from '../observation.ts'
import type { UserConfirmation, UserNotes } from './confirm-users.ts'
import type { ResolvedUser, UserDifference } from './diff-user.ts'
import type { StoredUser } from './load-stored-users.ts'
import { knownBits } from './profile.ts'
import type { UserUpdate } from './update-users.ts'

/** The rows to write for a known user after a response. */
interface NextState {
  /** The new row, if readers can see a difference. It becomes a new version. */
  readonly update?: Omit<UserUpdate, 'answerDigest'>
  /** Internal columns of the row, which readers do not see. They write no version. */
  readonly notes?: UserNotes
  /** The stamps that the response moves if the row is unchanged, and when the user was last read. */
  readonly confirmation?: UserConfirmation
}

export function nextState(
  before: StoredUser,
  seen: ResolvedUser,
  difference: UserDifference,
  sentAt: string,
  answer: AnswerKind,
  /** The field groups that a response can carry. */
  carriable: number,
): NextState {
  const isFresh = (group: 'profile' | FieldGroup) => difference.fresh.includes(group)
  if (difference.fresh.length === 0) return {}
  const firstFilled = fieldGroups.some((group) => isFresh(group) && before.stamps[group] === null)
  const unresolvedChanged = !sameList(before.unresolvedGroups, difference.unresolvedGroups)
  const saysAll = answer === 'READ' || carriedBy(seen) === carriable
  // A response older than the latest observation cannot fulfil a read that this observation requested.
  const stillWanted = before.wanted && !(saysAll && isFresh('profile'))
  const rewanted = !saysAll && difference.fields.length > 0
  const postponed = answer === 'READ' && keepsGroups(before, seen, difference)
  const wanted = stillWanted || rewanted || postponed
  const listFields = answer === 'LIST' && isFresh('profile') ? knownBits(seen.profile) : before.listFields
  const postpones = postponed && !stillWanted
  const asked = { userId: before.id, askedAt: sentAt }
  const vendorId = seen.vendorId ?? before.vendorId
  if (difference.verdict !== 'DIFFERENT' && !firstFilled && !unresolvedChanged) {
    const isNumbered = vendorId !== before.vendorId
    const noted = isNumbered || listFields !== before.listFields || wanted !== before.wanted || postpones
    return {
      ...(noted && { notes: { userId: before.id, vendorId, listFields, wanted, postponed: postpones } }),
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
    vendorId,
    listFields,
    // If a later list overtook the profile of a point read, its values of fields that lists lack were not applied.
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

/**
 * Whether groups were kept because the response may hide a rename (see diff-user.ts). The user then needs another read,
 * although nothing else requests it.
 */
function keepsGroups(before: StoredUser, seen: ResolvedUser, { fresh, groupsLeft }: UserDifference): boolean {
  const groups = fresh.includes('groups') && groupsLeft.length === 0 ? seen.groups : undefined
  // A group with an ambiguous name is kept by every response, until the names differ.
  const explained = [...(groups ?? []), ...(seen.possibleGroups ?? [])]
  return groups !== undefined && before.groups.some((id) => !explained.includes(id))
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value))
}
