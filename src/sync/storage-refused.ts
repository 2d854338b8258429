import type { Refusal } from '../db/constraint-error.ts'

/**
 * The `problem` of a pull whose data Postgres rejected. Postgres' own message is omitted because it may quote the data.
 */
export function storageRefused(what: string, { code }: Refusal): string {
  return `The pull failed: Postgres cannot store ${what} (error ${code}); the log names the table. The next pull starts from the beginning`
}
