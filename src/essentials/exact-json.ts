/** The language has these (JSON.parse source text access); the compiler's library does not know them yet. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(text: string): object
}

const exact = JSON as unknown as ExactJson

/**
 * JSON whose numbers are written again as they came: what is going to be sent back must not come back different, as an id beyond 2^53
 * would. A number that JavaScript would change is an object that only JSON.stringify understands. Throws as JSON.parse does.
 */
export function parseExactly(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? exact.rawJSON(source) : value,
  )
}
