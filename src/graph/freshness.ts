import { isoOf, isoOrNull, laterOf } from '../mirror/iso.ts'
import { builder } from './builder.ts'

interface FreshnessShape {
  readonly profileAt: string
  readonly relationsAt: string | null
}

export const Freshness = builder.objectRef<FreshnessShape>('Freshness').implement({
  description:
    "How old a user's values are at most. For a deleted user: when they were last true. As of a moment, reads that found nothing new do not count: the values may be fresher than this says.",
  fields: (t) => ({
    profileAt: t.field({
      type: 'DateTime',
      description: 'When the request that these values came from was sent.',
      resolve: ({ profileAt }) => profileAt,
    }),
    relationsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The same for roles, aliases and groups, the oldest of the three; null where one was never read.',
      resolve: ({ relationsAt }) => relationsAt,
    }),
  }),
})

/** What `freshnessOf` reads. */
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
 * A complete pull that finds nothing new writes no user: the organization's own stamp then says how fresh its live users are. Nor does a point
 * read: the latest one is the user's confirmation, which has no past. Nothing is read of a tombstone any more, so that only its own stamps speak of it.
 * A live user that the last complete pull could not observe has its own stamps alone, too.
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
