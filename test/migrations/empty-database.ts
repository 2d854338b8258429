import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'

/** A database without any table. Disposing drops it. */
export async function emptyDatabase(): Promise<Database & AsyncDisposable> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const server = inject('postgres')
  const admin = openDatabase({ ...server, database: 'postgres' }, { connections: 1 })
  await admin.sql.unsafe(`create database ${name} template template0`)
  const database = openDatabase({ ...server, database: name }, { connections: 3 })
  return {
    ...database,
    async [Symbol.asyncDispose]() {
      await database.close()
      await admin.sql.unsafe(`drop database ${name} with (force)`)
      await admin.close()
    },
  }
}

/** Runs the SQL of a dump, like psql. */
export async function restore({ connection }: Database, dump: string): Promise<void> {
  const client = new Client('url' in connection ? { connectionString: connection.url } : { ...connection })
  await client.connect()
  try {
    await client.query(dump)
  } finally {
    await client.end()
  }
}
