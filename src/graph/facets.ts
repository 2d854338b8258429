import { type Facet, type FacetName, type Matching, readFacet } from '../analysis/facets.ts'
import { checkedCount } from './bad-input.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'

const mostFacets = 500
const usualFacets = 20

const FacetRef = builder.objectRef<Facet>('Facet').implement({
  description: 'How many users have a value.',
  fields: (t) => ({
    value: t.string({
      description: "The value, as a filter takes it: of a group, the vendor's id.",
      resolve: ({ value }) => value,
    }),
    label: t.string({ description: 'The value for people: of a group, its name.', resolve: ({ label }) => label }),
    count: t.int({ description: 'How many have it.', resolve: ({ count }) => count }),
  }),
})

const first = builder.args((t) => ({
  first: t.int({ defaultValue: usualFacets, description: `So many of them, 0 to ${mostFacets}.` }),
}))

export const UserFacets = builder.objectRef<Matching>('UserFacets').implement({
  description:
    'All users of a list, on whatever page, counted by what they have in common. Values that most users have come first. What is not known of a user, or has not been read yet, counts nowhere.',
  fields: (t) => ({
    byStatus: t.field({ type: [FacetRef], description: 'By status.', resolve: facet('status') }),
    byType: t.field({ type: [FacetRef], description: 'By type.', resolve: facet('type') }),
    byRole: t.field({
      type: [FacetRef],
      description: `By the roles that they hold, ${mostFacets} at most; a user may count for several.`,
      resolve: facet('role'),
    }),
    byDomain: t.field({
      type: [FacetRef],
      description: 'By the domain of the primary address.',
      args: first,
      resolve: facet('domain'),
    }),
    byGroup: t.field({
      type: [FacetRef],
      description: 'By the groups that they are members of; a user may count for several.',
      args: first,
      resolve: facet('group'),
    }),
  }),
})

function facet(name: FacetName) {
  return (matching: Matching, args: { first?: number | null | undefined }, context: GraphContext): Promise<Facet[]> => {
    const most = 'first' in args ? (args.first ?? usualFacets) : mostFacets
    return readFacet(context, name, matching, checkedCount('first', most, 0, mostFacets, 'values'))
  }
}
