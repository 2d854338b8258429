import postgres from 'postgres'
import { hasCode } from '../errors.ts'

/**
 * Where an embedded Postgres listens. `host` is the folder of its Unix socket, in the form that libpq, pg and
 * postgres.js accept.
 */
export interface Connection {
  host: string
  port: number
  user: string
  database: string
}

/** Ensures that the database exists and answers. Several processes may do so concurrently. */
export async function ensureDatabase(connection: Connection): Promise<void> {
  try {
    await run(connection, (sql) => sql`select 1`)
  } catch (error) {
    if (!hasCode(error, DATABASE_MISSING)) throw error
    await createDatabase(connection)
    await run(connection, (sql) => sql`select 1`)
  }
}

const DATABASE_MISSING = '3D000'
const DATABASE_THERE = ['42P04', '23505']

/** Creates the database. If another process was faster, its database is used. */
export async function createDatabase(connection: Connection): Promise<void> {
  try {
    await run({ ...connection, database: 'postgres' }, (sql) => sql`create database ${sql(connection.database)}`)
  } catch (error) {
    if (!hasCode(error, ...DATABASE_THERE)) throw error
  }
}

async function run(connection: Connection, query: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres({ ...connection, max: 1, connect_timeout: 10, onnotice: () => {} })
  try {
    await query(sql)
  } finally {
    await sql.end()
  }
}
