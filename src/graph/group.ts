import type { GraphQLResolveInfo } from 'graphql'
import { checkedText } from './bad-input.ts'
import { builder, type RowOf } from './builder.ts'
import type { GraphContext } from './context.ts'
import { plannedQuery } from './drizzle-plan.ts'
import { encodeGlobalId } from './global-id.ts'
import { alive } from './live.ts'
import { addNodeSource, numberedSource } from './node.ts'
import { organizationArg } from './organization.ts'
import { belongsTo, checkOneIsMeant } from './organization-scope.ts'
import { visibleTo } from './visible.ts'

export const Group = builder.drizzleObject('groups', {
  name: 'Group',
  description: 'A group of users at the vendor, to which policies are bound. Deleted ones stay as tombstones.',
  interfaces: [builder.nodeInterfaceRef()],
  select: { columns: { id: true, groupId: true, name: true, memberCount: true, deletedAt: true } },
  fields: (t) => ({
    id: t.id({ description: 'Names the group in this graph.', resolve: ({ id }) => encodeGlobalId('Group', id) }),
    organization: t.relation('organization', { description: 'The organization that it belongs to.' }),
    groupId: t.string({ description: "The vendor's id, e.g. grp_001.", resolve: ({ groupId }) => groupId }),
    name: t.string({ description: 'What the vendor calls it.', resolve: ({ name }) => name }),
    memberCount: t.int({
      nullable: true,
      description:
        'How many members it has as the vendor counts; null: the vendor did not say. What the mirror holds is counted by members.',
      resolve: ({ memberCount }) => memberCount,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror learnt that it is gone; null for a live group.',
      resolve: ({ deletedAt }) => deletedAt,
    }),
  }),
})

export type GroupRow = RowOf<typeof Group>

/** The group of that id, which the mirror surely has, with all that is selected below the field that is being resolved. */
export async function knownGroup(context: GraphContext, info: GraphQLResolveInfo, id: number): Promise<GroupRow> {
  const group = await context.drizzle.query.groups.findFirst(
    plannedQuery(context, info, 'Group', undefined, { where: { id } }),
  )
  if (!group) throw new Error(`Group ${id} is not in the mirror`)
  return group
}

addNodeSource(
  'Group',
  numberedSource((ids, context, info) =>
    context.drizzle.query.groups.findMany(
      plannedQuery(context, info, 'Group', undefined, {
        where: { id: { in: ids }, ...visibleTo(context) },
      }),
    ),
  ),
)

builder.queryField('group', (t) =>
  t.drizzleField({
    type: Group,
    nullable: true,
    description: 'The live group that the vendor knows by this id; null where there is none.',
    args: {
      groupId: t.arg.string({ required: true, description: "The vendor's id, to the letter." }),
      ...organizationArg,
    },
    resolve: async (query, _root, { groupId, organization }, context) => {
      const found = await context.drizzle.query.groups.findFirst(
        query({
          where: {
            ...alive,
            groupId: checkedText('groupId', groupId),
            RAW: (table) => belongsTo(context, table.organizationId, organization),
          },
        }),
      )
      if (!found) await checkOneIsMeant(context, organization)
      return found
    },
  }),
)
