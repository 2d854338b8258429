/**
 * Decides whether a response shows the known account at its address. Pure. Another account is indicated by a later
 * creation time, or by a different type if one of the creation times is unknown. An indication alone ends no account: a
 * point read must agree (docs/decisions/0026-when-a-life-ends.md).
 */
import { compareCreations } from './account-creation.ts'
import { bitOf, type Profile } from './profile.ts'
import type { Doubt } from './user-doubts.ts'

/** The bits of `organizations.creation_distrust`. */
export const distrustBits = { LIST: 1, READ: 2 } as const

export interface AccountEvidence {
  readonly answer: 'LIST' | 'READ'
  /**
   * The user was read to decide this: a list or another read has shown the indication before, or a complete list lacks
   * the account.
   */
  readonly decides: boolean
  /** The bits of the sources whose creation time is distrusted. */
  readonly distrust: number
}

interface KnownAccount {
  readonly profile: Profile
  readonly profileKnown: number
  readonly goneAt: string | null
  readonly doubt: Doubt | null
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

export function judgeAccount(
  known: KnownAccount,
  seen: Partial<Profile> & Pick<Profile, 'primaryEmail'>,
  { answer, decides, distrust }: AccountEvidence,
): AccountVerdict {
  const { doubt } = known
  // A creation time that the list shows and the user's own read repeats is not moving, even if the source is distrusted
  // for other users.
  const isBelieved = (distrust & distrustBits[answer]) === 0 || (decides && doubt?.source === 'LIST' && !doubt.refuted)
  const createdAt = isBelieved ? seen.createdAt : undefined
  const order = compareCreations(known.profile.createdAt, createdAt)
  if (known.goneAt !== null) {
    // A list may be older than the response that proved the deletion. A later account cannot be.
    return answer === 'READ' || order === 'LATER'
      ? { account: 'ANOTHER' }
      : { account: 'DOUBTFUL', createdAt: createdAt ?? null, moved: false }
  }
  const isOtherType = seen.type !== undefined && isTypeKnown(known) && seen.type !== known.profile.type
  const isSign = order === 'LATER' || (order === 'UNKNOWN' && isOtherType)
  const mayBeTwin =
    answer === 'LIST' && order === 'EARLIER' && seen.primaryEmail !== known.profile.primaryEmail && !doubt?.refuted
  if (!isSign && !mayBeTwin) {
    const vouches = order === 'SAME' || (answer === 'READ' && isBelieved)
    return { account: 'SAME', seen: believed(known, seen, createdAt), settles: settlementBy(answer, doubt, vouches) }
  }
  const ofDoubt = doubt ? compareCreations(doubt.createdAt, createdAt) : 'UNKNOWN'
  const agrees = ofDoubt === 'SAME' || (ofDoubt === 'UNKNOWN' && (doubt?.type ?? seen.type) === seen.type)
  if (answer === 'LIST' && doubt?.source === 'LIST' && doubt.refuted && agrees) {
    const { type: _type, ...rest } = seen
    return { account: 'SAME', seen: believed(known, order === 'UNKNOWN' ? rest : seen, undefined), settles: null }
  }
  if (answer === 'READ' && decides && isSign && (!doubt || agrees)) return { account: 'ANOTHER' }
  const moved = doubt !== null && (ofDoubt === 'LATER' || ofDoubt === 'EARLIER')
  return { account: 'DOUBTFUL', createdAt: createdAt ?? null, moved }
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
