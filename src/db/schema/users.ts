/** Users, their earlier states, and what point reads confirm or call into doubt. */
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

/** A user's own fields and their stamps, for the current row and for versions. */
const profileColumns = () => ({
  firstName: text('first_name'),
  lastName: text('last_name'),
  /** Null: the vendor never sent it, or sent an unrecognized value. */
  type: userType('type'),
  status: userStatus('status'),
  mailboxSize: integer('mailbox_size'),
  spamPolicy: jsonb('spam_policy'),
  createdAt: moment('created_at'),
  updatedAt: moment('updated_at'),
  /** The vendor's word for the kind of account, in upper case. */
  accountKind: text('account_kind'),
  billable: boolean('billable'),
  /** `{"safe": […], "blocked": […]}`. */
  senderLists: jsonb('sender_lists'),
  /**
   * Which profile fields have ever been read, one bit each (see profile.ts). Null in a field that was never read means
   * unknown, not empty.
   */
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
    /** In the vendor's spelling. */
    primaryEmail: text('primary_email').notNull(),
    /** The address for case-insensitive comparison. */
    addressKey: text('address_key').notNull(),
    domain: text('domain').notNull(),
    ...profileColumns(),
    /** The vendor's number of the account, for life. Null: the vendor has none, or it was not read yet. */
    vendorId: text('vendor_id'),
    /** When the last point read that set the profile was sent. For fields that lists lack, nothing later is known. */
    readAt: moment('read_at'),
    /** The profile fields in this user's list rows, one bit each. Pulls observe no other fields of this user. */
    listFields: smallint('list_fields').notNull().default(0),
    /** The vendor's names of this user's groups that match no group or several groups. */
    unresolvedGroups: text('unresolved_groups').array(),
    /** Unrecognized values of type and status (note-unrecognized.ts). */
    unrecognized: text('unrecognized').array(),
    /**
     * Digest of the response that this row and its relationships equal (content-hash.ts). Null if they equal no single
     * response.
     */
    answerDigest: uuid('answer_digest'),
    /**
     * Since when the user waits for a point read of its relations. 'epoch': deferred to the next complete pull. Null:
     * it does not wait.
     */
    relationsWantedAt: moment('relations_wanted_at'),
    validFrom: moment('valid_from').notNull(),
    /** Since when the row is in its current state, apart from its deletion. Earlier states are in user_versions. */
    versionFrom: moment('version_from').notNull(),
    /** When the mirror recorded the end of this account. */
    deletedAt: moment('deleted_at'),
    /** When the request that proved the end was sent. No earlier request brings the user back. */
    goneAt: moment('gone_at'),
    /** The names, and the local part of the address. The domain is shared by too many users. */
    searchKey: searchKey(searchedOfUser),
  },
  (t) => [
    // `search.ts` and `user-candidates.ts` find users by trigrams.
    index('users_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    // `insert-user.ts` relies on one live user per address. the finding rule ALIAS_SHADOWS_USER reads it.
    uniqueIndex('users_live_address').on(t.addressKey, t.organizationId).where(sql`deleted_at is null`),
    // `load-stored-users.ts` finds all accounts of an address; `users.ts` lists users by address.
    index('users_address').on(t.organizationId, t.addressKey, t.id),
    // `rule.ts` (`membersAreKnown`) and `groups.ts` ask whether a user may be a member of any group.
    index('users_unread_groups').on(t.organizationId).where(sql`groups_at is null and deleted_at is null`),
    // `groups.ts` and `rule.ts` find users whose groups are ambiguous by name.
    index('users_unresolved_groups')
      .using('gin', t.unresolvedGroups)
      .where(sql`unresolved_groups is not null and deleted_at is null`),
    // `note-unrecognized.ts` counts unrecognized words.
    index('users_unrecognized').on(t.organizationId).where(sql`unrecognized is not null`),
    // `facets.ts` and `users.ts` count users. Few distinct values make it small and fast to read.
    index('users_live').on(t.organizationId, t.domain, t.status, t.type).where(sql`deleted_at is null`),
    // `users.ts` lists the users of a domain by address; `user-candidates.ts` finds them (`usersOfDomain`).
    index('users_domain').on(t.organizationId, t.domain, t.addressKey, t.id),
    // `user-access-paths.ts` finds users by creation time.
    index('users_created').on(t.organizationId, t.createdAt),
    // `user-access-paths.ts` finds users by the time of their last change.
    index('users_updated').on(t.organizationId, t.updatedAt),
    // `user-access-paths.ts` finds inactive users. A partial index holds few rows and costs other rows nothing.
    index('users_inactive').on(t.organizationId, t.id).where(sql`status = 'INACTIVE'`),
    // `user-access-paths.ts` finds users of the type ALIAS.
    index('users_kept_as_alias').on(t.organizationId, t.id).where(sql`type = 'ALIAS'`),
    // `user-access-paths.ts` finds users whose relations are unread.
    index('users_unread').on(t.organizationId, t.id).where(isUnread),
    // `load-stored-users.ts` finds a user whose address has changed.
    index('users_vendor_id').on(t.organizationId, t.vendorId).where(sql`vendor_id is not null and deleted_at is null`),
    // `user-candidates.ts` finds the addresses with several @ (`usersByPart`).
    index('users_odd_address').on(t.organizationId).where(sql`address_key like '%@%@%'`),
    // `changed-subjects.ts` finds the rows that changed since a moment.
    index('users_version').on(t.organizationId, t.versionFrom),
    // `point-read-queue.ts` finds the next requested point read.
    index('users_relations_wanted')
      .on(t.organizationId, t.relationsWantedAt)
      .where(sql`relations_wanted_at is not null`),
    // `edges.ts` finds users of the same name; `user-access-paths.ts` finds users by last name.
    index('users_name').on(t.organizationId, sql`fold_case(last_name)`, sql`fold_case(first_name)`),
    // `prune.ts` finds deleted users.
    index('users_ended').on(t.organizationId, t.deletedAt).where(sql`deleted_at is not null`),
  ],
)

/**
 * Earlier states of a user's row, before `users.version_from`: the profile, and the stamps of the profile and the
 * relations.
 */
export const userVersions = pgTable(
  'user_versions',
  {
    userId: id('user_id').notNull(),
    organizationId: id('organization_id').notNull(),
    primaryEmail: text('primary_email').notNull(),
    /** These two never change between versions. They are stored so that versions can be found by them. */
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
    // `views.ts` finds the user of an address at a past moment.
    index('user_versions_address').on(t.organizationId, t.addressKey, t.userId),
    // `search.ts` and `user-candidates.ts` find users by their former names.
    index('user_versions_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    // `prune.ts` finds versions beyond the retention.
    index('user_versions_ended').on(t.organizationId, t.validTo),
    // `user-access-paths.ts` finds users by a former last name (`usersWithProfile`).
    index('user_versions_name').on(t.organizationId, sql`fold_case(last_name)`, sql`fold_case(first_name)`),
    // `user-access-paths.ts` finds users by a former creation time.
    index('user_versions_created').on(t.organizationId, t.createdAt),
    // `user-access-paths.ts` finds users by a former time of change.
    index('user_versions_updated').on(t.organizationId, t.updatedAt),
    // `user-access-paths.ts` finds users that were inactive.
    index('user_versions_inactive').on(t.organizationId, t.userId).where(sql`status = 'INACTIVE'`),
    // `user-access-paths.ts` finds users that had the type ALIAS.
    index('user_versions_kept_as_alias').on(t.organizationId, t.userId).where(sql`type = 'ALIAS'`),
    // `user-access-paths.ts` finds users whose relations were unread.
    index('user_versions_unread').on(t.organizationId, t.userId).where(isUnread),
  ],
)

/**
 * When point reads last confirmed a user's row, and when the user was last read. A confirmation changes no result, so
 * it writes no version: it updates one narrow row in place. No index covers the columns that a confirmation updates,
 * and the migration sets a fillfactor that leaves room for the new row version on the same page, so these updates are
 * heap-only and touch no index. Do not index those columns.
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
    /** When a point read of this user was last sent, with or without a response. */
    askedAt: moment('asked_at'),
    /**
     * Since when complete pulls have not observed this user. `profile_as_of` and the other `…_as_of` columns do not
     * apply to it.
     */
    unconfirmedSince: moment('unconfirmed_since'),
  },
  (t) => [
    // `unconfirmed-users.ts` finds the users that complete pulls have not observed.
    index('user_confirmations_unconfirmed').on(t.organizationId).where(sql`unconfirmed_since is not null`),
  ],
)

/**
 * Users whose account may differ from the known one: a response indicated it, and no point read has confirmed it yet.
 * Nothing of that response is applied. Also tombstones that a list shows again.
 */
export const userDoubts = pgTable(
  'user_doubts',
  {
    userId: id('user_id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    /** The source of the indication: a list row or a point read. */
    source: text('source').$type<'LIST' | 'READ'>().notNull(),
    /** The spelling of the address, the creation time and the type that it showed. */
    spelled: text('spelled').notNull(),
    createdAt: moment('created_at'),
    type: userType('type'),
    /** When the request that last showed it was sent. */
    shownAt: moment('shown_at').notNull(),
    /** The last pull that showed it, and the first pull that found the doubt. */
    pullId: id('pull_id'),
    firstPullId: id('first_pull_id'),
    /** Until when the known account was certainly observed. */
    observedAt: moment('observed_at'),
    /** When a point read last examined it. */
    examinedAt: moment('examined_at'),
    /** How often the shown creation time has changed since. */
    moves: smallint('moves').notNull().default(0),
    /** A point read or a later list has contradicted it: the account is the known one. */
    refuted: boolean('refuted').notNull().default(false),
  },
  (t) => [
    // `unconfirmed-users.ts` and `complete-pull.ts` read the doubts of an organization.
    index('user_doubts_organization').on(t.organizationId),
  ],
)
