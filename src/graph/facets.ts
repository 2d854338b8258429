import { type Facet, type FacetName, type Matching, readFacet } from '../analysis/facets.ts'
import { checkedSize } from './bad-input.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { costs, fewItems, type ListSize } from './cost.ts'

const facetSize = { arguments: ['first'], default: 20, least: 0, most: 500 } as const satisfies ListSize

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
  first: t.int({ defaultValue: facetSize.default, description: `So many of them, 0 to ${facetSize.most}.` }),
}))

export const UserFacets = builder.objectRef<Matching>('UserFacets').implement({
  description:
    'All users of a list, on whatever page, counted by what they have in common. Values that most users have come first. What is not known of a user, or has not been read yet, counts nowhere.',
  fields: (t) => ({
    byStatus: t.field({
      type: [FacetRef],
      description: 'By status.',
      extensions: costs({ size: 2, reads: 'count' }),
      resolve: facet('status'),
    }),
    byType: t.field({
      type: [FacetRef],
      description: 'By type.',
      extensions: costs({ size: 2, reads: 'count' }),
      resolve: facet('type'),
    }),
    byRole: t.field({
      type: [FacetRef],
      description: `By the roles that they hold, ${facetSize.most} at most; a user may count for several.`,
      extensions: costs({ perNode: 4_000, size: fewItems, reads: 'count' }),
      resolve: facet('role'),
    }),
    byDomain: t.field({
      type: [FacetRef],
      description: 'By the domain of the primary address.',
      extensions: costs({ size: facetSize, reads: 'count' }),
      args: first,
      resolve: facet('domain'),
    }),
    byGroup: t.field({
      type: [FacetRef],
      description: 'By the groups that they are members of; a user may count for several.',
      extensions: costs({ perNode: 10_000, size: facetSize, reads: 'count' }),
      args: first,
      resolve: facet('group'),
    }),
  }),
})

function facet(name: FacetName) {
  return (matching: Matching, args: { first?: number | null | undefined }, context: GraphContext): Promise<Facet[]> => {
    const most = 'first' in args ? checkedSize(facetSize, args, 'values') : facetSize.most
    return readFacet(context, name, matching, most)
  }
}
