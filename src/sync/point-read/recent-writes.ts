/**
 * Recent writes that the vendor accepted for a user, from all processes. A vendor may show its own writes late, so a
 * copy that lacks one of them may be out of date, and a PUT built from that copy would undo the write.
 */
import { createHash } from 'node:crypto'
import { addressKey } from '../../addresses/address-key.ts'
import type { Sql, Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { roleName } from '../../mirror/role-name.ts'
import type { WritableField } from '../../mirror/users/profile.ts'
import { canonical } from '../../mirror/users/profile.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'

/** How long a copy that lacks a write counts as out of date. After that the vendor's copy is accepted. */
const lateSeconds = 60
const keptMinutes = 20

/** A field that a write set. A copy must show the value or, if `holds` is false, must no longer show it. */
export interface WrittenField {
  readonly field: WrittenFieldName
  readonly value: unknown
  readonly holds?: boolean
}

/** `account`: whether the account exists. For an entry of a list: whether the list contains it. */
export type WrittenFieldName =
  | 'account'
  | WritableField
  | `${'roles' | 'aliases' | 'groups' | 'safe' | 'blocked'} ${string}`

interface RecentWrite {
  readonly field: WrittenFieldName
  readonly expected: string
  readonly holds: boolean
  readonly updatedAt: string | null
  /**
   * For a group that the user was added to or removed from: its name, unless that is another group's id. Other groups
   * may have the same name.
   */
  readonly groupName: string | null
}

type Copy = WireUser | undefined
/** A user without roles, aliases and groups. */
const emptyUser: Omit<WireUser, 'primaryEmail' | 'raw'> = { roles: [], aliases: [], groups: [] }

/**
 * Records the fields of a write. `forgets`: the write created or deleted an account, so earlier writes no longer count.
 * If a field is given twice, because a vendor lists a role twice, the last one counts.
 */
export async function recordWrite(
  sql: Sql,
  organizationId: number,
  primaryEmail: string,
  written: readonly WrittenField[],
  { forgets = false, updatedAt = null }: { readonly forgets?: boolean; readonly updatedAt?: string | null } = {},
): Promise<void> {
  const key = addressKey(primaryEmail)
  const fields = [...new Map(written.map((one) => [one.field, one])).values()]
  await sql`
    with forgotten as (
      delete from recent_writes where ${forgets} and organization_id = ${organizationId} and address_key = ${key}
        and not field = any(${array(fields.map(({ field }) => field))}::text[])
    )
    insert into recent_writes (organization_id, address_key, field, expected, holds, updated_at)
    select ${organizationId}, ${key}, field, expected, holds, ${updatedAt}::timestamptz
    from unnest(${array(fields.map(({ field }) => field))}::text[],
      ${array(fields.map(({ value }) => digest(value)))}::text[],
      ${array(fields.map(({ holds = true }) => String(holds)))}::text[]::boolean[]) as t(field, expected, holds)
    on conflict (organization_id, address_key, field) do update
    set expected = excluded.expected, holds = excluded.holds, written_at = excluded.written_at, updated_at = excluded.updated_at`
}

/** Deletes expired rows. It skips locked rows, so that it and a write never wait for each other. */
export async function pruneRecentWrites(sql: Sql): Promise<void> {
  await sql`
    delete from recent_writes where ctid in (
      select ctid from recent_writes where written_at < clock_timestamp() - ${keptMinutes} * interval '1 minute'
      for update skip locked)`
}

/** Returns the writes of the last `withinSeconds`. */
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
              and o.group_id = g.name)
      ) as "groupName"
    from recent_writes w
    where w.organization_id = ${organizationId} and w.address_key = ${addressKey(primaryEmail)}
      and w.written_at > clock_timestamp() - ${withinSeconds} * interval '1 second'`
}

/**
 * Whether the copy shows all of these writes. An undefined copy means that there is no account. A copy that was changed
 * elsewhere after the last write also counts: its `updatedAt` is later than that of the copy that showed the write.
 */
export function showsWrites(recent: readonly RecentWrite[], copy: Copy): boolean {
  if (recent.every((write) => isShown(write, copy))) return true
  const seen = recent.map(({ updatedAt }) => updatedAt)
  if (copy?.updatedAt === undefined || seen.includes(null)) return false
  const { updatedAt } = copy
  return seen.every((time) => time !== null && updatedAt > time)
}

/** Whether one of these writes created an account, given a copy that shows none. */
export function lacksAccount(recent: readonly RecentWrite[]): boolean {
  return recent.some((write) => write.field === 'account' && !isShown(write, undefined))
}

/** Whether a write of the last minute freed one of these addresses. The vendor may release an address late. */
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
 * Stores the copy's `updatedAt` with the writes that it shows: a later `updatedAt` then means that the user was changed
 * elsewhere. Writes in `contradicted` that the copy does not show no longer count, because the vendor turned them into
 * something else.
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
  const value = write.field === 'account' ? copy !== undefined : valueIn(copy ?? emptyUser, write)
  return value === undefined || (digest(value) === write.expected) === write.holds
}

/** Undefined if the copy does not contain the field. */
function valueIn(copy: Omit<WireUser, 'primaryEmail' | 'raw'>, { field, groupName }: RecentWrite): unknown {
  if (field === 'status' && copy.unrecognized?.status !== undefined) return undefined
  const space = field.indexOf(' ')
  if (space === -1) return copy[field as WritableField] ?? null
  const entry = field.slice(space + 1)
  switch (field.slice(0, space)) {
    case 'roles':
      return copy.roles?.some((role) => roleName(role) === entry)
    case 'aliases':
      return copy.aliases?.some((alias) => addressKey(alias) === entry)
    case 'safe':
      return copy.senderLists?.safe.some((sender) => sender.toLowerCase() === entry)
    case 'blocked':
      return copy.senderLists?.blocked.some((sender) => sender.toLowerCase() === entry)
    default:
      if (copy.groups?.includes(entry)) return true
      // The name may be that of another group as well. A copy that lists it after a removal counts as out of date, because
      // a PUT that restores a membership loses a write, while a copy that is refused only costs time.
      return groupName === null ? undefined : copy.groups?.includes(groupName)
  }
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(canonical(value ?? null))
    .digest('base64url')
}

/** The `expected` value of a row about an entry of a list: whether the list must contain the entry. */
export function entryDigest(isIn: boolean): string {
  return digest(isIn)
}
