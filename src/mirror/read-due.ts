import type { Sql } from './database.ts'

/** The organizations whose next pull is due and which have none under way. */
export async function readDueOrganizations(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from organizations o
    where retired_at is null and (next_pull_at is null or next_pull_at <= clock_timestamp())
      and not exists (select from pulls p where p.organization_id = o.id and p.state = 'RUNNING' and not p.accepted)`
  return rows.map((row) => row.id)
}
