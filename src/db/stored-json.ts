/**
 * JSON that is read back from a row. It is parsed and not cast, because another version of this program, or a person,
 * may have written the row.
 */
import type { z } from 'zod'

/** A stored value does not have the expected form. The message names the column and the path, and quotes no value. */
export class MalformedRowError extends Error {
  override readonly name = 'MalformedRowError'

  constructor({ column, of }: StoredPlace, problem: string) {
    super(`The stored JSON in ${column}${of === undefined ? '' : ` of ${of}`} is malformed: ${problem}`)
  }
}

export interface StoredPlace {
  /** As `table.column`. */
  readonly column: string
  /** The object that the row belongs to, such as `item 12`. */
  readonly of?: string
}

/** Returns the value as the schema defines it. Throws a MalformedRowError if it does not match. */
export function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: StoredPlace,
): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `\`${path.join('.')}\`: ${message}`,
  )
  throw new MalformedRowError(place, problems.slice(0, mostProblems).join('; '))
}

/** Like `parseStored`, for JSON in a text column. */
export function parseStoredText<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  place: StoredPlace,
): z.infer<Schema> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The engine's own message quotes the text.
    throw new MalformedRowError(place, 'the text is not JSON')
  }
  return parseStored(schema, value, place)
}

/** Problems that an error names. */
const mostProblems = 5
