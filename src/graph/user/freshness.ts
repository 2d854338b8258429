import { type SQL, sql } from 'drizzle-orm'
import { organizations, userConfirmations, type users } from '../../db/schema/tables.ts'
import { isoOf, isoOrNull, laterOf } from '../../db/timestamps.ts'
import { builder } from '../builder.ts'

type Users = typeof users

interface FreshnessShape {
  readonly profileAt: string
  readonly relationsAt: string | null
}

export const Freshness = builder.objectRef<FreshnessShape>('Freshness').implement({
  description:
    "The maximum age of a user's values. For a deleted user: when the values were last valid. With `@asOf`, " +
    'reads that found nothing new are not counted, so the values can be fresher than reported.',
  fields: (t) => ({
    profileAt: t.field({
      type: 'DateTime',
      description: 'When the request that returned the profile was sent.',
      sql: (row: Users) => since(row, 'profileAt', 'profileAsOf'),
      resolve: ({ profileAt }) => profileAt,
    }),
    relationsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the oldest of roles, aliases and groups was read (the time its request was sent). Null if any of ' +
        'the three has never been read.',
      sql: (row: Users) => sql`case
        when ${row.rolesAt} is not null and ${row.aliasesAt} is not null and ${row.groupsAt} is not null
        then least(${since(row, 'rolesAt', 'rolesAsOf')}, ${since(row, 'aliasesAt', 'aliasesAsOf')}, ${since(row, 'groupsAt', 'groupsAsOf')}) end`,
      resolve: ({ relationsAt }) => relationsAt,
    }),
  }),
})

/** `freshnessOf` in SQL, for one stamp of a user. */
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

/** The columns that `freshnessOf` reads. */
export const freshnessColumns = {
  columns: { profileAt: true, rolesAt: true, aliasesAt: true, groupsAt: true, deletedAt: true },
  with: {
    confirmation: {
      columns: { profileAt: true, rolesAt: true, aliasesAt: true, groupsAt: true, unconfirmedSince: true },
    },
    organization: { columns: { profileAsOf: true, rolesAsOf: true, aliasesAsOf: true, groupsAsOf: true } },
  },
} as const

interface Stamps {
  profileAt: string | null
  rolesAt: string | null
  aliasesAt: string | null
  groupsAt: string | null
}

interface Stamped extends Stamps {
  profileAt: string
  deletedAt: string | null
  confirmation: (Stamps & { unconfirmedSince: string | null }) | null
  organization: {
    profileAsOf: string | null
    rolesAsOf: string | null
    aliasesAsOf: string | null
    groupsAsOf: string | null
  }
}

/**
 * A complete pull that finds nothing new writes no user; the organization's own timestamps then tell how fresh its live
 * users are. Nor does a point read: the latest one is the user's confirmation, which has no history. Tombstones are
 * never read again, so only their own timestamps count. The same applies to a live user that the last complete pull
 * could not observe.
 */
export function freshnessOf(user: Stamped): FreshnessShape {
  const { organization, confirmation } = user
  const since = (own: string, confirmed: string | null | undefined, ofAll: string | null) => {
    const mine = laterOf(isoOf(own), isoOrNull(confirmed ?? null)) ?? isoOf(own)
    const shared = confirmation?.unconfirmedSince ? null : isoOrNull(ofAll)
    return user.deletedAt === null && shared !== null && shared > mine ? shared : mine
  }
  const relations = [
    user.rolesAt && since(user.rolesAt, confirmation?.rolesAt, organization.rolesAsOf),
    user.aliasesAt && since(user.aliasesAt, confirmation?.aliasesAt, organization.aliasesAsOf),
    user.groupsAt && since(user.groupsAt, confirmation?.groupsAt, organization.groupsAsOf),
  ]
  return {
    profileAt: since(user.profileAt, confirmation?.profileAt, organization.profileAsOf),
    relationsAt: relations.includes(null) ? null : (relations.toSorted()[0] ?? null),
  }
}
