/** A user's own fields, apart from its relationships. */

export interface Profile {
  primaryEmail: string
  firstName: string | null
  lastName: string | null
  type: 'USER' | 'ALIAS' | null
  status: 'ACTIVE' | 'INACTIVE' | null
  mailboxSize: number | null
  spamPolicy: unknown
  createdAt: string | null
  updatedAt: string | null
}

/** In the order of their bits in `users.profile_known`. Append only: the bits are stored. */
export const profileFields = [
  'primaryEmail',
  'firstName',
  'lastName',
  'type',
  'status',
  'mailboxSize',
  'spamPolicy',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Profile)[]

export type ProfileField = (typeof profileFields)[number]

export function bitOf(field: ProfileField): number {
  return 1 << profileFields.indexOf(field)
}

/** The bits of the fields that are present. */
export function knownBits(profile: Partial<Profile>): number {
  return profileFields.reduce((bits, field) => (profile[field] === undefined ? bits : bits | bitOf(field)), 0)
}

/** Whether two values of a profile field are equal. Objects are compared by content, regardless of key order. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b))
}

/** Serializes a value to JSON that does not depend on key order. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
