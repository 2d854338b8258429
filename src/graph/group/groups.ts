/** Lists of groups: of the mirror, and of an organization. */
import type { InputShapeFromFields } from '@pothos/core'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { groups, memberships, type organizations, users } from '../../db/schema/tables.ts'
import type { Value, Values } from '../../planner/given.ts'
import { type Env, page, type Window } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import { costs, type FieldCost, inputCosts, predicate } from '../core/cost.ts'
import { isAlive, isStanding } from '../core/current-rows.ts'
import { assertOrganizationKnown, resolveOrganization } from '../core/organization-argument.ts'
import { Organization, organizationArg } from '../organization/organization.ts'
import { selectPageKeys } from '../pagination/access-paths.ts'
import { connectionType, pageArgs } from '../pagination/connection.ts'
import {
  filterCondition,
  foldedByPostgres,
  isThere,
  matchesString,
  StringFilter,
  type StringFilterInput,
} from '../pagination/filter.ts'
import { countField, orderInput, orderOf, textField } from '../pagination/order.ts'
import { type PageArgs, pageSize, pageWindow } from '../pagination/page.ts'
import { Group } from './group.ts'

type Groups = typeof groups
type Organizations = typeof organizations

const GroupConnection = connectionType('GroupConnection', { items: 'groups', node: Group })

interface GroupFilterInput {
  and?: readonly GroupFilterInput[] | null | undefined
  or?: readonly GroupFilterInput[] | null | undefined
  not?: GroupFilterInput | null | undefined
  groupId?: StringFilterInput | null | undefined
  name?: StringFilterInput | null | undefined
  empty?: boolean | null | undefined
}

/** Groups are few: 0.3 ms per comparison. */
const text = inputCosts({ text: { exact: predicate(15), pattern: predicate(15) } })
const cost = { size: pageSize, page: { count: 50 } } as const satisfies FieldCost

const GroupFilter = builder.inputRef<GroupFilterInput>('GroupFilter').implement({
  description:
    'Filters groups. All given fields must match (logical AND). Omitted and null fields are ignored. Filters ' +
    'can be nested up to 10 levels deep and contain at most 200 filters in total.',
  fields: (t) => ({
    and: t.field({ type: [GroupFilter], description: 'All of these filters must match. An empty list is ignored.' }),
    or: t.field({
      type: [GroupFilter],
      description: 'At least one of these filters must match. An empty list matches nothing.',
    }),
    not: t.field({
      type: GroupFilter,
      description: 'This filter must not match. A group does not match either if the filter is unknown for the group.',
    }),
    groupId: t.field({ type: StringFilter, description: "The vendor's ID of the group.", extensions: text }),
    name: t.field({ type: StringFilter, description: 'The name of the group.', extensions: text }),
    empty: t.boolean({
      extensions: inputCosts(predicate(200)),
      description:
        'Whether the group has no members. Unknown for a group without known members if a user of the ' +
        "organization could be a member: the user's groups have not been read yet, or the vendor lists one of " +
        'them by an ambiguous name that this group also has.',
    }),
  }),
})

const orderFields = {
  NAME: textField((group: Groups) => group.name),
  MEMBER_COUNT: countField((group: Groups) => group.memberCount),
} as const

const GroupOrderField = builder.enumType('GroupOrderField', {
  description: 'The fields to sort groups by. Sorting ignores case; unknown values sort as the lowest.',
  values: {
    NAME: { description: 'Sort by name.' },
    MEMBER_COUNT: { description: 'Sort by the number of members according to the vendor.' },
  },
})

const GroupOrder = orderInput('GroupOrder', 'groups', GroupOrderField)

const groupListArgs = builder.args((t) => ({
  filter: t.field({ type: GroupFilter, description: 'Return only groups that match this filter.' }),
  orderBy: t.field({
    type: [GroupOrder],
    description:
      'Sort keys in order of precedence; ties are broken by creation order. Defaults to the name, ascending.',
  }),
}))

type GroupListArgs = Values<InputShapeFromFields<typeof groupListArgs>> & PageArgs

interface MirrorListArgs extends GroupListArgs {
  readonly organization?: Value<string> | null | undefined
}

builder.queryField('groups', (t) =>
  t.field({
    type: GroupConnection,
    nullable: true,
    description: 'The live groups of an organization.',
    extensions: costs(cost),
    args: { ...organizationArg, ...groupListArgs, ...pageArgs },
    sql: groupsOf(({ organization }: MirrorListArgs, _root, env) => resolveOrganization(env, organization)),
    check: ({ organization }, context) => assertOrganizationKnown(context, organization),
  }),
)

builder.objectField(Organization, 'groups', (t) =>
  t.field({
    type: GroupConnection,
    description: 'The live groups of the organization.',
    extensions: costs(cost),
    args: { ...groupListArgs, ...pageArgs },
    sql: groupsOf((_args: GroupListArgs, { id }: Organizations) => sql`${id}`),
  }),
)

function groupsOf<Args extends GroupListArgs, Parent>(idOf: (args: Args, parent: Parent, env: Env) => SQL) {
  const isOf = (group: Groups, organizationId: SQL) => sql`${group.organizationId} = ${organizationId}`
  return page({
    table: groups,
    where: (group: Groups, parent: Parent, args: Args, env) =>
      and(isOf(group, idOf(args, parent, env)), groupList(args).where(group)),
    window: (args) => pageWindow(args, groupList(args).order),
    keys: (args, parent, env, window) => ({
      column: 'id',
      array: groupIds(isOf(groups, idOf(args, parent, env)), groupList(args).where(groups), window),
    }),
  })
}

/**
 * The ids of a page's groups. No index has their order, so the ids are selected first; nested fields are then read only
 * for the groups of the page.
 */
function groupIds(isTheirs: SQL, condition: SQL | undefined, window: Window<Groups>): SQL {
  const source = {
    table: sql`${groups}`,
    id: sql`${groups.id}`,
    key: sql`${groups.id}`,
    within: and(isTheirs, window.where(groups)) ?? sql`true`,
    orderBy: window.orderBy(groups),
  }
  const meant = condition ?? sql`true`
  return selectPageKeys({ paths: [], source, condition: meant, conditionOnPath: meant }, window)
}

function groupList({ filter, orderBy }: GroupListArgs) {
  return {
    order: orderOf<Groups, keyof typeof orderFields>('groups', orderFields, orderBy, 'NAME'),
    where: (group: Groups) => and(isAlive(group), groupCondition(group, filter)),
  }
}

function groupCondition(group: Groups, filter: GroupFilterInput | null | undefined): SQL | undefined {
  return filterCondition(filter, (asked) => [
    matchesString(foldedByPostgres(group.groupId), asked.groupId),
    matchesString(foldedByPostgres(group.name), asked.name),
    asked.empty == null ? undefined : sql`${isEmpty(group)} = ${asked.empty}`,
  ])
}

function isEmpty(group: Groups): SQL {
  const member = isThere(memberships, eq(memberships.groupId, group.id), isStanding(memberships))
  // Does not refer to the group, so that Postgres looks for unread users once and not for each group.
  const unread = sql`${group.organizationId} in (select ${users.organizationId} from ${users} where ${and(isAlive(users), sql`${users.groupsAt} is null`)})`
  const named = isThere(
    users,
    eq(users.organizationId, group.organizationId),
    isAlive(users),
    sql`${users.unresolvedGroups} && array[${group.groupId}, ${group.name}]`,
  )
  return sql`(case when ${member} then false when ${unread} or ${named} then null else true end)`
}
