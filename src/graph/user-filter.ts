import { and, type Column, eq, isNotNull, isNull, ne, not, or, type SQL, sql } from 'drizzle-orm'
import { addressKey } from '../mirror/address.ts'
import { aliases, groups, memberships, roleGrants, roles, type users } from '../mirror/tables.ts'
import { builder } from './builder.ts'
import { inputCosts, predicate } from './cost.ts'
import {
  DateTimeFilter,
  type DateTimeFilterInput,
  filterCondition,
  foldedAlready,
  foldedByPostgres,
  isThere,
  isThereByItself,
  matchesMoment,
  matchesString,
  StringFilter,
  type StringFilterInput,
  wanted,
  whereKnown,
} from './filter.ts'
import { isStanding } from './live.ts'
import { UserStatus, UserType } from './user.ts'

type Users = typeof users

/** A comparison with a column of the user, 14 ms. */
const ownText = inputCosts({ text: { exact: predicate(700), pattern: predicate(700) } })
/** A comparison that costs less than reading the row. */
const ownValue = inputCosts(predicate(100))
/** Relationships are looked up for each user, by an index or by comparing each of them; milliseconds as measured. */
const aliasText = inputCosts({ text: { exact: predicate(ms(100)), pattern: predicate(ms(260)) } })
const roleText = inputCosts({ text: { exact: predicate(ms(35)), pattern: predicate(ms(35)) } })
const groupText = inputCosts({ text: { exact: predicate(ms(35)), pattern: predicate(ms(380)) } })

function ms(milliseconds: number): number {
  return milliseconds * 50
}

const GroupRefFilter = builder.inputType('GroupRefFilter', {
  description: 'The groups for which all that is given holds.',
  fields: (t) => ({
    groupId: t.field({ type: StringFilter, description: "The vendor's id of the group.", extensions: groupText }),
    name: t.field({ type: StringFilter, description: "The group's name.", extensions: groupText }),
  }),
})

export type GroupRefFilterInput = typeof GroupRefFilter.$inferInput

interface UserFilterInput {
  and?: UserFilterInput[] | null
  or?: UserFilterInput[] | null
  not?: UserFilterInput | null
  primaryEmail?: StringFilterInput | null
  firstName?: StringFilterInput | null
  lastName?: StringFilterInput | null
  domain?: StringFilterInput | null
  alias?: StringFilterInput | null
  type?: 'USER' | 'ALIAS' | null
  status?: 'ACTIVE' | 'INACTIVE' | null
  role?: StringFilterInput | null
  group?: GroupRefFilterInput | null
  privileged?: boolean | null
  hasGroups?: boolean | null
  hasAliases?: boolean | null
  createdAt?: DateTimeFilterInput | null
  updatedAt?: DateTimeFilterInput | null
  relationsKnown?: boolean | null
}

export const UserFilter = builder.inputRef<UserFilterInput>('UserFilter').implement({
  description:
    'Every field given must hold; a field left out, or null, asks nothing. What is not known of a user is unknown to a predicate, as in SQL: neither it nor its `not` matches. Ten filters deep and 200 in all at most.',
  fields: (t) => ({
    and: t.field({ type: [UserFilter], description: 'All of these; none at all asks nothing.' }),
    or: t.field({ type: [UserFilter], description: 'At least one of these; of none at all, nothing matches.' }),
    not: t.field({ type: UserFilter, description: 'Not this; what is unknown to it stays unknown.' }),
    primaryEmail: t.field({ type: StringFilter, description: 'The primary address.', extensions: ownText }),
    firstName: t.field({
      type: StringFilter,
      description: 'The first name; unknown where the vendor gave none.',
      extensions: ownText,
    }),
    lastName: t.field({
      type: StringFilter,
      description: 'The last name; unknown where the vendor gave none.',
      extensions: ownText,
    }),
    domain: t.field({
      type: StringFilter,
      description: 'What stands behind the @ of the primary address.',
      extensions: ownText,
    }),
    alias: t.field({
      type: StringFilter,
      description: 'Some alias matches; unknown while the aliases are unread.',
      extensions: aliasText,
    }),
    type: t.field({ type: UserType, description: 'What the vendor says the account is.', extensions: ownValue }),
    status: t.field({ type: UserStatus, description: 'Unknown where the vendor did not say.', extensions: ownValue }),
    role: t.field({
      type: StringFilter,
      description: "Some role's name matches; unknown while the roles are unread.",
      extensions: roleText,
    }),
    group: t.field({
      type: GroupRefFilter,
      extensions: inputCosts(predicate(ms(20))),
      description:
        'Is a member of some such group; unknown while the groups are unread, and of a user who is in no known one while a group is told by a name that no one group bears.',
    }),
    privileged: t.boolean({
      description: 'Holds a role other than USER; unknown while the roles are unread.',
      extensions: inputCosts(predicate(ms(35))),
    }),
    hasGroups: t.boolean({
      extensions: inputCosts(predicate(ms(35))),
      description:
        'Is a member of some group, be it one that is told by a name that no one group bears; unknown while the groups are unread.',
    }),
    hasAliases: t.boolean({
      description: 'Has some alias; unknown while the aliases are unread.',
      extensions: inputCosts(predicate(ms(190))),
    }),
    createdAt: t.field({
      type: DateTimeFilter,
      description: "When the account began, by the vendor's word.",
      extensions: ownValue,
    }),
    updatedAt: t.field({
      type: DateTimeFilter,
      description: "When the account last changed, by the vendor's word.",
      extensions: ownValue,
    }),
    relationsKnown: t.boolean({
      description: 'Roles, aliases and groups have all been read. Never unknown itself.',
      extensions: ownValue,
    }),
  }),
})

export type AskedOfUsers = typeof UserFilter.$inferInput

/**
 * The filter's condition on a user's row; undefined asks nothing. Relationships are looked for as Postgres sees fit, or, where `eachOf` gives
 * the organization's id, for each user by itself. Throws bad input.
 */
export function userCondition(user: Users, filter: AskedOfUsers | null | undefined, eachOf?: SQL): SQL | undefined {
  const there = eachOf ? isThereByItself : isThere
  const ownsAlias = (address?: StringFilterInput) =>
    there(aliases, eq(aliases.userId, user.id), isStanding(aliases), address && matchesString(aliasAddress, address))
  const holdsRole = (which: SQL | undefined) => {
    const isTheirs = [eq(roleGrants.userId, user.id), isStanding(roleGrants)]
    if (eachOf) return there(roleGrants, ...isTheirs, isOneOfThings(roleGrants.roleId, roles, eachOf, which))
    return there(sql`${roleGrants} inner join ${roles} on ${roles.id} = ${roleGrants.roleId}`, ...isTheirs, which)
  }
  const isMember = (which?: GroupRefFilterInput) => {
    const isTheirs = [eq(memberships.userId, user.id), isStanding(memberships)]
    if (!which) return there(memberships, ...isTheirs)
    // Of a few groups it is known once which they are; of many, Postgres would look each of them up for each user.
    const isNamed = which.groupId?.eq != null || which.name?.eq != null
    if (eachOf && isNamed) {
      return there(memberships, ...isTheirs, isOneOfThings(memberships.groupId, groups, eachOf, isMeantGroup(which)))
    }
    const joined = sql`${memberships} inner join ${groups} on ${groups.id} = ${memberships.groupId}`
    return there(joined, ...isTheirs, isMeantGroup(which))
  }
  // A name that means no one group is some group's: the user is in one, and nobody can tell which.
  const isNamedOnly = isNotNull(user.unresolvedGroups)
  const isKnownMember = (which: GroupRefFilterInput) =>
    sql`(${isMember(which)} or case when ${isNamedOnly} then null::boolean else false end)`
  const hasGroups = (want: boolean | null | undefined) => {
    if (want == null) return undefined
    return want ? or(isMember(), isNamedOnly) : and(not(isMember()), isNull(user.unresolvedGroups))
  }
  return filterCondition(filter, (asked, negated) => [
    matchesString(foldedAlready(user.addressKey, addressKey), asked.primaryEmail),
    matchesString(foldedByPostgres(user.firstName), asked.firstName),
    matchesString(foldedByPostgres(user.lastName), asked.lastName),
    matchesString(foldedAlready(user.domain, addressKey), asked.domain),
    asked.type == null ? undefined : eq(user.type, asked.type),
    asked.status == null ? undefined : eq(user.status, asked.status),
    matchesMoment(user.createdAt, asked.createdAt),
    matchesMoment(user.updatedAt, asked.updatedAt),
    wanted(
      asked.relationsKnown,
      sql`${user.rolesAt} is not null and ${user.aliasesAt} is not null and ${user.groupsAt} is not null`,
    ),
    whereKnown(user.aliasesAt, asked.alias && ownsAlias(asked.alias), negated),
    whereKnown(user.aliasesAt, wanted(asked.hasAliases, ownsAlias()), negated),
    whereKnown(user.rolesAt, asked.role && holdsRole(matchesString(foldedByPostgres(roles.name), asked.role)), negated),
    whereKnown(user.rolesAt, wanted(asked.privileged, holdsRole(isPrivileged)), negated),
    whereKnown(user.groupsAt, asked.group && (negated ? isKnownMember(asked.group) : isMember(asked.group)), negated),
    whereKnown(user.groupsAt, hasGroups(asked.hasGroups), negated),
  ])
}

function isOneOfThings(
  id: Column,
  things: typeof groups | typeof roles,
  organizationId: SQL,
  which: SQL | undefined,
): SQL {
  const meant = sql`select ${things.id} from ${things} where ${and(sql`${things.organizationId} = ${organizationId}`, which)}`
  return sql`${id} = any(array(${meant}))`
}

export const isPrivileged = ne(roles.name, 'USER')
export const aliasAddress = foldedAlready(aliases.addressKey, addressKey)

export function isMeantGroup(which: GroupRefFilterInput): SQL | undefined {
  return and(
    matchesString(foldedByPostgres(groups.groupId), which.groupId),
    matchesString(foldedByPostgres(groups.name), which.name),
  )
}
