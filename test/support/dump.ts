import type { Sql } from '../../src/db/database.ts'

/** Every row of every table, as text. */
export async function dump(sql: Sql): Promise<string> {
  const tables = await sql<{ schema: string; name: string }[]>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`
  const rows = await Promise.all(
    tables.map(async ({ schema, name }) => {
      const found = await sql<{ row: string }[]>`select t::text as row from ${sql(schema)}.${sql(name)} t`
      return [name, ...found.map(({ row }) => row)].join('\n')
    }),
  )
  return rows.join('\n')
}
