/** A model of the finding rules. It derives the expected findings from the mirror's rows with simple algorithms. */
import type { Sql } from '../../src/db/database.ts'

interface User {
  id: number
  key: string
  email: string
  first: string | null
  last: string | null
  type: 'USER' | 'ALIAS'
  status: 'ACTIVE' | 'INACTIVE' | null
  rolesAt: string | null
  aliasesAt: string | null
  groupsAt: string | null
  unresolved: string[] | null
  from: string
  deletedAt: string | null
}

interface Tie {
  user: number
  thing: number
  from: string
  to: string | null
}

export interface Rows {
  organization: Record<'asOf' | 'rolesAsOf' | 'aliasesAsOf' | 'groupsAsOf', string | null> & { id: number }
  users: User[]
  groups: { id: number; groupId: string; name: string; memberCount: number | null }[]
  /** `isOld`: it was there when the mirror began to read. */
  roles: { id: number; name: string; isOld: boolean }[]
  memberships: Tie[]
  grants: Tie[]
  aliases: { id: number; user: number; key: string; address: string }[]
  disabledWebhooks: { id: number; reason: string }[]
}

/** Reads all rows. Times are in UTC with a fixed number of decimals, so that they can be compared as strings. */
export async function readRows(sql: Sql): Promise<Rows> {
  const time = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US')`
  const all = async <Row>(statement: string) => [...(await sql.unsafe(statement))] as unknown as Row[]
  const tie = (table: string, thing: string) =>
    all<Tie>(
      `select user_id as user, ${thing} as thing, ${time('valid_from')} as from, ${time('valid_to')} as to from ${table}`,
    )
  const [organization] = await all<Rows['organization']>(
    `select id, ${time('profile_as_of')} as "asOf", ${time('roles_as_of')} as "rolesAsOf", ${time('aliases_as_of')} as "aliasesAsOf",
      ${time('groups_as_of')} as "groupsAsOf" from organizations`,
  )
  if (!organization) throw new Error('there is no organization')
  return {
    organization,
    users: await all(
      `select id, address_key as key, primary_email as email, first_name as first, last_name as last, type, status,
        ${time('greatest(roles_at, (select c.roles_at from user_confirmations c where c.user_id = users.id))')} as "rolesAt",
        ${time('greatest(aliases_at, (select c.aliases_at from user_confirmations c where c.user_id = users.id))')} as "aliasesAt",
        ${time('greatest(groups_at, (select c.groups_at from user_confirmations c where c.user_id = users.id))')} as "groupsAt", unresolved_groups as unresolved, ${time('valid_from')} as from,
        ${time('deleted_at')} as "deletedAt" from users order by id`,
    ),
    groups: await all(
      'select id, group_id as "groupId", name, member_count as "memberCount" from groups where deleted_at is null order by id',
    ),
    roles: await all(
      `select id, name, not exists (select from organizations where baseline_at < roles.valid_from) or exists (
        select from change_sets s, unnest(s.kinds, s.object_ids) as e(kind, object_id)
        where s.baseline and e.kind = 'ROLE_GRANTED' and e.object_id = roles.id) as "isOld" from roles`,
    ),
    memberships: await tie('memberships', 'group_id'),
    grants: await tie('role_grants', 'role_id'),
    disabledWebhooks: await all(
      'select id, disabled_reason as reason from webhooks where disabled_at is not null order by id',
    ),
    aliases: await all(
      'select id, user_id as user, address_key as key, address from aliases where valid_to is null order by id',
    ),
  }
}

export interface ModelFinding {
  readonly rule: string
  /** The decoded global ids. */
  readonly subjects: readonly string[]
  readonly evidence: Readonly<Record<string, unknown>>
}

/** The findings of the rules that are evaluated after every change. */
export function findingsOfChanges(rows: Rows): ModelFinding[] {
  const live = rows.users.filter(({ deletedAt }) => deletedAt === null)
  const person = (id: number) => `User:${id}`
  const rolesOf = (user: User) =>
    rows.roles
      .filter(({ id, name }) => name !== 'USER' && hasLiveTie(rows.grants, { user: user.id, thing: id }))
      .map(({ name }) => name)
      .sort()
  const inNoGroup = (user: User) =>
    user.groupsAt !== null && user.unresolved === null && !hasLiveTie(rows.memberships, { user: user.id })
  const found: ModelFinding[] = []
  const find = (rule: string, subjects: string[], evidence: Record<string, unknown>) =>
    void found.push({ rule, subjects, evidence })
  for (const user of live) {
    const roles = rolesOf(user)
    if (roles.length > 0 && user.status === 'INACTIVE') find('PRIVILEGED_INACTIVE', [person(user.id)], { roles })
    if (roles.length > 0 && inNoGroup(user)) find('PRIVILEGED_OUTSIDE_GROUPS', [person(user.id)], { roles })
    if (user.type === 'USER' && user.status !== 'INACTIVE' && inNoGroup(user)) {
      find('USER_WITHOUT_GROUPS', [person(user.id)], { status: user.status })
    }
    const before = rows.users.findLast(
      ({ id, key, deletedAt }) => deletedAt !== null && key === user.key && id < user.id,
    )
    if (before) find('RECREATED_AFTER_DELETE', [person(user.id), person(before.id)], {})
  }
  for (const [address, claims] of Map.groupBy(rows.aliases, ({ key }) => key)) {
    const claimants = [...new Set(claims.map(({ user }) => user))].sort((a, b) => a - b)
    if (claimants.length > 1) {
      find('ALIAS_COLLISION', claimants.map(person), { address, claimants: claimants.length })
    }
  }
  for (const { user, key, address } of rows.aliases) {
    const owner = live.find((other) => other.key === key && other.id !== user)
    if (owner) find('ALIAS_SHADOWS_USER', [person(user), person(owner.id)], { address })
  }
  const named = live.filter(({ type, first, last }) => type === 'USER' && first && last)
  for (const namesakes of Map.groupBy(named, ({ first, last }) => `${first} ${last}`.toLowerCase()).values()) {
    if (namesakes.length < 2) continue
    const [name] = namesakes.map(({ first, last }) => `${first} ${last}`).sort()
    find(
      'SAME_PERSON_TWICE',
      namesakes.map(({ id }) => person(id)),
      { name, accounts: namesakes.length },
    )
  }
  for (const group of rows.groups) {
    if (membersAreKnown(rows, group) && !hasLiveTie(rows.memberships, { thing: group.id })) {
      find('EMPTY_GROUP', [`Group:${group.id}`], { name: group.name })
    }
  }
  return found
}

/** The findings of the rules that are evaluated after a complete pull. */
export function findingsOfPulls(rows: Rows): ModelFinding[] {
  const { asOf } = rows.organization
  if (asOf === null) return []
  return [
    ...rows.groups.flatMap((group) => {
      const ties = rows.memberships.filter(({ thing }) => thing === group.id)
      const members = ties.filter(({ to }) => to === null).length
      const isSettled = ties.every(({ from, to }) => from < asOf && (to === null || to < asOf))
      const drifts = group.memberCount !== null && group.memberCount !== members
      return drifts && isSettled && membersAreKnown(rows, group)
        ? [
            {
              rule: 'MEMBER_COUNT_DRIFT',
              subjects: [`Group:${group.id}`],
              evidence: { vendorCount: group.memberCount, members },
            },
          ]
        : []
    }),
    ...staleRelations(rows, asOf),
    ...rows.roles.flatMap(({ id, name, isOld }) => {
      const holders = rows.grants.filter(({ thing, to }) => thing === id && to === null).map(({ user }) => user)
      if (isOld || holders.length === 0) return []
      const shown = holders.sort((a, b) => a - b).slice(0, 10)
      const subjects = [`Role:${id}`, ...shown.map((user) => `User:${user}`)]
      return [{ rule: 'NEW_ROLE', subjects, evidence: { role: name, holders: holders.length } }]
    }),
    ...rows.disabledWebhooks.map(({ id, reason }) => ({
      rule: 'WEBHOOK_DISABLED',
      subjects: [`Organization:${rows.organization.id}`],
      evidence: { webhook: id, reason },
    })),
  ]
}

function staleRelations({ organization, users }: Rows, asOf: string): ModelFinding[] {
  const weekBefore = new Date(Date.parse(`${asOf}Z`) - 7 * 86_400_000).toISOString()
  const later = (own: string, listed: string | null) => (listed !== null && listed > own ? listed : own)
  const stale = users
    .filter(({ deletedAt }) => deletedAt === null)
    .flatMap(({ id, rolesAt, aliasesAt, groupsAt }) => {
      if (rolesAt === null || aliasesAt === null || groupsAt === null) return []
      const [oldest = ''] = [
        later(rolesAt, organization.rolesAsOf),
        later(aliasesAt, organization.aliasesAsOf),
        later(groupsAt, organization.groupsAsOf),
      ].sort()
      return oldest < weekBefore ? [{ id, oldest }] : []
    })
    .sort((a, b) => (a.oldest === b.oldest ? a.id - b.id : a.oldest < b.oldest ? -1 : 1))
  if (stale.length === 0) return []
  const subjects = [`Organization:${organization.id}`, ...stale.slice(0, 20).map(({ id }) => `User:${id}`)]
  return [{ rule: 'STALE_RELATIONS', subjects, evidence: { users: stale.length } }]
}

function membersAreKnown({ users }: Rows, { groupId, name }: { groupId: string; name: string }): boolean {
  return users
    .filter(({ deletedAt }) => deletedAt === null)
    .every(
      ({ groupsAt, unresolved }) =>
        groupsAt !== null && !unresolved?.some((called) => called === groupId || called === name),
    )
}

function hasLiveTie(ties: readonly Tie[], of: { user?: number; thing?: number }): boolean {
  return ties.some(({ user, thing, to }) => to === null && (of.user ?? user) === user && (of.thing ?? thing) === thing)
}
