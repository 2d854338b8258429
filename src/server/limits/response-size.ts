/**
 * Computes the size of a response as JSON before its text is built, so that a response that is too large is never held
 * as text.
 */

/** Characters that JSON escapes. Lone surrogates are escaped too; all surrogates look the same here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes control characters
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/

/** The length of `JSON.stringify(value)` in UTF-8, or Infinity once it is known to exceed `most`. */
export function jsonBytes(value: unknown, most: number): number {
  let bytes = 0
  const add = (count: number): boolean => {
    bytes += count
    return bytes <= most
  }
  /** False as soon as the size exceeds the limit. */
  const count = (one: unknown): boolean => {
    if (typeof one === 'string') return add(textBytes(one))
    if (typeof one === 'number') return add(Number.isFinite(one) ? String(one).length : 4)
    if (typeof one === 'boolean') return add(one ? 4 : 5)
    if (typeof one !== 'object' || one === null) return add(4)
    if ('toJSON' in one && typeof one.toJSON === 'function') return count(one.toJSON())
    return Array.isArray(one) ? countItems(one) : countFields(one)
  }
  const countItems = (items: readonly unknown[]): boolean =>
    add(2 + Math.max(0, items.length - 1)) && items.every((item) => count(item))
  const countFields = (object: object): boolean => {
    let fields = 0
    for (const [key, field] of Object.entries(object)) {
      if (field === undefined || typeof field === 'function' || typeof field === 'symbol') continue
      fields += 1
      if (!add(textBytes(key) + 1) || !count(field)) return false
    }
    return add(2 + Math.max(0, fields - 1))
  }
  return count(value) ? bytes : Number.POSITIVE_INFINITY
}

function textBytes(text: string): number {
  return escaped.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2
}
