/** Checks that the server allows the connections that this process may open. */
import type { Sql } from '../database.ts'

/** The process may open more connections than the server allows. Without this check it would fail later, under load. */
export class TooManyConnectionsError extends Error {
  override readonly name = 'TooManyConnectionsError'

  constructor(wanted: number, available: number) {
    super(
      `This process may open ${wanted} connections, but Postgres allows ${available} (max_connections). Raise max_connections, or lower ` +
        'DATABASE_READ_CONNECTIONS, DATABASE_CONTROL_CONNECTIONS or DATABASE_WORK_CONNECTIONS.',
    )
  }
}

export interface ConnectionBudget {
  /** Connections that the server allows to ordinary roles. */
  readonly available: number
  /** Connections open now, from all clients including this one. */
  readonly inUse: number
}

/** Throws a TooManyConnectionsError if the server can never provide the connections that this process may open. */
export async function checkConnectionBudget(sql: Sql, wanted: number): Promise<ConnectionBudget> {
  const [row] = await sql<[ConnectionBudget]>`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int as available,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as "inUse"`
  if (wanted > row.available) throw new TooManyConnectionsError(wanted, row.available)
  return row
}
