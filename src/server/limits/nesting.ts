/**
 * Deeper than the JSON of any valid request. The JSON parser takes a second for a megabyte of brackets, and blocks the
 * process meanwhile.
 */
export const deepestBody = 100

/**
 * Whether the arrays and objects of a JSON text are nested more deeply. Reads the text once. The result for invalid
 * JSON is undefined.
 */
export function isNestedDeeper(text: string, deepest: number): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '[':
      case '{':
        depth += 1
        if (depth > deepest) return true
        break
      case ']':
      case '}':
        depth -= 1
    }
  }
  return false
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

/** True after an odd number of backslashes. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}
