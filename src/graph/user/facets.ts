import { type Facet, type FacetName, type Matching, readFacet } from '../../analysis/facets.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs, fewItems, type ListSize } from '../core/cost.ts'
import { checkedSize } from '../core/user-input-error.ts'

const facetSize = { arguments: ['first'], default: 20, least: 0, most: 500 } as const satisfies ListSize

const FacetRef = builder.objectRef<Facet>('Facet').implement({
  description: 'The number of users with a value.',
  fields: (t) => ({
    value: t.string({
      description: "The value, as a filter takes it. For a group, the vendor's ID.",
      resolve: ({ value }) => value,
    }),
    label: t.string({
      description: 'The display name of the value. For a group, its name.',
      resolve: ({ label }) => label,
    }),
    count: t.int({ description: 'The number of users with this value.', resolve: ({ count }) => count }),
  }),
})

const first = builder.args((t) => ({
  first: t.int({ defaultValue: facetSize.default, description: `Number of values to return (0–${facetSize.most}).` }),
}))

export const UserFacets = builder.objectRef<Matching>('UserFacets').implement({
  description:
    'Counts of all users of a list, on all pages, by value. The most frequent values come first. Unknown ' +
    'values, and values that have not been read yet, are not counted.',
  fields: (t) => ({
    byStatus: t.field({
      type: [FacetRef],
      description: 'Counts by status.',
      extensions: costs({ size: 2, reads: 'count' }),
      resolve: facet('status'),
    }),
    byType: t.field({
      type: [FacetRef],
      description: 'Counts by type.',
      extensions: costs({ size: 2, reads: 'count' }),
      resolve: facet('type'),
    }),
    byRole: t.field({
      type: [FacetRef],
      description: `Counts by role, at most ${facetSize.most} roles. A user with several roles is counted for each.`,
      extensions: costs({ perNode: 4_000, size: fewItems, reads: 'count' }),
      resolve: facet('role'),
    }),
    byDomain: t.field({
      type: [FacetRef],
      description: 'Counts by the domain of the primary address.',
      extensions: costs({ size: facetSize, reads: 'count' }),
      args: first,
      resolve: facet('domain'),
    }),
    byGroup: t.field({
      type: [FacetRef],
      description: 'Counts by group. A user in several groups is counted for each.',
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
