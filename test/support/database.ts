import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { Sql } from '../../src/db/database.ts'
import { type Database, openDatabase, type StatementLog } from '../../src/db/database.ts'
import { template } from './postgres.ts'

/** Opens a separate database, migrated and empty. Disposing drops it. */
export async function testDatabase(log: StatementLog = {}): Promise<Database & AsyncDisposable> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const server = inject('postgres')
  const admin = openDatabase({ ...server, database: 'postgres' }, { connections: 1 })
  // The other strategy writes every page to the log, and takes eight times as long.
  await admin.sql`create database ${admin.sql(name)} template ${admin.sql(template)} strategy file_copy`
  const database = openDatabase({ ...server, database: name }, log)
  return Object.assign(database, {
    async [Symbol.asyncDispose]() {
      await database.close()
      await admin.sql`drop database ${admin.sql(name)} with (force)`
      await admin.close()
    },
  })
}

interface Reusable {
  readonly database: Database & AsyncDisposable
  readonly before: Before
}

/** The tables that a new database fills, with their content, and a digest of its objects. */
interface Before {
  readonly filled: readonly string[]
  readonly content: string
  readonly objects: string
}

const idle: Reusable[] = []

/**
 * Like `testDatabase`, but a database and its connections that an earlier test of this process has left are used again,
 * which takes a fifth of the time. Disposing empties it. A database in which a test changed or left more than rows is
 * dropped.
 */
export async function reusedDatabase(): Promise<Database & AsyncDisposable> {
  const one = idle.pop() ?? (await reusable())
  return {
    ...one.database,
    get counts() {
      return one.database.counts
    },
    async [Symbol.asyncDispose]() {
      if (await emptied(one).catch(() => false)) idle.push(one)
      else await one.database[Symbol.asyncDispose]()
    },
  }
}

async function reusable(): Promise<Reusable> {
  const database = await testDatabase()
  const tables = await tablesOf(database.sql)
  const filled = tables.flatMap(({ name, rows }) => (rows ? [name] : []))
  return {
    database,
    before: { filled, content: await contentOf(database.sql, filled), objects: await objectsOf(database.sql) },
  }
}

/** Whether all rows that tests wrote are gone, and nothing else differs from a new database. */
async function emptied({ database: { sql }, before }: Reusable): Promise<boolean> {
  const [busy] = await sql`
    select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' limit 1`
  if (busy || (await objectsOf(sql)) !== before.objects || (await contentOf(sql, before.filled)) !== before.content)
    return false
  const tables = await tablesOf(sql)
  const written = tables.filter(({ name, rows }) => rows && !before.filled.includes(name))
  const statements = tables.flatMap(({ name, analyzed }) => {
    if (before.filled.includes(name)) return []
    // Truncating also resets the statistics, but is slow.
    if (analyzed) return [`truncate ${name}`]
    return written.some((one) => one.name === name) ? [`delete from ${name}`] : []
  })
  await sql.unsafe([...statements, `select setval(seqrelid, seqstart, false) from pg_sequence`].join(';'), [])
  return true
}

async function tablesOf(sql: Sql): Promise<{ name: string; rows: boolean; analyzed: boolean }[]> {
  const tables = await sql<{ name: string; analyzed: boolean }[]>`
    select c.oid::regclass::text as name, c.reltuples >= 0 as analyzed from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`
  const list = tables.map(({ name }, i) => `select ${i} as i, exists (select from ${name}) as rows`)
  const rows = (await sql.unsafe(list.join(' union all '), [])) as unknown as { i: number; rows: boolean }[]
  return tables.map((table, i) => ({ ...table, rows: rows.find((row) => row.i === i)?.rows ?? true }))
}

async function contentOf(sql: Sql, tables: readonly string[]): Promise<string> {
  const rows = await Promise.all(
    tables.map((name) => sql.unsafe(`select t::text as row from ${name} t order by 1`, [])),
  )
  return JSON.stringify(rows)
}

/** Changes with every object that is created, altered or dropped. */
async function objectsOf(sql: Sql): Promise<string> {
  const [row] = await sql<{ digest: string }[]>`
    select concat_ws(' ',
      (select md5(string_agg(concat_ws(' ', oid, relnamespace::regnamespace, relname, reltoastrelid, relhastriggers, relnatts), ',' order by oid)) from pg_class
        where relnamespace not in ('pg_toast'::regnamespace, 'pg_catalog'::regnamespace)),
      (select md5(string_agg(concat_ws(' ', oid, proname), ',' order by oid)) from pg_proc where pronamespace <> 'pg_catalog'::regnamespace),
      (select md5(string_agg(concat_ws(' ', oid, tgname), ',' order by oid)) from pg_trigger),
      (select md5(string_agg(setconfig::text, ',')) from pg_db_role_setting)) as digest`
  return row?.digest ?? ''
}

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
