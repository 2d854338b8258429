/** Access paths for user filters (access-paths.ts): one for each condition that an index supports. */
import { and, type Column, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { addressKey } from '../../addresses/address-key.ts'
import { aliases, groups, memberships, roleGrants, roles, users } from '../../db/schema/tables.ts'
import { isStanding } from '../core/current-rows.ts'
import type { AccessPath } from '../pagination/access-paths.ts'
import {
  type DateTimeFilterInput,
  foldedByPostgres,
  matchesMoment,
  matchesString,
  preFolded,
  type StringFilterInput,
} from '../pagination/filter.ts'
import {
  type CandidateScope,
  inOrganization,
  usersByPart,
  usersOfDomain,
  usersWithAddress,
  usersWithProfile,
} from './user-candidates.ts'
import { type AskedOfUsers, aliasAddress, type GroupRefFilterInput, isMeantGroup, isPrivileged } from './user-filter.ts'

/** Each access path is a branch that repeats the whole condition. */
const maxPaths = 3

/** Returns access paths to all users that may match the filter, those that usually find the fewest users first. */
export function accessPathsFor(asked: AskedOfUsers | null | undefined, place: CandidateScope): AccessPath[] {
  if (asked == null) return []
  const all = [
    asked.primaryEmail && byAddress(asked.primaryEmail, place),
    asked.alias && byAlias(asked.alias, place),
    asked.group && byGroup(asked.group, place),
    asked.lastName && byName('lastName', asked.lastName, place),
    asked.firstName && byName('firstName', asked.firstName, place),
    asked.createdAt && byMoment(users.createdAt, asked.createdAt, place),
    asked.updatedAt && byMoment(users.updatedAt, asked.updatedAt, place),
    asked.relationsKnown === false && foundIn((at) => usersWithProfile(isUnread, at), place),
    asked.privileged && byRole(isPrivileged, place),
    asked.role && byRole(matchesString(foldedByPostgres(roles.name), asked.role), place),
    asked.domain && byDomain(asked.domain, place),
    asked.status === 'INACTIVE' && foundIn((at) => usersWithProfile(sql`users.status = 'INACTIVE'`, at), place),
    asked.type === 'ALIAS' && foundIn((at) => usersWithProfile(sql`users.type = 'ALIAS'`, at), place),
  ]
  const paths: AccessPath[] = all.filter((way) => way != null && way !== false)
  if (Object.values(asked).filter((value) => value != null).length === 1 && asked.and == null) return paths
  // With several conditions, no single access path can count the matching users.
  return [...paths, ...(asked.and ?? []).flatMap((one) => accessPathsFor(one, place))]
    .slice(0, maxPaths)
    .map(({ count: _count, ...path }) => path)
}

/** The default maximum: each candidate costs two lookups, while scanning in order is cheap. */
function found(ids: SQL, { few = 3_000 }: CandidateScope): AccessPath {
  return { ids, few }
}

/** For queries that find each user once. In the past, a user's row must be looked up as it was. */
function foundIn(usersAt: (place: CandidateScope) => SQL, place: CandidateScope): AccessPath {
  const rows = place.moment === undefined ? usersAt({ ...place, columns: sql`users.ctid, users.*` }) : undefined
  return { ...found(usersAt(place), place), rows }
}

/**
 * The maximum for relationships: each candidate costs one lookup, while a scan looks up the relationships of each user.
 */
const fewTied = 5_000

/** Written like the condition of the partial indexes. */
const isUnread = sql`(users.roles_at is null or users.aliases_at is null or users.groups_at is null)`

/** Returns the operators of the string filter that an index on whole values supports. */
function ordered({ eq, in: values, startsWith }: StringFilterInput): StringFilterInput | undefined {
  return eq == null && values == null && startsWith == null ? undefined : { eq, in: values, startsWith }
}

/** Returns the part of a condition on the address that the index on the addresses supports. */
export function orderedByAddress(column: Column, asked: StringFilterInput | null | undefined): SQL | undefined {
  return matchesString(preFolded(column, addressKey), asked && ordered(asked))
}

function byAddress(asked: StringFilterInput, place: CandidateScope): AccessPath | undefined {
  const whole = orderedByAddress(users.addressKey, asked)
  if (whole) return foundIn((at) => usersWithAddress(whole, at), place)
  const ids = usersByPart(asked.contains ?? asked.endsWith, place)
  return ids && found(ids, place)
}

function byDomain(asked: StringFilterInput, place: CandidateScope): AccessPath {
  return foundIn((at) => usersOfDomain(asked, at), place)
}

function byName(
  name: 'firstName' | 'lastName',
  asked: StringFilterInput,
  place: CandidateScope,
): AccessPath | undefined {
  const part = asked.eq ?? asked.startsWith ?? asked.contains ?? asked.endsWith
  const byParts = usersByPart(part, place, 'of names')
  const whole = matchesString(foldedByPostgres(users[name]), ordered(asked))
  if (whole && (name === 'lastName' || !byParts)) return foundIn((at) => usersWithProfile(whole, at), place)
  return byParts && found(byParts, place)
}

function byMoment(column: Column, asked: DateTimeFilterInput, place: CandidateScope): AccessPath | undefined {
  const condition = matchesMoment(column, asked)
  return condition && foundIn((at) => usersWithProfile(condition, at), place)
}

function byAlias(asked: StringFilterInput, { organizationId, few = fewTied }: CandidateScope): AccessPath | undefined {
  const condition = matchesString(aliasAddress, ordered(asked))
  if (!condition) return undefined
  const isOurs = sql`${aliases.organizationId} = ${organizationId}`
  return {
    ids: sql`select ${aliases.userId} as id from ${aliases} where ${and(isOurs, isStanding(aliases), condition)}`,
    few,
  }
}

function byGroup(asked: GroupRefFilterInput, place: CandidateScope): AccessPath {
  return byTie(memberships, memberships.groupId, inOrganization(groups, isMeantGroup(asked), place), place)
}

function byRole(condition: SQL | undefined, place: CandidateScope): AccessPath {
  return byTie(roleGrants, roleGrants.roleId, inOrganization(roles, condition, place), place)
}

type Ties = PgTable & { readonly userId: Column; readonly validTo: Column }

/** Only live users whose relationships have been read have active ones. */
function byTie(ties: Ties, thing: Column, things: SQL, { few = fewTied }: CandidateScope): AccessPath {
  return {
    few,
    // One object after the other, its users in index order, so that Postgres uses the index regardless of its row
    // estimates.
    ids: sql`select tie.id from (${things}) thing cross join lateral (
      select ${ties.userId} as id from ${ties} where ${thing} = thing.id and ${isStanding(ties)} order by 1 limit ${sql.raw(String(few + 1))}) tie`,
    count: sql`
      with thing as materialized (${things})
      select case when (select count(*) from thing) = 1
        then (select count(*) from ${ties} where ${thing} = (select id from thing) and ${isStanding(ties)})
        else (select count(distinct ${ties.userId}) from ${ties} where ${thing} = any(array(select id from thing)) and ${isStanding(ties)})
      end`,
  }
}
