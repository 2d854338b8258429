/** A statement that Postgres refuses for what is in it: sent again, it is refused again. Holds nothing of what was to be stored. */
export interface Refusal {
  /** The five characters of SQLSTATE. */
  readonly code: string
  readonly table: string | undefined
  readonly column: string | undefined
  readonly constraint: string | undefined
  readonly routine: string | undefined
}

/** Data out of range, a constraint, no such thing, a limit of Postgres' own. Not: a connection, a lock, a lack of room. */
const ofTheStatement = /^(22|23|42|54)[0-9A-Z]{3}$/

/** Undefined where the error is another one, after which the same may succeed. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('code' in error) || !ofTheStatement.test(String(error.code))) return undefined
  const { code, table_name, column_name, constraint_name, routine }: Readonly<Record<string, unknown>> = { ...error }
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return {
    code: String(code),
    table: text(table_name),
    column: text(column_name),
    constraint: text(constraint_name),
    routine: text(routine),
  }
}
