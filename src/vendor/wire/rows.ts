/** Reads JSON and the rows in it, for both APIs. Pure. */
import { kindOf, type Report, storageProblem, type Warning } from './fields.ts'

export type JsonObject = { readonly [key: string]: unknown }

/** Why a response cannot be parsed at all. `cut`: the JSON is truncated. */
export interface Unreadable {
  readonly reason: 'cut' | 'not JSON' | 'wrong shape'
  readonly found: string
}

export type Parsed<T> =
  | { readonly value: T; readonly warnings: readonly Warning[] }
  | { readonly unreadable: Unreadable }

export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** An unknown field has no key, so that `undefined` is never taken for a value. */
export function set<T, Key extends keyof T>(target: T, key: Key, value: T[Key] | undefined): void {
  if (value !== undefined) target[key] = value
}

export function withoutPassword(row: JsonObject): JsonObject {
  const keys = Object.keys(row)
  if (!keys.some(isPassword)) return row
  return Object.fromEntries(Object.entries(row).filter(([key]) => !isPassword(key)))
}

function isPassword(key: string): boolean {
  return key.length === 'password'.length && key.toLowerCase() === 'password'
}

export function reportIdentity(value: unknown, field: string, prefix: string, report: Report): void {
  if (isObject(value)) report(at(prefix, field), describeIdentity(value[field]))
  else report(prefix, kindOf(value))
}

function describeIdentity(given: unknown): string {
  if (typeof given !== 'string') return kindOf(given)
  if (given === '') return 'an empty string'
  return storageProblem(given) ?? 'a string that is not an address'
}

export function canBeStored(text: string): boolean {
  return storageProblem(text) === undefined
}

export function at(prefix: string, field: string): string {
  return prefix === '' ? field : `${prefix}.${field}`
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Drops the engine's own message, which quotes the text. */
export function parseJson(text: string): { readonly value: unknown } | { readonly unreadable: Unreadable } {
  if (text.trim() === '') return { unreadable: { reason: 'not JSON', found: 'empty' } }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    if (endsEarly(text, error)) return { unreadable: { reason: 'cut', found: 'truncated JSON' } }
    const html = text.trimStart().startsWith('<')
    return { unreadable: { reason: 'not JSON', found: html ? 'HTML or XML' : 'text that is not JSON' } }
  }
}

function endsEarly(text: string, error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  return message.includes('end of JSON input') || (position !== undefined && Number(position) >= text.trimEnd().length)
}
