import { normalizeTimestamp } from './timestamp.ts'

/** An undocumented value in a response. `found` describes its kind and never quotes it. */
export interface Warning {
  readonly path: string
  readonly found: string
}

/** Reports a field that could not be read as it is. */
export type Report = (field: string, found: string) => void

const maxWarnings = 100

/**
 * Collects the warnings of one response. Only the first 100 are kept and the rest are counted: a page whose rows all
 * have the same fault must not flood the log.
 */
export function collectWarnings(): { report: Report; warnings(): Warning[] } {
  const list: Warning[] = []
  let further = 0
  return {
    report(path, found) {
      if (list.length < maxWarnings) list.push({ path, found })
      else further += 1
    },
    warnings: () => (further === 0 ? list : [...list, { path: '', found: `${further} further warnings` }]),
  }
}

/**
 * The first warning of each kind, that is, with the same finding in the same field. `times` is the number of warnings
 * of that kind.
 */
export function distinctWarnings(warnings: readonly Warning[]): (Warning & { readonly times: number })[] {
  const kinds = new Map<string, Warning & { times: number }>()
  for (const warning of warnings) {
    const known = kinds.get(kindOfWarning(warning))
    if (known) known.times += 1
    else kinds.set(kindOfWarning(warning), { ...warning, times: 1 })
  }
  return [...kinds.values()]
}

/** Ignores list indexes. */
export function kindOfWarning({ path, found }: Warning): string {
  return `${path.replace(/\[\d+\]/g, '[]')} ${found}`
}

// Each reader below returns undefined for "unknown": an absent field, or a value of the wrong kind, which it reports.
// null is not reported because many servers send it for "absent". Callers handle null themselves if it means "known to
// be empty".

export function readString(value: unknown, field: string, report: Report): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return unreadable(field, kindOf(value), report)
  const problem = storageProblem(value)
  return problem === undefined ? value : unreadable(field, problem, report)
}

export function readOneOf<T extends string>(
  allowed: readonly T[],
  value: unknown,
  field: string,
  report: Report,
): T | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return unreadable(field, kindOf(value), report)
  const exact = allowed.find((one) => one === value) ?? allowed.find((one) => one.toLowerCase() === value.toLowerCase())
  return exact ?? unreadable(field, 'an unknown value', report)
}

export function readInteger(
  value: unknown,
  [least, most]: readonly [number, number],
  field: string,
  report: Report,
): number | undefined {
  if (value === undefined || value === null) return undefined
  // Some servers send every number as a string.
  const number = typeof value === 'string' && /^\s*[+-]?\d+(\.0*)?\s*$/.test(value) ? Number(value) : value
  if (typeof number !== 'number') return unreadable(field, kindOf(value), report)
  if (!Number.isInteger(number)) return unreadable(field, 'a number with a fraction', report)
  if (number < least || number > most) return unreadable(field, 'a number out of range', report)
  return number + 0 // no negative zero
}

export function readTimestamp(value: unknown, field: string, report: Report): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return unreadable(field, kindOf(value), report)
  return normalizeTimestamp(value) ?? unreadable(field, 'a string that is not an ISO 8601 time', report)
}

export function readJson(value: unknown, field: string, report: Report): unknown {
  if (value === undefined || value === null) return undefined
  return isStorableJson(value) ? value : unreadable(field, `${kindOf(value)} that cannot be stored`, report)
}

export interface ListRules {
  /** Entries with the same key are duplicates. The first is kept, as written. */
  keyOf(entry: string): string
  readonly numbers: boolean
  /** The value that a string entry represents, or undefined if that is not certain. */
  readText(entry: string): string | undefined
  /** The value that an object entry represents, or undefined if that is not certain. */
  readObject(entry: { readonly [key: string]: unknown }): unknown
}

/**
 * Reads a list of strings in the given order. Duplicates are dropped, and so are strings that Postgres cannot store:
 * the mirror never had them. If any entry cannot be read, the whole list is unknown: a list without that entry would
 * end a relationship that may still exist.
 */
export function readStrings(value: unknown, rules: ListRules, field: string, report: Report): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) return unreadable(field, kindOf(value), report)
  const seen = new Set<string>()
  const entries: string[] = []
  for (const [index, given] of value.entries()) {
    const value = isObject(given) ? rules.readObject(given) : given
    const text = rules.numbers && Number.isSafeInteger(value) ? String(value) : value
    if (typeof text !== 'string') return unreadable(`${field}[${index}]`, kindOf(given), report)
    if (text.trim() === '') return unreadable(`${field}[${index}]`, 'an empty string', report)
    if (storageProblem(text) !== undefined) {
      report(`${field}[${index}]`, storageProblem(text) as string)
      continue
    }
    const entry = rules.readText(text)
    if (entry === undefined) return unreadable(`${field}[${index}]`, 'a string that is not an address', report)
    if (seen.has(rules.keyOf(entry))) report(`${field}[${index}]`, 'a duplicate')
    else {
      seen.add(rules.keyOf(entry))
      entries.push(entry)
    }
  }
  return entries.length === 0 && value.length > 0 ? undefined : entries
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return value === undefined ? 'nothing' : `a ${typeof value}`
}

/**
 * Maximum length of a string that rows are looked up by, in bytes of UTF-8. The largest row of an index holds two of
 * them, the first and the last name with their case folded, and Postgres indexes no row of more than 2,704 bytes. Case
 * folding lengthens most of the letters that grow at all by a third, "Ⱥ" by half, and a few composed letters up to
 * threefold. Postgres compresses a string of those few letters to less than its original length, as a test shows.
 */
export const longestIndexed = 800

/** Why a string cannot be stored, or undefined if it can. */
export function storageProblem(text: string): string | undefined {
  if (!isStorable(text)) return 'a string with characters that Postgres cannot store'
  // A character takes at most three bytes per UTF-16 unit.
  if (text.length * 3 <= longestIndexed) return undefined
  const bytes = Buffer.byteLength(text)
  return bytes > longestIndexed ? `a string of ${bytes} bytes (the maximum is ${longestIndexed})` : undefined
}

/** Postgres stores neither NUL nor unpaired surrogates. JSON can contain both. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

const maxDepth = 64

function isStorableJson(root: unknown): boolean {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next
    if (typeof value === 'string' && !isStorable(value)) return false
    if (typeof value !== 'object' || value === null) continue
    if (depth === maxDepth) return false
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorable(key)) return false
      open.push({ value: inner, depth: depth + 1 })
    }
  }
  return true
}

function unreadable(field: string, found: string, report: Report): undefined {
  report(field, found)
  return undefined
}

/**
 * The vendor's values of these fields, if they are not among the known values. Verbatim, but shortened. Only the kind of
 * a list or an object is kept, because its content may be anything.
 */
export interface Unrecognized {
  readonly type?: string
  readonly status?: string
}

const longest = 60

/** The unrecognized values of a row whose fields were parsed as `read`. Undefined if all values are known. */
export function unrecognizedOf(
  row: Readonly<Record<string, unknown>>,
  read: { readonly type?: unknown; readonly status?: unknown },
) {
  const type = wordOf(row.type, read.type)
  const status = wordOf(row.status, read.status)
  if (type === undefined && status === undefined) return undefined
  return { ...(type !== undefined && { type }), ...(status !== undefined && { status }) } satisfies Unrecognized
}

function wordOf(given: unknown, read: unknown): string | undefined {
  if (given === undefined || given === null || read !== undefined) return undefined
  if (typeof given === 'object') return `(${kindOf(given)})`
  const shown = String(given)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .toWellFormed()
  return shown.length > longest ? `${shown.slice(0, longest - 1).toWellFormed()}…` : shown
}
