/** What each field of the mirror means, written naively. A field without an entry is not covered. */
import type { GroupRow, MembershipRow, RoleRow, State, UserRow } from './dump.ts'
import { entityResolvers, identityOf, nodeResolvers } from './lookups.ts'
import {
  aliasPage,
  type Counted,
  column,
  type Facet,
  type Fields,
  facet,
  facetSize,
  groupPage,
  mirrorFields,
  oneOrganization,
  organizationFields,
  pullFields,
  type Reading,
  type Resolver,
  rolesOf,
  standing,
  theOrganization,
  userPage,
} from './organizations.ts'
import { keyOrder, type PageArgs, pageOf, placeOf, withNodes } from './page.ts'
import { addressKey, checkText, compareText, globalId, roleNamed } from './text.ts'

const byId = <Row extends { readonly id: number }>(rows: readonly Row[], id: number): Row => {
  const row = rows.find((one) => one.id === id)
  if (!row) throw new Error(`The dump lacks the row ${id}`)
  return row
}
const organizationOf = ({ organization_id }: { organization_id: number }, _args: unknown, { state }: Reading) =>
  byId(state.organizations, organization_id)
const query: Fields = {
  user: (_, { primaryEmail, organization }, reading) => {
    const place = oneOrganization(reading, organization)
    return reading.state.users.find(
      (user) =>
        user.organization_id === place?.id && user.deleted_at === null && user.address_key === addressKey(primaryEmail),
    )
  },
  group: (_, { groupId, organization }, reading) => {
    checkText(groupId, 'groupId')
    const place = oneOrganization(reading, organization)
    return reading.state.groups.find(
      (group) => group.organization_id === place?.id && group.deleted_at === null && group.group_id === groupId,
    )
  },
  role: (_, { name, organization }, reading) => {
    checkText(name, 'name')
    const place = oneOrganization(reading, organization)
    return reading.state.roles.find((role) => role.organization_id === place?.id && role.name === roleNamed(name))
  },
  organization: (_, { slug }, reading) => oneOrganization(reading, slug),
  organizations: (_, _args, { visible }) => visible,
  roles: (_, { organization }, reading) => rolesOf(reading.state, theOrganization(reading, organization)?.id ?? 0),
  users: (_, args, reading) => userPage(reading, args, () => theOrganization(reading, args.organization)),
  groups: (_, args, reading) => groupPage(reading, args, () => theOrganization(reading, args.organization)),
  aliases: (_, args, reading) => aliasPage(reading, args, () => theOrganization(reading, args.organization)),
  identity: (_, { address }, reading) => identityOf(reading, address),
  ...nodeResolvers,
  ...entityResolvers,
}

const user: Fields = {
  id: (row: UserRow) => globalId('User', row.id),
  organization: organizationOf,
  primaryEmail: column('primary_email'),
  firstName: column('first_name'),
  lastName: column('last_name'),
  displayName: ({ first_name, last_name, primary_email }: UserRow) =>
    [first_name, last_name].filter((name) => name?.trim()).join(' ') || primary_email,
  type: column('type'),
  status: column('status'),
  mailboxSize: column('mailbox_size'),
  spamPolicy: column('spam_policy'),
  createdAt: column('created_at'),
  updatedAt: column('updated_at'),
  deletedAt: column('deleted_at'),
  freshness: (row: UserRow, _args, { state }) => freshnessOf(row, state),
  previousLives: (row: UserRow, _args, { state }) =>
    state.users
      .filter(
        (life) =>
          life.organization_id === row.organization_id &&
          life.address_key === row.address_key &&
          life.deleted_at !== null &&
          life.id < row.id,
      )
      .sort((a, b) => b.id - a.id),
  aliases: (row: UserRow, _args, { state }) =>
    row.aliases_at === null
      ? null
      : standing(state.aliases)
          .filter((alias) => alias.user_id === row.id)
          .sort((a, b) => compareText(a.address_key, b.address_key) || a.id - b.id),
  roles: (row: UserRow, _args, { state }) =>
    row.roles_at === null
      ? null
      : standing(state.grants)
          .filter((grant) => grant.user_id === row.id)
          .map((grant) => byId(state.roles, grant.role_id))
          .sort((a, b) => compareText(a.name, b.name)),
  groups: (row: UserRow, args: PageArgs, { state }) => {
    const order = keyOrder<MembershipRow>('groups of a user', ({ group_id }) => group_id)
    // Arguments are checked in any case.
    placeOf(args, order)
    if (row.groups_at === null) return null
    const own = standing(state.memberships).filter((membership) => membership.user_id === row.id)
    return withNodes(pageOf(own, order, args), (membership) => byId(state.groups, membership.group_id))
  },
}

/** Reads that found nothing new count for live users only, and a complete pull not for users that it could not observe. */
function freshnessOf(row: UserRow, { confirmations, organizations }: State) {
  const confirmation = confirmations.find(({ user_id }) => user_id === row.id)
  const place = byId(organizations, row.organization_id)
  const latest = (own: string | null, confirmed: string | null | undefined, pulled: string | null) => {
    if (own === null) return null
    const isPulled = row.deleted_at === null && !confirmation?.unconfirmed_since
    return [own, confirmed ?? '', isPulled ? (pulled ?? '') : ''].sort().at(-1) ?? null
  }
  const relations = [
    latest(row.roles_at, confirmation?.roles_at, place.roles_as_of),
    latest(row.aliases_at, confirmation?.aliases_at, place.aliases_as_of),
    latest(row.groups_at, confirmation?.groups_at, place.groups_as_of),
  ]
  return {
    profileAt: latest(row.profile_at, confirmation?.profile_at, place.profile_as_of),
    relationsAt: relations.includes(null) ? null : relations.sort()[0],
  }
}

const group: Fields = {
  id: (row: GroupRow) => globalId('Group', row.id),
  organization: organizationOf,
  groupId: column('group_id'),
  name: column('name'),
  memberCount: column('member_count'),
  deletedAt: column('deleted_at'),
  members: (row: GroupRow, args: PageArgs, { state }) => {
    const own = standing(state.memberships).filter((membership) => membership.group_id === row.id)
    const order = keyOrder<MembershipRow>('members of a group', ({ user_id }) => user_id)
    return withNodes(pageOf(own, order, args), (membership) => byId(state.users, membership.user_id))
  },
}

const role: Fields = {
  id: (row: RoleRow) => globalId('Role', row.id),
  organization: organizationOf,
  name: column('name'),
  privileged: ({ name }: RoleRow) => name !== 'USER',
  users: (row: RoleRow, args: PageArgs, { state }) => {
    const own = standing(state.grants).filter((grant) => grant.role_id === row.id)
    const order = keyOrder<{ user_id: number }>('holders', ({ user_id }) => user_id)
    return withNodes(pageOf(own, order, args), (grant) => byId(state.users, grant.user_id))
  },
}

const alias: Fields = {
  id: ({ id }: { id: number }) => globalId('Alias', id),
  organization: organizationOf,
  address: column('address'),
  domain: column('domain'),
  user: ({ user_id }: { user_id: number }, _args, { state }) => byId(state.users, user_id),
  firstSeenAt: column('valid_from'),
  deletedAt: column('valid_to'),
}

const connection: Fields = {
  edges: column('edges'),
  nodes: (page: { edges: { node: object }[] }) => page.edges.map(({ node }) => node),
  pageInfo: column('pageInfo'),
  totalCount: column('totalCount'),
}

const edge: Fields = { cursor: column('cursor'), node: column('node') }

const effectiveBy = ({ row }: { row: MembershipRow }) => {
  const later = new Date(Date.parse(`${row.happened_by.slice(0, 19)}Z`) + 15 * 60_000)
  return later.toISOString().slice(0, 19) + row.happened_by.slice(19)
}

const membership: Fields = {
  ...edge,
  firstSeenAt: ({ row }: { row: MembershipRow }) => row.valid_from,
  policyEffectiveBy: effectiveBy,
  policyState: (source: { row: MembershipRow }, _args, { moment }) =>
    effectiveBy(source) <= (moment ?? new Date().toISOString()) ? 'EFFECTIVE' : 'PENDING',
}

const counted =
  (of: Parameters<typeof facet>[1]): Resolver =>
  (users: Counted, args: { first?: number | null }, { state }): Facet[] =>
    facet(users, of, state).slice(0, 'first' in args ? facetSize(args.first) : 500)

export const resolvers: Readonly<Record<string, Fields>> = {
  Query: query,
  User: user,
  Group: group,
  Role: role,
  Organization: organizationFields,
  Mirror: mirrorFields,
  Pull: pullFields,
  Alias: alias,
  Freshness: { profileAt: column('profileAt'), relationsAt: column('relationsAt') },
  Identity: Object.fromEntries(['address', 'user', 'kind', 'claimants'].map((name) => [name, column(name)])),
  UserConnection: { ...connection, facets: (page: { users: Counted }) => page.users },
  ...Object.fromEntries(
    ['GroupConnection', 'AliasConnection', 'UserGroupConnection', 'GroupMemberConnection', 'RoleUserConnection'].map(
      (name) => [name, connection],
    ),
  ),
  PullConnection: connection,
  ...Object.fromEntries(['UserEdge', 'GroupEdge', 'AliasEdge', 'PullEdge'].map((name) => [name, edge])),
  UserGroupEdge: membership,
  GroupMemberEdge: membership,
  PageInfo: Object.fromEntries(
    ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'].map((name) => [name, column(name)]),
  ),
  UserFacets: {
    byStatus: counted('status'),
    byType: counted('type'),
    byDomain: counted('domain'),
    byRole: counted('role'),
    byGroup: counted('group'),
  },
  Facet: { value: column('value'), label: column('label'), count: column('count') },
}
