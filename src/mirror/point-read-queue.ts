/**
 * The order of point reads in organizations whose lists lack roles, aliases or groups.
 *
 * There are two queues. Requested reads: users that are new or whose list row changed, the latest request first.
 * Regular turns: every live user once per complete pull, the least recently read first. A relationship can change
 * without a trace in any list, and the regular turns find it.
 *
 * The time of a user's last read changes with each read, so no index stores it (see `user_confirmations`). Turns are
 * loaded in batches instead: one scan of the organization's users yields the next few hundred, and each is checked
 * again before it is read.
 */

import { addressKey } from '../addresses/address-key.ts'
import type { Sql } from '../db/database.ts'
import { array } from '../db/pg-array.ts'
import { distrustBits } from './accounts/judge-account.ts'
import { wakeWorkers } from './feed/notifications.ts'
import { carriedBits } from './observation.ts'
import { isPulled } from './sync-organizations.ts'

export interface UserToRead {
  readonly userId: number
  readonly primaryEmail: string
  /** Since when a read is requested. Null: none is requested. */
  readonly wantedAt: string | null
  readonly chosenAt: string
}

const batchSize = 500
/** Number of users of the batch that are checked for one that is still due. Nearly always the first is. */
const lookAhead = 8

/**
 * The order in which an organization's users are read. Used by one loop. Another process may run another loop at the
 * same time.
 */
export class Turns {
  readonly #sql: Sql
  readonly #organizationId: number
  #batch: readonly number[] = []

  constructor(sql: Sql, organizationId: number) {
    this.#sql = sql
    this.#organizationId = organizationId
  }

  /**
   * The next user to read, or undefined if none waits. A requested read precedes a regular turn, unless `turnFirst`.
   */
  async next(turnFirst: boolean): Promise<UserToRead | undefined> {
    let isRefilled = false
    for (;;) {
      if (this.#batch.length === 0 && turnFirst && !isRefilled) {
        await this.#refill()
        isRefilled = true
      }
      const ahead = this.#batch.slice(0, lookAhead)
      const found = await this.#choose(ahead, turnFirst)
      const isTurn = found !== undefined && found.place > 0
      if (found && (isTurn || !turnFirst || ahead.length === 0)) {
        const { place, ...user } = found
        this.#batch = this.#batch.slice(place)
        return user
      }
      // Other processes have since read all of these.
      this.#batch = this.#batch.slice(ahead.length)
      if (ahead.length > 0) continue
      if (isRefilled) return undefined
      await this.#refill()
      isRefilled = true
      if (this.#batch.length === 0) return undefined
    }
  }

  /** `place`: the 1-based position among the users ahead, for a regular turn; 0 for a requested read. */
  async #choose(ahead: readonly number[], turnFirst: boolean): Promise<(UserToRead & { place: number }) | undefined> {
    const sql = this.#sql
    const [row] = await sql<(UserToRead & { place: number })[]>`
      select id as "userId", primary_email as "primaryEmail", wanted_at as "wantedAt", clock_timestamp() as "chosenAt", place from (
        (select id, primary_email, relations_wanted_at as wanted_at, 1 as queue, 0 as place from users
          where ${hasWish(sql, this.#organizationId)} order by relations_wanted_at desc, id desc limit 1)
        union all
        (select u.id, u.primary_email, u.relations_wanted_at, 2, t.place::int
          from unnest(${array(ahead)}::bigint[]) with ordinality as t(id, place)
          join users u on u.id = t.id join organizations o on o.id = u.organization_id
          left join user_confirmations c on c.user_id = u.id
          where ${isInTurn(sql)} order by t.place limit 1)
      ) next
      order by case when ${turnFirst} then - queue else queue end limit 1`
    return row
  }

  /**
   * Loads the next batch. If there is none, records the end of the round, so that no process searches again before the
   * next complete pull.
   */
  async #refill(): Promise<void> {
    const sql = this.#sql
    const [row] = await sql<{ asOf: string; ids: number[] }[]>`
      select o.profile_as_of as "asOf", array(
        select u.id from users u left join user_confirmations c on c.user_id = u.id
        where u.organization_id = o.id and ${isInTurn(sql)} and u.id not in (${shownWhole(sql, this.#organizationId)})
        order by greatest(u.read_at, c.asked_at) nulls first, u.id limit ${batchSize}
      ) as ids
      from organizations o where o.id = ${this.#organizationId} and ${hasTurns(sql)}`
    this.#batch = row?.ids ?? []
    if (!row || row.ids.length > 0) return
    await sql`update organizations set turns_done_as_of = ${row.asOf} where id = ${this.#organizationId}`
  }
}

/**
 * Requests a read of a live user that was written but could not be read afterwards, so that the stored state may be out
 * of date.
 */
export async function requestRefresh(sql: Sql, organizationId: number, primaryEmail: string): Promise<void> {
  await sql`update users set relations_wanted_at = clock_timestamp()
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
  await wakeWorkers(sql, organizationId)
}

/**
 * Records a read of the user that no response fulfilled. Its regular turn comes again in the next round, and an
 * unchanged request is deferred to the next complete pull.
 */
export async function putOff(sql: Sql, { userId, wantedAt, chosenAt }: UserToRead): Promise<void> {
  await sql`
    with waiting as (
      update users set relations_wanted_at = 'epoch'
      where id = ${userId} and deleted_at is null and relations_wanted_at = ${wantedAt}
      returning id
    )
    insert into user_confirmations (user_id, organization_id, asked_at)
    select u.id, u.organization_id, clock_timestamp() from users u left join user_confirmations c on c.user_id = u.id
    where u.id = ${userId} and u.deleted_at is null
      and ((greatest(u.read_at, c.asked_at) >= ${chosenAt}) is not true or u.id in (select id from waiting))
    on conflict (user_id) do update set asked_at = excluded.asked_at`
}

/** LATER: a pull of the organization is fetching pages. NO: it is paused or removed. */
export async function mayReadRelations(sql: Sql, organizationId: number): Promise<'YES' | 'LATER' | 'NO'> {
  const [row] = await sql<{ isListing: boolean }[]>`
    select exists (select from pulls p where p.organization_id = o.id and p.state = 'RUNNING' and p.phase = 'LISTING') as "isListing"
    from organizations o where o.id = ${organizationId} and ${isPulled(sql)}`
  if (!row) return 'NO'
  return row.isListing ? 'LATER' : 'YES'
}

/** Deferred requests are stored as 'epoch'. */
export function hasWish(sql: Sql, organizationId: number | ReturnType<Sql>) {
  return sql`organization_id = ${organizationId} and relations_wanted_at > 'epoch'`
}

/**
 * Condition on the user `u` with the confirmation `c`: not read since the last complete pull of the organization `o`
 * began.
 */
function isInTurn(sql: Sql) {
  return sql`u.deleted_at is null and (greatest(u.read_at, c.asked_at) >= o.profile_as_of) is not true`
}

/**
 * The users whose own rows in the last complete list of an unpaged connection showed everything. One row that lacks its
 * aliases gives no other user a turn: such connections are often many, with one allowance for all of them.
 */
function shownWhole(sql: Sql, organizationId: number) {
  const ungrouped = carriedBits.roles | carriedBits.aliases
  return sql`
    select row.id from organizations own
    join pulls p on p.organization_id = own.id and p.state = 'COMPLETE' and p.first_sent_at = own.profile_as_of
    join pull_pages g on g.pull_id = p.id and g.kind = 'USERS' and g.ids is not null
    cross join lateral (select case when 'groups' = any(own.capabilities) then ${ungrouped | carriedBits.groups}::int
      else ${ungrouped}::int end as bits) whole
    cross join lateral unnest(g.ids, g.carried) as row (id, carried)
    where own.id = ${organizationId} and 'pagedList' <> all(own.capabilities) and own.creation_distrust <> ${distrustBits.LIST}::int
      and row.id is not null and row.carried & whole.bits = whole.bits`
}

/**
 * Condition on the organization `o`: regular turns are due. Its last complete pull did not show the relations of all
 * users, or could not distinguish re-created users from known ones although point reads can (weigh-doubts.ts); and not
 * all users have been read since it began.
 */
export function hasTurns(sql: Sql) {
  return sql`o.profile_as_of is not null and o.turns_done_as_of is distinct from o.profile_as_of
    and (o.creation_distrust <> ${distrustBits.LIST}::int and o.roles_as_of >= o.profile_as_of and o.aliases_as_of >= o.profile_as_of
      and ('groups' <> all(o.capabilities) or o.groups_as_of >= o.profile_as_of)) is not true`
}
