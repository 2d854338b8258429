/** A database as plain SQL: its migrations, unchanged, then every row of every table. */
import { readFile } from 'node:fs/promises'
import type { Sql } from '../../src/db/database.ts'

interface TableName {
  readonly schema: string
  readonly name: string
}

/** The program's tables, and the list of migrations. */
async function readTables(sql: Sql): Promise<TableName[]> {
  return await sql<TableName[]>`
    select schemaname as schema, tablename as name from pg_tables where schemaname in ('public', 'drizzle') order by 1, 2`
}

/** Every row as JSON, by table name, in an order that does not depend on where the rows are stored. */
export async function readRows(sql: Sql): Promise<Record<string, Record<string, unknown>[]>> {
  const rows: Record<string, Record<string, unknown>[]> = {}
  for (const { schema, name } of await readTables(sql)) {
    const found = await sql.unsafe<{ row: string }[]>(
      `select to_jsonb(t)::text as row from "${schema}"."${name}" t order by to_jsonb(t)::text collate "C"`,
    )
    rows[name] = found.map(({ row }) => JSON.parse(row))
  }
  return rows
}

export async function dumpDatabase(sql: Sql, folder: URL): Promise<string> {
  const lines = async (query: string) => (await sql.unsafe<{ line: string }[]>(query)).map(({ line }) => line)
  const applied = await sql<{ name: string }[]>`select name from drizzle.__drizzle_migrations order by id`
  const migrations = await Promise.all(
    applied.map(async ({ name }) => {
      const text = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8')
      return `-- drizzle/${name}/migration.sql\n${text}\n;`
    }),
  )
  const rows = await Promise.all((await readTables(sql)).map((table) => dumpTable(sql, table)))
  return `${[
    '-- Written by test/migrations/dump.test.ts; never edited.',
    "begin;\nset local client_min_messages = warning;\nset local timezone = 'UTC';",
    ...(await lines(`
      select format('create extension %I with schema %I;', extname, extnamespace::regnamespace) as line from pg_extension
      where extname <> 'plpgsql' order by extname`)),
    // Triggers, and what they call, are created by the migrations.
    ...(await lines(`
      select pg_get_functiondef(p.oid) || ';' as line from pg_proc p where pronamespace = 'public'::regnamespace
      and prorettype not in ('trigger'::regtype, 'void'::regtype)
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') order by 1`)),
    ...migrations,
    // The dump includes the rows that migrations insert, and triggers must not change what it restores.
    'set local session_replication_role = replica;',
    ...(await lines(`
      select format('truncate %s;', string_agg(quote_ident(tablename), ', ' order by tablename)) as line
      from pg_tables where schemaname = 'public'`)),
    'create schema drizzle;',
    `create table drizzle.__drizzle_migrations (
  id serial primary key, hash text not null, created_at bigint, name text, applied_at timestamp with time zone default now());`,
    ...rows.filter((text) => text !== ''),
    ...(await lines(`
      select format('select setval(%L, %s, true);', quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value) as line
      from pg_sequences where schemaname in ('public', 'drizzle') and last_value is not null order by 1`)),
    'create schema past;',
    ...(await lines(`
      select format('create view past.%I as%s', viewname, definition) as line from pg_views where schemaname = 'past' order by viewname`)),
    ...(await lines(
      `select format('comment on schema past is %L;', obj_description('past'::regnamespace, 'pg_namespace')) as line`,
    )),
    'commit;',
  ].join('\n\n')}\n`
}

async function dumpTable(sql: Sql, { schema, name }: TableName): Promise<string> {
  const columns = await sql<{ name: string }[]>`
    select quote_ident(attname) as name from pg_attribute
    where attrelid = ${`"${schema}"."${name}"`}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`
  const names = columns.map((column) => column.name)
  const values = names.map((column) => `quote_nullable(${column}::text)`).join(`, ', ', `)
  const rows = await sql.unsafe<{ row: string }[]>(
    `select concat('(', ${values}, ')') as row from "${schema}"."${name}" t order by to_jsonb(t)::text collate "C"`,
  )
  if (rows.length === 0) return ''
  const list = rows.map(({ row }) => row).join(',\n')
  return `insert into ${schema}.${name} (${names.join(', ')}) overriding system value values\n${list};`
}
