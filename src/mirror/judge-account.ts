/**
 * Whether an answer shows the account that is known at its address. Pure. A later time of creation is the sign of another account, and another
 * type is where one of the two times is not known. A sign alone ends no life: a point read has to agree with it
 * (docs/decisions/0026-when-a-life-ends.md).
 */
import { compareCreations } from './account-creation.ts'
import { bitOf, type Profile } from './profile.ts'
import type { Doubt } from './user-doubts.ts'

/** The bits of `organizations.creation_distrust`. */
export const distrustBits = { LIST: 1, READ: 2 } as const

export interface AccountEvidence {
  readonly answer: 'LIST' | 'READ'
  /** The answer was asked for to decide: a list, or another read, has shown the sign before it, or a complete list lacks the account. */
  readonly decides: boolean
  /** The bits of the sources whose time of creation is none. */
  readonly distrust: number
}

interface KnownAccount {
  readonly profile: Profile
  readonly profileKnown: number
  readonly goneAt: string | null
  readonly doubt: Doubt | null
}

export type AccountVerdict =
  /** `seen`: what the answer shows, without what it is not believed in. `settles`: it contradicts the doubt that there is. */
  | { readonly account: 'SAME'; readonly seen: Partial<Profile>; readonly settles: 'REFUTED' | 'OVER' | null }
  /** Not to be applied. `createdAt`: as far as it is believed. `moved`: it is another than the doubt is about. */
  | { readonly account: 'DOUBTFUL'; readonly createdAt: string | null; readonly moved: boolean }
  | { readonly account: 'ANOTHER' }

export function judgeAccount(
  known: KnownAccount,
  seen: Partial<Profile> & Pick<Profile, 'primaryEmail'>,
  { answer, decides, distrust }: AccountEvidence,
): AccountVerdict {
  const { doubt } = known
  // What a list says and its own read repeats is no moving time, whoever else's time moves.
  const isBelieved = (distrust & distrustBits[answer]) === 0 || (decides && doubt?.source === 'LIST' && !doubt.refuted)
  const createdAt = isBelieved ? seen.createdAt : undefined
  const order = compareCreations(known.profile.createdAt, createdAt)
  if (known.goneAt !== null) {
    // A list may be older than the answer that proved the end. A later account cannot be.
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

/** The source that raised the doubt ends it. What the other one contradicts is remembered, so that one wrong list is not asked about again and again. */
function settlementBy(answer: 'LIST' | 'READ', doubt: Doubt | null, vouches: boolean): 'REFUTED' | 'OVER' | null {
  if (!doubt || !vouches) return null
  return answer === doubt.source ? 'OVER' : 'REFUTED'
}

/** The time of creation stays as it was first known: its spelling is none of the account's. */
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
