/** Pausing, resuming and retiring organizations while processes run. */
import type { Sql } from '../db/database.ts'
import { lockOrganizations } from '../db/organizations-lock.ts'
import { array } from '../db/pg-array.ts'
import { wakeWorkers, workChannel } from './feed/notifications.ts'
import { retiringSeconds } from './sync-organizations.ts'

/**
 * Pauses or resumes the pulls of organizations: the running pull rests, and none begins. Writes and operations continue.
 * Resolves to the slugs whose state changed.
 */
export async function setPaused(sql: Sql, slugs: readonly string[], paused: boolean): Promise<string[]> {
  return await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    const rows = await tx<{ id: number; slug: string }[]>`
      update organizations set paused_at = case when ${paused}::boolean then clock_timestamp() end
      where slug = any(${array(slugs)}::text[]) and retired_at is null and (paused_at is not null) <> ${paused}::boolean
      returning id, slug`
    for (const { id } of rows) await wakeWorkers(tx, id)
    return rows.map(({ slug }) => slug)
  })
}

export interface Retiring {
  /** Removed organizations whose keys this process has. */
  readonly own: readonly number[]
  /** Those that another process was ending when this one started. */
  readonly foreign: readonly number[]
  /** Whether this process runs the operations of `own`. */
  readonly runsOperations: boolean
}

/**
 * Called again and again while organizations are retiring. Retires those whose operations have ended, and foreign ones
 * that no process continues any more. Resolves to the ids of the others.
 */
export async function continueRetiring(sql: Sql, { own, foreign, runsOperations }: Retiring): Promise<number[]> {
  const rows = await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    return await tx<{ id: number }[]>`
      with o as (
        select id, id = any(${array(own)}::bigint[]) and ${runsOperations}::boolean as "isOurs",
          (id = any(${array(own)}::bigint[]) or retiring_until > clock_timestamp())
          and exists (select from operations op where op.organization_id = o.id and op.finished_at is null) as stays
        from organizations o
        where id = any(${array([...own, ...foreign])}::bigint[]) and retired_at is null and retiring_until is not null
      ),
      put as (
        update organizations u set
          retiring_until = case when stays then clock_timestamp() + ${retiringSeconds} * interval '1 second' end,
          retired_at = case when not stays then clock_timestamp() end
        from o where o.id = u.id and ("isOurs" or not stays)
      )
      select id from o where stays`
  })
  return rows.map(({ id }) => id)
}

/** The organizations that another process is retiring. */
export async function readRetiring(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from organizations where retired_at is null and retiring_until is not null`
  return rows.map(({ id }) => id)
}

/**
 * Lets workers look for work of these organizations. Failed pulls and checks of entries are repeated at once: the key may
 * have been wrong.
 */
export async function wakeOrganizations(sql: Sql, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await sql.begin(async (tx) => {
    await lockOrganizations(tx)
    await tx`
      update organizations set next_pull_at = clock_timestamp()
      where id = any(${array(ids)}::bigint[]) and failures_running > 0 and next_pull_at > clock_timestamp()`
    await tx`
      update organizations set described_as_of = '-infinity'
      where id = any(${array(ids)}::bigint[]) and entry_problem is not null and partner_id is null`
  })
  await sql`select pg_notify(${workChannel}, id::text) from unnest(${array(ids)}::bigint[]) as t(id)`
}
