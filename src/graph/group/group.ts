import { sql } from 'drizzle-orm'
import type { GraphQLResolveInfo } from 'graphql'
import { groups } from '../../db/schema/tables.ts'
import { given, type Value } from '../../planner/given.ts'
import { one, type RefSource } from '../../planner/read.ts'
import { builder, type RowOf } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { alive, isAlive } from '../core/current-rows.ts'
import { shownToWriters } from '../core/field-policy.ts'
import { encodeGlobalId, globalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import { belongsTo, checkOneIsMeant } from '../core/organization-argument.ts'
import { isOfVisible, organizationOf, visibleTo } from '../core/tenant-visibility.ts'
import { checkedText } from '../core/user-input-error.ts'
import { organizationArg, organizationOfRow } from '../organization/organization.ts'
import { plannedQuery } from '../pagination/drizzle-plan.ts'

type Groups = typeof groups

const groupRefs: RefSource = {
  table: groups,
  by: {
    id: (row: Groups, { id }, env) => sql`${row.id} = ${id} and ${isOfVisible(env, row.organizationId)}`,
    scoped: (row: Groups, { name, scope }, env) =>
      sql`${row.groupId} = ${name} and ${isAlive(row)} and ${row.organizationId} = ${organizationOf(scope, env)}`,
  },
}

export const Group = builder.drizzleObject('groups', {
  name: 'Group',
  extensions: { ...shownToWriters('id', 'groupId'), refs: groupRefs },
  description: 'A group of users at the vendor, to which policies are assigned. Deleted groups remain as tombstones.',
  interfaces: [builder.nodeInterfaceRef()],
  select: { columns: { id: true, groupId: true, name: true, memberCount: true, deletedAt: true } },
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the group.',
      sql: (row: Groups) => globalId('Group', row.id),
      resolve: ({ id }) => encodeGlobalId('Group', id),
    }),
    organization: t.relation('organization', {
      description: 'The organization that the group belongs to.',
      sql: organizationOfRow,
    }),
    groupId: t.string({
      description: "The vendor's ID of the group, e.g. grp_001.",
      sql: (row: Groups) => row.groupId,
      resolve: ({ groupId }) => groupId,
    }),
    name: t.string({
      description: 'The name of the group.',
      sql: (row: Groups) => row.name,
      resolve: ({ name }) => name,
    }),
    memberCount: t.int({
      nullable: true,
      description:
        'The number of members according to the vendor. Null if the vendor does not report it. Use `members` for ' +
        'the count in the mirror.',
      sql: (row: Groups) => row.memberCount,
      resolve: ({ memberCount }) => memberCount,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror observed that the group was deleted. Null for a live group.',
      sql: (row: Groups) => row.deletedAt,
      resolve: ({ deletedAt }) => deletedAt,
    }),
  }),
})

export type GroupRow = RowOf<typeof Group>

/** Loads a group that is known to be in the mirror, with everything selected below the current field. */
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
    description: "A live group by the vendor's ID. Null if there is none.",
    args: {
      groupId: t.arg.string({ required: true, description: "The vendor's ID of the group. Case-sensitive." }),
      ...organizationArg,
    },
    sql: one({
      table: groups,
      where: (
        row: Groups,
        _root: unknown,
        { groupId, organization }: { groupId: Value<string>; organization?: Value<string> | null },
        env,
      ) =>
        sql`${row.groupId} = ${given(groupId).map((id) => checkedText('groupId', id))}::text and ${isAlive(row)}
          and ${belongsTo(env, row.organizationId, organization)}`,
    }),
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
