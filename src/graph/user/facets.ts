import { type SQL, sql } from 'drizzle-orm'
import { asJson, type Facet, type FacetName, facetQuery, type Matching } from '../../analysis/facets.ts'
import { given, known, type Value } from '../../planner/given.ts'
import { type Env, query, type Read } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, fewItems, type ListSize } from '../core/cost.ts'
import { checkedSize } from '../core/user-input-error.ts'

const facetSize = { arguments: ['first'], default: 20, least: 0, most: 500 } as const satisfies ListSize

type FacetColumns = Readonly<Record<keyof Facet, SQL>>

const FacetRef = builder.objectRef<object>('Facet').implement({
  description: 'The number of users with a value.',
  fields: (t) => ({
    value: t.string({
      description: "The value, as a filter takes it. For a group, the vendor's ID.",
      sql: ({ value }: FacetColumns) => value,
    }),
    label: t.string({
      description: 'The display name of the value. For a group, its name.',
      sql: ({ label }: FacetColumns) => label,
    }),
    count: t.int({
      description: 'The number of users with this value.',
      sql: ({ count: own }: FacetColumns) => own,
    }),
  }),
})

const first = builder.args((t) => ({
  first: t.int({ defaultValue: facetSize.default, description: `Number of values to return (0–${facetSize.most}).` }),
}))

export const UserFacets = builder.objectRef<object>('UserFacets').implement({
  description:
    'Counts of all users of a list, on all pages, by value. The most frequent values come first. Unknown ' +
    'values, and values that have not been read yet, are not counted.',
  fields: (t) => ({
    byStatus: t.field({
      type: [FacetRef],
      description: 'Counts by status.',
      extensions: costs({ size: 2, reads: 'count' }),
      sql: facetRead('status'),
    }),
    byType: t.field({
      type: [FacetRef],
      description: 'Counts by type.',
      extensions: costs({ size: 2, reads: 'count' }),
      sql: facetRead('type'),
    }),
    byRole: t.field({
      type: [FacetRef],
      description: `Counts by role, at most ${facetSize.most} roles. A user with several roles is counted for each.`,
      extensions: costs({ perNode: 4_000, size: fewItems, reads: 'count' }),
      sql: facetRead('role'),
    }),
    byDomain: t.field({
      type: [FacetRef],
      description: 'Counts by the domain of the primary address.',
      extensions: costs({ size: facetSize, reads: 'count' }),
      args: first,
      sql: facetRead('domain'),
    }),
    byGroup: t.field({
      type: [FacetRef],
      description: 'Counts by group. A user in several groups is counted for each.',
      extensions: costs({ perNode: 10_000, size: facetSize, reads: 'count' }),
      args: first,
      sql: facetRead('group'),
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
    if (!matching.isCached) return rows
    const answer = env.cached(matching.organizationId, asJson(rows))
    return sql`select * from json_to_recordset(${answer}::json) as f (value text, label text, count int)`
  })
}
