/** The part of postgres.js's client interface that Drizzle uses for reading, backed by a lease or a pool. */
import type { Sql as DriverSql } from 'postgres'
import type { Rows } from './session.ts'
import type { Send } from './sql.ts'
import type { StatementFrequency } from './statement-frequency.ts'

/** Drizzle stores its parsers and serializers here. Sessions adopt them. */
export interface DriverOverrides {
  readonly parsers: Record<string, (text: string) => unknown>
  readonly serializers: Record<string, (value: never) => unknown>
}

/** Read only: Drizzle's transactions are rejected. Repeated statements are prepared. */
export function drizzleClient(options: DriverOverrides, send: Send, frequency: StatementFrequency): DriverSql {
  const refuse = () => Promise.reject(new Error('Drizzle transactions are not supported; use Sql.begin'))
  const unsafe = (text: string, parameters: readonly unknown[] = []) => {
    const prepare = parameters.length > 0 && frequency.count(text)
    return {
      // biome-ignore lint/suspicious/noThenProperty: Drizzle awaits the statement, or calls values() on it.
      then: (resolve: (rows: Rows) => unknown, reject: (error: unknown) => unknown) =>
        send(text, parameters, { prepare }).then(resolve, reject),
      values: () => send(text, parameters, { prepare, rows: 'values' }),
    }
  }
  return { options, unsafe, begin: refuse, savepoint: refuse } as unknown as DriverSql
}
