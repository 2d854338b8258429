/** The two doors to the mirror's database: plain SQL for writing, Drizzle for the graph's reading. Both share one pool. */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { cancellable } from './cancel-statements.ts'
import { preparingRepeated, Repetitions } from './prepare-repeated.ts'
import { relations } from './relations.ts'
import { steadyPostgres } from './steady-postgres.ts'

/** The schema whose views show what the tables of the same names held at a moment (past-views.ts). */
export const pastSchema = 'past'

export type Sql = postgres.Sql<{ bigint: number }>
/** What a function takes that must run inside a transaction of its caller's. */
export type Transaction = postgres.TransactionSql<{ bigint: number }>
export type Drizzle = PostgresJsDatabase<typeof relations>

/** Where Postgres is: an URL, or the socket folder of the embedded one. */
export type DatabaseConnection =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

export interface Database {
  readonly connection: DatabaseConnection
  readonly sql: Sql
  readonly drizzle: Drizzle
  /** Connections on which the tables' names mean what they held at a moment (read-past.ts). */
  readonly past: Sql
  /** Of the statements that go through `past`. */
  readonly repetitions: Repetitions
  close(): Promise<void>
}

export interface StatementLog {
  /** Called with each statement as it is sent: tests count them. */
  onStatement?: (statement: string) => void
}

/**
 * Opens a pool; nothing is sent before the first statement.
 * Ids are numbers (they stay below 2^53), times are strings as Postgres prints them in UTC with microseconds.
 */
export function openDatabase(
  connection: DatabaseConnection,
  options: { connections?: number; name?: string } & StatementLog = {},
): Database {
  const settings: postgres.Options<{ bigint: postgres.PostgresType<number> }> = {
    max: options.connections ?? 10,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => {},
    connection: {
      application_name: options.name ?? 'essentials-graph',
      TimeZone: 'UTC',
      // How alike words must be for search: what resembles well, and what resembles at all (src/analysis/search.ts).
      'pg_trgm.word_similarity_threshold': 0.45,
      'pg_trgm.strict_word_similarity_threshold': 0.3,
    },
    // The client hands the word NULL to the parser where it stands in an array.
    types: {
      bigint: {
        to: 20,
        from: [20],
        serialize: String,
        parse: (text: string) => (text === 'NULL' ? null : Number(text)) as number,
      },
    },
    ...(options.onStatement && {
      debug: (_connection: number, statement: string) => {
        // Each new connection first asks for the array types, which is nobody's statement.
        if (!statement.includes('b.typarray')) options.onStatement?.(statement)
      },
    }),
  }
  const open = (own: postgres.Options<{ bigint: postgres.PostgresType<number> }>) =>
    'url' in connection
      ? steadyPostgres(connection.url, { ...settings, ...own })
      : steadyPostgres({ ...settings, ...connection, ...own })
  const sql = cancellable(preparingRepeated(open({}), new Repetitions()))
  const past = open({ connection: { ...settings.connection, search_path: `${pastSchema}, public` } })
  // For its effect on the client alone, as below.
  drizzle({ client: past, relations })
  return {
    connection,
    sql,
    // Drizzle replaces the parsers of times and JSON on the client that it is given, and wants them as strings throughout.
    drizzle: drizzle({ client: sql, relations }),
    past,
    repetitions: new Repetitions(),
    async close() {
      await Promise.all([sql.end({ timeout: 5 }), past.end({ timeout: 5 })])
    },
  }
}
