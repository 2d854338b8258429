/** Deeper JSON than any request needs: its parser takes a second for a megabyte of brackets, and stops the process for as long. */
export const deepestBody = 100

/** Whether the arrays and objects of a JSON text are nested deeper. Reads the text once; what is no JSON may count either way. */
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

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}
