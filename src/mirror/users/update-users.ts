import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { addressKey, domainOf } from '../address.ts'
import type { StoredUser } from './load-stored-users.ts'
import type { Profile } from './profile.ts'

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
  await Promise.all([
    keepVersions(
      tx,
      now,
      updates.map((update) => update.before.id),
    ),
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
  return tx`
    insert into user_versions (user_id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size, spam_policy,
      created_at, updated_at, profile_known, profile_at, roles_at, aliases_at, groups_at, unresolved_groups, valid_from, valid_to)
    select id, organization_id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size, spam_policy,
      created_at, updated_at, profile_known, profile_at, roles_at, aliases_at, groups_at, unresolved_groups, version_from, ${now}
    from users where id = any(${array(ids)}::bigint[])`
}

function writeRows(tx: Transaction, now: string, updates: readonly UserUpdate[]): Promise<unknown> {
  const profiles = updates.map((update) => update.profile)
  return tx`
    update users u set primary_email = t.primary_email, address_key = t.address_key, domain = t.domain, first_name = t.first_name,
      last_name = t.last_name, type = t.type::user_type, status = t.status::user_status, mailbox_size = t.mailbox_size,
      spam_policy = t.spam_policy::jsonb, created_at = t.created_at, updated_at = t.updated_at, profile_known = t.profile_known,
      profile_at = t.profile_at, roles_at = t.roles_at, aliases_at = t.aliases_at, groups_at = t.groups_at, read_at = t.read_at, list_fields = t.list_fields,
      unresolved_groups = t.unresolved_groups::text[], answer_digest = t.answer_digest,
      relations_wanted_at = case when t.rewanted then ${now} when t.postponed then 'epoch'
        when t.wanted then coalesce(u.relations_wanted_at, ${now}) end,
      version_from = ${now}
    from unnest(
      ${array(updates.map((update) => update.before.id))}::bigint[],
      ${array(profiles.map((profile) => profile.primaryEmail))}::text[],
      ${array(profiles.map((profile) => addressKey(profile.primaryEmail)))}::text[],
      ${array(profiles.map((profile) => domainOf(profile.primaryEmail)))}::text[],
      ${array(profiles.map((profile) => profile.firstName))}::text[],
      ${array(profiles.map((profile) => profile.lastName))}::text[],
      ${array(profiles.map((profile) => profile.type))}::text[],
      ${array(profiles.map((profile) => profile.status))}::text[],
      ${array(profiles.map((profile) => profile.mailboxSize))}::int[],
      ${array(profiles.map((profile) => (profile.spamPolicy == null ? null : JSON.stringify(profile.spamPolicy))))}::text[],
      ${array(profiles.map((profile) => profile.createdAt))}::timestamptz[],
      ${array(profiles.map((profile) => profile.updatedAt))}::timestamptz[],
      ${array(updates.map((update) => update.profileKnown))}::smallint[],
      ${array(updates.map((update) => update.profileAt))}::timestamptz[],
      ${array(updates.map((update) => update.rolesAt))}::timestamptz[],
      ${array(updates.map((update) => update.aliasesAt))}::timestamptz[],
      ${array(updates.map((update) => update.groupsAt))}::timestamptz[],
      ${array(updates.map((update) => update.readAt))}::timestamptz[],
      ${array(updates.map((update) => update.listFields))}::smallint[],
      ${array(updates.map((update) => update.unresolvedGroups))}::text[],
      ${array(updates.map((update) => update.answerDigest))}::uuid[],
      ${array(updates.map((update) => update.wanted))}::boolean[],
      ${array(updates.map((update) => update.rewanted))}::boolean[],
      ${array(updates.map((update) => update.postponed))}::boolean[]
    ) as t(id, primary_email, address_key, domain, first_name, last_name, type, status, mailbox_size, spam_policy, created_at, updated_at,
      profile_known, profile_at, roles_at, aliases_at, groups_at, read_at, list_fields, unresolved_groups, answer_digest, wanted, rewanted, postponed)
    where u.id = t.id`
}
