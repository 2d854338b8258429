import type { Sql } from '../database.ts'

/** Tables whose rows are looked up for each page, and whose indexes the planner could confuse. */
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
 * Analyzes tables that have rows but no statistics. Without statistics, the planner may prefer an index over all users
 * of an organization to the index of addresses when it looks up one user. Autovacuum takes later statistics, but at
 * least a minute late.
 */
export async function takeFirstStatistics(sql: Sql): Promise<void> {
  const unknown = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where oid = any(${`{${tables.join()}}`}::regclass[]) and reltuples <= 0 and pg_relation_size(oid) > 0`
  for (const { name } of unknown) await sql`analyze ${sql(name)}`
}
