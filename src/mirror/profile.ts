/** A user's own fields, apart from its relationships. */

export interface Profile {
  primaryEmail: string
  firstName: string | null
  lastName: string | null
  type: 'USER' | 'ALIAS'
  status: 'ACTIVE' | 'INACTIVE' | null
  mailboxSize: number | null
  spamPolicy: unknown
  createdAt: string | null
  updatedAt: string | null
}

/** In the order of their bits in `users.profile_known`: append only. */
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

/** The bits of those that are there. */
export function knownBits(profile: Partial<Profile>): number {
  return profileFields.reduce((bits, field) => (profile[field] === undefined ? bits : bits | bitOf(field)), 0)
}

/** Whether two values of a profile field are the same; objects by their content, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && canonical(a) === canonical(b))
}

/** The same text for the same value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
