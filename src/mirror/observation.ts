import type { Profile } from './profile.ts'

/** What is known of the request whose answer is applied. Times by the database's clock, ISO 8601 in UTC with microseconds: they compare as strings. */
export interface Observation {
  readonly sentAt: string
  readonly arrivedAt: string
  readonly origin: 'PULL' | 'REFRESH' | 'WRITE'
  readonly actor?: string
  readonly pullId?: number
  /** The vendor was asked to decide whether the address has another account: something else has shown that it may. */
  readonly decides?: boolean
  /** We deleted an account at the address within the last minute. */
  readonly deletedLately?: boolean
}

/** One user as one answer showed it. An absent field or list is unknown: what is known of it stays. */
export interface ObservedUser {
  readonly profile: Partial<Profile> & Pick<Profile, 'primaryEmail'>
  readonly roles?: readonly string[]
  readonly aliases?: readonly string[]
  /** Ids or names, as the vendor gives them. */
  readonly groups?: readonly string[]
  /** Words of the vendor's that are not known: a type is absent from the profile then, a status is null. */
  readonly unrecognized?: { readonly type?: string; readonly status?: string }
}

export interface ObservedGroup {
  readonly groupId: string
  readonly name: string
  readonly memberCount?: number
}

/** The bits of `pull_pages.carried`. */
export const carriedBits = { roles: 1, aliases: 2, groups: 4 } as const
export const carriedAll = carriedBits.roles | carriedBits.aliases | carriedBits.groups
export type FieldGroup = keyof typeof carriedBits
export const fieldGroups = Object.keys(carriedBits) as FieldGroup[]

export function carriedBy(user: { readonly [Group in FieldGroup]?: readonly unknown[] | undefined }): number {
  return fieldGroups.reduce((bits, group) => (user[group] === undefined ? bits : bits | carriedBits[group]), 0)
}

/**
 * What kind of answer it is. LIST: a page of users, which may say less of each than is to be known; what it lacks is put down to be
 * read one by one, and what it merely confirms is not written. READ: one user whole; what it merely confirms moves stamps, and writes no version.
 */
export type AnswerKind = 'LIST' | 'READ'
