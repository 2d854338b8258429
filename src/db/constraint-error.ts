/**
 * A statement that Postgres rejects because of its content: a retry would be rejected again. Contains none of the data.
 */
export interface Refusal {
  /** SQLSTATE, five characters. */
  readonly code: string
  readonly table: string | undefined
  readonly column: string | undefined
  readonly constraint: string | undefined
  readonly routine: string | undefined
}

/**
 * Invalid data, a violated constraint, an unknown object, or a limit of Postgres. Not connections, locks or
 * insufficient resources.
 */
const ofTheStatement = /^(22|23|42|54)[0-9A-Z]{3}$/

/** Undefined for other errors, after which a retry may succeed. */
export function permanentStorageError(error: unknown): Refusal | undefined {
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

/**
 * The `problem` of a pull whose data Postgres rejected. Postgres' own message is omitted because it may quote the data.
 */
export function storageRefused(what: string, { code }: Refusal): string {
  return `The pull failed: Postgres cannot store ${what} (error ${code}); the log names the table. The next pull starts from the beginning`
}
