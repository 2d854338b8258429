import { type SQL, sql } from 'drizzle-orm'
import { organizations, userConfirmations, type users } from '../../db/schema/tables.ts'
import { builder } from '../builder.ts'

type Users = typeof users

export const Freshness = builder.objectRef<object>('Freshness').implement({
  description:
    "The maximum age of a user's values. For a deleted user: when the values were last valid. With `@asOf`, " +
    'reads that found nothing new are not counted, so the values can be fresher than reported.',
  fields: (t) => ({
    profileAt: t.field({
      type: 'DateTime',
      description: 'When the request that returned the profile was sent.',
      sql: (row: Users) => since(row, 'profileAt', 'profileAsOf'),
    }),
    relationsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the oldest of roles, aliases and groups was read (the time its request was sent). Null if any of ' +
        'the three has never been read. Groups count only if the connection offers them.',
      sql: (row: Users) => sql`case
        when ${areRelationsKnown(row)}
        then least(${since(row, 'rolesAt', 'rolesAsOf')}, ${since(row, 'aliasesAt', 'aliasesAsOf')}, ${since(row, 'groupsAt', 'groupsAsOf')}) end`,
    }),
  }),
})

/** Whether roles, aliases and groups have all been read, as far as the connection of the organization offers them. */
export function areRelationsKnown({ rolesAt, aliasesAt, groupsAt, organizationId }: Users): SQL {
  // Only users without known groups need the organization.
  const offersGroups = sql`(select 'groups' = any(o.capabilities) from ${organizations} o where o.id = ${organizationId})`
  return sql`${rolesAt} is not null and ${aliasesAt} is not null and (${groupsAt} is not null or not ${offersGroups})`
}

/**
 * A complete pull that finds nothing new writes no user; the organization's own timestamps then tell how fresh its live
 * users are. Nor does a point read: the latest one is the user's confirmation, which has no history. Tombstones are
 * never read again, so only their own timestamps count. The same applies to a live user that the last complete pull
 * could not observe.
 */
function since(
  row: Users,
  own: 'profileAt' | 'rolesAt' | 'aliasesAt' | 'groupsAt',
  ofAll: 'profileAsOf' | 'rolesAsOf' | 'aliasesAsOf' | 'groupsAsOf',
): SQL {
  const confirmed = sql`(select c.${sql.identifier(userConfirmations[own].name)} from ${userConfirmations} c where c.user_id = ${row.id})`
  const shared = sql`(select o.${sql.identifier(organizations[ofAll].name)} from ${organizations} o where o.id = ${row.organizationId})`
  const isShared = sql`${row.deletedAt} is null and not exists (
    select from ${userConfirmations} c where c.user_id = ${row.id} and c.unconfirmed_since is not null)`
  return sql`greatest(${row[own]}, ${confirmed}, case when ${isShared} then ${shared} end)`
}
