/** What Drizzle asks of a client, over a lease or a pool. It knows postgres.js; this is all of it that is used for reading. */
import type { Sql as DriverSql } from 'postgres'
import type { Rows } from './session.ts'
import type { Send } from './sql.ts'
import type { StatementFrequency } from './statement-frequency.ts'

/** Drizzle puts its own parsers and serializers here; sessions take them over. */
export interface DriverOverrides {
  readonly parsers: Record<string, (text: string) => unknown>
  readonly serializers: Record<string, (value: never) => unknown>
}

/** Reading only: Drizzle's transactions are refused. Statements that are repeated are prepared. */
export function drizzleClient(options: DriverOverrides, send: Send, frequency: StatementFrequency): DriverSql {
  const refuse = () => Promise.reject(new Error('Transactions are opened by Sql.begin'))
  const unsafe = (text: string, parameters: readonly unknown[] = []) => {
    const prepare = parameters.length > 0 && frequency.count(text)
    return {
      // biome-ignore lint/suspicious/noThenProperty: Drizzle awaits what it is given, or asks it for values.
      then: (resolve: (rows: Rows) => unknown, reject: (error: unknown) => unknown) =>
        send(text, parameters, { prepare }).then(resolve, reject),
      values: () => send(text, parameters, { prepare, values: true }),
    }
  }
  return { options, unsafe, begin: refuse, savepoint: refuse } as unknown as DriverSql
}
