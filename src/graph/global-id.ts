/**
 * Global ids: base64 of `Type:key`, the key being what names the row within its type. They are opaque to callers, who only hand them back;
 * what they hand back is checked to the letter, so that one thing never has two ids.
 */
import type { GraphQLError } from 'graphql'
import { badInput } from './bad-input.ts'

export interface GlobalId {
  readonly typeName: string
  readonly key: string
}

export function encodeGlobalId(typeName: string, key: string | number | bigint): string {
  return Buffer.from(`${typeName}:${key}`, 'utf8').toString('base64')
}

/** Throws bad input where the string is no global id, or not one of `typeNames`. */
export function parseGlobalId(id: string, typeNames: readonly string[]): GlobalId {
  if (id.length > 300) throw notAnId()
  const decoded = Buffer.from(id, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const typeName = decoded.slice(0, Math.max(colon, 0))
  const key = decoded.slice(colon + 1)
  if (!/^[A-Za-z]\w*$/.test(typeName) || key === '' || encodeGlobalId(typeName, key) !== id) {
    throw notAnId()
  }
  if (!typeNames.includes(typeName)) {
    throw badInput(`The id names an object of another type; expected the id of ${oneOf(typeNames)}`)
  }
  return { typeName, key }
}

/** The key of a row that a number names. Throws bad input where it is none that a row can have. */
export function numericKey({ typeName, key }: GlobalId): number {
  const number = Number(key)
  if (!/^[1-9]\d*$/.test(key) || !Number.isSafeInteger(number)) {
    throw noSuchId(typeName)
  }
  return number
}

function notAnId(): GraphQLError {
  return badInput('Not an id of this graph; expected the value of a field `id`, unchanged')
}

/** The error for an id that no object of the type can have. `typeName`: one of the schema. */
export function noSuchId(typeName: string): GraphQLError {
  return badInput(`No ${typeName} can have this id; expected the value of a field \`id\`, unchanged`)
}

/** The names of types, with what goes before them: `an Alias`, `one of User, Group`. */
export function oneOf(names: readonly string[]): string {
  if (names.length > 1) return `one of ${names.join(', ')}`
  // A User begins with the sound of "you".
  return names.map((name) => (/^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`)).join()
}
