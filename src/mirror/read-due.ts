import type { Sql } from '../db/database.ts'

/**
 * The organizations without a running pull whose next pull is due, or which have an accepted quarantined pull waiting.
 */
export async function readDueOrganizations(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from organizations o
    where retired_at is null
      and (next_pull_at is null or next_pull_at <= clock_timestamp()
        or exists (select from pulls p where p.organization_id = o.id and p.state = 'QUARANTINED' and p.accepted))
      and not exists (select from pulls p where p.organization_id = o.id and p.state = 'RUNNING')`
  return rows.map((row) => row.id)
}
