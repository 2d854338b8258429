/** What each field of the mirror means, written naively. A field without an entry is not covered. */
import { analysesOfUser, analysisRoots, analysisTypes } from './analyses.ts'
import { kindNamed } from './filter.ts'
import { acceptanceFields, findingFields, findings } from './findings.ts'
import { lookupRoots } from './lookups.ts'
import { operationRoots, operationTypes } from './operations.ts'
import {
  aliasPage,
  type Counted,
  capabilityFields,
  type Facet,
  facet,
  facetSize,
  groupPage,
  licenseFields,
  mirrorFields,
  oneOrganization,
  organizationFields,
  pullFields,
  rolesOf,
  theOrganization,
  userPage,
} from './organizations.ts'
import { keyOrder, type PageArgs, pageOf, placeOf, withNodes } from './page.ts'
import { byId, column, columns, type Fields, type Reading, type Resolver, standing, where } from './reading.ts'
import type { GroupRow, MembershipRow, RoleRow, State, UserRow } from './rows.ts'
import { addressKey, badInput, checkText, compareText, globalId, roleNamed } from './text.ts'

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
  findings,
  ...lookupRoots,
  ...operationRoots,
  ...analysisRoots,
}

const user: Fields = {
  ...analysesOfUser,
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
  accountKind: ({ account_kind }: UserRow) => kindNamed(account_kind),
  billable: column('billable'),
  senderLists: column('sender_lists'),
  createdAt: column('created_at'),
  updatedAt: column('updated_at'),
  deletedAt: column('deleted_at'),
  freshness: (row: UserRow, _args, { state }) => freshnessOf(row, state),
  previousLives: (row: UserRow, _args, { state }) =>
    where(state.users, 'address_key', row.address_key)
      .filter((life) => life.organization_id === row.organization_id && life.deleted_at !== null && life.id < row.id)
      .sort((a, b) => b.id - a.id),
  aliases: (row: UserRow, _args, { state }) =>
    row.aliases_at === null
      ? null
      : standing(where(state.aliases, 'user_id', row.id)).sort(
          (a, b) => compareText(a.address_key, b.address_key) || a.id - b.id,
        ),
  roles: (row: UserRow, _args, { state }) =>
    row.roles_at === null
      ? null
      : standing(where(state.grants, 'user_id', row.id))
          .map((grant) => byId(state.roles, grant.role_id))
          .sort((a, b) => compareText(a.name, b.name)),
  groups: (row: UserRow, args: PageArgs, { state }) => {
    const order = keyOrder<MembershipRow>('groups of a user', ({ group_id }) => group_id)
    // Arguments are checked in any case.
    placeOf(args, order)
    if (row.groups_at === null) return null
    const own = standing(where(state.memberships, 'user_id', row.id))
    return withNodes(pageOf(own, order, args), (membership) => byId(state.groups, membership.group_id))
  },
}

/** Reads that found nothing new count for live users only, and a complete pull not for users that it could not observe. */
function freshnessOf(row: UserRow, { confirmations, organizations }: State) {
  const [confirmation] = where(confirmations, 'user_id', row.id)
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
    const own = standing(where(state.memberships, 'group_id', row.id))
    const order = keyOrder<MembershipRow>('members of a group', ({ user_id }) => user_id)
    return withNodes(pageOf(own, order, args), (membership) => byId(state.users, membership.user_id))
  },
  overlaps: (row: GroupRow, { first }: { first?: number | null }, { state }) => {
    const most = first ?? 10
    if (most < 0 || most > 100) throw badInput('`first` must be between 0 and 100 groups')
    if (row.deleted_at !== null) return []
    const membersOf = (id: number) => standing(where(state.memberships, 'group_id', id))
    const own = membersOf(row.id)
    const overlaps = where(state.groups, 'organization_id', row.organization_id).map((other) => {
      const members = membersOf(other.id)
      const shared = members.filter(({ user_id }) => own.some((one) => one.user_id === user_id)).length
      return { group: other, shared, jaccard: shared / (own.length + members.length - shared) }
    })
    return overlaps
      .filter(({ group: other, shared }) => other.id !== row.id && shared > 0)
      .sort(
        (a, b) => b.jaccard - a.jaccard || compareText(a.group.group_id, b.group.group_id) || a.group.id - b.group.id,
      )
      .slice(0, most)
  },
}

const role: Fields = {
  id: (row: RoleRow) => globalId('Role', row.id),
  organization: organizationOf,
  name: column('name'),
  privileged: column('privileged'),
  users: (row: RoleRow, args: PageArgs, { state }) => {
    const own = standing(where(state.grants, 'role_id', row.id))
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
  Capabilities: capabilityFields,
  Licenses: licenseFields,
  SenderLists: columns('safe', 'blocked'),
  Mirror: mirrorFields,
  Pull: pullFields,
  Alias: alias,
  Freshness: columns('profileAt', 'relationsAt'),
  Identity: columns('address', 'user', 'kind', 'claimants'),
  UserConnection: { ...connection, facets: (page: { users: Counted }) => page.users },
  GroupConnection: connection,
  AliasConnection: connection,
  UserGroupConnection: connection,
  GroupMemberConnection: connection,
  RoleUserConnection: connection,
  PullConnection: connection,
  OperationConnection: connection,
  OperationItemConnection: connection,
  FindingConnection: { ...connection, asOf: column('asOf') },
  UserEdge: edge,
  GroupEdge: edge,
  AliasEdge: edge,
  PullEdge: edge,
  OperationEdge: edge,
  OperationItemEdge: edge,
  FindingEdge: edge,
  Finding: findingFields,
  FindingAcceptance: acceptanceFields,
  GroupOverlap: columns('group', 'shared', 'jaccard'),
  ...operationTypes,
  ...analysisTypes,
  UserGroupEdge: membership,
  GroupMemberEdge: membership,
  PageInfo: columns('hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'),
  UserFacets: {
    byStatus: counted('status'),
    byType: counted('type'),
    byDomain: counted('domain'),
    byRole: counted('role'),
    byGroup: counted('group'),
  },
  Facet: columns('value', 'label', 'count'),
}
