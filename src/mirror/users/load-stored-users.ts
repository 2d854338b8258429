import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { earlierOf, isoOf, isoOrNull, laterOf } from '../../db/timestamps.ts'
import type { Doubt } from '../accounts/user-doubts.ts'
import { carriedBits, type FieldGroup, fieldGroups } from '../observation.ts'
import type { LockedOrganization } from '../organization-lock.ts'
import type { KnownUser } from './diff-user.ts'
import { bitOf, type Profile, type ProfileField, type ProfileRow, profileOfRow, selectProfile } from './profile.ts'

/** A stored user with its live relationships, and the columns that an update must preserve. */
export interface StoredUser extends KnownUser {
  readonly addressKey: string
  /** The stamps of the row, including later point reads that confirmed it, but not confirmations by pulls. */
  readonly stamps: Readonly<Record<'profile' | FieldGroup, string | null>>
  readonly readAt: string | null
  /** The bits of the profile fields that a list observes when it shows this user. */
  readonly listFields: number
  /** It was there when the mirror began to read (baseline.ts). */
  readonly isOfBaseline: boolean
  readonly wanted: boolean
  readonly answerDigest: string | null
}

interface UserRow extends ProfileRow {
  id: number
  key: string
  profile_known: number
  profile_at: string
  roles_at: string | null
  aliases_at: string | null
  groups_at: string | null
  read_at: string | null
  list_fields: number
  unresolved_groups: string[] | null
  names_are_listed: boolean
  wanted: boolean
  answer_digest: string | null
  gone_at: string | null
  is_of_baseline: boolean
  unconfirmed: boolean
  vendor_id: string | null
  predecessor_ids: string[]
  roles: number[]
  groups: number[]
  alias_ids: number[]
  alias_addresses: string[]
  predecessors: string[]
  doubt_source: Doubt['source'] | null
  doubt_created_at: string | null
  doubt_type: Profile['type'] | null
  doubt_spelled: string | null
  doubt_pull_id: number | null
  doubt_first_pull_id: number | null
  doubt_shown_at: string | null
  doubt_observed_at: string | null
  doubt_refuted: boolean | null
  doubt_examined: boolean
}

/**
 * Loads the latest account of each address, live or deleted. `sentAt` is that of the observation to compare: what later
 * pages have shown then counts as observed.
 */
export async function loadKnownUsers(
  tx: Transaction,
  organization: LockedOrganization,
  addressKeys: readonly string[],
  sentAt: string,
): Promise<StoredUser[]> {
  if (addressKeys.length === 0) return []
  const [rows, sightings] = await Promise.all([
    tx<UserRow[]>`
      select u.id, k.key, ${tx.unsafe(selectProfile('u'))}, u.profile_known,
        greatest(u.profile_at, c.profile_at) as profile_at, greatest(u.roles_at, c.roles_at) as roles_at,
        greatest(u.aliases_at, c.aliases_at) as aliases_at, greatest(u.groups_at, c.groups_at) as groups_at,
        greatest(u.read_at, c.read_at) as read_at, u.list_fields, u.unresolved_groups,
        coalesce(greatest(u.groups_at, c.groups_at) < l.listed_at, false) as names_are_listed, u.relations_wanted_at is not null as wanted, u.answer_digest, u.gone_at,
        u.valid_from <= coalesce(${organization.baselineAt}::timestamptz, 'infinity') and coalesce((
          select s.baseline from change_sets s where s.subject_id = u.id order by s.last_position limit 1), true) as is_of_baseline,
        c.unconfirmed_since is not null as unconfirmed, u.vendor_id, array(
          select p.vendor_id from users p where p.organization_id = u.organization_id and p.address_key = k.key
            and p.id <> u.id and p.vendor_id is not null order by p.id desc limit 10) as predecessor_ids,
        array(select g.role_id from role_grants g where g.user_id = u.id and g.valid_to is null) as roles,
        array(select m.group_id from memberships m where m.user_id = u.id and m.valid_to is null) as groups,
        array(select a.id from aliases a where a.user_id = u.id and a.valid_to is null order by a.id) as alias_ids,
        array(select a.address from aliases a where a.user_id = u.id and a.valid_to is null order by a.id) as alias_addresses,
        array(
          select p.created_at::text from users p where p.organization_id = u.organization_id and p.address_key = k.key
            and p.id <> u.id and p.created_at is not null order by p.id desc limit 10) as predecessors,
        d.source as doubt_source, d.created_at as doubt_created_at, d.type as doubt_type, d.spelled as doubt_spelled,
        d.pull_id as doubt_pull_id, d.first_pull_id as doubt_first_pull_id, d.shown_at as doubt_shown_at,
        d.observed_at as doubt_observed_at, d.refuted as doubt_refuted,
        d.examined_at is not null as doubt_examined
      from unnest(${array(addressKeys)}::text[]) as k(key)
      -- A list of groups is complete once users are requested. A later page may show what was missing when the first page was sent.
      cross join (
        select max(g.sent_at) as listed_at from pull_pages g
        where g.organization_id = ${organization.id} and g.kind = 'GROUPS' and g.page = 1
          and exists (select from pull_pages p where p.pull_id = g.pull_id and p.kind = 'USERS')
      ) l
      cross join lateral (
        select * from users where organization_id = ${organization.id} and address_key = k.key
        order by deleted_at is null desc, id desc limit 1
      ) u
      left join user_confirmations c on c.user_id = u.id
      left join user_doubts d on d.user_id = u.id`,
    loadLaterSightings(tx, organization.id, sentAt),
  ])
  return rows.map((row) => toStoredUser(row, organization, sightings.get(row.id)))
}

/** A lower bound of when the field was last observed: by lists if they carry it, and by the user's own point read. */
export function fieldObservedAt(user: StoredUser, field: ProfileField): string | null {
  return (user.listFields & bitOf(field)) === 0 ? user.readAt : laterOf(user.observedAt.profile, user.readAt)
}

/**
 * When each user was shown by pages sent after `sentAt`, by field group. There are few such pages, and usually none.
 */
async function loadLaterSightings(
  tx: Transaction,
  organizationId: number,
  sentAt: string,
): Promise<Map<number, Map<'profile' | FieldGroup, string>>> {
  const pages = await tx<{ ids: number[]; carried: number[]; sent_at: string }[]>`
    select ids, carried, sent_at from pull_pages
    where organization_id = ${organizationId} and kind = 'USERS' and ids is not null and sent_at > ${sentAt}
    order by sent_at`
  const sightings = new Map<number, Map<'profile' | FieldGroup, string>>()
  for (const page of pages) {
    page.ids.forEach((id, i) => {
      const seen = sightings.get(id) ?? new Map<'profile' | FieldGroup, string>()
      seen.set('profile', isoOf(page.sent_at))
      for (const group of fieldGroups) {
        if (((page.carried[i] ?? 0) & carriedBits[group]) !== 0) seen.set(group, isoOf(page.sent_at))
      }
      sightings.set(id, seen)
    })
  }
  return sightings
}

function toStoredUser(
  row: UserRow,
  organization: LockedOrganization,
  sighted: Map<'profile' | FieldGroup, string> | undefined,
): StoredUser {
  const stamps = {
    profile: isoOf(row.profile_at),
    roles: isoOrNull(row.roles_at),
    aliases: isoOrNull(row.aliases_at),
    groups: isoOrNull(row.groups_at),
  }
  const doubt = doubtOf(row)
  const observedAt = (group: 'profile' | FieldGroup) => {
    if (stamps[group] === null) return null
    const confirmed = laterOf(stamps[group], row.unconfirmed ? null : organization.asOf[group])
    const latest = laterOf(confirmed, sighted?.get(group) ?? null)
    // Observations by pulls since the doubt began may belong to the other account.
    return doubt && !doubt.refuted ? laterOf(stamps[group], earlierOf(latest, doubt.observedAt)) : latest
  }
  return {
    id: row.id,
    addressKey: row.key,
    profile: profileOfRow(row),
    vendorId: row.vendor_id,
    profileKnown: row.profile_known,
    stamps,
    observedAt: {
      profile: observedAt('profile'),
      roles: observedAt('roles'),
      aliases: observedAt('aliases'),
      groups: observedAt('groups'),
    },
    goneAt: isoOrNull(row.gone_at),
    roles: row.roles,
    aliases: row.alias_ids.map((id, i) => ({ id, address: row.alias_addresses[i] ?? '' })),
    readAt: isoOrNull(row.read_at),
    listFields: row.list_fields,
    groups: row.groups,
    unresolvedGroups: row.unresolved_groups ?? [],
    namesAreListed: row.names_are_listed,
    isOfBaseline: row.is_of_baseline,
    wanted: row.wanted,
    answerDigest: row.answer_digest,
    doubt,
    predecessors: row.predecessors.map(isoOf),
    predecessorIds: row.predecessor_ids,
  }
}

function doubtOf(row: UserRow): Doubt | null {
  if (row.doubt_source === null) return null
  return {
    source: row.doubt_source,
    createdAt: isoOrNull(row.doubt_created_at),
    type: row.doubt_type,
    spelled: row.doubt_spelled ?? '',
    pullId: row.doubt_pull_id,
    firstPullId: row.doubt_first_pull_id,
    shownAt: isoOf(row.doubt_shown_at ?? ''),
    observedAt: isoOrNull(row.doubt_observed_at),
    refuted: row.doubt_refuted ?? false,
    examined: row.doubt_examined,
  }
}
