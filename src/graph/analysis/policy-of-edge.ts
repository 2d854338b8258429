import type { Edge } from '../../analysis/graph/edges.ts'
import { array } from '../../db/pg-array.ts'
import { isoOf } from '../../db/timestamps.ts'
import { isPast } from '../as-of/moment.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs } from '../core/cost.ts'
import { PolicyState, policyEffectiveBy } from '../group/membership.ts'
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
      const happenedBy = await batched(context, info, edge, (edges) => readTimes(edges, context))
      if (happenedBy === null) return null
      return isPast(policyEffectiveBy({ row: { happenedBy } }), context.moment) ? 'EFFECTIVE' : 'PENDING'
    },
  }),
)

/** When each membership began at the latest. Null: it has ended since the edge was read. */
async function readTimes(edges: readonly Edge[], { sql }: GraphContext): Promise<(string | null)[]> {
  const rows = await sql.unsafe<{ happenedBy: string | null }[]>(
    `select m.happened_by as "happenedBy" from unnest($1::bigint[], $2::bigint[]) with ordinality as e(user_id, group_id, place)
    left join memberships m on m.user_id = e.user_id and m.group_id = e.group_id and m.valid_to is null
    order by e.place`,
    [array(edges.map(({ source }) => source)), array(edges.map(({ target }) => target))],
    { prepare: true },
  )
  return rows.map(({ happenedBy }) => (happenedBy === null ? null : isoOf(happenedBy)))
}
