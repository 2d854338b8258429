import { type GroupOverlap, readOverlaps } from '../analysis/overlaps.ts'
import { checkedSize } from './bad-input.ts'
import { batched, batchedNode } from './batch.ts'
import { builder } from './builder.ts'
import { costs, type ListSize } from './cost.ts'
import { Group } from './group.ts'

const overlapsSize = { arguments: ['first'], default: 10, least: 0, most: 100 } as const satisfies ListSize

const GroupOverlapRef = builder.objectRef<GroupOverlap>('GroupOverlap').implement({
  description: 'A group that shares members with another.',
  fields: (t) => ({
    group: t.field({
      type: Group,
      description: 'Which it is.',
      resolve: async ({ groupId }, _args, context, info) => {
        const group = await batchedNode({ typeName: 'Group', key: String(groupId) }, context, info)
        if (!group) throw new Error(`An overlapping group, ${groupId}, is not in the mirror any more`)
        return group as never
      },
    }),
    shared: t.int({ description: 'How many are members of both.', resolve: ({ shared }) => shared }),
    jaccard: t.float({
      description: 'Members of both, by members of either: 1 where the two have the same members.',
      resolve: ({ jaccard }) => jaccard,
    }),
  }),
})

builder.drizzleObjectField(Group, 'overlaps', (t) =>
  t.field({
    type: [GroupOverlapRef],
    nullable: true,
    description:
      "The groups that share most of their members with it, by Jaccard's index, equals by the vendor's id. Of a deleted group: none.",
    // The largest group of all takes 190 ms, one of the hundred largest 25 ms: each place in the document may ask for the largest once.
    extensions: costs({ base: 9_000, perNode: 1_250, size: overlapsSize }),
    args: {
      first: t.arg.int({
        defaultValue: overlapsSize.default,
        description: `So many of them, 0 to ${overlapsSize.most}.`,
      }),
    },
    select: { columns: { id: true } },
    resolve: async ({ id }, { first }, context, info) => {
      const limit = checkedSize(overlapsSize, { first }, 'groups')
      return await batched(context, info, id, async (groupIds) => {
        const found = await readOverlaps(context.sql, { groupIds, limit })
        return groupIds.map((groupId) => found.get(groupId) ?? [])
      })
    },
  }),
)
