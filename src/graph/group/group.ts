import { sql } from 'drizzle-orm'
import { groups } from '../../db/schema/tables.ts'
import { given, type Value } from '../../planner/given.ts'
import { one } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import { isAlive } from '../core/current-rows.ts'
import { shownToWriters } from '../core/field-policy.ts'
import { globalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import { belongsTo, checkOneIsMeant } from '../core/organization-argument.ts'
import { checkedText } from '../core/user-input-error.ts'
import { Organization, organizationArg, organizationOfRow } from '../organization/organization.ts'

type Groups = typeof groups

export const Group = builder.objectRef<object>('Group').implement({
  extensions: {
    ...shownToWriters('id', 'groupId'),
    ...nodeRows('Group', groups, { named: (row, id) => sql`${row.groupId} = ${id} and ${isAlive(row)}` }),
  },
  description: 'A group of users at the vendor, to which policies are assigned. Deleted groups remain as tombstones.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'The global ID of the group.',
      sql: (row: Groups) => globalId('Group', row.id),
    }),
    organization: t.field({
      type: Organization,
      description: 'The organization that the group belongs to.',
      sql: organizationOfRow,
    }),
    groupId: t.string({
      description: "The vendor's ID of the group, e.g. grp_001.",
      sql: (row: Groups) => row.groupId,
    }),
    name: t.string({
      description: 'The name of the group.',
      sql: (row: Groups) => row.name,
    }),
    memberCount: t.int({
      nullable: true,
      description:
        'The number of members according to the vendor. Null if the vendor does not report it. Use `members` for ' +
        'the count in the mirror.',
      sql: (row: Groups) => row.memberCount,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the mirror observed that the group was deleted. Null for a live group.',
      sql: (row: Groups) => row.deletedAt,
    }),
  }),
})

builder.queryField('group', (t) =>
  t.field({
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
    check: ({ organization }, context) => checkOneIsMeant(context, organization),
  }),
)
