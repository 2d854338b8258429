/**
 * Reads the values of a request's body. A name that the caller chose never becomes the key of a JavaScript object: names
 * are looked up in maps, in lower case, because SCIM ignores their letter case.
 */
import { attributeName } from './schemas.ts'
import { badSyntax, badValue } from './scim-error.ts'

/** The attributes of an object in a body. Names are in lower case, without the URN of the core schema. */
export type Attributes = ReadonlyMap<string, unknown>

/** Parses a body. Its size and its depth were checked before. */
export function parseBody(body: string): Attributes {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    throw badSyntax('The body is not valid JSON')
  }
  const attributes = attributesOf(parsed)
  if (!attributes) throw badSyntax('The body must be a JSON object')
  return attributes
}

/** Returns undefined if the value is not an object. */
export function attributesOf(value: unknown): Attributes | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const attributes = new Map<string, unknown>()
  for (const [name, inner] of Object.entries(value)) {
    const key = attributeName(name)
    if (attributes.has(key)) throw badSyntax(`The attribute ${shown(name)} occurs twice`)
    attributes.set(key, inner)
  }
  return attributes
}

/** Reads an optional text. The empty text and null mean that there is none. */
export function textOf(value: unknown, name: string, longest = 1_000): string | null {
  const single = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (single === null || single === undefined || single === '') return null
  if (typeof single !== 'string') throw badValue(`${name} must be a string`)
  if (single.length > longest) throw badValue(`${name} exceeds the limit of ${longest} characters`)
  if (!isStorable(single)) throw badValue(`${name} must not contain control characters or unpaired surrogates`)
  return single
}

/**
 * Reads a truth value. Identity providers also send the strings "True" and "False" (Entra ID), a list of one value, and
 * an object that repeats the name of the attribute.
 */
export function truthOf(value: unknown, name: string): boolean {
  let single = value
  for (let unwrapped = 0; unwrapped < 3; unwrapped += 1) {
    if (Array.isArray(single) && single.length === 1) single = single[0]
    else single = attributesOf(single)?.get(name.toLowerCase()) ?? attributesOf(single)?.get('value') ?? single
  }
  if (typeof single === 'boolean') return single
  const text = typeof single === 'string' ? single.trim().toLowerCase() : ''
  if (text === 'true' || text === 'false') return text === 'true'
  throw badValue(`${name} must be true or false`)
}

/** Postgres accepts neither NUL nor a lone surrogate. */
export function isStorable(text: string): boolean {
  return !/\p{Cc}/u.test(text) && text.isWellFormed()
}

/** The ids of resources are in lower case, as they are served. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
}

/** A part of the request for an error message. */
export function shown(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return JSON.stringify(short.toWellFormed())
}
