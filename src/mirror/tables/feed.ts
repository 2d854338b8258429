import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const changeOrigin = pgEnum('change_origin', ['PULL', 'REFRESH', 'WRITE'])

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
    // How far the feed reached at a moment (past-views.ts), and what came since one (src/analysis/findings/evaluate.ts).
    index('change_sets_applied').on(t.organizationId, t.appliedAt, t.lastPosition),
    index('change_sets_reached').on(t.organizationId, t.reachedAt, t.lastPosition),
    // What was overtaken: `since` and `until` look by `reached_at`, and here for the rest (read-changes.ts).
    index('change_sets_overtaken').on(t.organizationId, t.lastPosition).where(sql`not_after < reached_at`),
  ],
)

/**
 * Which sets hold a change of this kind about this node, in the feed's order: about a group or role as the object, about a user or group as the
 * subject, and about anything of an organization. Not here: the set with which a subject begins, for that is its first; and aliases, which have
 * only their owner's. One row holds what one transaction added for a node and a kind, in several where that is much.
 */
export const changePlaces = pgTable(
  'change_places',
  {
    nodeId: id('node_id').notNull(),
    kind: changeKind('kind').notNull(),
    /** The last of these. */
    lastPosition: id('last_position').notNull(),
    /** `change_sets.last_position` of the sets, in order. */
    positions: bigint('positions', { mode: 'number' }).array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.nodeId, t.kind, t.lastPosition] })],
)
