import type { Profile } from './users/profile.ts'

/**
 * The request whose response is applied. Times are from the database clock, as ISO 8601 in UTC with microseconds, so
 * they compare as strings.
 */
export interface Observation {
  readonly sentAt: string
  readonly arrivedAt: string
  readonly origin: 'PULL' | 'REFRESH' | 'WRITE'
  readonly actor?: string
  readonly pullId?: number
  /** The user was read to decide whether the address has another account, after something else indicated that. */
  readonly decides?: boolean
  /** We deleted an account at the address within the last minute. */
  readonly deletedLately?: boolean
}

/** One user as shown by one response. An absent field or list is unknown: its stored value stays. */
export interface ObservedUser {
  readonly profile: Partial<Profile> & Pick<Profile, 'primaryEmail'>
  /** The vendor's number of the account. */
  readonly vendorId?: string
  readonly roles?: readonly string[]
  readonly aliases?: readonly string[]
  /** Ids or names, as the vendor sends them. */
  readonly groups?: readonly string[]
  /** Unrecognized values. An unrecognized type is absent from the profile, and an unrecognized status is null. */
  readonly unrecognized?: { readonly type?: string; readonly status?: string }
}

export interface ObservedGroup {
  readonly groupId: string
  readonly name: string
  readonly memberCount?: number
}

/** The bits of `pull_pages.carried`. */
export const carriedBits = { roles: 1, aliases: 2, groups: 4 } as const
/** All field groups that the organization's connection can carry. */
export function carriedAll({ offersGroups }: { readonly offersGroups: boolean }): number {
  return carriedBits.roles | carriedBits.aliases | (offersGroups ? carriedBits.groups : 0)
}
export type FieldGroup = keyof typeof carriedBits
export const fieldGroups = Object.keys(carriedBits) as FieldGroup[]

export function carriedBy(user: { readonly [Group in FieldGroup]?: readonly unknown[] | undefined }): number {
  return fieldGroups.reduce((bits, group) => (user[group] === undefined ? bits : bits | carriedBits[group]), 0)
}

/**
 * The kind of response.
 * - LIST: a page of users, which may carry only some fields of each. Missing fields are queued for point reads, and
 *   confirmations without differences are not written.
 * - READ: one complete user. Confirmations without differences move stamps and write no version.
 */
export type AnswerKind = 'LIST' | 'READ'
