/** Lists of groups: the mirror's, and an organization's. */
import type { InputShapeFromFields } from '@pothos/core'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { groups, memberships, users } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { connectionType, edgeType, pageArgs } from './connection.ts'
import { costs, type FieldCost, inputCosts, predicate } from './cost.ts'
import { type ListQuery, relatedPage, rootPage } from './drizzle-plan.ts'
import {
  filterCondition,
  foldedByPostgres,
  isThere,
  matchesString,
  StringFilter,
  type StringFilterInput,
} from './filter.ts'
import { Group, type GroupRow } from './group.ts'
import { isAlive, isStanding } from './live.ts'
import { countField, Direction, orderOf, textField } from './order.ts'
import { Organization, organizationArg } from './organization.ts'
import { belongsTo, checkListIsMeant } from './organization-scope.ts'
import { type PageArgs, type PageWindow, pageSize } from './page.ts'
import { keysByWays } from './ways.ts'

type Groups = typeof groups

const GroupEdge = edgeType<GroupRow, GroupRow>('GroupEdge', { description: 'A group in a list.', node: Group })

const GroupConnection = connectionType('GroupConnection', {
  description: 'A page of groups.',
  node: Group,
  edge: GroupEdge,
})

interface GroupFilterInput {
  and?: GroupFilterInput[] | null
  or?: GroupFilterInput[] | null
  not?: GroupFilterInput | null
  groupId?: StringFilterInput | null
  name?: StringFilterInput | null
  empty?: boolean | null
}

/** Groups are few: 0.3 ms for each comparison. */
const text = inputCosts({ text: { exact: predicate(15), pattern: predicate(15) } })
const cost = { size: pageSize, page: { count: 50 } } as const satisfies FieldCost

const GroupFilter = builder.inputRef<GroupFilterInput>('GroupFilter').implement({
  description:
    'Every field given must hold; a field left out, or null, asks nothing. Ten filters deep and 200 in all at most.',
  fields: (t) => ({
    and: t.field({ type: [GroupFilter], description: 'All of these; none at all asks nothing.' }),
    or: t.field({ type: [GroupFilter], description: 'At least one of these; of none at all, nothing matches.' }),
    not: t.field({ type: GroupFilter, description: 'Not this; what is unknown to it stays unknown.' }),
    groupId: t.field({ type: StringFilter, description: "The vendor's id.", extensions: text }),
    name: t.field({ type: StringFilter, description: 'The name.', extensions: text }),
    empty: t.boolean({
      extensions: inputCosts(predicate(200)),
      description:
        'Has no members. Unknown while none is known and some user of the organization may be one: its groups are unread, or one of them is told by a name that this one bears.',
    }),
  }),
})

const orderFields = {
  NAME: textField('orderName', (group: Groups) => group.name),
  MEMBER_COUNT: countField('orderMemberCount', (group: Groups) => group.memberCount),
} as const

const GroupOrderField = builder.enumType('GroupOrderField', {
  description: 'What groups are sorted by. Letter case does not matter; what is not known comes before everything.',
  values: {
    NAME: { description: 'The name.' },
    MEMBER_COUNT: { description: 'How many members it has as the vendor counts.' },
  },
})

const GroupOrder = builder.inputType('GroupOrder', {
  description: 'One thing to sort by.',
  fields: (t) => ({
    field: t.field({ type: GroupOrderField, required: true, description: 'What it is.' }),
    direction: t.field({ type: Direction, required: true, defaultValue: 'ASC', description: 'Which end comes first.' }),
  }),
})

const groupListArgs = builder.args((t) => ({
  filter: t.field({ type: GroupFilter, description: 'Only groups for which this holds.' }),
  orderBy: t.field({
    type: [GroupOrder],
    description:
      'The first thing counts first; groups that are equal in all are sorted by age. By name where nothing is said.',
  }),
}))

type GroupListArgs = InputShapeFromFields<typeof groupListArgs> & PageArgs

builder.queryField('groups', (t) =>
  t.field({
    type: GroupConnection,
    nullable: true,
    description: 'The live groups of an organization.',
    extensions: costs(cost),
    args: { ...organizationArg, ...groupListArgs, ...pageArgs },
    resolve: (_root, args, context, info) => {
      const { order, where } = groupList(args)
      return rootPage<Groups, GroupRow>(context, info, {
        args,
        order,
        where: (group) => and(belongsTo(context, group.organizationId, args.organization), where(group)),
        keys: (window) =>
          groupKeys(belongsTo(context, groups.organizationId, args.organization), where(groups), window),
        table: groups,
        typeName: 'Group',
        findMany: (query) => context.drizzle.query.groups.findMany(query),
        ifNothing: () => checkListIsMeant(context, args.organization),
      })
    },
  }),
)

builder.drizzleObjectField(Organization, 'groups', (t) =>
  t.field({
    type: GroupConnection,
    description: 'Its live groups.',
    args: { ...groupListArgs, ...pageArgs },
    ...relatedPage<Groups, GroupListArgs, GroupRow, GroupRow>({
      coordinate: 'Organization.groups',
      cost,
      relation: 'groups',
      typeName: 'Group',
      table: groups,
      belongs: (group, organization) => eq(group.organizationId, organization.id),
      list: groupList,
      keys: (args, _context, organizationId, window) =>
        groupKeys(eq(groups.organizationId, organizationId), groupList(args).where(groups), window),
    }),
  }),
)

/** The ids of a page's groups. No index has their order: found first, so that what is asked below each is read for the page's groups alone. */
function groupKeys(isTheirs: SQL, condition: SQL | undefined, window: PageWindow<Groups>): SQL {
  const source = {
    table: sql`${groups}`,
    id: sql`${groups.id}`,
    within: and(isTheirs, window.where(groups)) ?? sql`true`,
    orderBy: window.orderBy(groups),
  }
  const meant = condition ?? sql`true`
  return keysByWays({ ways: [], source, condition: meant, conditionOnWay: meant }, window.limit)
}

function groupList({ filter, orderBy }: GroupListArgs) {
  return {
    order: orderOf<Groups, keyof typeof orderFields>('groups', orderFields, orderBy, 'NAME'),
    where: (group: Groups) => and(isAlive(group), groupCondition(group, filter)),
  } satisfies ListQuery<Groups>
}

function groupCondition(group: Groups, filter: typeof GroupFilter.$inferInput | null | undefined): SQL | undefined {
  return filterCondition(filter, (asked) => [
    matchesString(foldedByPostgres(group.groupId), asked.groupId),
    matchesString(foldedByPostgres(group.name), asked.name),
    asked.empty == null ? undefined : sql`${isEmpty(group)} = ${asked.empty}`,
  ])
}

function isEmpty(group: Groups): SQL {
  const member = isThere(memberships, eq(memberships.groupId, group.id), isStanding(memberships))
  // Without a reference to the group, so that Postgres looks for unread users once, and not for each group.
  const unread = sql`${group.organizationId} in (select ${users.organizationId} from ${users} where ${and(isAlive(users), sql`${users.groupsAt} is null`)})`
  const named = isThere(
    users,
    eq(users.organizationId, group.organizationId),
    isAlive(users),
    sql`${users.unresolvedGroups} && array[${group.groupId}, ${group.name}]`,
  )
  return sql`(case when ${member} then false when ${unread} or ${named} then null else true end)`
}
