/**
 * What the vendor accepted lately of a user, by any process of ours. A vendor may show its own writes late, so a copy that lacks one of them
 * may be out of date: a PUT that was built from it would undo that write.
 */
import { createHash } from 'node:crypto'
import type { WireUser } from '../essentials/wire.ts'
import { addressKey } from '../mirror/address.ts'
import { array } from '../mirror/array.ts'
import type { Sql, Transaction } from '../mirror/database.ts'
import { canonical } from '../mirror/profile.ts'
import { roleName } from '../mirror/role-name.ts'

/** For how long a copy that lacks a write counts as out of date. After that the vendor's copy is taken as it is. */
const lateSeconds = 60
const keptMinutes = 20

/** One field that a write set: the value that a copy has to show or, if `holds` is false, must not show any more. */
export interface WrittenField {
  readonly field: WrittenFieldName
  readonly value: unknown
  readonly holds?: boolean
}

type Scalar = 'firstName' | 'lastName' | 'mailboxSize' | 'spamPolicy' | 'status'
/** `account`: whether there is one. An entry of a list: whether the list has it. */
export type WrittenFieldName = 'account' | Scalar | `${'roles' | 'aliases' | 'groups'} ${string}`

interface RecentWrite {
  readonly field: WrittenFieldName
  readonly expected: string
  readonly holds: boolean
  readonly updatedAt: string | null
  /** Of a group that the user was put into or taken out of: its name, if no other group has it. */
  readonly groupName: string | null
}

type Copy = WireUser | undefined
/** Has nothing and is in nothing. */
const nobody: Omit<WireUser, 'primaryEmail' | 'raw'> = { roles: [], aliases: [], groups: [] }

/** `forgets`: the write began or ended an account, so that what was written to an earlier one no longer counts. */
export async function recordWrite(
  sql: Sql,
  organizationId: number,
  primaryEmail: string,
  fields: readonly WrittenField[],
  { forgets = false, updatedAt = null }: { readonly forgets?: boolean; readonly updatedAt?: string | null } = {},
): Promise<void> {
  const key = addressKey(primaryEmail)
  await sql`
    with pruned as (
      delete from recent_writes where written_at < clock_timestamp() - ${keptMinutes} * interval '1 minute'
        or (${forgets} and organization_id = ${organizationId} and address_key = ${key}
          and not field = any(${array(fields.map(({ field }) => field))}::text[]))
    )
    insert into recent_writes (organization_id, address_key, field, expected, holds, updated_at)
    select ${organizationId}, ${key}, field, expected, holds, ${updatedAt}::timestamptz
    from unnest(${array(fields.map(({ field }) => field))}::text[],
      ${array(fields.map(({ value }) => digest(value)))}::text[],
      ${array(fields.map(({ holds = true }) => String(holds)))}::text[]::boolean[]) as t(field, expected, holds)
    on conflict (organization_id, address_key, field) do update
    set expected = excluded.expected, holds = excluded.holds, written_at = excluded.written_at, updated_at = excluded.updated_at`
}

/** `withinSeconds`: how old a write may be that counts. */
export async function readRecentWrites(
  sql: Sql,
  organizationId: number,
  primaryEmail: string,
  withinSeconds: number = lateSeconds,
): Promise<RecentWrite[]> {
  return await sql<RecentWrite[]>`
    select w.field, w.expected, w.holds,
      to_char(w.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "updatedAt", (
        select max(g.name) from groups g
        where g.organization_id = w.organization_id and g.deleted_at is null and w.field = 'groups ' || g.group_id
          and not exists (
            select from groups o where o.organization_id = g.organization_id and o.deleted_at is null and o.id <> g.id
              and (o.name = g.name or o.group_id = g.name))
      ) as "groupName"
    from recent_writes w
    where w.organization_id = ${organizationId} and w.address_key = ${addressKey(primaryEmail)}
      and w.written_at > clock_timestamp() - ${withinSeconds} * interval '1 second'`
}

/**
 * Whether the copy shows all of these writes; `undefined` for the copy: there is no account. A copy that somebody else changed after the last
 * of them shows it too: its `updatedAt` is later than that of the copy that showed the write.
 */
export function showsWrites(recent: readonly RecentWrite[], copy: Copy): boolean {
  if (recent.every((write) => isShown(write, copy))) return true
  const seen = recent.map(({ updatedAt }) => updatedAt)
  if (copy?.updatedAt === undefined || seen.includes(null)) return false
  const { updatedAt } = copy
  return seen.every((time) => time !== null && updatedAt > time)
}

/** Whether a write of the last minute freed one of these addresses. A vendor may free it late. */
export async function wasFreed(sql: Sql, organizationId: number, addresses: readonly string[]): Promise<boolean> {
  const keys = addresses.map(addressKey)
  const [row] = await sql`
    select from recent_writes
    where organization_id = ${organizationId} and expected = ${digest(false)} and (
        (field = 'account' and address_key = any(${array(keys)}::text[]))
        or field = any(${array(keys.map((key) => `aliases ${key}`))}::text[]))
      and written_at > clock_timestamp() - ${lateSeconds} * interval '1 second' limit 1`
  return row !== undefined
}

/** Whether we deleted the account at the address within the last minute, and created none since. */
export async function wasDeletedLately(
  sql: Sql | Transaction,
  organizationId: number,
  primaryEmail: string,
): Promise<boolean> {
  const [row] = await sql`
    select from recent_writes
    where organization_id = ${organizationId} and address_key = ${addressKey(primaryEmail)} and field = 'account'
      and expected = ${digest(false)} and written_at > clock_timestamp() - ${lateSeconds} * interval '1 second'`
  return row !== undefined
}

/**
 * Notes the time of a copy with the writes that it shows: from then on, a later time means that somebody else changed the user. `contradicted`:
 * what it does not show of the last write no longer counts, since the vendor made something else of it.
 */
export async function adoptCopy(
  sql: Sql,
  organizationId: number,
  primaryEmail: string,
  copy: Copy,
  contradicted: readonly WrittenField[] = [],
): Promise<void> {
  const recent = await readRecentWrites(sql, organizationId, primaryEmail)
  if (recent.length === 0) return
  const last = new Set<string>(contradicted.map(({ field }) => field))
  const shown = recent.filter((write) => isShown(write, copy)).map(({ field }) => field)
  const dropped = recent.map(({ field }) => field).filter((field) => !shown.includes(field) && last.has(field))
  const key = addressKey(primaryEmail)
  await sql`
    with dropped as (
      delete from recent_writes where organization_id = ${organizationId} and address_key = ${key}
        and field = any(${array(dropped)}::text[])
    )
    update recent_writes set updated_at = coalesce(${copy?.updatedAt ?? null}::timestamptz, updated_at)
    where organization_id = ${organizationId} and address_key = ${key} and field = any(${array(shown)}::text[])`
}

function isShown(write: RecentWrite, copy: Copy): boolean {
  const value = write.field === 'account' ? copy !== undefined : valueIn(copy ?? nobody, write)
  return value === undefined || (digest(value) === write.expected) === write.holds
}

/** Undefined where the copy does not say. */
function valueIn(copy: Omit<WireUser, 'primaryEmail' | 'raw'>, { field, groupName }: RecentWrite): unknown {
  const space = field.indexOf(' ')
  if (space === -1) return copy[field as Scalar] ?? null
  const entry = field.slice(space + 1)
  switch (field.slice(0, space)) {
    case 'roles':
      return copy.roles?.some((role) => roleName(role) === entry)
    case 'aliases':
      return copy.aliases?.some((alias) => addressKey(alias) === entry)
    default:
      if (copy.groups?.includes(entry)) return true
      // Without a name of its own, the group cannot be told where the copy has names.
      return groupName === null ? undefined : copy.groups?.includes(groupName)
  }
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(canonical(value ?? null))
    .digest('base64url')
}
