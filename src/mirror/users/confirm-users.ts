/**
 * Writes the confirmations of a response without differences: no version, and no change of `organizations.learnt_at`.
 */

import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { FieldGroup } from '../observation.ts'

/** When the request that confirmed each field group was sent. An absent group was not confirmed. */
export type UserConfirmation = {
  readonly userId: number
  readonly readAt?: string
  readonly askedAt: string
} & { readonly [Group in 'profile' | FieldGroup as `${Group}At`]?: string }

/** Internal columns of a user's row, which readers do not see. */
export interface UserNotes {
  readonly userId: number
  readonly vendorId: string | null
  readonly listFields: number
  /** Whether the user waits for a point read. `postponed`: not before the next complete pull. */
  readonly wanted: boolean
  readonly postponed: boolean
}

/** The caller must hold the organization's lock. Each user may occur only once. */
export async function confirmUsers(
  tx: Transaction,
  organizationId: number,
  confirmations: readonly UserConfirmation[],
): Promise<void> {
  if (confirmations.length === 0) return
  const times = (key: Exclude<keyof UserConfirmation, 'userId'>) => array(confirmations.map((one) => one[key]))
  await tx`
    insert into user_confirmations as c (user_id, organization_id, profile_at, roles_at, aliases_at, groups_at, read_at, asked_at)
    select t.id, ${organizationId}, t.profile_at, t.roles_at, t.aliases_at, t.groups_at, t.read_at, t.asked_at
    from unnest(
      ${array(confirmations.map(({ userId }) => userId))}::bigint[], ${times('profileAt')}::timestamptz[],
      ${times('rolesAt')}::timestamptz[], ${times('aliasesAt')}::timestamptz[], ${times('groupsAt')}::timestamptz[],
      ${times('readAt')}::timestamptz[], ${times('askedAt')}::timestamptz[]
    ) as t(id, profile_at, roles_at, aliases_at, groups_at, read_at, asked_at)
    on conflict (user_id) do update set profile_at = greatest(c.profile_at, excluded.profile_at),
      roles_at = greatest(c.roles_at, excluded.roles_at), aliases_at = greatest(c.aliases_at, excluded.aliases_at),
      groups_at = greatest(c.groups_at, excluded.groups_at), read_at = greatest(c.read_at, excluded.read_at),
      asked_at = greatest(c.asked_at, excluded.asked_at)`
}

export async function noteUsers(tx: Transaction, now: string, notes: readonly UserNotes[]): Promise<void> {
  if (notes.length === 0) return
  await tx`
    update users u set list_fields = t.list_fields, vendor_id = t.vendor_id,
      relations_wanted_at = case when t.postponed then 'epoch' when t.wanted then coalesce(u.relations_wanted_at, ${now}) end
    from unnest(
      ${array(notes.map(({ userId }) => userId))}::bigint[], ${array(notes.map(({ listFields }) => listFields))}::smallint[],
      ${array(notes.map(({ wanted }) => wanted))}::boolean[], ${array(notes.map(({ postponed }) => postponed))}::boolean[],
      ${array(notes.map(({ vendorId }) => vendorId))}::text[]
    ) as t(id, list_fields, wanted, postponed, vendor_id)
    where u.id = t.id`
}
