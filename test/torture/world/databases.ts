/** A Postgres for a run outside of vitest, and separate databases in it. */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { migrateMirror } from '../../../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../../../src/embedded/embedded-postgres.ts'
import { dataFolder } from '../../support/postgres.ts'

export interface Databases extends AsyncDisposable {
  /** Opens a migrated, empty database. */
  open(): Promise<Database>
}

export async function startDatabases(): Promise<Databases> {
  const dataDir = await dataFolder('torture')
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }
  const postgres = await startEmbeddedPostgres({ dataDir, settings })
  const opened: Database[] = []
  return {
    async open() {
      const name = `torture_${randomBytes(6).toString('hex')}`
      const admin = openDatabase(postgres.connection, { connections: 1 })
      await admin.sql`create database ${admin.sql(name)}`
      await admin.close()
      const database = openDatabase({ ...postgres.connection, database: name })
      opened.push(database)
      await migrateMirror(database)
      return database
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((database) => database.close()))
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
