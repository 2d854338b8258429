/**
 * Global IDs: base64 of `Type:key`, where the key identifies the row within its type. They are opaque to callers. An ID
 * from a caller must be exactly as issued, so that an object never has two IDs.
 */
import { type Column, type SQL, sql } from 'drizzle-orm'
import type { GraphQLError } from 'graphql'
import { userInputError } from './user-input-error.ts'

export interface GlobalId {
  readonly typeName: string
  readonly key: string
}

export function encodeGlobalId(typeName: string, key: string | number | bigint): string {
  return Buffer.from(`${typeName}:${key}`, 'utf8').toString('base64')
}

/**
 * The global ID of a row that is identified by a number, in SQL. It is too short for a line break, which base64 has after
 * 57 bytes, and has no backslash, which the cast would take for an escape.
 */
export function globalId(typeName: string, key: Column): SQL {
  return sql`encode((${sql.raw(`'${typeName}:'`)} || ${key}::text)::bytea, 'base64')`
}

const longestId = 300
/** Each ID is decoded here, which is faster than in a buffer of its own. */
const scratch = Buffer.alloc(longestId)

/** Throws bad input if the string is not a global ID of one of `typeNames`. */
export function parseGlobalId(id: string, typeNames: readonly string[]): GlobalId {
  if (id.length > longestId) throw notAnId()
  const bytes = scratch.write(id, 'base64')
  const decoded = scratch.toString('utf8', 0, bytes)
  const colon = decoded.indexOf(':')
  const typeName = decoded.slice(0, Math.max(colon, 0))
  const key = decoded.slice(colon + 1)
  // Bytes that are not UTF-8 are decoded as U+FFFD.
  const issued = decoded.includes('\ufffd') ? encodeGlobalId(typeName, key) : scratch.toString('base64', 0, bytes)
  if (!/^[A-Za-z]\w*$/.test(typeName) || key === '' || issued !== id) throw notAnId()
  if (!typeNames.includes(typeName)) {
    throw userInputError(`The ID belongs to an object of another type; expected the ID of ${oneOf(typeNames)}`)
  }
  return { typeName, key }
}

/** Returns the key of a row that is identified by a number. Throws bad input if no row can have the key. */
export function numericKey({ typeName, key }: GlobalId): number {
  const number = Number(key)
  if (!/^[1-9]\d*$/.test(key) || !Number.isSafeInteger(number)) {
    throw noSuchId(typeName)
  }
  return number
}

function notAnId(): GraphQLError {
  return userInputError('Not an ID of this API; expected an unchanged value of an `id` field')
}

/** The error for an ID that no object of the type can have. `typeName`: a type of the schema. */
export function noSuchId(typeName: string): GraphQLError {
  return userInputError(`No ${typeName} can have this ID; expected an unchanged value of an \`id\` field`)
}

/** Joins type names with an article or prefix: `an Alias`, `one of User, Group`. */
export function oneOf(names: readonly string[]): string {
  if (names.length > 1) return `one of ${names.join(', ')}`
  // "User" starts with a consonant sound.
  return names.map((name) => (/^[AEIO]/.test(name) ? `an ${name}` : `a ${name}`)).join()
}
