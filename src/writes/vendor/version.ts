/** Identifies which state of a user a copy shows, however its times are spelled. Pure. */
import { createHash } from 'node:crypto'
import { normalizeTimestamp } from '../../vendor/wire/timestamp.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { canonicalJson } from './canonical-json.ts'

export interface Version {
  /** A digest of the vendor's complete answer, except its times. */
  readonly digest: string
  /** The time of the last change, as the vendor spelled it. */
  readonly lastChange: string | null
}

export function versionOf({ raw }: WireUser): Version {
  const { createdAt: _createdAt, updatedAt, ...rest } = raw
  const digest = createHash('sha256').update(canonicalJson(rest)).digest('base64url')
  return { digest, lastChange: typeof updatedAt === 'string' ? updatedAt : null }
}

/** Returns whether the copy shows this version. */
export function isVersion(
  known: { readonly [Key in keyof Version]?: Version[Key] | undefined } | undefined,
  copy: WireUser,
): boolean {
  const { digest, lastChange } = versionOf(copy)
  return known?.digest === digest && isSameMoment(known.lastChange ?? null, lastChange)
}

/** Returns whether both copies have the same time of the last change. */
export function isUnchangedSince(one: WireUser, other: WireUser): boolean {
  return isSameMoment(versionOf(one).lastChange, versionOf(other).lastChange)
}

/**
 * Returns whether the copy was last changed at this moment, in the mirror's spelling. Zeros in the fraction may mean
 * that the fraction is unknown.
 */
export function isChangedAt(moment: string, copy: WireUser): boolean {
  return moment === copy.updatedAt || isSameMoment(moment.replace(/[.,]0+(?=\D|$)/, ''), versionOf(copy).lastChange)
}

/**
 * Returns whether two spellings can mean the same moment: one may have fewer digits in its fraction, and a difference
 * below its last digit is ignored.
 */
function isSameMoment(one: string | null, other: string | null): boolean {
  if (one === other) return true
  if (one === null || other === null) return false
  const digits = Math.min(digitsOf(one), digitsOf(other))
  if (digits > 3)
    return normalizeTimestamp(one)?.slice(0, 20 + digits) === normalizeTimestamp(other)?.slice(0, 20 + digits)
  const difference = Math.abs(momentOf(one) - momentOf(other))
  return difference < 1_000 / 10 ** digits
}

/** Times without a zone are UTC. NaN, which equals nothing, if the text is not a time. */
function momentOf(spelled: string): number {
  return Date.parse(normalizeTimestamp(spelled) ?? '')
}

function digitsOf(spelled: string): number {
  return /:\d\d[.,](\d+)/.exec(spelled)?.[1]?.length ?? 0
}
