/** Stores what clients say about resources, beside the mirror. */
import { z } from 'zod'
import { addressKey } from '../../addresses/address-key.ts'
import type { Sql } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'

export interface NewUserResource {
  readonly organizationId: number
  /** Null: the mirror does not have the user yet. */
  readonly nodeId: number | null
  readonly userName: string
  readonly externalId: string | null
  readonly managedAliases: readonly string[]
  readonly pending: {
    readonly userName: string
    readonly givenName: string | null
    readonly familyName: string | null
    readonly active: boolean
  }
  readonly deprovisioned: Deprovisioned | null
  readonly createdBy: string
  readonly createdDigest: string
}

const deprovisionedSchema = z
  .object({
    how: z.enum(['INACTIVE', 'FUNCTIONAL']),
    /** With FUNCTIONAL: the role before, which turning the user on restores. */
    role: z.string().optional(),
    at: z.string(),
  })
  .readonly()
export type Deprovisioned = z.infer<typeof deprovisionedSchema>

/**
 * Makes the resource of a user that a client created. If the directory was updated in the meantime, the user has a
 * resource already, which is completed. Returns undefined if another resource has the external id.
 */
export async function storeUser(sql: Sql, user: NewUserResource): Promise<string | undefined> {
  const { organizationId, nodeId, externalId } = user
  const managed = array(user.managedAliases.map(addressKey))
  const values = {
    key: nodeId === null ? addressKey(user.userName) : null,
    pending: nodeId === null ? JSON.stringify(user.pending) : null,
    deprovisioned: user.deprovisioned && JSON.stringify(user.deprovisioned),
  }
  try {
    const [row] = await sql<{ id: string }[]>`
      insert into scim_resources (organization_id, kind, node_id, address_key, pending, external_id, managed_aliases,
        deprovisioned, created_by, created_digest)
      values (${organizationId}, 'User', ${nodeId}, ${values.key}, ${values.pending}::text::jsonb, ${externalId},
        ${managed}::text[], ${values.deprovisioned}::text::jsonb, ${user.createdBy}, ${user.createdDigest})
      on conflict (node_id) where hidden_at is null do update set external_id = excluded.external_id,
        managed_aliases = excluded.managed_aliases, deprovisioned = excluded.deprovisioned, created_by = excluded.created_by,
        created_digest = excluded.created_digest, created_at = clock_timestamp(), changed_at = clock_timestamp()
      returning id`
    return row?.id
  } catch (error) {
    if (isUniqueViolation(error)) return undefined
    throw error
  }
}

export async function storeGroup(
  sql: Sql,
  group: { readonly organizationId: number; readonly nodeId: number; readonly externalId: string | null },
): Promise<string | undefined> {
  try {
    const [row] = await sql<{ id: string }[]>`
      insert into scim_resources (organization_id, kind, node_id, external_id)
      values (${group.organizationId}, 'Group', ${group.nodeId}, ${group.externalId}) returning id`
    return row?.id
  } catch (error) {
    if (isUniqueViolation(error)) return undefined
    throw error
  }
}

/** Returns false if another resource has the external id. */
export async function setExternalId(sql: Sql, id: string, externalId: string | null): Promise<boolean> {
  try {
    await sql`
      update scim_resources set external_id = ${externalId}, changed_at = clock_timestamp()
      where id = ${id}::uuid and external_id is distinct from ${externalId}`
    return true
  } catch (error) {
    if (isUniqueViolation(error)) return false
    throw error
  }
}

export interface UserNote {
  /** Addresses. Undefined: unchanged. */
  readonly managedAliases?: readonly string[] | undefined
  /** Null: turned on. Undefined: unchanged. */
  readonly deprovisioned?: Deprovisioned | null | undefined
  /** What the vendor accepted and does not show yet. Null: it shows everything. */
  readonly pending: object | null
}

/** Records what a client has done to a user. Turning it on or off settles an earlier refusal. */
export async function noteUser(
  sql: Sql,
  id: string,
  { managedAliases, deprovisioned, pending }: UserNote,
): Promise<void> {
  const managed = managedAliases === undefined ? null : array(managedAliases.map(addressKey))
  const isSet = deprovisioned !== undefined
  await sql`
    update scim_resources set
      managed_aliases = coalesce(${managed}::text[], managed_aliases),
      deprovisioned = case when ${isSet} then ${deprovisioned ? JSON.stringify(deprovisioned) : null}::text::jsonb else deprovisioned end,
      leaver_refused_at = case when ${isSet} then null else leaver_refused_at end,
      leaver_refused_by = case when ${isSet} then null else leaver_refused_by end,
      pending = ${pending && JSON.stringify(pending)}::text::jsonb, changed_at = clock_timestamp()
    where id = ${id}::uuid`
}

/** How the account was turned off when its last resource was deleted. Null if it was not, or by its status. */
export async function hiddenDeprovisioning(sql: Sql, nodeId: number): Promise<Deprovisioned | null> {
  const [row] = await sql<{ deprovisioned: string | null }[]>`
    select deprovisioned::text as deprovisioned from scim_resources
    where node_id = ${nodeId} and hidden_at is not null order by hidden_at desc limit 1`
  const parsed = row?.deprovisioned == null ? null : deprovisionedSchema.parse(JSON.parse(row.deprovisioned))
  return parsed?.how === 'FUNCTIONAL' ? parsed : null
}

/**
 * Records how the account is about to be turned off, before the vendor is asked: after a crash or a lost answer, the role
 * is known to nothing else.
 */
export async function noteLeaving(sql: Sql, id: string, deprovisioned: Deprovisioned): Promise<void> {
  await sql`
    update scim_resources set deprovisioned = ${JSON.stringify(deprovisioned)}::text::jsonb where id = ${id}::uuid`
}

export async function hideResource(sql: Sql, id: string): Promise<void> {
  await sql`update scim_resources set hidden_at = clock_timestamp(), changed_at = clock_timestamp() where id = ${id}::uuid`
}

/** Records that a client asked to turn a privileged account off. */
export async function noteRefusedLeaver(sql: Sql, id: string, viewer: string): Promise<void> {
  await sql`
    update scim_resources set leaver_refused_at = clock_timestamp(), leaver_refused_by = ${viewer} where id = ${id}::uuid`
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505'
}
