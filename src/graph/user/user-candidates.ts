/**
 * Candidate sets of users, as queries of one column, `id`. They select from the current rows, under names that the
 * search path does not redirect to a past moment: addresses and domains never change, and values that do change have
 * versions.
 */
import { and, type Column, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { addressKey } from '../../addresses/address-key.ts'
import { users } from '../../db/schema/tables.ts'
import { type Given, given, type Value } from '../../planner/given.ts'
import { matchesString, preFolded, type StringFilterInput } from '../pagination/filter.ts'

/** The organization and the moment of a candidate set. */
export interface CandidateScope {
  /** The organization's id. */
  readonly organizationId: SQL
  /** At this moment a user had the values of its current row or of one of its versions; undefined: now. */
  readonly moment: Value<string> | undefined
  /** The maximum number of candidates of an access path. Overrides the default of each path. */
  readonly few?: number | undefined
  /** What is selected of the users. Defaults to the id. */
  readonly columns?: SQL
}

const userId = sql`users.id`

/** Selects the ids of an organization's rows. */
export function inOrganization(
  table: PgTable & { readonly id: Column; readonly organizationId: Column },
  condition: SQL | undefined,
  { organizationId }: CandidateScope,
): SQL {
  return sql`select ${table.id} as id from ${table} where ${and(sql`${table.organizationId} = ${organizationId}`, condition)}`
}

/**
 * Includes users who were added after the moment: excluding them would require reading each row instead of only the
 * index.
 */
function usersWith(condition: SQL, { organizationId, columns = userId }: CandidateScope): SQL {
  return sql`select ${columns} from public.users as users where ${and(sql`users.organization_id = ${organizationId}`, condition)}`
}

/**
 * Writes the organization condition in a form that no index supports, so that only the index for `condition` is used.
 */
function usersOnlyBy(condition: SQL, { organizationId, columns = userId }: CandidateScope): SQL {
  return sql`select ${columns} from public.users as users where users.organization_id + 0 = ${organizationId} and ${condition}`
}

/**
 * Selects by a condition on the address that its index supports. Sorted like the index, so that Postgres uses the index
 * regardless of its row estimates.
 */
export function usersWithAddress(condition: SQL, place: CandidateScope): SQL {
  return sql`${usersWith(condition, place)} order by users.address_key, users.id`
}

/** Selects by a condition on the profile that an index on the users and an index on their versions support. */
export function usersWithProfile(condition: SQL, place: CandidateScope): SQL {
  if (place.moment === undefined) return usersWith(condition, place)
  const before = sql`select users.user_id from public.user_versions as users
    where users.organization_id = ${place.organizationId} and ${condition}`
  return sql`${usersWith(condition, place)} union all ${before}`
}

/** More than the maximum of any access path. */
const mostOfDomain = 100_000

/** The domain, folded, if the filter is for one whole domain. */
export function onlyDomain(asked: StringFilterInput | null | undefined): SQL | undefined {
  const { eq, ...others } = asked ?? {}
  if (eq == null || Object.values(others).some((other) => other != null)) return undefined
  return preFolded(users.domain, addressKey).fold(given(eq))
}

export function usersOfDomain(asked: StringFilterInput, place: CandidateScope): SQL {
  const domain = preFolded(users.domain, addressKey)
  // Sorted like the index on the domains, which contains all selected columns: Postgres then uses the index regardless
  // of its row estimates.
  const usersOf = (one: SQL) => sql`select ${place.columns ?? userId} from public.users as users
    where users.organization_id = ${place.organizationId} and users.domain = ${one}
    order by users.address_key, users.id limit ${sql.raw(String(mostOfDomain))}`
  const only = onlyDomain(asked)
  if (only) return usersOf(only)
  // Skips from one domain to the next: there are few domains, even with many users.
  const next = (beyond: SQL) => sql`(
    select users.domain from public.users as users
    where users.organization_id = ${place.organizationId} and ${beyond} order by users.domain limit 1)`
  const every = sql`(
    with recursive d (domain) as (
      ${next(sql`true`)} union all select ${next(sql`users.domain > d.domain`)} from d where d.domain is not null)
    select domain from d)`
  return sql`select one.* from ${every} as domains cross join lateral (${usersOf(sql`domains.domain`)}) one
    where ${matchesString({ ...domain, folded: sql`domains.domain` }, asked) ?? sql`true`}`
}

/** The minimum length of a text that the trigram index can search for. */
const shortest = 3
/** Text for which the search key, which has no accents, contains the same characters as the addresses and names. */
const plain = /^[\x20-\x7e]+$/

/**
 * Selects by a part of the address. The part can match before the @, where the trigram index covers it; after the @, in
 * one of a few domains; or across it. Neither covers the middle of an address with more than one @, so those addresses
 * are always included. Returns undefined if the part does not narrow the selection.
 */
export function usersByPart(
  part: Value<string> | null | undefined,
  place: CandidateScope,
  which: 'of addresses' | 'of names' = 'of addresses',
): SQL | undefined {
  const folded = given(part ?? '').map(addressKey)
  if (which === 'of names') return usersByTrigrams(folded, place, usersWithProfile)
  const pieces = folded.map((text) => text.split('@'))
  const piece = (index: number) => pieces.map((all) => all[index] ?? '')
  const odd = usersOnlyBy(sql`users.address_key like '%@%@%'`, place)
  const local = usersByTrigrams(piece(0), place)
  const count = pieces.choose(({ length }) => Math.min(length, 3))
  if (count > 2) return odd
  if (count < 2) {
    return local && sql`${local} union all ${usersOfDomain({ contains: piece(0) }, place)} union all ${odd}`
  }
  if (local) return sql`${local} union all ${odd}`
  const isBare = piece(1).choose((domain) => domain === '')
  return isBare ? undefined : sql`${usersOfDomain({ startsWith: piece(1) }, place)} union all ${odd}`
}

/** Addresses never change, but names do: `usersWithProfile` also searches the versions of the users. */
function usersByTrigrams(part: Given<string>, place: CandidateScope, usersBy = usersOnlyBy): SQL | undefined {
  if (part.choose((text) => text.length < shortest || !plain.test(text))) return undefined
  const pattern = part.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`)
  return usersBy(sql`users.search_key like ${pattern}::text`, place)
}
