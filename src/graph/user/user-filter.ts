import { and, type Column, eq, isNotNull, isNull, not, or, type SQL, sql } from 'drizzle-orm'
import { addressKey } from '../../addresses/address-key.ts'
import { aliases, groups, memberships, roleGrants, roles, type users } from '../../db/schema/tables.ts'
import type { Values } from '../../planner/given.ts'
import { builder } from '../builder.ts'
import { inputCosts, predicate } from '../core/cost.ts'
import { isStanding } from '../core/current-rows.ts'
import {
  DateTimeFilter,
  type DateTimeFilterInput,
  existsPerRow,
  filterCondition,
  foldedByPostgres,
  ifKnown,
  isThere,
  isThereUnjoined,
  matchesMoment,
  matchesString,
  preFolded,
  StringFilter,
  type StringFilterInput,
  wanted,
} from '../pagination/filter.ts'
import { AccountKind, kindOf } from './account-kind.ts'
import { areRelationsKnown } from './freshness.ts'
import { UserStatus, UserType } from './user.ts'

type Users = typeof users

/** A comparison with a column of the user: 14 ms. */
const ownText = inputCosts({ text: { exact: predicate(700), pattern: predicate(700) } })
/** A comparison that costs less than reading the row. */
const ownValue = inputCosts(predicate(100))
/** Relationships are looked up for each user, in an index or by comparing each of them; measured in milliseconds. */
const aliasText = inputCosts({ text: { exact: predicate(ms(100)), pattern: predicate(ms(260)) } })
const roleText = inputCosts({ text: { exact: predicate(ms(35)), pattern: predicate(ms(35)) } })
const groupText = inputCosts({ text: { exact: predicate(ms(35)), pattern: predicate(ms(380)) } })

function ms(milliseconds: number): number {
  return milliseconds * 50
}

const GroupRefFilter = builder.inputType('GroupRefFilter', {
  description: 'Filters by group. All given fields must match (logical AND). Omitted and null fields are ignored.',
  fields: (t) => ({
    groupId: t.field({ type: StringFilter, description: "The vendor's ID of the group.", extensions: groupText }),
    name: t.field({ type: StringFilter, description: 'The name of the group.', extensions: groupText }),
  }),
})

export type GroupRefFilterInput = Values<typeof GroupRefFilter.$inferInput>

interface UserFilterInput {
  and?: readonly UserFilterInput[] | null | undefined
  or?: readonly UserFilterInput[] | null | undefined
  not?: UserFilterInput | null | undefined
  primaryEmail?: StringFilterInput | null | undefined
  firstName?: StringFilterInput | null | undefined
  lastName?: StringFilterInput | null | undefined
  domain?: StringFilterInput | null | undefined
  alias?: StringFilterInput | null | undefined
  type?: 'USER' | 'ALIAS' | null | undefined
  status?: 'ACTIVE' | 'INACTIVE' | null | undefined
  accountKind?: typeof AccountKind.$inferInput | null | undefined
  billable?: boolean | null | undefined
  role?: StringFilterInput | null | undefined
  group?: GroupRefFilterInput | null | undefined
  privileged?: boolean | null | undefined
  hasGroups?: boolean | null | undefined
  hasAliases?: boolean | null | undefined
  createdAt?: DateTimeFilterInput | null | undefined
  updatedAt?: DateTimeFilterInput | null | undefined
  relationsKnown?: boolean | null | undefined
}

export const UserFilter = builder.inputRef<UserFilterInput>('UserFilter').implement({
  description:
    'Filters users. All given fields must match (logical AND). Omitted and null fields are ignored. As in ' +
    'SQL, a predicate on an unknown value is unknown: neither the predicate nor its `not` matches. Filters ' +
    'can be nested up to 10 levels deep and contain at most 200 filters in total.',
  fields: (t) => ({
    and: t.field({ type: [UserFilter], description: 'All of these filters must match. An empty list is ignored.' }),
    or: t.field({
      type: [UserFilter],
      description: 'At least one of these filters must match. An empty list matches nothing.',
    }),
    not: t.field({
      type: UserFilter,
      description: 'This filter must not match. A user does not match either if the filter is unknown for the user.',
    }),
    primaryEmail: t.field({ type: StringFilter, description: 'The primary address.', extensions: ownText }),
    firstName: t.field({
      type: StringFilter,
      description: 'The first name. Unknown if the vendor reports none.',
      extensions: ownText,
    }),
    lastName: t.field({
      type: StringFilter,
      description: 'The last name. Unknown if the vendor reports none.',
      extensions: ownText,
    }),
    domain: t.field({
      type: StringFilter,
      description: 'The domain part of the primary address.',
      extensions: ownText,
    }),
    alias: t.field({
      type: StringFilter,
      description: "At least one alias matches. Unknown while the user's aliases have not been read.",
      extensions: aliasText,
    }),
    type: t.field({
      type: UserType,
      description: 'The type of the account. Unknown if the vendor does not report it.',
      extensions: ownValue,
    }),
    status: t.field({
      type: UserStatus,
      description: 'The status of the account. Unknown if the vendor does not report it.',
      extensions: ownValue,
    }),
    accountKind: t.field({
      type: AccountKind,
      description: 'The kind of the account. Unknown if the connection does not tell it.',
      extensions: ownValue,
    }),
    billable: t.boolean({
      description: 'Whether the vendor bills the account. Unknown if the connection does not tell it.',
      extensions: ownValue,
    }),
    role: t.field({
      type: StringFilter,
      description: "The name of at least one role matches. Unknown while the user's roles have not been read.",
      extensions: roleText,
    }),
    group: t.field({
      type: GroupRefFilter,
      extensions: inputCosts(predicate(ms(20))),
      description:
        "The user is a member of at least one matching group. Unknown while the user's groups have not been " +
        "read. Also unknown if no known group matches and the vendor lists one of the user's groups by an " +
        'ambiguous name.',
    }),
    privileged: t.boolean({
      description: "Whether the user holds a privileged role. Unknown while the user's roles have not been read.",
      extensions: inputCosts(predicate(ms(35))),
    }),
    hasGroups: t.boolean({
      extensions: inputCosts(predicate(ms(35))),
      description:
        'Whether the user is a member of any group, including groups that the vendor lists by an ambiguous name. ' +
        "Unknown while the user's groups have not been read.",
    }),
    hasAliases: t.boolean({
      description: "Whether the user has an alias. Unknown while the user's aliases have not been read.",
      extensions: inputCosts(predicate(ms(190))),
    }),
    createdAt: t.field({
      type: DateTimeFilter,
      description: 'When the account was created, as reported by the vendor. Unknown if the vendor does not report it.',
      extensions: ownValue,
    }),
    updatedAt: t.field({
      type: DateTimeFilter,
      description:
        'When the account was last changed, as reported by the vendor. Unknown if the vendor does not report it.',
      extensions: ownValue,
    }),
    relationsKnown: t.boolean({
      description: "Whether the user's roles, aliases and groups have all been read. Never unknown.",
      extensions: ownValue,
    }),
  }),
})

export type AskedOfUsers = UserFilterInput

/** How a condition looks up relationships. By default Postgres chooses. */
export interface Lookup {
  /** The organization's id: relationships are looked up separately for each user. */
  readonly eachOf?: SQL
  /** They are not joined with the users: Postgres expects too few rows of the past, and would join each with each. */
  readonly isPast?: boolean
}

/** Returns the condition of a filter on a user's row; undefined means no restriction. Throws bad input. */
export function userCondition(
  user: Users,
  filter: AskedOfUsers | null | undefined,
  { eachOf, isPast = false }: Lookup = {},
): SQL | undefined {
  const there = eachOf ? existsPerRow : isPast ? isThereUnjoined : isThere
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
    // A few groups are resolved once; with many groups, Postgres would look up each of them for each user.
    const isNamed = which.groupId?.eq != null || which.name?.eq != null
    if (eachOf && isNamed) {
      return there(memberships, ...isTheirs, isOneOfThings(memberships.groupId, groups, eachOf, isMeantGroup(which)))
    }
    const joined = sql`${memberships} inner join ${groups} on ${groups.id} = ${memberships.groupId}`
    return there(joined, ...isTheirs, isMeantGroup(which))
  }
  // A name that does not identify a single group belongs to some group: the user is in a group, but it is unknown
  // which.
  const isNamedOnly = isNotNull(user.unresolvedGroups)
  const isKnownMember = (which: GroupRefFilterInput) =>
    sql`(${isMember(which)} or case when ${isNamedOnly} then null::boolean else false end)`
  const hasGroups = (want: boolean | null | undefined) => {
    if (want == null) return undefined
    return want ? or(isMember(), isNamedOnly) : and(not(isMember()), isNull(user.unresolvedGroups))
  }
  return filterCondition(filter, (asked, negated) => [
    matchesString(preFolded(user.addressKey, addressKey), asked.primaryEmail),
    matchesString(foldedByPostgres(user.firstName), asked.firstName),
    matchesString(foldedByPostgres(user.lastName), asked.lastName),
    matchesString(preFolded(user.domain, addressKey), asked.domain),
    asked.type == null ? undefined : eq(user.type, asked.type),
    asked.status == null ? undefined : eq(user.status, asked.status),
    asked.accountKind == null ? undefined : eq(kindOf(user), asked.accountKind),
    asked.billable == null ? undefined : eq(user.billable, asked.billable),
    matchesMoment(user.createdAt, asked.createdAt),
    matchesMoment(user.updatedAt, asked.updatedAt),
    wanted(asked.relationsKnown, areRelationsKnown(user)),
    ifKnown(user.aliasesAt, asked.alias && ownsAlias(asked.alias), negated),
    ifKnown(user.aliasesAt, wanted(asked.hasAliases, ownsAlias()), negated),
    ifKnown(user.rolesAt, asked.role && holdsRole(matchesString(foldedByPostgres(roles.name), asked.role)), negated),
    ifKnown(user.rolesAt, wanted(asked.privileged, holdsRole(isPrivileged)), negated),
    ifKnown(user.groupsAt, asked.group && (negated ? isKnownMember(asked.group) : isMember(asked.group)), negated),
    ifKnown(user.groupsAt, hasGroups(asked.hasGroups), negated),
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

export const isPrivileged = eq(roles.privileged, true)
export const aliasAddress = preFolded(aliases.addressKey, addressKey)

export function isMeantGroup(which: GroupRefFilterInput): SQL | undefined {
  return and(
    matchesString(foldedByPostgres(groups.groupId), which.groupId),
    matchesString(foldedByPostgres(groups.name), which.name),
  )
}
