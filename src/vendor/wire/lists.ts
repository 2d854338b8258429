/** Reads the entries of a user's lists: strings, or objects whose meaning is unambiguous. Pure. */
import { addressKey } from '../../addresses/address-key.ts'
import type { ListRules } from './fields.ts'

type Entry = { readonly [key: string]: unknown }

export const listRules = {
  roles: { keyOf: (entry) => entry, numbers: false, readText: (text) => text, readObject: roleOf },
  aliases: { keyOf: addressKey, numbers: false, readText: addressIn, readObject: addressOf },
  groups: {
    keyOf: (entry) => entry,
    numbers: true,
    readText: (text) => text,
    readObject: ({ id, name }) => id ?? name,
  },
} satisfies Record<string, ListRules>

/** The value that a list entry represents, or undefined if that is not certain. */
export function entryText(list: keyof typeof listRules, entry: unknown): string | undefined {
  const { numbers, readText, readObject } = listRules[list]
  const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  const value = isObject ? readObject(entry as Entry) : entry
  if (numbers && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' ? readText(value) : undefined
}

/** The only check of an address. The vendor decides the rest. */
export function isAddress(text: string): boolean {
  const sign = text.indexOf('@', 1)
  return sign !== -1 && sign < text.length - 1
}

/**
 * The address in an alias such as `b@x`, `smtp:b@x` or `Bob <b@x>`. Undefined if the text is something else, such as
 * `sip:b@x`, or may be.
 */
function addressIn(text: string): string | undefined {
  const inner = /^[^<>]*<([^<>]*)>\s*$/.exec(text)?.[1] ?? text
  const [, prefix = 'smtp', address = inner] = /^\s*([a-z][a-z\d]*):\s*(.*)$/is.exec(inner) ?? []
  // A quoted local part may hold anything.
  const unquoted = address.replace(/^\s*"(?:[^"\\]|\\.)*"/, 'quoted')
  return /^(?:smtp|mailto)$/i.test(prefix) && /^[^@<>]+@[^\s@<>,;]+\s*$/.test(unquoted) ? address : undefined
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
  const found = given.flatMap((value) => (typeof value === 'string' ? (addressIn(value) ?? []) : []))
  const isOne = new Set(found.map(addressKey)).size === 1
  return isOne && (own.length === 0 || found.length === own.length) ? found[0] : undefined
}
