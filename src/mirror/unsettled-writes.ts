/**
 * Writes that the vendor accepted but did not show while their caller waited. The sync keeps reading these users, with
 * growing pauses.
 */

import { addressKey } from '../addresses/address-key.ts'
import type { Sql } from '../db/database.ts'
import { wakeWorkers } from './work-wakes.ts'

export interface UnsettledWrite {
  readonly organizationId: number
  readonly primaryEmail: string
  readonly kind: 'CREATE' | 'CHANGE' | 'DELETE'
  /** The deleted account, or the one that the mirror had at the address before the creation. */
  readonly userId: number | null
  /** The caller of the write. */
  readonly actor: string
}

export interface DueWrite extends UnsettledWrite {
  readonly dueAt: string
}

const longestMinutes = 15
const firstPauseSeconds = 5
const longestPauseSeconds = 120

/**
 * The last write to a user replaces earlier ones. Only an open deletion outlives changes: without it, the 404 that
 * proves the deletion would not end the user.
 */
export async function noteUnsettled(sql: Sql, write: UnsettledWrite): Promise<void> {
  const { organizationId, primaryEmail, kind, userId, actor } = write
  await sql`
    insert into unsettled_writes as open (organization_id, address_key, primary_email, kind, user_id, actor, due_at, ends_at)
    values (${organizationId}, ${addressKey(primaryEmail)}, ${primaryEmail}, ${kind}, ${userId}, ${actor},
      clock_timestamp() + ${firstPauseSeconds} * interval '1 second', clock_timestamp() + ${longestMinutes} * interval '1 minute')
    on conflict (organization_id, address_key) do update set primary_email = excluded.primary_email, kind = excluded.kind,
      user_id = excluded.user_id, actor = excluded.actor, reads = 0, due_at = excluded.due_at, ends_at = excluded.ends_at
    where not (open.kind = 'DELETE' and excluded.kind = 'CHANGE')`
  await wakeWorkers(sql, organizationId)
}

/** `deletions`: an open deletion as well, which a change that is shown does not settle. */
export async function forgetUnsettled(
  sql: Sql,
  organizationId: number,
  primaryEmail: string,
  { deletions }: { readonly deletions: boolean },
): Promise<void> {
  await sql`
    delete from unsettled_writes
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)}
      and (${deletions} or kind <> 'DELETE')`
}

/** The write that has been due the longest. Undefined if none is due. */
export async function nextUnsettled(sql: Sql, organizationId: number): Promise<DueWrite | undefined> {
  const [row] = await sql<DueWrite[]>`
    select organization_id as "organizationId", primary_email as "primaryEmail", kind, user_id as "userId", actor, due_at as "dueAt"
    from unsettled_writes
    where organization_id = ${organizationId} and due_at <= clock_timestamp() order by due_at limit 1`
  return row
}

/**
 * Ends a write that a read settled, unless there was another write since. Also ends a write that was not settled in
 * time.
 */
export async function concludeUnsettled(sql: Sql, write: DueWrite, isSettled: boolean): Promise<void> {
  const { organizationId, primaryEmail, dueAt } = write
  const key = addressKey(primaryEmail)
  await sql`
    with ended as (
      delete from unsettled_writes where organization_id = ${organizationId} and address_key = ${key} and due_at = ${dueAt}
        and (${isSettled} or ends_at <= clock_timestamp())
      returning 1
    )
    update unsettled_writes set reads = reads + 1, due_at = clock_timestamp() + interval '1 second'
      * least(${longestPauseSeconds}, ${firstPauseSeconds} * 2 ^ least(reads + 1, 10))
    where organization_id = ${organizationId} and address_key = ${key} and due_at = ${dueAt} and not exists (select from ended)`
}
