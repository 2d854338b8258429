import { type GroupOverlap, readOverlaps } from '../../analysis/graph/overlaps.ts'
import type { groups } from '../../db/schema/tables.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, type ListSize } from '../core/cost.ts'
import { checkedSize } from '../core/user-input-error.ts'
import { Group } from '../group/group.ts'
import { batched } from '../pagination/batch.ts'

type Groups = typeof groups

const overlapsSize = { arguments: ['first'], default: 10, least: 0, most: 100 } as const satisfies ListSize

const GroupOverlapRef = builder.objectRef<GroupOverlap>('GroupOverlap').implement({
  description: 'A group that shares members with another group.',
  fields: (t) => ({
    group: t.field({
      type: Group,
      description: 'The other group.',
      refs: ({ groupId }) => ref('Group', groupId),
    }),
    shared: t.exposeInt('shared', { description: 'Number of members of both groups.' }),
    jaccard: t.exposeFloat('jaccard', {
      description:
        'The Jaccard index: members of both groups divided by members of either (0–1). 1 if both have the same ' +
        'members.',
    }),
  }),
})

builder.objectField(Group, 'overlaps', (t) =>
  t.field({
    type: [GroupOverlapRef],
    nullable: true,
    description:
      'The live groups that share the most members with this group, sorted by Jaccard index (highest first), ' +
      "then by the vendor's ID. Empty for a deleted group.",
    // The largest group takes 190 ms, one of the hundred largest 25 ms. `base` covers one read of the largest group for
    // each place in the document.
    extensions: costs({ base: 9_000, perNode: 1_250, size: overlapsSize }),
    args: {
      first: t.arg.int({
        defaultValue: overlapsSize.default,
        description: `Number of groups to return (0–${overlapsSize.most}).`,
      }),
    },
    sql: (group: Groups) => group.id,
    compute: async (id: number, { first }, context, info) => {
      const limit = checkedSize(overlapsSize, { first }, 'groups')
      return await batched(context, info, id, async (groupIds) => {
        const found = await readOverlaps(context.sql, { groupIds, limit })
        return groupIds.map((groupId) => found.get(groupId) ?? [])
      })
    },
  }),
)
