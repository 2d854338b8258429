/** Organizations: which one a request refers to, their lists, and the state of their mirrors. */

import {
  type AliasFilter,
  aliasMatches,
  checkFilter,
  type GroupFilter,
  groupMatches,
  type UserFilter,
  userMatches,
} from './filter.ts'
import { budget } from './operations.ts'
import { keyOrder, orderOf, type PageArgs, pageOf, placeOf, withNodes } from './page.ts'
import { byId, column, type Fields, type Reading, standing, where } from './reading.ts'
import type { AliasRow, GroupRow, OrganizationRow, PullRow, RoleRow, State, UserRow } from './rows.ts'
import { badInput, checkText, compareText, globalId } from './text.ts'

export const rolesOf = (state: State, organizationId: number): RoleRow[] =>
  state.roles.filter((role) => role.organization_id === organizationId).sort((a, b) => compareText(a.name, b.name))

type Slug = string | null | undefined

function ambiguous(visible: readonly OrganizationRow[]) {
  const slugs = visible.map(({ slug }) => slug).join(', ')
  return badInput(`\`organization\` is required when more than one organization is visible; expected one of: ${slugs}`)
}

/** The organization that a lookup refers to: without a slug the only one. Undefined if there is none. */
export function oneOrganization({ visible }: Reading, slug: Slug): OrganizationRow | undefined {
  if (slug == null && visible.length > 1) throw ambiguous(visible)
  if (slug != null) checkText(slug, 'organization')
  return slug == null ? visible[0] : visible.find((one) => one.slug === slug)
}

/** The organization that a list refers to. A slug of no visible organization is an error. */
export function theOrganization(reading: Reading, slug: Slug): OrganizationRow | undefined {
  const found = oneOrganization(reading, slug)
  if (found || slug == null) return found
  const slugs = reading.visible.map((one) => one.slug)
  throw badInput(
    `Unknown organization; ${slugs.length > 0 ? `expected one of: ${slugs.join(', ')}` : 'none is mirrored yet'}`,
  )
}

interface Ordered extends PageArgs {
  readonly orderBy?: Parameters<typeof orderOf>[1]
}

export interface UserListArgs extends Ordered {
  readonly lifecycle?: 'LIVE' | 'DELETED' | 'ANY' | null
  readonly filter?: UserFilter | null
}

type Which = () => OrganizationRow | undefined

export function userPage({ state }: Reading, args: UserListArgs, which: Which) {
  const order = orderOf<UserRow>('users', args.orderBy)
  placeOf(args, order)
  checkFilter(args.filter as Record<string, unknown> | null | undefined)
  const place = which()
  const { filter, lifecycle } = args
  const users = where(state.users, 'organization_id', place?.id).filter(
    (user) =>
      (lifecycle === 'ANY' || (user.deleted_at !== null) === (lifecycle === 'DELETED')) &&
      (filter == null || userMatches(state, user, filter) === true),
  )
  return { ...withNodes(pageOf(users, order, args), (row) => row), users }
}

export function groupPage({ state }: Reading, args: Ordered & { filter?: GroupFilter | null }, which: Which) {
  const order = orderOf<GroupRow>('groups', args.orderBy)
  placeOf(args, order)
  checkFilter(args.filter as Record<string, unknown> | null | undefined)
  const place = which()
  const groups = state.groups.filter(
    (group) =>
      group.organization_id === place?.id &&
      group.deleted_at === null &&
      (args.filter == null || groupMatches(state, group, args.filter) === true),
  )
  return withNodes(pageOf(groups, order, args), (row) => row)
}

export function aliasPage({ state }: Reading, args: PageArgs & { filter?: AliasFilter | null }, which: Which) {
  const order = orderOf<AliasRow>('aliases', null)
  placeOf(args, order)
  checkFilter(args.filter as Record<string, unknown> | null | undefined)
  const place = which()
  const aliases = state.aliases.filter(
    (alias) =>
      alias.organization_id === place?.id &&
      alias.valid_to === null &&
      (args.filter == null || aliasMatches(alias, args.filter) === true),
  )
  return withNodes(pageOf(aliases, order, args), (row) => row)
}

/** The users of all pages of a list. */
export type Counted = readonly UserRow[]

export interface Facet {
  readonly value: string
  readonly label: string
  readonly count: number
}

/** Counts the users by value, the most frequent first. */
export function facet(users: Counted, of: 'status' | 'type' | 'domain' | 'role' | 'group', state: State): Facet[] {
  const valuesOf = (user: UserRow): { value: string; label: string; key: string | number }[] => {
    const own = <Row extends { user_id: number; valid_to: string | null }>(rows: readonly Row[]) =>
      standing(where(rows, 'user_id', user.id))
    if (of === 'role') {
      return own(state.grants)
        .map((grant) => byId(state.roles, grant.role_id).name)
        .map((name) => ({ value: name, label: name, key: name }))
    }
    if (of === 'group') {
      return own(state.memberships)
        .flatMap((one) => byId(state.groups, one.group_id))
        .map(({ id, group_id, name }) => ({ value: group_id, label: name, key: id }))
    }
    const value = user[of]
    return value === null ? [] : [{ value, label: value, key: value }]
  }
  const found = new Map<string | number, { value: string; label: string; count: number }>()
  for (const { key, ...value } of users.flatMap(valuesOf)) {
    found.set(key, { ...value, count: (found.get(key)?.count ?? 0) + 1 })
  }
  return [...found.values()].sort((a, b) => b.count - a.count || compareText(a.value, b.value))
}

/** The number of values that a facet shows at most. */
export function facetSize(first: number | null | undefined): number {
  const size = first ?? 20
  if (size < 0 || size > 500) throw badInput('`first` must be between 0 and 500 values')
  return size
}

export const organizationFields: Fields = {
  id: (row: OrganizationRow) => globalId('Organization', row.id),
  slug: column('slug'),
  name: column('name'),
  capabilities: (row: OrganizationRow) => row,
  roles: (row: OrganizationRow, _args, { state }) => rolesOf(state, row.id),
  users: (row: OrganizationRow, args: UserListArgs, reading) => userPage(reading, args, () => row),
  groups: (row: OrganizationRow, args, reading) => groupPage(reading, args, () => row),
  mirror: (row: OrganizationRow) => row,
  budget,
  licenses: ({ license_count: count, licensed_users: used, license_package: name }: OrganizationRow) =>
    count === null && used === null && name === null ? null : { count, used, package: name },
}

export const licenseFields: Fields = { count: column('count'), used: column('used'), package: column('package') }

const capability =
  (name: string) =>
  ({ capabilities }: OrganizationRow) =>
    capabilities.includes(name)

export const capabilityFields: Fields = Object.fromEntries(
  [
    'groups',
    'timestamps',
    'pagedList',
    'passwordOnCreate',
    'domains',
    'directorySync',
    'accountKinds',
    'mailSettings',
  ].map((name) => [name, capability(name)]),
)

export const mirrorFields: Fields = {
  state: (row: OrganizationRow, _args, { state }) => {
    if (row.profile_as_of === null) return 'EMPTY'
    const isHeld = state.pulls.some(
      (pull) => pull.organization_id === row.id && pull.state === 'QUARANTINED' && !pull.accepted,
    )
    // The world is newer than two intervals.
    return isHeld ? 'QUARANTINED' : 'CURRENT'
  },
  problem: ({ queue_problem, entry_problem, children_problem, problem }: OrganizationRow) =>
    [queue_problem, entry_problem, children_problem, problem].filter((text) => text !== null).join('. ') || null,
  completeAsOf: column('profile_as_of'),
  nextPullAt: column('next_pull_at'),
  pausedAt: column('paused_at'),
  pullIntervalSeconds: (row: OrganizationRow) => row.pace_seconds ?? row.pull_interval_seconds,
  users: (row: OrganizationRow, _args, { state }) => liveUsers(state, row).length,
  groups: (row: OrganizationRow, _args, { state }) =>
    state.groups.filter((one) => one.organization_id === row.id && one.deleted_at === null).length,
  aliases: (row: OrganizationRow, _args, { state }) =>
    standing(state.aliases).filter((one) => one.organization_id === row.id).length,
  memberships: (row: OrganizationRow, _args, { state }) =>
    standing(state.memberships).filter((one) => one.organization_id === row.id).length,
  usersWithoutRelations: (row: OrganizationRow, _args, { state }) =>
    liveUsers(state, row).filter((one) => one.roles_at === null || one.aliases_at === null || one.groups_at === null)
      .length,
  currentPull: (row: OrganizationRow, _args, { state }) =>
    state.pulls.find((pull) => pull.organization_id === row.id && pull.state === 'RUNNING'),
  pulls: (row: OrganizationRow, args: PageArgs, { state }) => {
    const own = state.pulls.filter((pull) => pull.organization_id === row.id)
    const order = keyOrder<PullRow>('pulls', ({ id }) => id, true)
    return withNodes(pageOf(own, order, args), (pull) => pull)
  },
}

const liveUsers = (state: State, { id }: OrganizationRow) =>
  where(state.users, 'organization_id', id).filter((one) => one.deleted_at === null)

export const pullFields: Fields = {
  id: (row: PullRow) => globalId('Pull', row.id),
  startedAt: column('started_at'),
  finishedAt: column('finished_at'),
  rateLimited: column('rate_limited'),
  usersSeen: column('users_seen'),
  usersExpected: column('users_expected'),
  progress: ({ state, phase, users_seen, users_expected }: PullRow) => {
    if (state === 'COMPLETE') return 1
    if (phase === 'DELETIONS') return 0.99
    return users_expected ? Math.min(0.99, users_seen / users_expected) : 0
  },
  ...Object.fromEntries(
    ['state', 'trigger', 'requests', 'retries', 'created', 'updated', 'deleted', 'unchanged', 'error'].map((name) => [
      name,
      column(name),
    ]),
  ),
}
