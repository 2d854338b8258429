/**
 * Where the users of an organization stand who may bear something, as queries of one column, `id`. They are about the rows as they are now,
 * under names that a search path does not turn into those of a moment: an address and a domain never change, and of what does there are versions.
 */
import { and, type Column, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { addressKey } from '../mirror/address.ts'
import { users } from '../mirror/tables.ts'
import { foldedAlready, matchesString, type StringFilterInput } from './filter.ts'

/** Whose users, and of when. */
export interface WayPlace {
  /** The organization's id. */
  readonly organizationId: SQL
  /** A user then bore what is in its row now, or in a version of it; undefined: now. */
  readonly moment: string | undefined
  /** What a way may find and still be taken, where that is not for each way to say. */
  readonly few?: number | undefined
}

/** The ids of an organization's rows. */
export function inOrganization(
  table: PgTable & { readonly id: Column; readonly organizationId: Column },
  condition: SQL | undefined,
  { organizationId }: WayPlace,
): SQL {
  return sql`select ${table.id} as id from ${table} where ${and(sql`${table.organizationId} = ${organizationId}`, condition)}`
}

/** Those too who came later than the moment: to leave them out would be to look at each row, and not at the index alone. */
function usersWith(condition: SQL, { organizationId }: WayPlace): SQL {
  return sql`select users.id from public.users as users where ${and(sql`users.organization_id = ${organizationId}`, condition)}`
}

/** The organization in a form that no index can follow: the index that the condition is for is to be gone along alone. */
function usersOnlyBy(condition: SQL, { organizationId }: WayPlace): SQL {
  return sql`select users.id from public.users as users where users.organization_id + 0 = ${organizationId} and ${condition}`
}

/** By what an index over the addresses can follow; in its order, so that Postgres goes along it whatever it thinks of the numbers. */
export function usersWithAddress(condition: SQL, place: WayPlace): SQL {
  return sql`${usersWith(condition, place)} order by users.address_key, users.id`
}

/** By something of the profile that has an index among the users and among their versions. */
export function usersWithProfile(condition: SQL, place: WayPlace): SQL {
  if (place.moment === undefined) return usersWith(condition, place)
  const before = sql`select users.user_id from public.user_versions as users
    where users.organization_id = ${place.organizationId} and ${condition}`
  return sql`${usersWith(condition, place)} union all ${before}`
}

/** More than any way may find. */
const mostOfDomain = 100_000

export function usersOfDomain(asked: StringFilterInput, place: WayPlace): SQL {
  const domain = foldedAlready(users.domain, addressKey)
  // From one domain to the next: there are few, however many users they have.
  const next = (beyond: SQL) => sql`(
    select users.domain from public.users as users
    where users.organization_id = ${place.organizationId} and ${beyond} order by users.domain limit 1)`
  const every = sql`(
    with recursive d (domain) as (
      ${next(sql`true`)} union all select ${next(sql`users.domain > d.domain`)} from d where d.domain is not null)
    select domain from d)`
  const some = asked.eq == null ? every : sql`(select ${domain.fold(asked.eq)} as domain)`
  // In the order of the index over the domains, which holds all that is asked: Postgres then goes along it whatever it thinks of the numbers.
  return sql`select one.id from ${some} as domains cross join lateral (
    select users.id from public.users as users
    where users.organization_id = ${place.organizationId} and users.domain = domains.domain order by users.id limit ${mostOfDomain}) one
    where ${matchesString({ ...domain, folded: sql`domains.domain` }, asked) ?? sql`true`}`
}

/** The shortest text whose trigrams an index can look for. */
const shortest = 3
/** Of which the search key, without accents, holds what the address and the names hold. */
const plain = /^[\x20-\x7e]+$/

/**
 * By a part of the address: it lies before the @, where the index of trigrams knows it, or behind it, in one of few domains, or on both sides.
 * An address with more than one @ has a middle that neither knows. Undefined where the part is of no help.
 */
export function usersByPart(
  part: string | null | undefined,
  place: WayPlace,
  which: 'of addresses' | 'of names' = 'of addresses',
): SQL | undefined {
  const folded = addressKey(part ?? '')
  if (which === 'of names') return usersByTrigrams(folded, place, usersWithProfile)
  const [before = '', behind, ...more] = folded.split('@')
  const odd = usersOnlyBy(sql`users.address_key like '%@%@%'`, place)
  const local = usersByTrigrams(before, place)
  if (more.length > 0) return odd
  if (behind === undefined) {
    return local && sql`${local} union all ${usersOfDomain({ contains: before }, place)} union all ${odd}`
  }
  if (local) return sql`${local} union all ${odd}`
  return behind === '' ? undefined : sql`${usersOfDomain({ startsWith: behind }, place)} union all ${odd}`
}

/** Addresses are no other than they were; names may be: `usersWithProfile` looks through what users were, too. */
function usersByTrigrams(part: string, place: WayPlace, usersBy = usersOnlyBy): SQL | undefined {
  if (part.length < shortest || !plain.test(part)) return undefined
  const pattern = `%${part.replace(/[\\%_]/g, '\\$&')}%`
  return usersBy(sql`users.search_key like ${pattern}::text`, place)
}
