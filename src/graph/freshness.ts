import { isoOf, isoOrNull } from '../mirror/iso.ts'
import { builder } from './builder.ts'

interface FreshnessShape {
  readonly profileAt: string
  readonly relationsAt: string | null
}

export const Freshness = builder.objectRef<FreshnessShape>('Freshness').implement({
  description: "How old a user's values are at most. For a deleted user: when they were last true.",
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
  with: { organization: { columns: { profileAsOf: true, rolesAsOf: true, aliasesAsOf: true, groupsAsOf: true } } },
} as const

interface Stamped {
  profileAt: string
  rolesAt: string | null
  aliasesAt: string | null
  groupsAt: string | null
  deletedAt: string | null
  organization: {
    profileAsOf: string | null
    rolesAsOf: string | null
    aliasesAsOf: string | null
    groupsAsOf: string | null
  }
}

/**
 * A complete pull that finds nothing new writes no user: the organization's own stamp then says how fresh its live users are.
 * Nothing is read of a tombstone any more, so that only its own stamps speak of it.
 */
export function freshnessOf(user: Stamped): FreshnessShape {
  const { organization } = user
  const since = (own: string, ofAll: string | null) => {
    const [mine, shared] = [isoOf(own), isoOrNull(ofAll)]
    return user.deletedAt === null && shared !== null && shared > mine ? shared : mine
  }
  const relations = [
    user.rolesAt && since(user.rolesAt, organization.rolesAsOf),
    user.aliasesAt && since(user.aliasesAt, organization.aliasesAsOf),
    user.groupsAt && since(user.groupsAt, organization.groupsAsOf),
  ]
  return {
    profileAt: since(user.profileAt, organization.profileAsOf),
    relationsAt: relations.includes(null) ? null : (relations.toSorted()[0] ?? null),
  }
}
