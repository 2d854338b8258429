import { addressKey } from '../../addresses/address-key.ts'
import { domainOf } from '../../addresses/spellings.ts'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { updateRows, versionedColumns } from './insert-rows.ts'
import type { StoredUser } from './load-stored-users.ts'
import { type Profile, profileRow } from './profile.ts'

/** The new row of a known user, and the relationships that end. */
export interface UserUpdate {
  readonly before: StoredUser
  readonly profile: Profile
  readonly profileKnown: number
  readonly profileAt: string
  readonly rolesAt: string | null
  readonly aliasesAt: string | null
  readonly groupsAt: string | null
  readonly readAt: string | null
  readonly vendorId: string | null
  readonly listFields: number
  /** A text array in Postgres syntax. */
  readonly unresolvedGroups: string | null
  /** See content-hash.ts. */
  readonly answerDigest: string | null
  /**
   * Whether the user waits for a point read. `rewanted`: requested now. `postponed`: not before the next complete pull.
   */
  readonly wanted: boolean
  readonly rewanted: boolean
  readonly postponed: boolean
  readonly rolesRevoked: readonly number[]
  readonly aliasesRemoved: readonly number[]
  readonly aliasesRespelled: readonly { id: number; after: string }[]
  readonly groupsLeft: readonly number[]
}

/** Writes the updates, table by table. The caller must hold the organization's lock. */
export async function updateUsers(tx: Transaction, now: string, updates: readonly UserUpdate[]): Promise<void> {
  if (updates.length === 0) return
  const pairs = (of: (update: UserUpdate) => readonly number[]) => ({
    users: updates.flatMap((update) => of(update).map(() => update.before.id)),
    objects: updates.flatMap(of),
  })
  const revoked = pairs((update) => update.rolesRevoked)
  const left = pairs((update) => update.groupsLeft)
  const removed = updates.flatMap((update) => update.aliasesRemoved)
  const respelled = updates.flatMap((update) => update.aliasesRespelled)
  // The statements run in this order.
  await Promise.all([
    keepVersions(
      tx,
      now,
      updates.map((update) => update.before.id),
    ),
    freeAddresses(tx, updates),
    writeRows(tx, now, updates),
    revoked.users.length > 0 &&
      tx`update role_grants g set valid_to = ${now} from unnest(${array(revoked.users)}::bigint[], ${array(revoked.objects)}::bigint[]) as t(user_id, role_id)
        where g.user_id = t.user_id and g.role_id = t.role_id and g.valid_to is null`,
    left.users.length > 0 &&
      tx`update memberships m set valid_to = ${now} from unnest(${array(left.users)}::bigint[], ${array(left.objects)}::bigint[]) as t(user_id, group_id)
        where m.user_id = t.user_id and m.group_id = t.group_id and m.valid_to is null`,
    removed.length > 0 && tx`update aliases set valid_to = ${now} where id = any(${array(removed)}::bigint[])`,
    respelled.length > 0 && respell(tx, now, respelled),
  ])
}

/** All parts of the statement see the state before it, so the stored spelling is the previous one. */
function respell(tx: Transaction, now: string, respelled: UserUpdate['aliasesRespelled']): Promise<unknown> {
  return tx`
    with t as (
      select * from unnest(
        ${array(respelled.map(({ id }) => id))}::bigint[], ${array(respelled.map(({ after }) => after))}::text[]) as t(id, address)
    ),
    kept as (
      insert into alias_spellings (alias_id, organization_id, address, valid_to)
      select a.id, a.organization_id, a.address, ${now} from aliases a join t using (id)
    )
    update aliases a set address = t.address from t where a.id = t.id`
}

function keepVersions(tx: Transaction, now: string, ids: readonly number[]): Promise<unknown> {
  const columns = tx.unsafe(Object.keys(versionedColumns).join(', '))
  return tx`
    insert into user_versions (user_id, organization_id, ${columns}, valid_from, valid_to)
    select id, organization_id, ${columns}, version_from, ${now} from users where id = any(${array(ids)}::bigint[])`
}

/** Frees the addresses of users that move: two may swap theirs, and each address has one live user at any time. */
function freeAddresses(tx: Transaction, updates: readonly UserUpdate[]): Promise<unknown> | undefined {
  const moving = updates.filter(({ before, profile }) => addressKey(profile.primaryEmail) !== before.addressKey)
  if (moving.length < 2) return undefined
  const ids = array(moving.map(({ before }) => before.id))
  return tx`update users set address_key = 'moving ' || id where id = any(${ids}::bigint[])`
}

function writeRows(tx: Transaction, now: string, updates: readonly UserUpdate[]): Promise<unknown> {
  const update = {
    columns: {
      ...versionedColumns,
      vendor_id: 'text',
      read_at: 'timestamptz',
      list_fields: 'smallint',
      answer_digest: 'uuid',
    },
    helpers: { wanted: 'boolean', rewanted: 'boolean', postponed: 'boolean' },
    more: [
      `relations_wanted_at = case when t.rewanted then $1::timestamptz when t.postponed then 'epoch'
        when t.wanted then coalesce(u.relations_wanted_at, $1::timestamptz) end`,
      'version_from = $1::timestamptz',
    ],
    parameter: now,
  } as const
  return updateRows(tx, 'users', update, updates.map(rowOf))
}

function rowOf(update: UserUpdate) {
  const { before, profile } = update
  return {
    id: before.id,
    ...profileRow(profile),
    address_key: addressKey(profile.primaryEmail),
    domain: domainOf(profile.primaryEmail),
    profile_known: update.profileKnown,
    profile_at: update.profileAt,
    roles_at: update.rolesAt,
    aliases_at: update.aliasesAt,
    groups_at: update.groupsAt,
    vendor_id: update.vendorId,
    read_at: update.readAt,
    list_fields: update.listFields,
    unresolved_groups: update.unresolvedGroups,
    answer_digest: update.answerDigest,
    wanted: update.wanted,
    rewanted: update.rewanted,
    postponed: update.postponed,
  }
}
