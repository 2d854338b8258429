/** Reads the entries of a user's lists: strings, or objects whose meaning is unambiguous. Pure. */
import { addressKey } from '../address-key.ts'
import type { ListRules } from './wire-fields.ts'

type Entry = { readonly [key: string]: unknown }

export const listRules = {
  roles: { keyOf: (entry) => entry, numbers: false, readObject: roleOf },
  aliases: { keyOf: addressKey, numbers: false, readObject: addressOf },
  groups: { keyOf: (entry) => entry, numbers: true, readObject: ({ id, name }) => id ?? name },
} satisfies Record<string, ListRules>

/** The value that a list entry represents, or undefined if that is not certain. */
export function entryText(list: keyof typeof listRules, entry: unknown): string | undefined {
  const { numbers, readObject } = listRules[list]
  const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  const value = isObject ? readObject(entry as Entry) : entry
  if (numbers && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' ? value : undefined
}

/** The only check of an address. The vendor decides the rest. */
export function isAddress(text: string): boolean {
  const sign = text.indexOf('@', 1)
  return sign !== -1 && sign < text.length - 1
}

/** A role is identified by its name. An accompanying id is ignored if it cannot be the name of a role. */
function roleOf({ id, name }: Entry): unknown {
  if (name === undefined || name === null) return id
  const isKey = id === undefined || id === null || id === name || typeof id === 'number' || /\d/.test(String(id))
  return isKey ? name : undefined
}

/** All fields that look like an address must hold the same one. */
function addressOf(entry: Entry): unknown {
  const own = [entry.address, entry.email].filter((value) => value !== undefined && value !== null)
  const given = own.length > 0 ? own : [entry.name, entry.id]
  const found = given.filter((value) => typeof value === 'string' && isAddress(value)) as string[]
  const isOne = new Set(found.map(addressKey)).size === 1
  return isOne && (own.length === 0 || found.length === own.length) ? found[0] : undefined
}
