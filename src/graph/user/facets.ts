import { type SQL, sql } from 'drizzle-orm'
import { asJson, type Facet, type FacetName, facetQuery, type Matching, readFacet } from '../../analysis/facets.ts'
import { given, known, type Value } from '../../planner/given.ts'
import { type Env, query, type Read } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs, fewItems, type ListSize } from '../core/cost.ts'
import { checkedSize } from '../core/user-input-error.ts'

const facetSize = { arguments: ['first'], default: 20, least: 0, most: 500 } as const satisfies ListSize

type FacetColumns = Readonly<Record<keyof Facet, SQL>>

const FacetRef = builder.objectRef<Facet>('Facet').implement({
  description: 'The number of users with a value.',
  fields: (t) => ({
    value: t.string({
      description: "The value, as a filter takes it. For a group, the vendor's ID.",
      sql: ({ value }: FacetColumns) => value,
      resolve: ({ value }) => value,
    }),
    label: t.string({
      description: 'The display name of the value. For a group, its name.',
      sql: ({ label }: FacetColumns) => label,
      resolve: ({ label }) => label,
    }),
    count: t.int({
      description: 'The number of users with this value.',
      sql: ({ count: own }: FacetColumns) => own,
      resolve: ({ count }) => count,
    }),
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
      sql: facetRead('status'),
      resolve: facet('status'),
    }),
    byType: t.field({
      type: [FacetRef],
      description: 'Counts by type.',
      extensions: costs({ size: 2, reads: 'count' }),
      sql: facetRead('type'),
      resolve: facet('type'),
    }),
    byRole: t.field({
      type: [FacetRef],
      description: `Counts by role, at most ${facetSize.most} roles. A user with several roles is counted for each.`,
      extensions: costs({ perNode: 4_000, size: fewItems, reads: 'count' }),
      sql: facetRead('role'),
      resolve: facet('role'),
    }),
    byDomain: t.field({
      type: [FacetRef],
      description: 'Counts by the domain of the primary address.',
      extensions: costs({ size: facetSize, reads: 'count' }),
      args: first,
      sql: facetRead('domain'),
      resolve: facet('domain'),
    }),
    byGroup: t.field({
      type: [FacetRef],
      description: 'Counts by group. A user in several groups is counted for each.',
      extensions: costs({ perNode: 10_000, size: facetSize, reads: 'count' }),
      args: first,
      sql: facetRead('group'),
      resolve: facet('group'),
    }),
  }),
})

function facetRead(name: FacetName): Read {
  return query(['value', 'label', 'count'], (matching: Matching, args: { first?: Value<number> | null }, env: Env) => {
    const most =
      'first' in args
        ? given(args.first ?? facetSize.default).map((first) => checkedSize(facetSize, { first }, 'values'))
        : known(facetSize.most)
    const rows = facetQuery(name, matching, sql`${most}::int`)
    if (!matching.isLive) return rows
    const answer = env.cached(matching.organizationId, asJson(rows))
    return sql`select * from json_to_recordset(${answer}::json) as f (value text, label text, count int)`
  })
}

function facet(name: FacetName) {
  return (matching: Matching, args: { first?: number | null | undefined }, context: GraphContext): Promise<Facet[]> => {
    const most = 'first' in args ? checkedSize(facetSize, args, 'values') : facetSize.most
    return readFacet(context, name, matching, most)
  }
}
