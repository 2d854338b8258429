import { domainToUnicode } from 'node:url'

type UserType = 'User' | 'Alias'
type UserStatus = 'active' | 'inactive'

/** What only the interface API v1 knows of an account. What is not set follows from the rest. */
export interface InterfaceFields {
  /** One of the seven kinds, or another word. */
  readonly type?: string | undefined
  readonly billable?: boolean | undefined
  readonly safe?: readonly string[] | undefined
  readonly blocked?: readonly string[] | undefined
  readonly readOnly?: boolean | undefined
  readonly odin?: Readonly<Record<string, unknown>> | undefined
}

/** A user without its groups and its password. A profile is never modified, only replaced, so copies may share it. */
export interface Profile {
  readonly primaryEmail: string
  readonly type: UserType
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly roles: readonly string[]
  readonly aliases: readonly string[]
  /** MB */
  readonly mailboxSize?: number | undefined
  readonly spamPolicy?: Readonly<Record<string, unknown>> | undefined
  /** null: removed by a PUT. */
  readonly status: UserStatus | null
  readonly createdAt: string
  readonly updatedAt: string
  /** Fields that the vendor does not document. They appear next to the others in responses. */
  readonly undocumented: Readonly<Record<string, unknown>>
  /** What only the interface API v1 shows. */
  readonly ofInterface?: InterfaceFields | undefined
}

/** `groups`: ids, whatever the switch `userGroups` says. */
export interface User extends Profile {
  readonly groups: readonly string[]
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly memberCount: number
}

export type UserPatch = Partial<Omit<User, 'primaryEmail'>> & { readonly password?: string | undefined }
export type NewUser = UserPatch & { readonly primaryEmail: string }

export const knownRoles: readonly string[] = ['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER']

/** A profile with every omitted field filled in as the vendor does on creation. */
export function completeProfile(user: NewUser, now: number): Profile {
  const { groups: _groups, password: _password, ...given } = user
  const createdAt = given.createdAt ?? timestamp(now)
  return {
    type: 'User',
    roles: ['USER'],
    aliases: [],
    status: 'active',
    undocumented: {},
    ...given,
    createdAt,
    updatedAt: given.updatedAt ?? createdAt,
  }
}

export function timestamp(ms: number): string {
  return new Date(ms).toISOString()
}

/** NFC, with the domain in Unicode. */
function composedAddress(address: string): string {
  const at = address.lastIndexOf('@') + 1
  const domain = address.slice(at)
  const decoded = /(^|\.)xn--/i.test(domain) ? domainToUnicode(domain) || domain : domain
  return address.slice(0, at).normalize('NFC') + decoded.normalize('NFC')
}

/** Two addresses are equal if their keys are equal. */
export function addressKey(address: string): string {
  return composedAddress(address.toLowerCase())
}

export function domainOf(address: string): string {
  return addressKey(address.slice(address.lastIndexOf('@') + 1))
}
