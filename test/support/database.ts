import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
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
