/** Filters in three-valued logic, as the schema describes them. */

import { byId, standing, where } from './reading.ts'
import type { AliasRow, GroupRow, State, UserRow } from './rows.ts'
import { addressKey, badInput, checkText, foldCase } from './text.ts'

/** null: unknown. */
type Truth = boolean | null

interface StringFilter {
  readonly eq?: string | null
  readonly in?: readonly string[] | null
  readonly startsWith?: string | null
  readonly endsWith?: string | null
  readonly contains?: string | null
}

interface TimeFilter {
  readonly gte?: string | null
  readonly lt?: string | null
}

interface Logic<Filter> {
  readonly and?: readonly Filter[] | null
  readonly or?: readonly Filter[] | null
  readonly not?: Filter | null
}

interface GroupRef {
  readonly groupId?: StringFilter | null
  readonly name?: StringFilter | null
}

export interface UserFilter extends Logic<UserFilter> {
  readonly primaryEmail?: StringFilter | null
  readonly firstName?: StringFilter | null
  readonly lastName?: StringFilter | null
  readonly domain?: StringFilter | null
  readonly alias?: StringFilter | null
  readonly role?: StringFilter | null
  readonly group?: GroupRef | null
  readonly type?: string | null
  readonly status?: string | null
  readonly privileged?: boolean | null
  readonly hasGroups?: boolean | null
  readonly hasAliases?: boolean | null
  readonly relationsKnown?: boolean | null
  readonly accountKind?: string | null
  readonly billable?: boolean | null
  readonly createdAt?: TimeFilter | null
  readonly updatedAt?: TimeFilter | null
}

export interface GroupFilter extends Logic<GroupFilter>, GroupRef {
  readonly empty?: boolean | null
}

export interface AliasFilter {
  readonly address?: StringFilter | null
  readonly domain?: StringFilter | null
}

const all = (truths: readonly Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true)
const some = (truths: readonly Truth[]): Truth => (truths.includes(true) ? true : truths.includes(null) ? null : false)
const not = (truth: Truth): Truth => (truth === null ? null : !truth)
const given = <T>(asked: T | null | undefined, truth: (asked: T) => Truth): Truth[] =>
  asked == null ? [] : [truth(asked)]
const is = (truth: Truth, wanted: boolean): Truth => (truth === null ? null : truth === wanted)

function matches(value: string | null, filter: StringFilter | null | undefined, fold: (text: string) => string): Truth {
  const compared = (test: (own: string) => boolean): Truth => (value === null ? null : test(fold(value)))
  return all([
    ...given(filter?.eq, (text) => compared((own) => own === fold(text))),
    ...given(filter?.in, (list) => compared((own) => list.some((text) => own === fold(text)))),
    ...given(filter?.startsWith, (text) => compared((own) => own.startsWith(fold(text)))),
    ...given(filter?.endsWith, (text) => compared((own) => own.endsWith(fold(text)))),
    ...given(filter?.contains, (text) => compared((own) => own.includes(fold(text)))),
  ])
}

function within(value: string | null, { gte, lt }: TimeFilter): Truth {
  return all([
    ...given(gte, (time) => (value === null ? null : value >= time)),
    ...given(lt, (time) => (value === null ? null : value < time)),
  ])
}

function logic<Filter extends Logic<Filter>>(filter: Filter, holds: (part: Filter) => Truth): Truth[] {
  return [
    ...(filter.and ?? []).map(holds),
    ...given(filter.or, (parts) => some(parts.map(holds))),
    ...given(filter.not, (part) => not(holds(part))),
  ]
}

export function userMatches(state: State, user: UserRow, filter: UserFilter): Truth {
  const own = <Row extends { user_id: number; valid_to: string | null }>(rows: readonly Row[]) =>
    standing(where(rows, 'user_id', user.id))
  const aliases = user.aliases_at === null ? null : own(state.aliases)
  const grants = user.roles_at === null ? null : own(state.grants)
  const memberships = user.groups_at === null ? null : own(state.memberships)
  const roles = grants?.map(({ role_id }) => byId(state.roles, role_id).name)
  const groups = memberships?.map(({ group_id }) => byId(state.groups, group_id))
  const isNamedOnly = user.unresolved_groups !== null
  const any = <Item>(list: readonly Item[] | null | undefined, test: (item: Item) => Truth): Truth =>
    list ? list.some((item) => test(item) === true) : null
  return all([
    ...logic(filter, (part) => userMatches(state, user, part)),
    ...given(filter.primaryEmail, (text) => matches(user.address_key, text, addressKey)),
    ...given(filter.firstName, (text) => matches(user.first_name, text, foldCase)),
    ...given(filter.lastName, (text) => matches(user.last_name, text, foldCase)),
    ...given(filter.domain, (text) => matches(user.domain, text, addressKey)),
    ...given(filter.type, (type) => (user.type === null ? null : user.type === type)),
    ...given(filter.status, (status) => (user.status === null ? null : user.status === status)),
    ...given(filter.accountKind, (kind) => (user.account_kind === null ? null : kindNamed(user.account_kind) === kind)),
    ...given(filter.billable, (wanted) => is(user.billable, wanted)),
    ...given(filter.createdAt, (range) => within(user.created_at, range)),
    ...given(filter.updatedAt, (range) => within(user.updated_at, range)),
    ...given(filter.alias, (text) => any(aliases, (alias) => matches(alias.address_key, text, addressKey))),
    ...given(filter.role, (text) => any(roles, (name) => matches(name, text, foldCase))),
    ...given(filter.group, (ref) => {
      const isMember = any(groups, (group) => groupNamed(group, ref))
      return isMember === false && isNamedOnly ? null : isMember
    }),
    ...given(filter.privileged, (wanted) =>
      is(
        any(roles, (name) => name !== 'USER'),
        wanted,
      ),
    ),
    ...given(filter.hasGroups, (wanted) => is(memberships && (memberships.length > 0 || isNamedOnly), wanted)),
    ...given(filter.hasAliases, (wanted) => is(aliases && aliases.length > 0, wanted)),
    ...given(filter.relationsKnown, (wanted) =>
      is(user.roles_at !== null && user.aliases_at !== null && user.groups_at !== null, wanted),
    ),
  ])
}

const kinds = ['CHANNEL_ADMIN', 'END_USER', 'FUNCTIONAL_ACCOUNT', 'ORGANIZATION_ADMIN', 'SILENT_USER']

/** The kind of an account as the API names it. The world has some of the known kinds, and one that is not known. */
export function kindNamed(kind: string | null): string | null {
  return kind === null || kinds.includes(kind) ? kind : 'OTHER'
}

function groupNamed(group: GroupRow, { groupId, name }: GroupRef): Truth {
  return all([matches(group.group_id, groupId, foldCase), matches(group.name, name, foldCase)])
}

export function groupMatches(state: State, group: GroupRow, filter: GroupFilter): Truth {
  return all([
    ...logic(filter, (part) => groupMatches(state, group, part)),
    groupNamed(group, filter),
    ...given(filter.empty, (wanted) => is(isEmpty(state, group), wanted)),
  ])
}

function isEmpty(state: State, group: GroupRow): Truth {
  if (standing(where(state.memberships, 'group_id', group.id)).length > 0) return false
  const couldBelong = where(state.users, 'organization_id', group.organization_id).some(
    (user) =>
      user.deleted_at === null &&
      (user.groups_at === null ||
        user.unresolved_groups?.some((name) => name === group.group_id || name === group.name)),
  )
  return couldBelong ? null : true
}

export function aliasMatches(alias: AliasRow, filter: AliasFilter): Truth {
  return all([matches(alias.address_key, filter.address, addressKey), matches(alias.domain, filter.domain, addressKey)])
}

/** Checks a filter, whether or not a row is compared with it. */
export function checkFilter(filter: Record<string, unknown> | null | undefined): void {
  if (filter == null) return
  let filters = 0
  const check = (part: Record<string, unknown>, depth: number): void => {
    filters += 1
    if (depth > 10) throw badInput('`filter` exceeds the limit of 10 levels')
    if (filters > 200) throw badInput('`filter` exceeds the limit of 200 filters')
    for (const [name, value] of Object.entries(part)) {
      if (name === 'and' || name === 'or' || name === 'not' || value == null) continue
      for (const text of [value, ...Object.values(value as object)]) checkTexts(text as Record<string, unknown>)
    }
    for (const inner of [part.and ?? [], part.or ?? [], part.not ?? []].flat()) {
      check(inner as Record<string, unknown>, depth + 1)
    }
  }
  check(filter, 1)
}

function checkTexts(comparison: Record<string, unknown>): void {
  for (const operator of ['eq', 'in', 'startsWith', 'endsWith', 'contains']) {
    const value = comparison?.[operator]
    if (typeof value === 'string') checkText(value, operator)
    if (!Array.isArray(value)) continue
    if (value.length > 500) throw badInput('`in` exceeds the limit of 500 values')
    for (const text of value) checkText(text as string, 'in')
  }
}
