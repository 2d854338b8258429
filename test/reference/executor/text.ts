/** The texts of the contract, written again: comparison of addresses and names, times, cursors and global ids. */
import { domainToUnicode } from 'node:url'
import { GraphQLError } from 'graphql'

export function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** An error of another answer of the server. */
export function badAnswer({ message, extensions }: { message: string; extensions: object }): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions } })
}

/** Compares by code points, like Postgres in the locale C. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

function remembered<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>()
  return (text) => {
    const result = known.get(text) ?? compute(text)
    known.set(text, result)
    return result
  }
}

/** The text that lists are sorted by: each character lowercased alone, like `lower` in Postgres. */
export function sortKey(text: string | null): string {
  return [...(text ?? '')].map((letter) => [...letter.toLowerCase()][0]).join('')
}

/** The text that filters compare: full case folding, composed. */
export const foldCase = remembered((text) => {
  const folded = [...text.normalize('NFC')]
    .map((letter) => (letter === 'ı' ? letter : letter.toUpperCase().toLowerCase()))
    .join('')
  return folded.replaceAll('ς', 'σ').replaceAll('i\u0307', 'i').normalize('NFC')
})

/** The text that addresses are compared by (docs/decisions/0028). */
export const addressKey = remembered((address) => {
  const folded = address.toLowerCase().normalize('NFC').replaceAll('ς', 'σ')
  const at = folded.lastIndexOf('@') + 1
  const domain = folded.slice(at).split('.')
  return folded.slice(0, at) + domain.map((label) => (/^xn--./.test(label) ? inUnicode(label) : label)).join('.')
})

function inUnicode(label: string): string {
  return domainToUnicode(label).toLowerCase().normalize('NFC') || label
}

const documentedRoles = ['USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER']

export function roleNamed(spelled: string): string {
  const plain = (name: string) => name.toUpperCase().replace(/[\s_-]+/g, '')
  return documentedRoles.find((name) => plain(name) === plain(spelled)) ?? spelled
}

/** Returns the text if the mirror could store it. `name`: the input, if the error names it. */
export function checkText(text: string, name?: string): string {
  const subject = name === undefined ? '' : `\`${name}\` `
  if (text.length > 1_000) throw badInput(`${subject}exceeds the limit of 1000 characters`)
  if (text.includes('\0')) throw badInput(`${subject}must not contain the character NUL`)
  return text
}

export function checkAddress(value: unknown, name?: string): string {
  const subject = name === undefined ? '' : `\`${name}\` `
  if (typeof value !== 'string') throw badInput('must be a string')
  checkText(value, name)
  if (!/^.+@.+$/s.test(value)) throw badInput(`${subject}must be an email address: an @ between two non-empty parts`)
  return value
}

/** A time as the API shows it: RFC 3339 in UTC with microseconds. Such times compare as strings. */
export function iso(printed: string): string {
  const [, day, time, fraction = ''] = /^(\S+) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(printed) ?? []
  return day === undefined ? printed : `${day}T${time}.${fraction.padEnd(6, '0')}Z`
}

/** The same time as Postgres prints it, which is how cursors contain it. */
export function printed(moment: string): string {
  const [day, time = ''] = moment.replace('Z', '').split('T')
  return `${day} ${time.replace(/\.?0*$/, '')}+00`
}

export function parseTime(value: unknown): string {
  const [, date, seconds, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i.exec(String(value)) ?? []
  const whole = Date.parse(`${date}T${seconds}${zone}`)
  if (typeof value !== 'string' || Number.isNaN(whole)) throw badInput('must be a time')
  return `${new Date(whole).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
}

export function globalId(type: string, key: string | number): string {
  return Buffer.from(`${type}:${key}`).toString('base64')
}

/** Returns the type and the key in a global id of one of the types. */
export function readGlobalId(id: string, types: readonly string[]): { type: string; key: string } {
  const text = Buffer.from(id, 'base64').toString()
  const [, type = '', key = ''] = /^([A-Za-z]\w*):(.+)$/s.exec(text) ?? []
  if (type === '' || globalId(type, key) !== id) {
    throw badInput('Not an ID of this API; expected an unchanged value of an `id` field')
  }
  if (!types.includes(type)) {
    const [only = ''] = types
    const expected = types.length > 1 ? `one of ${types.join(', ')}` : `${/^[AEIO]/.test(only) ? 'an' : 'a'} ${only}`
    throw badInput(`The ID belongs to an object of another type; expected the ID of ${expected}`)
  }
  return { type, key }
}

export function noSuchId(type: string): GraphQLError {
  return badInput(`No ${type} can have this ID; expected an unchanged value of an \`id\` field`)
}

export function numberIn({ type, key }: { type: string; key: string }): number {
  if (!/^[1-9]\d*$/.test(key) || !Number.isSafeInteger(Number(key))) throw noSuchId(type)
  return Number(key)
}

export function encodeCursor(order: string, values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url')
}

/** Returns the order and the values in a cursor; undefined if it is none. */
export function readCursor(cursor: string): [order: string, ...values: unknown[]] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) && typeof parts[0] === 'string' ? (parts as [string]) : undefined
  } catch {
    return undefined
  }
}
