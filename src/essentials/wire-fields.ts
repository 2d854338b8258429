import { normalizeTimestamp } from './timestamp.ts'

/** Something in an answer that was not as documented. `found` says of what kind it is, never what it holds. */
export interface Warning {
  readonly path: string
  readonly found: string
}

/** Tells of a field that could not be taken as it is. */
export type Report = (field: string, found: string) => void

const maxWarnings = 100

/** Gathers the warnings of one answer. A page in which every row is broken in the same way must not become a flood: the rest is counted. */
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

/** The first warning of each kind: the same is found in the same field. `times`: how often. */
export function distinctWarnings(warnings: readonly Warning[]): (Warning & { readonly times: number })[] {
  const kinds = new Map<string, Warning & { times: number }>()
  for (const warning of warnings) {
    const known = kinds.get(kindOfWarning(warning))
    if (known) known.times += 1
    else kinds.set(kindOfWarning(warning), { ...warning, times: 1 })
  }
  return [...kinds.values()]
}

/** Without the places in lists. */
export function kindOfWarning({ path, found }: Warning): string {
  return `${path.replace(/\[\d+\]/g, '[]')} ${found}`
}

// Every reader below gives undefined for "unknown": for a field that is absent, and for one whose value is of a wrong kind, which it reports.
// null passes in silence, as it is how many servers write "absent"; where it means "known to be empty" the caller asks for it.

export function readString(value: unknown, field: string, report: Report): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') return unreadable(field, kindOf(value), report)
  const problem = unkeepable(value)
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
  return exact ?? unreadable(field, 'another string', report)
}

export function readInteger(
  value: unknown,
  [least, most]: readonly [number, number],
  field: string,
  report: Report,
): number | undefined {
  if (value === undefined || value === null) return undefined
  // Some servers write every number as a string.
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
  /** Two entries with the same key are one; the first stays as given. */
  keyOf(entry: string): string
  readonly numbers: boolean
  /** What an entry that is an object stands for; undefined where that is not certain. */
  readObject(entry: { readonly [key: string]: unknown }): unknown
}

/**
 * A list of strings in the order given. What comes twice is left out, and so is what Postgres cannot keep: the mirror never had it.
 * A list with an entry that cannot be read is unknown as a whole: without that entry it would end a relationship that may still exist.
 */
export function readStrings(value: unknown, rules: ListRules, field: string, report: Report): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) return unreadable(field, kindOf(value), report)
  const seen = new Set<string>()
  const entries: string[] = []
  for (const [index, given] of value.entries()) {
    const value = isObject(given) ? rules.readObject(given) : given
    const entry = rules.numbers && Number.isSafeInteger(value) ? String(value) : value
    if (typeof entry !== 'string') return unreadable(`${field}[${index}]`, kindOf(given), report)
    if (entry.trim() === '') return unreadable(`${field}[${index}]`, 'an empty string', report)
    if (unkeepable(entry) !== undefined) report(`${field}[${index}]`, unkeepable(entry) as string)
    else if (seen.has(rules.keyOf(entry))) report(`${field}[${index}]`, 'a duplicate')
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
 * How long a string may be that rows are looked up by, in bytes of UTF-8. The largest row of an index holds two of them, the first and the last
 * name with their case folded, and Postgres indexes no row of more than 2,704 bytes. Folding makes a third of a letter's bytes more for most that
 * grow at all, half as much again for "Ⱥ", and up to three times as much for a few composed letters. Those are so few that Postgres compresses a
 * string of them to less than it was, as a test shows.
 */
export const longestIndexed = 800

/** Why such a string cannot be kept; undefined where it can. */
export function unkeepable(text: string): string | undefined {
  if (!isStorable(text)) return 'a string with characters that Postgres cannot store'
  // No character takes more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= longestIndexed) return undefined
  const bytes = Buffer.byteLength(text)
  return bytes > longestIndexed ? `a string of ${bytes} bytes, which is more than ${longestIndexed}` : undefined
}

/** Postgres takes neither NUL nor half of a surrogate pair; JSON can hold both. */
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
