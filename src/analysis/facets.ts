/** Counts of matching users by value: by status, type, role, domain or group. */
import { type Column, type SQL, sql } from 'drizzle-orm'
import { groups, memberships, roleGrants, roles, users } from '../db/schema/tables.ts'

export type FacetName = 'status' | 'type' | 'role' | 'domain' | 'group'

export interface Facet {
  readonly value: string
  readonly label: string
  readonly count: number
}

/** The users to count. */
export interface Matching {
  readonly organizationId: SQL
  /** On a row of `users`; includes the organization. */
  readonly condition: SQL
  /** The users are live, so their counts are cached. */
  readonly isCached: boolean
  /** The condition only requires the users to be live, so relationships need not be looked up per user. */
  readonly isEverybody: boolean
}

/** Returns the query for the values: those with the most users first, ties by value. Unknown values are not counted. */
export function facetQuery(name: FacetName, matching: Matching, limit: SQL): SQL {
  return sql`
    select value, label, count::int as count from (${counts[name](matching)}) c
    where value is not null order by c.count desc, value limit ${limit}`
}

/** Returns the query for the values as one JSON list. */
export function asJson(facet: SQL): SQL {
  return sql`select coalesce(json_agg(most), '[]') from (${facet}) most`
}

const ofColumn =
  (column: SQL) =>
  ({ condition }: Matching): SQL =>
    sql`select ${column} as value, ${column} as label, count(*) as count from ${users} where ${condition} group by 1`

const counts: Readonly<Record<FacetName, (matching: Matching) => SQL>> = {
  status: ofColumn(sql`${users.status}::text`),
  type: ofColumn(sql`${users.type}::text`),
  domain: ofColumn(sql`${users.domain}`),
  role: (matching) =>
    matching.isEverybody
      ? ofEach(
          roles,
          roles.name,
          sql`${roleGrants} where ${roleGrants.roleId} = ${roles.id} and ${roleGrants.validTo} is null`,
          matching,
        )
      : sql`
        select ${roles.name} as value, ${roles.name} as label, t.count
        from (
          select ${roleGrants.roleId} as id, count(*) as count from ${roleGrants}
          where ${roleGrants.validTo} is null and ${roleGrants.userId} in ${usersOf(matching)} group by 1
        ) t inner join ${roles} on ${roles.id} = t.id`,
  group: (matching) =>
    matching.isEverybody
      ? ofEach(
          groups,
          groups.groupId,
          sql`${memberships} where ${memberships.groupId} = ${groups.id} and ${memberships.validTo} is null`,
          matching,
        )
      : sql`
        select ${groups.groupId} as value, ${groups.name} as label, t.count
        from (
          select ${memberships.groupId} as id, count(*) as count from ${memberships}
          where ${memberships.validTo} is null and ${memberships.userId} in ${usersOf(matching)} group by 1
        ) t inner join ${groups} on ${groups.id} = t.id`,
}

const usersOf = ({ condition }: Matching) => sql`(select ${users.id} from ${users} where ${condition})`

/**
 * Counts the active relationships of each object with an index-only scan. Only live users have active relationships.
 */
function ofEach(things: typeof roles | typeof groups, value: Column, standing: SQL, { organizationId }: Matching): SQL {
  return sql`
    select value, label, t.count from (
      select ${value} as value, ${things.name} as label, (select count(*) from ${standing}) as count
      from ${things} where ${things.organizationId} = ${organizationId}
    ) t where t.count > 0`
}
