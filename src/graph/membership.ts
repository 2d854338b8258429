import { eq } from 'drizzle-orm'
import { isoOf } from '../mirror/iso.ts'
import { memberships } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { connectionType, edgeType, pageArgs } from './connection.ts'
import { relatedPage, relatedPageOnceKnown } from './drizzle-plan.ts'
import { Group, type GroupRow } from './group.ts'
import { isStanding } from './live.ts'
import { isPast, minutesAfter } from './moment.ts'
import { keyOrder } from './order.ts'
import { type PageArgs, pageSize } from './page.ts'
import { User, type UserRow } from './user.ts'

type Memberships = typeof memberships

/** How long the vendor takes at most to follow a change of membership. */
const policyDelayMinutes = 15

interface MembershipRow {
  readonly happenedBy: string
  readonly validFrom: string
}

const policyEffectiveBy = ({ row }: { row: MembershipRow }) => minutesAfter(isoOf(row.happenedBy), policyDelayMinutes)

const PolicyState = builder.enumType('PolicyState', {
  description: 'Whether policy follows the membership.',
  values: {
    PENDING: { description: 'It may not yet.' },
    EFFECTIVE: { description: 'It does.' },
  },
})

const Membership = builder.interfaceRef<{ readonly row: MembershipRow }>('Membership').implement({
  description: "A membership. Policy follows a change of it with up to 15 minutes' delay.",
  fields: (t) => ({
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the mirror learnt of the membership.',
      resolve: ({ row }) => row.validFrom,
    }),
    policyEffectiveBy: t.field({
      type: 'DateTime',
      description:
        'By when the vendor enforces it: the last moment that the change can have happened, plus 15 minutes.',
      resolve: policyEffectiveBy,
    }),
    policyState: t.field({
      type: PolicyState,
      description: 'PENDING until policyEffectiveBy.',
      resolve: (edge, _args, { moment }) => (isPast(policyEffectiveBy(edge), moment) ? 'EFFECTIVE' : 'PENDING'),
    }),
  }),
})

const columns = { happenedBy: true, validFrom: true } as const

const UserGroupConnection = connectionType('UserGroupConnection', {
  description: 'A page of the groups that a user is a member of.',
  node: Group,
  edge: edgeType<MembershipRow, GroupRow>('UserGroupEdge', {
    description: 'A membership, seen from the user.',
    node: Group,
    interfaces: [Membership],
  }),
})

builder.drizzleObjectField(User, 'groups', (t) =>
  t.field({
    type: UserGroupConnection,
    nullable: true,
    description:
      'In the order in which the mirror learnt of the groups. null: not yet read from the vendor. Empty: read, and there are none.',
    args: pageArgs,
    ...relatedPageOnceKnown<Memberships, PageArgs, MembershipRow, GroupRow>({
      coordinate: 'User.groups',
      cost: { size: pageSize },
      relation: 'memberships',
      via: 'group',
      typeName: 'Group',
      table: memberships,
      columns,
      knownSince: 'groupsAt',
      belongs: (membership, user) => eq(membership.userId, user.id),
      list: () => ({ order: keyOrder<Memberships>('groups of a user', 'groupId'), where: isStanding }),
    }),
  }),
)

const GroupMemberConnection = connectionType('GroupMemberConnection', {
  description: "A page of a group's members.",
  node: User,
  edge: edgeType<MembershipRow, UserRow>('GroupMemberEdge', {
    description: 'A membership, seen from the group.',
    node: User,
    interfaces: [Membership],
  }),
})

builder.drizzleObjectField(Group, 'members', (t) =>
  t.field({
    type: GroupMemberConnection,
    description: 'Its members, in the order in which the mirror learnt of the users.',
    args: pageArgs,
    ...relatedPage<Memberships, PageArgs, MembershipRow, UserRow>({
      coordinate: 'Group.members',
      cost: { size: pageSize, page: { count: 10 } },
      relation: 'memberships',
      via: 'user',
      typeName: 'User',
      table: memberships,
      columns,
      belongs: (membership, group) => eq(membership.groupId, group.id),
      list: () => ({ order: keyOrder<Memberships>('members of a group', 'userId'), where: isStanding }),
    }),
  }),
)
