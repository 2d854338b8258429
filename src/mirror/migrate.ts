import { fileURLToPath } from 'node:url'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type { Database } from './database.ts'

const folder = fileURLToPath(new URL('../../drizzle', import.meta.url))
/** Any number that nothing else locks: two processes that start together migrate one after the other. */
const lock = 7_203_441

/** Brings the database's tables up to this version. Safe to call from any number of processes at once. */
export async function migrateMirror(database: Database): Promise<void> {
  const holder = await database.sql.reserve()
  try {
    await holder`select pg_advisory_lock(${lock})`
    await migrate(database.drizzle, { migrationsFolder: folder })
  } finally {
    await holder`select pg_advisory_unlock(${lock})`
    holder.release()
  }
}
