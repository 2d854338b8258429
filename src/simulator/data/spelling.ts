/** Renders stored values in the spelling that the switches select, and reads them back in that spelling. */
import { domainToASCII } from 'node:url'
import type { Switches } from '../options.ts'
import { knownRoles, type Profile } from './user.ts'

export function shownAddress(address: string, { addressForm }: Switches): string {
  if (addressForm === 'kept') return address
  const at = address.lastIndexOf('@') + 1
  return address.slice(0, at).normalize('NFD') + (domainToASCII(address.slice(at)) || address.slice(at))
}

export function shownRoles(roles: readonly string[], { roleNames }: Switches): readonly string[] {
  if (roleNames === 'documented') return roles
  return roles.map((role) => (knownRoles.includes(role) ? inTitleCase(role) : role))
}

export function documentedRole(role: string): string {
  return knownRoles.find((known) => inTitleCase(known) === role) ?? role
}

export function shownAliases({ primaryEmail, aliases }: Profile, switches: Switches): readonly string[] {
  const all = switches.aliasesHold === 'primaryToo' ? [primaryEmail, ...aliases] : aliases
  return all.map((address) => shownAddress(address, switches))
}

export function shownType({ type }: Profile, { words }: Switches): string {
  return words === 'further' && type === 'Alias' ? 'Functional' : type
}

export function shownStatus({ status }: Profile, { words, clearedStatus }: Switches): string | null | undefined {
  if (status === null) return clearedStatus === 'absent' ? undefined : null
  return words === 'further' && status === 'inactive' ? 'suspended' : status
}

/** The fields of a body in the documented words. */
export function documented(body: unknown, { words, listEntries, numbers }: Switches): unknown {
  const isDocumented = words === 'documented' && listEntries === 'strings' && numbers === 'numbers'
  if (isDocumented || typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const given: Readonly<Record<string, unknown>> = { ...body }
  return {
    ...given,
    ...(given.type === 'Functional' && { type: 'Alias' }),
    ...(given.status === 'suspended' && { status: 'inactive' }),
    ...(numbers === 'strings' && typeof given.mailboxSize === 'string' && { mailboxSize: Number(given.mailboxSize) }),
    ...(listEntries !== 'strings' && {
      ...documentedList(given, 'roles', ['name']),
      ...documentedList(given, 'aliases', ['address']),
      ...documentedList(given, 'groups', ['id', 'name']),
    }),
  }
}

function documentedList(given: Readonly<Record<string, unknown>>, field: string, members: readonly string[]): object {
  const entries = given[field]
  if (!Array.isArray(entries)) return {}
  const textOf = (entry: Readonly<Record<string, unknown>>) =>
    members.map((member) => entry[member]).find((value) => value !== undefined) ?? entry
  return { [field]: entries.map((entry) => (typeof entry === 'object' && entry !== null ? textOf(entry) : entry)) }
}

function inTitleCase(role: string): string {
  const words = role.toLowerCase().split('_')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ')
}
