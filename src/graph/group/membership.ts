import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { groups, memberships, users } from '../../db/schema/tables.ts'
import { page } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs } from '../core/cost.ts'
import { isStanding } from '../core/current-rows.ts'
import { connectionType, edgeType, pageArgs } from '../pagination/connection.ts'
import { keyOrder } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { User } from '../user/user.ts'
import { Group } from './group.ts'

type Groups = typeof groups
type Memberships = typeof memberships
type Users = typeof users

/** The maximum time that the vendor takes to enforce a change of membership. */
export const policyDelayMinutes = 15

const effectiveBy = ({ happenedBy }: Memberships) =>
  sql`(${happenedBy} + ${sql.raw(`interval '${policyDelayMinutes} minutes'`)})`

export const PolicyState = builder.enumType('PolicyState', {
  description: "Whether the vendor enforces the group's policy for the member.",
  values: {
    PENDING: { description: 'The policy may not be enforced yet.' },
    EFFECTIVE: { description: 'The policy is enforced.' },
  },
})

const Membership = builder.interfaceRef<object>('Membership').implement({
  description: 'A membership of a user in a group. Policy changes take up to 15 minutes to take effect.',
  fields: (t) => ({
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the mirror first observed the membership.',
      sql: (row: Memberships) => row.validFrom,
    }),
    policyEffectiveBy: t.field({
      type: 'DateTime',
      description:
        'When the vendor enforces the policy at the latest: the latest possible time of the change, plus 15 ' +
        'minutes.',
      sql: effectiveBy,
    }),
    policyState: t.field({
      type: PolicyState,
      description: 'PENDING until `policyEffectiveBy`, then EFFECTIVE.',
      sql: (row: Memberships, _args, { now }) =>
        sql`case when ${effectiveBy(row)} <= ${now}::timestamptz then 'EFFECTIVE' else 'PENDING' end`,
    }),
  }),
})

const membership = { items: 'memberships', interfaces: [Membership] }

const groupsOfUser = keyOrder<Memberships>('groups of a user', 'groupId')
const membersOfGroup = keyOrder<Memberships>('members of a group', 'userId')

const UserGroupConnection = connectionType('UserGroupConnection', {
  items: "a user's groups",
  node: Group,
  edge: edgeType('UserGroupEdge', { ...membership, description: "A membership, from the user's side.", node: Group }),
})

builder.objectField(User, 'groups', (t) =>
  t.field({
    type: UserGroupConnection,
    nullable: true,
    description:
      "The user's groups, in the order in which the mirror first observed the groups. Null if they have not " +
      'been read from the vendor yet; an empty connection if the user has none.',
    extensions: costs({ size: pageSize }),
    args: pageArgs,
    sql: page({
      table: memberships,
      where: (membership: Memberships, user: Users) => and(eq(membership.userId, user.id), isStanding(membership)),
      via: { table: groups, on: (group: Groups, membership: Memberships) => eq(group.id, membership.groupId) },
      window: (args: PageArgs) => pageWindow(args, groupsOfUser),
      known: (user) => isNotNull(user.groupsAt),
    }),
  }),
)

const GroupMemberConnection = connectionType('GroupMemberConnection', {
  items: "a group's members",
  node: User,
  edge: edgeType('GroupMemberEdge', { ...membership, description: "A membership, from the group's side.", node: User }),
})

builder.objectField(Group, 'members', (t) =>
  t.field({
    type: GroupMemberConnection,
    description: 'The members of the group, in the order in which the mirror first observed the users.',
    extensions: costs({ size: pageSize, page: { count: 10 } }),
    args: pageArgs,
    sql: page({
      table: memberships,
      where: (membership: Memberships, group: Groups) => and(eq(membership.groupId, group.id), isStanding(membership)),
      via: { table: users, on: (user: Users, membership: Memberships) => eq(user.id, membership.userId) },
      window: (args: PageArgs) => pageWindow(args, membersOfGroup),
    }),
  }),
)
