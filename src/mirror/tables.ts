/**
 * The mirror as Postgres keeps it.
 *
 * Times, and who sets them (all by the database's clock):
 * - `…_at` stamps of a field group (`profile_at`, `roles_at`, `aliases_at`, `groups_at`): when the request that last changed
 *   or first filled the group was *sent*. A complete pull that found nothing new writes no stamp: it moves the
 *   organization's `…_as_of`, which is a lower bound for all of its live users.
 * - `valid_from` and `valid_to`: when the mirror learnt that it begins and ends. Never changed once set, so that an answer about the past stays.
 *
 * Users, groups, roles and aliases draw their ids from one sequence, so that an id alone names one thing in the feed.
 * There are no foreign keys between the large tables: they would double the price of applying a page, and every row is written by
 * `src/mirror` alone, whose tests hold the references (docs/decisions/0003-mirror-shape.md).
 */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgEnum,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'

/** What search compares (see migrate.ts for the function): without accents and case. Postgres keeps it. */
const searchKey = (expression: string) => text('search_key').generatedAlwaysAs(sql.raw(`search_key(${expression})`))
const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 6, mode: 'string' })
const id = (name: string) => bigint(name, { mode: 'number' })

export const nodeIds = pgSequence('node_ids')

export const userType = pgEnum('user_type', ['USER', 'ALIAS'])
export const userStatus = pgEnum('user_status', ['ACTIVE', 'INACTIVE'])
export const pullState = pgEnum('pull_state', ['RUNNING', 'COMPLETE', 'FAILED', 'QUARANTINED', 'DISCARDED'])
export const pullTrigger = pgEnum('pull_trigger', ['SCHEDULE', 'REQUEST', 'START'])
/** LISTING: pages are asked for. DELETIONS: those whom no page showed are asked for one by one. */
export const pullPhase = pgEnum('pull_phase', ['LISTING', 'DELETIONS'])
export const pageKind = pgEnum('page_kind', ['GROUPS', 'USERS'])
export const operationKind = pgEnum('operation_kind', ['ONBOARDING', 'DEPROVISIONING', 'EMAIL_CHANGE'])
export const operationState = pgEnum('operation_state', [
  'QUEUED',
  'RUNNING',
  'SUCCEEDED',
  'PARTLY_FAILED',
  'FAILED',
  'CANCELLED',
])
export const itemState = pgEnum('item_state', ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED'])
export const changeOrigin = pgEnum('change_origin', ['PULL', 'REFRESH', 'WRITE'])
export const tokenScope = pgEnum('token_scope', ['read', 'write', 'admin'])
export const auditKind = pgEnum('audit_kind', ['WRITE', 'REFUSAL'])
export const changeKind = pgEnum('change_kind', [
  'USER_CREATED',
  'USER_DELETED',
  'USER_RECREATED',
  'FIELD_CHANGED',
  'MEMBER_ADDED',
  'MEMBER_REMOVED',
  'ROLE_GRANTED',
  'ROLE_REVOKED',
  'ALIAS_ADDED',
  'ALIAS_REMOVED',
  'GROUP_CREATED',
  'GROUP_DELETED',
  'GROUP_RENAMED',
])

export const organizations = pgTable('organizations', {
  id: id('id').primaryKey(),
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  /** Which allowance its requests draw on: a hash of the API key, never the key. */
  allowanceKey: text('allowance_key'),
  /** Out of the configuration: no longer pulled, and hidden from readers. */
  retiredAt: moment('retired_at'),
  /** The feed's last position. Whoever changes this organization's mirror holds this row's lock. */
  feedPosition: id('feed_position').notNull().default(0),
  /** The last `valid_from` or `valid_to` given out: they never run backwards, whatever the clock does. */
  learntAt: moment('learnt_at').notNull().default(sql`'-infinity'`),
  /** When the last complete pull's first request was sent; for the relations: the last one whose rows all carried them. */
  profileAsOf: moment('profile_as_of'),
  rolesAsOf: moment('roles_as_of'),
  aliasesAsOf: moment('aliases_as_of'),
  groupsAsOf: moment('groups_as_of'),
  nextPullAt: moment('next_pull_at'),
  /** Between the starts of two pulls, as configured. */
  pullIntervalSeconds: integer('pull_interval_seconds').notNull().default(300),
  /** The same, stretched to what the allowance can carry; null before the first complete pull. */
  paceSeconds: integer('pace_seconds'),
  /** Pulls that failed since the last that did not: the longer the row, the longer the wait before the next try. */
  failuresRunning: integer('failures_running').notNull().default(0),
  /** In plain words, what keeps the mirror from being current. */
  problem: text('problem'),
  /** The latest arrival among all that is in the feed: `change_sets.reached_at` of its last set. */
  feedReachedAt: moment('feed_reached_at').notNull().default(sql`'-infinity'`),
  /** The feed's changes up to this position are pruned. */
  feedPrunedTo: id('feed_pruned_to').notNull().default(0),
  /** From here on history is kept whole; what ended before is pruned, or about to be. Never moves back; null: nothing was pruned yet. */
  historyFrom: moment('history_from'),
  /** When it was last looked for what is to be pruned. */
  prunedAt: moment('pruned_at').notNull().default(sql`'-infinity'`),
})

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
    firstName: text('first_name'),
    lastName: text('last_name'),
    type: userType('type').notNull(),
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
    /** When the request was sent that last read this user alone, whole: of a field that lists lack nothing later is known. */
    readAt: moment('read_at'),
    /** The profile fields that this user's row in lists carries, a bit each: pulls observe no others of this user. */
    listFields: smallint('list_fields').notNull().default(0),
    /** What the vendor calls this user's groups where it matches none, or more than one. */
    unresolvedGroups: text('unresolved_groups').array(),
    /** Of the answer that this row and its relationships are equal to (answer-digest.ts); null where no single answer is. */
    answerDigest: uuid('answer_digest'),
    /** Since when the relations wait for a point read; null: they do not. */
    relationsWantedAt: moment('relations_wanted_at'),
    /** When the vendor was last asked for this one user, whatever came of it: whose turn it is among those whom lists do not show whole. */
    askedAt: moment('asked_at'),
    validFrom: moment('valid_from').notNull(),
    /** Since when the row, all but its end, is as it is now; what it was before is in user_versions. */
    versionFrom: moment('version_from').notNull(),
    /** When the mirror learnt that this life of the account is over. */
    deletedAt: moment('deleted_at'),
    /** When the request was sent that proved it: nothing sent before brings the user back. */
    goneAt: moment('gone_at'),
    /** The names, and the address before the @: what follows it is the same for too many. */
    searchKey: searchKey(
      `coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || split_part(address_key, '@', 1)`,
    ),
  },
  (t) => [
    index('users_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    uniqueIndex('users_live_address').on(t.addressKey, t.organizationId).where(sql`deleted_at is null`),
    index('users_address').on(t.organizationId, t.addressKey, t.id),
    index('users_unread_groups').on(t.organizationId).where(sql`groups_at is null and deleted_at is null`),
    // What changed since a moment: findings look at no more than that.
    index('users_version').on(t.organizationId, t.versionFrom),
    index('users_relations_wanted')
      .on(t.organizationId, t.relationsWantedAt)
      .where(sql`relations_wanted_at is not null`),
    // Who bears the same name (src/analysis/edges.ts).
    index('users_name').on(t.organizationId, sql`lower(first_name)`, sql`lower(last_name)`),
    // Led by an expression, so that the planner never takes it for a way to find one user of an organization.
    index('users_turn')
      .on(sql`(- ${t.organizationId})`, t.askedAt.asc().nullsFirst(), t.id)
      .where(sql`deleted_at is null`),
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
    firstName: text('first_name'),
    lastName: text('last_name'),
    type: userType('type').notNull(),
    status: userStatus('status'),
    mailboxSize: integer('mailbox_size'),
    spamPolicy: jsonb('spam_policy'),
    createdAt: moment('created_at'),
    updatedAt: moment('updated_at'),
    profileKnown: smallint('profile_known').notNull(),
    profileAt: moment('profile_at').notNull(),
    rolesAt: moment('roles_at'),
    aliasesAt: moment('aliases_at'),
    groupsAt: moment('groups_at'),
    unresolvedGroups: text('unresolved_groups').array(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.validFrom] }),
    index('user_versions_ended').on(t.organizationId, t.validTo),
  ],
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

/**
 * The feed. One row holds all that one observation changed about one subject, as arrays of equal length: a new user with
 * seven relationships is one row and eight changes. They have the positions `last_position - cardinality(kinds) + 1` to `last_position`.
 */
export const changeSets = pgTable(
  'change_sets',
  {
    organizationId: id('organization_id').notNull(),
    lastPosition: id('last_position').notNull(),
    /** A user's or a group's id. */
    subjectId: id('subject_id').notNull(),
    kinds: changeKind('kinds').array().notNull(),
    /** The group, role or alias of each relationship; null for the other kinds. */
    objectIds: bigint('object_ids', { mode: 'number' }).array().notNull(),
    /** The field of each FIELD_CHANGED; null as a whole where there is none. */
    fields: text('fields').array(),
    /** JSON arrays beside `kinds`; null as a whole where no change has a value. */
    befores: jsonb('befores'),
    afters: jsonb('afters'),
    origin: changeOrigin('origin').notNull(),
    notBefore: moment('not_before'),
    notAfter: moment('not_after').notNull(),
    /** The latest `not_after` up to here, this set's included: unlike `not_after` it never falls from one set to the next. */
    reachedAt: moment('reached_at').notNull(),
    appliedAt: moment('applied_at').notNull(),
    actor: text('actor'),
    pullId: id('pull_id'),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.lastPosition] }),
    index('change_sets_subject').on(t.subjectId, t.lastPosition),
    index('change_sets_reached').on(t.organizationId, t.reachedAt, t.lastPosition),
    // What was overtaken: `since` and `until` look by `reached_at`, and here for the rest (read-changes.ts).
    index('change_sets_overtaken').on(t.organizationId, t.lastPosition).where(sql`not_after < reached_at`),
    // One a kind, in the feed's order, so that a reader of a rare kind does not walk through the common ones.
    ...changeKind.enumValues.map((kind) =>
      index(`change_sets_${kind.toLowerCase()}`)
        .on(t.organizationId, t.lastPosition)
        .where(sql.raw(`kinds @> '{${kind}}'::change_kind[]`)),
    ),
  ],
)

/**
 * Which sets hold a change of this kind about this node, in the feed's order: about a group or role as the object, about a user or group as the
 * subject. Not here: the set with which a subject begins, for that is its first; and aliases, which have only their owner's.
 */
export const changePlaces = pgTable(
  'change_places',
  {
    nodeId: id('node_id').notNull(),
    kind: changeKind('kind').notNull(),
    lastPosition: id('last_position').notNull(),
  },
  (t) => [primaryKey({ columns: [t.nodeId, t.kind, t.lastPosition] })],
)

export const pulls = pgTable(
  'pulls',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    state: pullState('state').notNull().default('RUNNING'),
    phase: pullPhase('phase').notNull().default('LISTING'),
    trigger: pullTrigger('trigger').notNull(),
    startedAt: moment('started_at').notNull().default(sql`clock_timestamp()`),
    finishedAt: moment('finished_at'),
    /** When its first request was sent. */
    firstSentAt: moment('first_sent_at'),
    requests: integer('requests').notNull().default(0),
    retries: integer('retries').notNull().default(0),
    rateLimited: integer('rate_limited').notNull().default(0),
    /** Distinct users on its pages. */
    usersSeen: integer('users_seen').notNull().default(0),
    /** The vendor's own total, as last told. */
    usersExpected: integer('users_expected'),
    /** The deletions that were quarantined have been accepted. */
    accepted: boolean('accepted').notNull().default(false),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    deleted: integer('deleted').notNull().default(0),
    unchanged: integer('unchanged').notNull().default(0),
    /** What every answer of it carried of a user besides the profile, once it is complete: 1 roles, 2 aliases, 4 groups. */
    carried: smallint('carried'),
    /** How many distinct users it fell short of the vendor's total, where that ended it. */
    shortfall: integer('shortfall'),
    error: text('error'),
  },
  (t) => [
    uniqueIndex('pulls_one_running').on(t.organizationId).where(sql`state = 'RUNNING' and not accepted`),
    index('pulls_latest').on(t.organizationId, t.id),
  ],
)

/** A page of a pull: kept in full until it is applied, then as the ids that it showed. */
export const pullPages = pgTable(
  'pull_pages',
  {
    pullId: id('pull_id').notNull(),
    kind: pageKind('kind').notNull(),
    page: integer('page').notNull(),
    organizationId: id('organization_id').notNull(),
    rows: integer('rows').notNull(),
    /** How many there are in all, as this page told. */
    total: integer('total'),
    sentAt: moment('sent_at').notNull(),
    arrivedAt: moment('arrived_at').notNull(),
    /** The answer as it came; null once applied. */
    body: text('body'),
    /** The users or groups that it showed; null until applied. */
    ids: bigint('ids', { mode: 'number' }).array(),
    /** What each of them carried besides the profile: 1 roles, 2 aliases, 4 groups. */
    carried: smallint('carried').array(),
  },
  (t) => [primaryKey({ columns: [t.pullId, t.kind, t.page] }), index('pull_pages_sent').on(t.organizationId, t.sentAt)],
)

/** Users whom a complete pull did not show: each is asked for before it is taken for deleted. */
export const pullCandidates = pgTable(
  'pull_candidates',
  {
    pullId: id('pull_id').notNull(),
    userId: id('user_id').notNull(),
    /** Asked for, and settled either way. */
    settled: boolean('settled').notNull().default(false),
    /** What the answer carried of one who is still there: the bits of `pull_pages.carried`. */
    carried: smallint('carried'),
  },
  (t) => [primaryKey({ columns: [t.pullId, t.userId] })],
)

/** What a rule of src/analysis/findings found: one row from when it was first seen to when it is resolved. */
export const findings = pgTable(
  'findings',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    organizationId: id('organization_id').notNull(),
    rule: text('rule').notNull(),
    /** What makes two sightings by a rule one finding. */
    key: text('key').notNull(),
    /** 0 INFO, 1 LOW, 2 MEDIUM, 3 HIGH. */
    severity: smallint('severity').notNull(),
    /** Whom it is about, the first of them above all; beside them, their types in the graph. */
    subjectIds: bigint('subject_ids', { mode: 'number' }).array().notNull(),
    subjectTypes: text('subject_types').array().notNull(),
    evidence: jsonb('evidence').notNull(),
    firstSeenAt: moment('first_seen_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    resolvedAt: moment('resolved_at'),
  },
  (t) => [
    uniqueIndex('findings_open').on(t.organizationId, t.rule, t.key).where(sql`resolved_at is null`),
    index('findings_severity').on(t.organizationId, t.severity, t.id),
    index('findings_subjects').using('gin', t.subjectIds).where(sql`resolved_at is null`),
  ],
)

/** Up to where an organization's findings are those of its mirror. */
export const findingRuns = pgTable('finding_runs', {
  organizationId: id('organization_id').primaryKey(),
  /** The organization's `learnt_at` when they were last looked for. */
  learntAt: moment('learnt_at').notNull(),
  /** Its `profile_as_of` then: the complete pull that the rules last ran on. */
  asOf: moment('as_of'),
})

/** One row for each API key, and one for each request that it may have under way or behind it within the window. */
export const allowances = pgTable('allowances', {
  key: text('key').primaryKey(),
  requestsPerWindow: integer('requests_per_window').notNull(),
  /** How many rows it has in allowance_slots: they are made as they are needed, and one that is not yet made is free. */
  slots: integer('slots').notNull().default(0),
  pausedUntil: moment('paused_until'),
})

export const allowanceSlots = pgTable(
  'allowance_slots',
  {
    key: text('key').notNull(),
    slot: integer('slot').notNull(),
    freeAt: moment('free_at').notNull().default(sql`'-infinity'`),
    /** Counts the takings: only the last taker may give the slot back. */
    token: id('token').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.key, t.slot] }), index('allowance_slots_free').on(t.key, t.freeAt)],
)

/** Who may ask. Of a token only a digest is kept; revoked ones stay, since changes and the audit name them. */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    /** SHA-256 in hexadecimal digits. */
    digest: text('digest').notNull().unique(),
    scopes: tokenScope('scopes').array().notNull(),
    /** Slugs; null: every organization that is mirrored. */
    organizations: text('organizations').array(),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    /** Null: never. */
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
  },
  (t) => [uniqueIndex('api_tokens_name').on(t.name).where(sql`revoked_at is null`)],
)

/** A row for each write that was asked for, put down before it is done, and for each refusal. */
export const auditLog = pgTable(
  'audit_log',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    at: moment('at').notNull().default(sql`clock_timestamp()`),
    kind: auditKind('kind').notNull(),
    /** Who asked: the token's name. */
    viewer: text('viewer').notNull(),
    /** The field that was asked for, as `Mutation.updateUser`; `authenticate` for a token that is good no more. */
    action: text('action').notNull(),
    /** The slug that the caller named; null where it named none. */
    organization: text('organization'),
    /** The type of the result, or the code of the error; null while it is under way, and where the process died in it. */
    outcome: text('outcome'),
  },
  (t) => [index('audit_log_at').on(t.at)],
)

/** How many requests a caller took in the minute of its last one. */
export const callerRequests = pgTable('caller_requests', {
  caller: text('caller').primaryKey(),
  minute: moment('minute').notNull(),
  taken: integer('taken').notNull(),
})

/**
 * Who writes to a user now: writes to the same one wait for each other. A row is a lease that its holder renews, so that one who was
 * killed frees it without a word, and no transaction stays open while the vendor is waited for.
 */
export const userLocks = pgTable(
  'user_locks',
  {
    organizationId: id('organization_id').notNull(),
    addressKey: text('address_key').notNull(),
    holder: text('holder').notNull(),
    heldUntil: moment('held_until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.organizationId, t.addressKey] })],
)

/** Writes that may be repeated: each is put down here before the vendor is called, and kept for 24 hours. Nothing of the input is in clear. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** An HMAC of the caller and the key. */
    key: text('key').primaryKey(),
    /** An HMAC of what was asked for. */
    input: text('input').notNull(),
    holder: text('holder').notNull(),
    /** A lease, as that of a lock: past it, and without an answer, the first caller's process is gone. */
    heldUntil: moment('held_until').notNull(),
    /** What was sent to the vendor, by step, and what is needed to settle by reading whether it was carried out. */
    steps: jsonb('steps').notNull().default({}),
    /** The answer, sealed; null until there is one. */
    answer: text('answer'),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [index('idempotency_keys_created').on(t.createdAt)],
)

/** Work of many requests, which outlives the process that began it. Whoever ends or takes an item holds this row's lock. */
export const operations = pgTable(
  'operations',
  {
    id: id('id').primaryKey(),
    organizationId: id('organization_id').notNull(),
    kind: operationKind('kind').notNull(),
    state: operationState('state').notNull().default('QUEUED'),
    /** Counts what became different about it or its items, for those who watch. */
    revision: integer('revision').notNull().default(0),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    finishedAt: moment('finished_at'),
    createdBy: text('created_by').notNull(),
  },
  (t) => [
    index('operations_latest').on(t.organizationId, t.id),
    index('operations_unfinished').on(t.id).where(sql`finished_at is null`),
  ],
)

/** What an operation does about one user. Ids are drawn in the order of the list that was asked for. */
export const operationItems = pgTable(
  'operation_items',
  {
    id: id('id').primaryKey(),
    operationId: id('operation_id').notNull(),
    primaryEmail: text('primary_email').notNull(),
    domain: text('domain').notNull(),
    state: itemState('state').notNull().default('QUEUED'),
    /** What was asked for, without a password. */
    input: jsonb('input').notNull(),
    /** Sealed, and only until it was used. */
    password: text('password'),
    /** All that the vendor answered of the user before anything was changed, as JSON; null where there was nobody before. */
    snapshot: text('snapshot'),
    /** How many requests it takes, as foreseen. */
    requests: integer('requests').notNull(),
    /** A lease, as that of a lock. A RUNNING item whose lease ran out waits for whoever takes it up again. */
    holder: text('holder'),
    heldUntil: moment('held_until').notNull().default(sql`'-infinity'`),
    /** How often it was taken up. */
    attempts: integer('attempts').notNull().default(0),
    /** Why it failed; of a RUNNING item: why what was done of it is being undone. */
    failure: jsonb('failure'),
    /** The user in the mirror, where there is one to show. */
    userId: id('user_id'),
  },
  (t) => [index('operation_items_state').on(t.operationId, t.state, t.id)],
)

/** The journal of an item: a row for each request that changes something, made before it is sent. */
export const operationSteps = pgTable(
  'operation_steps',
  {
    itemId: id('item_id').notNull(),
    step: text('step').notNull(),
    /** What is needed to settle by reading whether it was carried out. No values of the user's. */
    facts: jsonb('facts').notNull(),
    sentAt: moment('sent_at').notNull().default(sql`clock_timestamp()`),
    /** When its answer was there, or a reading had shown that it was carried out; null: nobody knows yet. */
    doneAt: moment('done_at'),
  },
  (t) => [primaryKey({ columns: [t.itemId, t.step] })],
)
