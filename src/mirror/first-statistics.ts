import type { Sql } from './database.ts'

/** Those whose rows are looked up page by page, and have indexes that the planner could take for each other. */
const tables = [
  'users',
  'user_confirmations',
  'aliases',
  'memberships',
  'role_grants',
  'groups',
  'change_sets',
  'change_places',
] as const

/**
 * Gives the planner its first statistics, where tables have rows and it knows nothing of them: it would take an index of all users of an
 * organization for as good a way to one of them as the index of addresses. Later ones are autovacuum's, which comes a minute late at the earliest.
 */
export async function takeFirstStatistics(sql: Sql): Promise<void> {
  const unknown = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where oid = any(${`{${tables.join()}}`}::regclass[]) and reltuples <= 0 and pg_relation_size(oid) > 0`
  for (const { name } of unknown) await sql`analyze ${sql(name)}`
}
