/** JSON.parse source text access: part of the language, but not yet of TypeScript's standard library types. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(text: string): object
}

const exact = JSON as unknown as ExactJson

/**
 * Parses JSON so that JSON.stringify reproduces every number exactly. Data that is sent back to the vendor must not
 * change, as an id above 2^53 otherwise would. A number that JavaScript would change becomes an object that only
 * JSON.stringify understands. Throws like JSON.parse.
 */
export function parseExactly(text: string): unknown {
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? exact.rawJSON(source) : value,
  )
}
