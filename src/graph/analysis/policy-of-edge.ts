import type { Edge } from '../../analysis/graph/edges.ts'
import { array } from '../../db/pg-array.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs } from '../core/cost.ts'
import { PolicyState, policyDelayMinutes } from '../group/membership.ts'
import { batched } from '../pagination/batch.ts'
import { GraphEdge } from './graph-edge.ts'

builder.objectField(GraphEdge, 'policyState', (t) =>
  t.field({
    type: PolicyState,
    nullable: true,
    description: "For MEMBER_OF: whether the vendor enforces the group's policy for the member. Null for other kinds.",
    extensions: costs({ perNode: 1 }),
    resolve: async (edge, _args, context, info) => {
      if (edge.kind !== 'MEMBER_OF') return null
      return await batched(context, info, edge, (edges) => readPolicies(edges, context))
    },
  }),
)

/** Null: the membership has ended since the edge was read. */
async function readPolicies(
  edges: readonly Edge[],
  { sql, moment }: GraphContext,
): Promise<('PENDING' | 'EFFECTIVE' | null)[]> {
  const rows = await sql.unsafe<{ policy: 'PENDING' | 'EFFECTIVE' | null }[]>(
    `select case when m.happened_by + interval '${policyDelayMinutes} minutes' <= coalesce($3::timestamptz, clock_timestamp())
        then 'EFFECTIVE' when m.user_id is not null then 'PENDING' end as policy
    from unnest($1::bigint[], $2::bigint[]) with ordinality as e(user_id, group_id, place)
    left join memberships m on m.user_id = e.user_id and m.group_id = e.group_id and m.valid_to is null
    order by e.place`,
    [array(edges.map(({ source }) => source)), array(edges.map(({ target }) => target)), moment ?? null],
    { prepare: true },
  )
  return rows.map(({ policy }) => policy)
}
