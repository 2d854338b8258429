/** The rows of one organization, with times as ISO 8601, and the feed with one change per row. */
import type { Sql } from '../../../src/db/database.ts'
import { isoOf, isoOrNull } from '../../../src/db/timestamps.ts'
import { keyOf } from '../checks/truth.ts'
import type { Api } from './api.ts'

export interface UserRow {
  readonly id: number
  /** The number of the account if the API tells one, and otherwise the key of the address. */
  readonly key: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly unresolved: readonly string[]
  readonly validFrom: string
  readonly versionFrom: string
  readonly deletedAt: string | null
}

export interface GroupRow {
  readonly id: number
  readonly groupId: string
  readonly name: string
  readonly memberCount: number | null
  readonly validFrom: string
  readonly versionFrom: string
  readonly deletedAt: string | null
}

/** One relationship of a user, and the time during which the mirror knew it. */
export interface Tie {
  readonly userId: number
  /** The id of a group, a role or an alias. */
  readonly objectId: number
  readonly validFrom: string
  readonly validTo: string | null
}

export interface Spelling {
  readonly aliasId: number
  readonly address: string
  readonly validTo: string
}

export interface Version {
  readonly ownerId: number
  readonly validFrom: string
  readonly validTo: string
}

export interface Change {
  readonly position: number
  readonly kind: string
  readonly subjectId: number
  readonly objectId: number | null
  readonly field: string | null
  readonly before: unknown
  readonly after: unknown
  readonly origin: string
  readonly actor: string | null
  readonly notBefore: string | null
  readonly notAfter: string
  readonly appliedAt: string
  readonly pullId: number | null
}

export interface Mirror {
  readonly users: readonly UserRow[]
  readonly userVersions: readonly Version[]
  readonly groups: readonly GroupRow[]
  readonly groupVersions: readonly Version[]
  readonly memberships: readonly Tie[]
  readonly grants: readonly Tie[]
  readonly aliases: readonly (Tie & { readonly address: string })[]
  /** The earlier spellings of aliases, ordered by the time at which they ended. */
  readonly spellings: readonly Spelling[]
  readonly roleNames: ReadonlyMap<number, string>
  readonly changes: readonly Change[]
  readonly feedPosition: number
}

export async function loadMirror(sql: Sql, organizationId: number, api: Api = 'v2'): Promise<Mirror> {
  const [organization] = await sql<
    { feed: number }[]
  >`select feed_position as feed from organizations where id = ${organizationId}`
  const roles = await sql<
    { id: number; name: string }[]
  >`select id, name from roles where organization_id = ${organizationId}`
  return {
    users: await loadUsers(sql, organizationId, api),
    userVersions: await loadVersions(sql, 'user', organizationId),
    groups: await loadGroups(sql, organizationId),
    groupVersions: await loadVersions(sql, 'group', organizationId),
    memberships: (
      await sql<Tie[]>`
      select user_id as "userId", group_id as "objectId", valid_from as "validFrom", valid_to as "validTo"
      from memberships where organization_id = ${organizationId}`
    ).map(withTimes),
    grants: (
      await sql<Tie[]>`
      select user_id as "userId", role_id as "objectId", valid_from as "validFrom", valid_to as "validTo"
      from role_grants where organization_id = ${organizationId}`
    ).map(withTimes),
    aliases: (
      await sql<(Tie & { address: string })[]>`
      select user_id as "userId", id as "objectId", address, valid_from as "validFrom", valid_to as "validTo"
      from aliases where organization_id = ${organizationId}`
    ).map(withTimes),
    spellings: (
      await sql<Spelling[]>`
      select alias_id as "aliasId", address, valid_to as "validTo" from alias_spellings
      where organization_id = ${organizationId} order by alias_id, valid_to`
    ).map((row) => ({ ...row, validTo: isoOf(row.validTo) })),
    roleNames: new Map(roles.map(({ id, name }) => [id, name])),
    changes: await loadChanges(sql, organizationId),
    feedPosition: organization?.feed ?? 0,
  }
}

export function isLive(row: { readonly deletedAt: string | null }): boolean {
  return row.deletedAt === null
}

/** Relationships by user and address, so that an alias that is added again counts as the same alias. */
export function addressesOf({ aliases }: Mirror): Tie[] {
  const numbers = new Map<string, number>()
  return aliases.map((alias) => {
    const key = keyOf(alias.address)
    const objectId = numbers.get(key) ?? numbers.size
    numbers.set(key, objectId)
    return { ...alias, objectId }
  })
}

async function loadUsers(sql: Sql, organizationId: number, api: Api): Promise<UserRow[]> {
  const rows = await sql`
    select id, vendor_id, address_key, primary_email, first_name, last_name, type, status, mailbox_size, spam_policy::text, created_at, updated_at,
      account_kind, billable, sender_lists::text, unresolved_groups, valid_from, version_from, deleted_at from users where organization_id = ${organizationId} order by id`
  return rows.map((row) => ({
    id: row.id,
    key: api === 'v1' ? (row.vendor_id ?? row.address_key) : row.address_key,
    fields: {
      primaryEmail: row.primary_email,
      firstName: row.first_name,
      lastName: row.last_name,
      type: row.type,
      status: row.status,
      mailboxSize: row.mailbox_size,
      spamPolicy: parsed(row.spam_policy),
      createdAt: isoOrNull(row.created_at),
      updatedAt: isoOrNull(row.updated_at),
      accountKind: row.account_kind,
      billable: row.billable,
      senderLists: parsed(row.sender_lists),
    },
    unresolved: row.unresolved_groups ?? [],
    validFrom: isoOf(row.valid_from),
    versionFrom: isoOf(row.version_from),
    deletedAt: isoOrNull(row.deleted_at),
  }))
}

async function loadGroups(sql: Sql, organizationId: number): Promise<GroupRow[]> {
  const rows = await sql`
    select id, group_id, name, member_count, valid_from, version_from, deleted_at from groups
    where organization_id = ${organizationId} order by id`
  return rows.map((row) => ({
    id: row.id,
    groupId: row.group_id,
    name: row.name,
    memberCount: row.member_count,
    validFrom: isoOf(row.valid_from),
    versionFrom: isoOf(row.version_from),
    deletedAt: isoOrNull(row.deleted_at),
  }))
}

async function loadVersions(sql: Sql, of: 'user' | 'group', organizationId: number): Promise<Version[]> {
  const rows = await sql.unsafe<{ ownerId: number; validFrom: string; validTo: string }[]>(
    `select ${of}_id as "ownerId", valid_from as "validFrom", valid_to as "validTo" from ${of}_versions
    where organization_id = $1 order by ${of}_id, valid_from`,
    [organizationId],
  )
  return rows.map((row) => ({ ...row, validFrom: isoOf(row.validFrom), validTo: isoOf(row.validTo) }))
}

async function loadChanges(sql: Sql, organizationId: number): Promise<Change[]> {
  const rows = await sql<(Omit<Change, 'before' | 'after'> & { before: string | null; after: string | null })[]>`
    select s.last_position - cardinality(s.kinds) + e.n as position, e.kind::text as kind, s.subject_id as "subjectId",
      e.object_id as "objectId", e.field, (s.befores -> (e.n::int - 1))::text as before, (s.afters -> (e.n::int - 1))::text as after,
      s.origin::text as origin, s.actor, s.not_before as "notBefore", s.not_after as "notAfter", s.applied_at as "appliedAt",
      s.pull_id as "pullId"
    from change_sets s, unnest(s.kinds, s.object_ids, s.fields) with ordinality as e(kind, object_id, field, n)
    where s.organization_id = ${organizationId} order by s.last_position, e.n`
  return rows.map((row) => ({
    ...row,
    before: parsed(row.before),
    after: parsed(row.after),
    notBefore: isoOrNull(row.notBefore),
    notAfter: isoOf(row.notAfter),
    appliedAt: isoOf(row.appliedAt),
  }))
}

function parsed(json: string | null): unknown {
  return json === null ? null : (JSON.parse(json) as unknown)
}

function withTimes<T extends Tie>(row: T): T {
  return { ...row, validFrom: isoOf(row.validFrom), validTo: isoOrNull(row.validTo) }
}
