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
