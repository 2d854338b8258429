/** Whether the server has room for the connections that this process is configured to open. */
import type { Sql } from './database.ts'

/** The process would open more connections than the server lets it. A process would otherwise fail later, under load. */
export class TooManyConnectionsError extends Error {
  override readonly name = 'TooManyConnectionsError'

  constructor(wanted: number, available: number) {
    super(
      `This process may open ${wanted} connections to Postgres, whose max_connections leaves ${available}. Raise max_connections, or lower ` +
        'DATABASE_READ_CONNECTIONS, DATABASE_CONTROL_CONNECTIONS or DATABASE_WORK_CONNECTIONS.',
    )
  }
}

export interface ConnectionBudget {
  /** What the server leaves to ordinary roles. */
  readonly available: number
  /** What all clients have open now, this one included. */
  readonly inUse: number
}

/** Throws a TooManyConnectionsError where the server can never give what this process alone may open. */
export async function checkConnectionBudget(sql: Sql, wanted: number): Promise<ConnectionBudget> {
  const [row] = await sql<[ConnectionBudget]>`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int as available,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "inUse"`
  if (wanted > row.available) throw new TooManyConnectionsError(wanted, row.available)
  return row
}
