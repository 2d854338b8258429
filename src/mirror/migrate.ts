import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Database, Queryable } from './database.ts'
import { putPastViews } from './past-views.ts'

const folder = fileURLToPath(new URL('../../drizzle', import.meta.url))
/**
 * What tables are made with. Both extensions are trusted: who may create things in the database may create them, and where they are there
 * already, nothing is created. The function is declared immutable, which `unaccent` with a named dictionary is as long as nobody edits its rules.
 */
const prerequisites = `
  create extension if not exists pg_trgm with schema public;
  create extension if not exists unaccent with schema public;
  create or replace function search_key(text) returns text language sql immutable strict parallel safe
    as $$ select lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;`

/** Any number that nothing else locks: two processes that start together migrate one after the other. */
const lock = 7_203_441

/** Brings the database's tables up to this version. Safe to call from any number of processes at once. */
export async function migrateMirror(database: Database): Promise<void> {
  const settings = { max: 1, onnotice: () => {} }
  const { connection } = database
  const holder = 'url' in connection ? postgres(connection.url, settings) : postgres({ ...settings, ...connection })
  try {
    await holder`select pg_advisory_lock(${lock})`
    await holder.unsafe(prerequisites)
    await migrate(drizzle({ client: holder }), { migrationsFolder: folder })
    await putPastViews(holder as unknown as Queryable)
  } finally {
    await holder`select pg_advisory_unlock(${lock})`
    await holder.end()
  }
}
