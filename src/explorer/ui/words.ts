/** Counts, and values of any shape, in words. */

/** "1 user", "2 users". `many` is given where an s is not enough. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** The entries of a JSON value as names and texts. Names are words: "user: primary email". */
export function pairsOf(value: unknown, name = ''): [name: string, text: string][] {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null))
      return [[name || 'values', value.length === 0 ? 'none' : value.map(textOf).join(', ')]]
    return value.flatMap((item, i) => pairsOf(item, `${name || 'value'} ${i + 1}`))
  }
  if (typeof value !== 'object' || value === null) return [[name || 'value', textOf(value)]]
  return Object.entries(value).flatMap(([key, inner]) => pairsOf(inner, name ? `${name}: ${nameOf(key)}` : nameOf(key)))
}

/** `firstSeenAt` as "first seen at". */
function nameOf(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, (_both, before: string, after: string) => `${before} ${after.toLowerCase()}`)
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}

/** A filter of the address: a parameter, and the values that it may have. */
export type KnownFilters = Readonly<Record<string, readonly string[]>>

/** The parameters of the address that filter by a value that is not known. */
export function unknownFilters(parameters: URLSearchParams, known: KnownFilters): [name: string, value: string][] {
  return Object.entries(known).flatMap(([name, values]) =>
    parameters
      .getAll(name)
      .filter((value) => value.trim() && !values.includes(value))
      .map((value): [string, string] => [name, value]),
  )
}
