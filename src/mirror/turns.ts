/**
 * Whose turn it is to be asked for one by one, where lists do not show roles, aliases and groups.
 *
 * Two queues. Wishes: users that are new or whose row in a list is another than it was, the newest wish first. Turns: every live user,
 * the longest unasked first, once for each complete pull: a relationship can change without a trace in any list, and this finds it.
 *
 * When a user was last asked for changes with each read, so no index holds it (see `user_confirmations`). Turns are read in batches
 * instead: one pass over the organization's users gives the next few hundred, and each is checked again when it is taken.
 */
import { addressKey } from './address.ts'
import { array } from './array.ts'
import type { Sql } from './database.ts'
import { distrustBits } from './judge-account.ts'

export interface UserToRead {
  readonly userId: number
  readonly primaryEmail: string
  /** Since when it is wished for; null: it is not. */
  readonly wantedAt: string | null
  readonly chosenAt: string
}

const batchSize = 500
/** How many of them are checked for one that is still in turn; nearly always the first is. */
const lookAhead = 8

/** The order in which an organization's users are read. Belongs to one loop; another process may run another at the same time. */
export class Turns {
  readonly #sql: Sql
  readonly #organizationId: number
  #batch: readonly number[] = []

  constructor(sql: Sql, organizationId: number) {
    this.#sql = sql
    this.#organizationId = organizationId
  }

  /** Undefined where nobody waits. A wish goes before a turn, or behind it where `turnFirst`. */
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
      // Others have asked for all of these meanwhile.
      this.#batch = this.#batch.slice(ahead.length)
      if (ahead.length > 0) continue
      if (isRefilled) return undefined
      await this.#refill()
      isRefilled = true
      if (this.#batch.length === 0) return undefined
    }
  }

  /** `place`: that of a user in turn among those ahead, from 1; 0 for a wish. */
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

  /** Records the end of a round, so that nobody looks for its users again before the next complete pull. */
  async #refill(): Promise<void> {
    const sql = this.#sql
    const [row] = await sql<{ asOf: string; ids: number[] }[]>`
      select o.profile_as_of as "asOf", array(
        select u.id from users u left join user_confirmations c on c.user_id = u.id
        where u.organization_id = o.id and ${isInTurn(sql)}
        order by greatest(u.read_at, c.asked_at) nulls first, u.id limit ${batchSize}
      ) as ids
      from organizations o where o.id = ${this.#organizationId} and ${hasTurns(sql)}`
    this.#batch = row?.ids ?? []
    if (!row || row.ids.length > 0) return
    await sql`update organizations set turns_done_as_of = ${row.asOf} where id = ${this.#organizationId}`
  }
}

/** Wishes for a live user: somebody wrote to it and could not read it afterwards, so that what is known of it may be out of date. */
export async function wishFor(sql: Sql, organizationId: number, primaryEmail: string): Promise<void> {
  await sql`update users set relations_wanted_at = clock_timestamp()
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and deleted_at is null`
}

/**
 * Puts down that the user was asked for, where no answer did: its turn comes again in the next round, and a wish that is still the same waits
 * for the next complete pull.
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

/** The organizations in which somebody waits, or may be waiting for a turn. */
export async function readOrganizationsWaiting(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from organizations o
    where retired_at is null and (exists (select from users where ${hasWish(sql, sql`o.id`)}) or ${hasTurns(sql)})`
  return rows.map((row) => row.id)
}

/** Whether a pull of the organization asks for pages now. */
export async function isListing(sql: Sql, organizationId: number): Promise<boolean> {
  const [row] = await sql`
    select from pulls where organization_id = ${organizationId} and state = 'RUNNING' and phase = 'LISTING'`
  return row !== undefined
}

/** What was put off stands at the epoch. */
function hasWish(sql: Sql, organizationId: number | ReturnType<Sql>) {
  return sql`organization_id = ${organizationId} and relations_wanted_at > 'epoch'`
}

/** Of the user `u` with the confirmation `c`: not asked for since the last complete pull of the organization `o` began. */
function isInTurn(sql: Sql) {
  return sql`u.deleted_at is null and (greatest(u.read_at, c.asked_at) >= o.profile_as_of) is not true`
}

/**
 * Whether the last complete pull of the organization `o` did not show the relations of everybody, or could not tell re-created users from known
 * ones where single reads can (weigh-doubts.ts), and not everybody has been asked for since it began.
 */
function hasTurns(sql: Sql) {
  return sql`o.profile_as_of is not null and o.turns_done_as_of is distinct from o.profile_as_of
    and (o.creation_distrust <> ${distrustBits.LIST}::int and o.roles_as_of >= o.profile_as_of and o.aliases_as_of >= o.profile_as_of and o.groups_as_of >= o.profile_as_of) is not true`
}
