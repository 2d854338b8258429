/**
 * The whole state of a mirror, read directly from its tables, without ids and times, so that states can be compared.
 */
import type { Sql } from '../../src/db/database.ts'
import { isoOf } from '../../src/db/timestamps.ts'

export interface MirrorUser {
  readonly primaryEmail: string
  readonly type: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly status: string | null
  readonly mailboxSize: number | null
  readonly spamPolicy: unknown
  readonly createdAt: string | null
  readonly updatedAt: string | null
  /** Sorted; null if never read. Groups are given by the vendor's ids. */
  readonly roles: readonly string[] | null
  readonly aliases: readonly string[] | null
  readonly groups: readonly string[] | null
  /** Names of groups that match no known group. */
  readonly unresolved: readonly string[]
}

export interface MirrorState {
  /** The live users, ordered by address. */
  readonly users: readonly MirrorUser[]
  /** The live groups, ordered by id. */
  readonly groups: readonly { readonly id: string; readonly name: string; readonly memberCount: number | null }[]
}

export async function readMirror(sql: Sql, organizationId: number): Promise<MirrorState> {
  const users = await sql<(Omit<MirrorUser, 'spamPolicy'> & { spamPolicy: string | null })[]>`
    select primary_email as "primaryEmail", type, first_name as "firstName", last_name as "lastName", status,
      mailbox_size as "mailboxSize", spam_policy::text as "spamPolicy", created_at as "createdAt", updated_at as "updatedAt",
      case when roles_at is not null then array(
        select r.name from role_grants g join roles r on r.id = g.role_id
        where g.user_id = u.id and g.valid_to is null order by r.name collate "C") end as roles,
      case when aliases_at is not null then array(
        select a.address from aliases a where a.user_id = u.id and a.valid_to is null order by a.address collate "C") end as aliases,
      case when groups_at is not null then array(
        select g.group_id from memberships m join groups g on g.id = m.group_id
        where m.user_id = u.id and m.valid_to is null order by g.group_id collate "C") end as groups,
      coalesce(unresolved_groups, '{}') as unresolved
    from users u where organization_id = ${organizationId} and deleted_at is null order by address_key collate "C"`
  const groups = await sql<MirrorState['groups'][number][]>`
    select group_id as id, name, member_count as "memberCount" from groups
    where organization_id = ${organizationId} and deleted_at is null order by group_id collate "C"`
  return {
    users: users.map((user) => ({
      ...user,
      spamPolicy: user.spamPolicy === null ? null : JSON.parse(user.spamPolicy),
      createdAt: user.createdAt && isoOf(user.createdAt),
      updatedAt: user.updatedAt && isoOf(user.updatedAt),
    })),
    groups: [...groups],
  }
}

/**
 * The feed as text, one line per change: its kind, its user, the other object of a relationship, and the values before
 * and after.
 */
export async function readFeed(sql: Sql, organizationId: number): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with s as (
      select *, e.kind as k, s.last_position - cardinality(s.kinds) + e.n as position
      from change_sets s, unnest(s.kinds, s.object_ids, s.fields) with ordinality as e(kind, object_id, field, n)
      where organization_id = ${organizationId}
    )
    select concat_ws(' ', s.k, coalesce(u.address_key, g.group_id), coalesce(r.name, og.group_id, a.address), s.field,
      case when s.k in ('FIELD_CHANGED', 'GROUP_RENAMED') then concat(befores -> (s.n::int - 1), ' -> ', afters -> (s.n::int - 1)) end) as line
    from s
    left join users u on u.id = s.subject_id left join groups g on g.id = s.subject_id
    left join roles r on r.id = s.object_id left join groups og on og.id = s.object_id left join aliases a on a.id = s.object_id
    order by position`
  return rows.map((row) => row.line)
}

/**
 * The physical location of each row of these tables. It changes with every write of the row, whether or not a value
 * changes.
 */
export async function rowsAsWritten(sql: Sql): Promise<Record<string, string>> {
  const tables = [
    'users',
    'user_versions',
    'aliases',
    'alias_spellings',
    'memberships',
    'role_grants',
    'roles',
    'groups',
    'group_versions',
    'change_sets',
  ]
  const written: Record<string, string> = {}
  for (const table of tables) {
    const [row] = await sql<{ rows: string }[]>`
      select count(*) || ' rows, ' || md5(coalesce(string_agg(ctid::text || xmin::text, ',' order by ctid), '')) as rows from ${sql(table)}`
    written[table] = row?.rows ?? ''
  }
  return written
}
