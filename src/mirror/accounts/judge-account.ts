/**
 * Decides whether a response shows the known account at its address. Pure. Another account is indicated by a later
 * creation time, or by a different type if one of the creation times is unknown. An indication alone ends no account: a
 * point read must agree (docs/decisions/0026-when-an-account-ends.md).
 */

import { bitOf, type Profile } from '../users/profile.ts'
import { type CreationOrder, compareCreations, identifyingCreation } from './account-creation.ts'
import type { Doubt } from './user-doubts.ts'

/**
 * The bits of `organizations.creation_distrust`. LIST, READ: the source's `createdAt` identifies no account, and
 * neither does another type in lists. KNOWN: lists and point reads agree that the known times are too late, so the pull
 * corrects them.
 */
export const distrustBits = { LIST: 1, READ: 2, KNOWN: 4 } as const

export interface AccountEvidence {
  readonly answer: 'LIST' | 'READ'
  /**
   * The user was read to decide this: a list or another read has shown the indication before, or a complete list lacks
   * the account.
   */
  readonly decides: boolean
  /** The bits of the sources whose creation time is distrusted. */
  readonly distrust: number
  /** The pull that the response belongs to. */
  readonly pullId?: number | undefined
  /** We deleted the account within the last minute, so responses that still show it may be late. */
  readonly deletedLately?: boolean | undefined
}

interface KnownAccount {
  readonly profile: Profile
  readonly profileKnown: number
  readonly goneAt: string | null
  readonly doubt: Doubt | null
  readonly vendorId: string | null
  /** The creation times of earlier accounts at the address, each proved gone, and the vendor's numbers of them. */
  readonly predecessors: readonly string[]
  readonly predecessorIds: readonly string[]
}

export type AccountVerdict =
  /**
   * `seen` is what the response shows, without distrusted fields. `settles`: whether it ends or contradicts the current
   * doubt.
   */
  | { readonly account: 'SAME'; readonly seen: Partial<Profile>; readonly settles: 'REFUTED' | 'OVER' | null }
  /**
   * Must not be applied. `createdAt` is the creation time if it is trusted. `moved`: it differs from the one that
   * raised the doubt.
   */
  | { readonly account: 'DOUBTFUL'; readonly createdAt: string | null; readonly moved: boolean }
  | { readonly account: 'ANOTHER' }
  /** A late response that shows the account that was proved gone. Must not be applied. */
  | { readonly account: 'GONE' }

export function judgeAccount(
  known: KnownAccount,
  seen: Partial<Profile> & Pick<Profile, 'primaryEmail'>,
  evidence: AccountEvidence,
  vendorId?: string,
): AccountVerdict {
  if (known.vendorId !== null && vendorId !== undefined) return judgeNumber(known, seen, evidence, vendorId)
  const { answer, decides, distrust } = evidence
  const { doubt } = known
  // A creation time that the list shows and the user's own read repeats is not moving, even if the source is distrusted
  // for other users.
  const isBelieved = (distrust & distrustBits[answer]) === 0 || (decides && doubt?.source === 'LIST' && !doubt.refuted)
  const createdAt = isBelieved && !isAfterUpdate(seen) ? seen.createdAt : undefined
  const order = compareCreations(known.profile.createdAt, createdAt)
  if (known.goneAt !== null) return judgeReturn(order, createdAt, evidence)

  const doubtful = (): AccountVerdict => ({
    account: 'DOUBTFUL',
    createdAt: createdAt ?? null,
    moved: doubt !== null && (ofDoubt === 'LATER' || ofDoubt === 'EARLIER'),
  })
  const same = (profile: Partial<Profile>, settles: 'REFUTED' | 'OVER' | null): AccountVerdict => ({
    account: 'SAME',
    seen: believed(known, profile, createdAt),
    settles,
  })
  const ofDoubt = doubt ? compareCreations(doubt.createdAt, createdAt) : 'UNKNOWN'
  const agrees = ofDoubt === 'SAME' || (ofDoubt === 'UNKNOWN' && (doubt?.type ?? seen.type) === seen.type)
  const { type, ...untyped } = seen
  const isOtherType = type !== undefined && isTypeKnown(known) && type !== known.profile.type

  // Applies to distrusted times, too: this is the creation time of an account that was proved gone.
  if (isPredecessor(known, seen.createdAt)) {
    // Two pulls, each with a point read, showed the earlier account: it was restored.
    const isRestored = answer === 'READ' && decides && doubt !== null && agrees && isOfEarlierPull(doubt, evidence)
    return isRestored
      ? { account: 'ANOTHER' }
      : { account: 'DOUBTFUL', createdAt: seen.createdAt ?? null, moved: false }
  }
  if (order === 'EARLIER') {
    const isRespelled = seen.primaryEmail !== known.profile.primaryEmail
    const isCorrection = (distrust & distrustBits.KNOWN) !== 0 && !(answer === 'LIST' && isRespelled)
    const isAgreed = answer === 'READ' && doubt?.source === 'LIST' && ofDoubt === 'SAME'
    if (isCorrection || (isAgreed && decides))
      return { account: 'SAME', seen: { ...seen, createdAt: createdAt ?? null }, settles: doubt && 'OVER' }
    // The row may show an earlier account, so it is never applied, even if a point read has found the known account.
    return answer === 'LIST' || isAgreed ? doubtful() : same(seen, settlementBy(answer, doubt, isBelieved))
  }
  if (order === 'LATER') {
    if (answer === 'READ') return decides && (!doubt || agrees) ? { account: 'ANOTHER' } : doubtful()
    // The list moves, and the read showed another account, too: the next read decides whether reads move.
    if (doubt && isReadLater(known, doubt) && !agrees)
      return { account: 'DOUBTFUL', createdAt: doubt.createdAt, moved: false }
    return doubt?.source === 'LIST' && doubt.refuted && agrees
      ? { account: 'SAME', seen: believed(known, seen, undefined), settles: null }
      : doubtful()
  }
  if (order === 'UNKNOWN' && answer === 'LIST' && isOtherType) {
    // Another type alone only requests a point read. If point reads have contradicted it, the type is not applied
    // either.
    const isNoSign = !isBelieved || (doubt?.source === 'LIST' && doubt.refuted && agrees)
    return isNoSign ? same(untyped, null) : doubtful()
  }
  const isOfType = doubt?.source === 'LIST' && doubt.createdAt === null && type !== undefined
  if (isOfType) {
    const isOver = answer === 'LIST' || (decides && type === doubt.type)
    return same(seen, isOver ? 'OVER' : 'REFUTED')
  }
  return same(seen, settlementBy(answer, doubt, order === 'SAME' || (answer === 'READ' && isBelieved)))
}

/**
 * The vendor's number identifies an account for life. An earlier account of the address is late, unless two pulls, each
 * with a point read, have shown it: then it was restored.
 */
function judgeNumber(
  { vendorId: known, goneAt, doubt, predecessorIds }: KnownAccount,
  seen: Partial<Profile>,
  evidence: AccountEvidence,
  vendorId: string,
): AccountVerdict {
  const isSame = known === vendorId
  if (goneAt !== null) return judgeReturn(isSame ? 'SAME' : 'LATER', null, evidence)
  if (isSame) return { account: 'SAME', seen, settles: doubt && 'OVER' }
  const isLate = predecessorIds.includes(vendorId) && (doubt === null || !isOfEarlierPull(doubt, evidence))
  const isDecided = evidence.answer === 'READ' && evidence.decides && !isLate
  return isDecided ? { account: 'ANOTHER' } : { account: 'DOUBTFUL', createdAt: null, moved: false }
}

/** No account is created after its last update. Such a time is something else, such as the last activity. */
function isAfterUpdate({ createdAt, updatedAt }: Partial<Profile>): boolean {
  if (identifyingCreation(updatedAt, updatedAt ?? undefined) === undefined) return false
  return compareCreations(updatedAt ?? null, createdAt) === 'LATER'
}

/** Judges a response for an address whose account was proved gone. */
function judgeReturn(
  order: CreationOrder,
  createdAt: string | null | undefined,
  { answer, decides, deletedLately }: AccountEvidence,
): AccountVerdict {
  // An account created later cannot be the one that is gone.
  if (order === 'LATER') return { account: 'ANOTHER' }
  if (answer === 'LIST') return { account: 'DOUBTFUL', createdAt: createdAt ?? null, moved: false }
  // A read may come from a late replica, unless a list has shown the account, too.
  const isLate = deletedLately || (order === 'SAME' && !decides)
  return { account: isLate ? 'GONE' : 'ANOTHER' }
}

/** Whether this is the creation time of an earlier account at the address, and cannot be that of the known account. */
export function isPredecessor(
  { profile, predecessors }: { readonly profile: Pick<Profile, 'createdAt'>; readonly predecessors: readonly string[] },
  createdAt: string | null | undefined,
): boolean {
  const order = compareCreations(profile.createdAt, createdAt)
  const isOther = order === 'EARLIER' || order === 'LATER'
  return isOther && predecessors.some((one) => compareCreations(one, createdAt) === 'SAME')
}

/** Whether the latest point read showed a later creation time than the known one. */
function isReadLater({ profile }: KnownAccount, { createdAt, examined, refuted }: Doubt): boolean {
  return examined && !refuted && compareCreations(profile.createdAt, createdAt) === 'LATER'
}

function isOfEarlierPull({ firstPullId }: Doubt, { pullId }: AccountEvidence): boolean {
  return firstPullId !== null && firstPullId !== pullId
}

/**
 * Only the source that raised a doubt ends it. A contradiction by the other source is stored, so that one wrong list
 * does not cause repeated reads.
 */
function settlementBy(answer: 'LIST' | 'READ', doubt: Doubt | null, vouches: boolean): 'REFUTED' | 'OVER' | null {
  if (!doubt || !vouches) return null
  return answer === doubt.source ? 'OVER' : 'REFUTED'
}

/** Keeps the creation time as first known: another format of it is not a change of the account. */
function believed(
  known: KnownAccount,
  { createdAt: _createdAt, ...seen }: Partial<Profile>,
  createdAt: string | null | undefined,
): Partial<Profile> {
  if (createdAt == null) return seen
  return { ...seen, createdAt: known.profile.createdAt ?? createdAt }
}

function isTypeKnown({ profileKnown }: KnownAccount): boolean {
  return (profileKnown & bitOf('type')) !== 0
}
