/** Users, groups and roles, and what ties them together: now, and for the kept past. */
import { sql } from 'drizzle-orm'
import {
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { id, moment, searchKey } from './columns.ts'

export const userType = pgEnum('user_type', ['USER', 'ALIAS'])

export const userStatus = pgEnum('user_status', ['ACTIVE', 'INACTIVE'])

const isUnread = sql`roles_at is null or aliases_at is null or groups_at is null`

/** What is known of a user's own fields, and since when: of a row as it is, and of one as it was. */
const profileColumns = () => ({
  firstName: text('first_name'),
  lastName: text('last_name'),
  /** Null: the vendor has never said, or said what is not known. */
  type: userType('type'),
  status: userStatus('status'),
  mailboxSize: integer('mailbox_size'),
  spamPolicy: jsonb('spam_policy'),
  createdAt: moment('created_at'),
  updatedAt: moment('updated_at'),
  /** Which profile fields were ever read, a bit each (see profile.ts): a null of one that was not is unknown, not empty. */
  profileKnown: smallint('profile_known').notNull(),
  profileAt: moment('profile_at').notNull(),
  rolesAt: moment('roles_at'),
  aliasesAt: moment('aliases_at'),
  groupsAt: moment('groups_at'),
})

const searchedOfUser = `coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || split_part(address_key, '@', 1)`

export const users = pgTable(
  'users',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    /** As the vendor spells it. */
    primaryEmail: text('primary_email').notNull(),
    /** For comparing: the address without regard to case. */
    addressKey: text('address_key').notNull(),
    domain: text('domain').notNull(),
    ...profileColumns(),
    /** When the request was sent that last read this user alone, and whose word on the profile stands: of a field that lists lack nothing later is known. */
    readAt: moment('read_at'),
    /** The profile fields that this user's row in lists carries, a bit each: pulls observe no others of this user. */
    listFields: smallint('list_fields').notNull().default(0),
    /** What the vendor calls this user's groups where it matches none, or more than one. */
    unresolvedGroups: text('unresolved_groups').array(),
    /** Words for the type and the status that are not known (note-unrecognized.ts). */
    unrecognized: text('unrecognized').array(),
    /** Of the answer that this row and its relationships are equal to (answer-digest.ts); null where no single answer is. */
    answerDigest: uuid('answer_digest'),
    /** Since when the relations wait for a point read; null: they do not. */
    relationsWantedAt: moment('relations_wanted_at'),
    validFrom: moment('valid_from').notNull(),
    /** Since when the row, all but its end, is as it is now; what it was before is in user_versions. */
    versionFrom: moment('version_from').notNull(),
    /** When the mirror learnt that this life of the account is over. */
    deletedAt: moment('deleted_at'),
    /** When the request was sent that proved it: nothing sent before brings the user back. */
    goneAt: moment('gone_at'),
    /** The names, and the address before the @: what follows it is the same for too many. */
    searchKey: searchKey(searchedOfUser),
  },
  (t) => [
    index('users_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    uniqueIndex('users_live_address').on(t.addressKey, t.organizationId).where(sql`deleted_at is null`),
    index('users_address').on(t.organizationId, t.addressKey, t.id),
    index('users_unread_groups').on(t.organizationId).where(sql`groups_at is null and deleted_at is null`),
    index('users_unresolved_groups')
      .using('gin', t.unresolvedGroups)
      .where(sql`unresolved_groups is not null and deleted_at is null`),
    index('users_unrecognized').on(t.organizationId).where(sql`unrecognized is not null`),
    // For counting: the same few values over and over, which makes it small and quick to read.
    index('users_live').on(t.organizationId, t.domain, t.status, t.type).where(sql`deleted_at is null`),
    // Ways to the users of a list (src/graph/user-ways.ts). Those with a condition hold few rows, and cost the others nothing.
    index('users_domain').on(t.organizationId, t.domain, t.id),
    index('users_created').on(t.organizationId, t.createdAt),
    index('users_updated').on(t.organizationId, t.updatedAt),
    index('users_inactive').on(t.organizationId, t.id).where(sql`status = 'INACTIVE'`),
    index('users_kept_as_alias').on(t.organizationId, t.id).where(sql`type = 'ALIAS'`),
    index('users_unread').on(t.organizationId, t.id).where(isUnread),
    index('users_odd_address').on(t.organizationId).where(sql`address_key like '%@%@%'`),
    // What changed since a moment: findings look at no more than that.
    index('users_version').on(t.organizationId, t.versionFrom),
    index('users_relations_wanted')
      .on(t.organizationId, t.relationsWantedAt)
      .where(sql`relations_wanted_at is not null`),
    // Who bears a last name, and who the same first and last name (src/analysis/edges.ts).
    index('users_name').on(t.organizationId, sql`fold_case(last_name)`, sql`fold_case(first_name)`),
    index('users_ended').on(t.organizationId, t.deletedAt).where(sql`deleted_at is not null`),
  ],
)

/** What a user's row was, for the time before `users.version_from`: the profile, and which requests it and the relations were known from. */
export const userVersions = pgTable(
  'user_versions',
  {
    userId: id('user_id').notNull(),
    organizationId: id('organization_id').notNull(),
    primaryEmail: text('primary_email').notNull(),
    /** These two no version changes; they are here so that it is found by them. */
    addressKey: text('address_key').notNull(),
    domain: text('domain').notNull(),
    ...profileColumns(),
    unresolvedGroups: text('unresolved_groups').array(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to').notNull(),
    searchKey: searchKey(searchedOfUser),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.validFrom] }),
    index('user_versions_address').on(t.organizationId, t.addressKey, t.userId),
    index('user_versions_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    index('user_versions_ended').on(t.organizationId, t.validTo),
    // The same ways, to what users were.
    index('user_versions_name').on(t.organizationId, sql`fold_case(last_name)`, sql`fold_case(first_name)`),
    index('user_versions_created').on(t.organizationId, t.createdAt),
    index('user_versions_updated').on(t.organizationId, t.updatedAt),
    index('user_versions_inactive').on(t.organizationId, t.userId).where(sql`status = 'INACTIVE'`),
    index('user_versions_kept_as_alias').on(t.organizationId, t.userId).where(sql`type = 'ALIAS'`),
    index('user_versions_unread').on(t.organizationId, t.userId).where(isUnread),
  ],
)

/**
 * When point reads last confirmed what a user's row says, and when the vendor was last asked for the user. A confirmation changes no answer, so it
 * writes no version: it updates one narrow row in place. The primary key is the only index, and the migration sets a fillfactor that leaves room for
 * the new row version on the same page, so that these updates are heap-only and touch no index. Add no index here.
 */
export const userConfirmations = pgTable(
  'user_confirmations',
  {
    userId: id('user_id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    profileAt: moment('profile_at'),
    rolesAt: moment('roles_at'),
    aliasesAt: moment('aliases_at'),
    groupsAt: moment('groups_at'),
    readAt: moment('read_at'),
    /** When the vendor was last asked for this one user, with or without an answer. */
    askedAt: moment('asked_at'),
    /** Since when complete pulls have not observed this user: `profile_as_of` and its like do not apply to it. */
    unconfirmedSince: moment('unconfirmed_since'),
  },
  (t) => [index('user_confirmations_unconfirmed').on(t.organizationId).where(sql`unconfirmed_since is not null`)],
)

/**
 * Users whose account may be another than the one that is known: an answer said so, and no point read has agreed yet. Nothing of such an answer is
 * applied. Also tombstones that a list shows again.
 */
export const userDoubts = pgTable(
  'user_doubts',
  {
    userId: id('user_id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    /** A row of a list said so, or a point read. */
    source: text('source').$type<'LIST' | 'READ'>().notNull(),
    /** What it showed: the address as it spelled it, when the account was created, and its type. */
    spelled: text('spelled').notNull(),
    createdAt: moment('created_at'),
    type: userType('type'),
    /** When the request was sent that showed it last. */
    shownAt: moment('shown_at').notNull(),
    /** The pull that showed it last, and the first one that found the doubt. */
    pullId: id('pull_id'),
    firstPullId: id('first_pull_id'),
    /** Until then the known account was observed for certain. */
    observedAt: moment('observed_at'),
    /** When a point read last looked into it. */
    examinedAt: moment('examined_at'),
    /** How often the creation that is shown has become another since. */
    moves: smallint('moves').notNull().default(0),
    /** A point read, or a later list, has contradicted it: it is the known account. */
    refuted: boolean('refuted').notNull().default(false),
  },
  (t) => [index('user_doubts_organization').on(t.organizationId)],
)

export const aliases = pgTable(
  'aliases',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    userId: id('user_id').notNull(),
    address: text('address').notNull(),
    addressKey: text('address_key').notNull(),
    domain: text('domain').notNull(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to'),
    searchKey: searchKey(`split_part(address_key, '@', 1)`),
  },
  (t) => [
    index('aliases_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    index('aliases_user').on(t.userId),
    index('aliases_address').on(t.addressKey),
    index('aliases_ended').on(t.organizationId, t.validTo).where(sql`valid_to is not null`),
  ],
)

/** How an alias was spelled until a moment: after it as the next of these says, or as its own row does where there is none. */
export const aliasSpellings = pgTable(
  'alias_spellings',
  {
    aliasId: id('alias_id').notNull(),
    organizationId: id('organization_id').notNull(),
    address: text('address').notNull(),
    validTo: moment('valid_to').notNull(),
  },
  (t) => [primaryKey({ columns: [t.aliasId, t.validTo] })],
)

export const groups = pgTable(
  'groups',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    /** The vendor's id. */
    groupId: text('group_id').notNull(),
    name: text('name').notNull(),
    memberCount: integer('member_count'),
    profileAt: moment('profile_at').notNull(),
    validFrom: moment('valid_from').notNull(),
    versionFrom: moment('version_from').notNull(),
    deletedAt: moment('deleted_at'),
    goneAt: moment('gone_at'),
    /** Complete pulls running that did not show it. */
    missedPulls: smallint('missed_pulls').notNull().default(0),
    searchKey: searchKey(`name || ' ' || group_id`),
  },
  (t) => [
    index('groups_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    uniqueIndex('groups_live').on(t.organizationId, t.groupId).where(sql`deleted_at is null`),
    index('groups_name').on(t.organizationId, t.name, t.id),
    index('groups_folded_id').on(t.organizationId, sql`fold_case(group_id)`),
    index('groups_folded_name').on(t.organizationId, sql`fold_case(name)`),
  ],
)

/** What a group's row was, for the time before `groups.version_from`. */
export const groupVersions = pgTable(
  'group_versions',
  {
    groupId: id('group_id').notNull(),
    organizationId: id('organization_id').notNull(),
    name: text('name').notNull(),
    memberCount: integer('member_count'),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to').notNull(),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.validFrom] })],
)

export const roles = pgTable(
  'roles',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    name: text('name').notNull(),
    validFrom: moment('valid_from').notNull(),
  },
  (t) => [uniqueIndex('roles_name').on(t.organizationId, t.name)],
)

export const memberships = pgTable(
  'memberships',
  {
    userId: id('user_id').notNull(),
    groupId: id('group_id').notNull(),
    organizationId: id('organization_id').notNull(),
    /** The last moment at which it can have begun at the vendor. */
    happenedBy: moment('happened_by').notNull(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to'),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.groupId, t.validFrom] }),
    // With the times, so that a large group is walked without looking at its rows.
    index('memberships_group').on(t.groupId, t.userId, t.validTo, t.validFrom),
    // To count the members that a group has now: the same few values over and over, a few bytes for each.
    index('memberships_standing').on(t.groupId).where(sql`valid_to is null`),
    index('memberships_ended').on(t.organizationId, t.validTo).where(sql`valid_to is not null`),
  ],
)

export const roleGrants = pgTable(
  'role_grants',
  {
    userId: id('user_id').notNull(),
    roleId: id('role_id').notNull(),
    organizationId: id('organization_id').notNull(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to'),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.roleId, t.validFrom] }),
    index('role_grants_role').on(t.roleId, t.userId, t.validTo, t.validFrom),
    index('role_grants_ended').on(t.organizationId, t.validTo).where(sql`valid_to is not null`),
  ],
)
