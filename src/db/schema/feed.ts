import { sql } from 'drizzle-orm'
import { bigint, boolean, index, jsonb, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
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
 * The change feed. One row holds everything that one observation changed about one subject, as arrays of equal length:
 * a new user with seven relationships is one row and eight changes. Their positions are `last_position -
 * cardinality(kinds) + 1` to `last_position`.
 */
export const changeSets = pgTable(
  'change_sets',
  {
    organizationId: id('organization_id').notNull(),
    lastPosition: id('last_position').notNull(),
    /** The id of a user or a group. */
    subjectId: id('subject_id').notNull(),
    kinds: changeKind('kinds').array().notNull(),
    /** The group, role or alias of each relationship change. Null for other kinds. */
    objectIds: bigint('object_ids', { mode: 'number' }).array().notNull(),
    /** The field of each FIELD_CHANGED. The whole array is null if there is none. */
    fields: text('fields').array(),
    /** JSON arrays parallel to `kinds`. Null if no change has a value. */
    befores: jsonb('befores'),
    afters: jsonb('afters'),
    origin: changeOrigin('origin').notNull(),
    notBefore: moment('not_before'),
    notAfter: moment('not_after').notNull(),
    /**
     * The maximum of `not_after` up to and including this set. Unlike `not_after`, it never decreases from one set to
     * the next.
     */
    reachedAt: moment('reached_at').notNull(),
    appliedAt: moment('applied_at').notNull(),
    actor: text('actor'),
    pullId: id('pull_id'),
    /** The changes are no differences: the mirror read for the first time what had been there before (baseline.ts). */
    baseline: boolean('baseline').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.organizationId, t.lastPosition] }),
    // `feed-branches.ts` reads the changes outside the baseline. A first pull adds nothing to this index.
    index('change_sets_differences').on(t.organizationId, t.lastPosition).where(sql`not baseline`),
    // `feed-branches.ts` reads the changes of one user or group.
    index('change_sets_subject').on(t.subjectId, t.lastPosition),
    // `views.ts` finds the extent of the feed at a moment; `changed-subjects.ts` finds the changes since one.
    index('change_sets_applied').on(t.organizationId, t.appliedAt, t.lastPosition),
    // `feed-branches.ts` finds the first position that a time has reached.
    index('change_sets_reached').on(t.organizationId, t.reachedAt, t.lastPosition),
    // `feed-branches.ts` finds overtaken sets, which `reached_at` does not lead to.
    index('change_sets_overtaken').on(t.organizationId, t.lastPosition).where(sql`not_after < reached_at`),
  ],
)

/**
 * An index of the feed: the sets with a change of this kind about this node, in feed order. The node is a group or role
 * as the object, a user or group as the subject, or the organization for all its changes. Not included: the set that
 * creates a subject, because that is always its first set; and aliases, because only their owner has changes about
 * them. One row holds what one transaction added for a node and a kind. Large numbers are split into several rows, and
 * so are sets inside and outside the baseline.
 */
export const changePlaces = pgTable(
  'change_places',
  {
    nodeId: id('node_id').notNull(),
    kind: changeKind('kind').notNull(),
    /** The last of `positions`. */
    lastPosition: id('last_position').notNull(),
    /** `change_sets.last_position` of the sets, in order. */
    positions: bigint('positions', { mode: 'number' }).array().notNull(),
    /** `change_sets.baseline` of all of these sets. */
    baseline: boolean('baseline').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.nodeId, t.kind, t.lastPosition] }),
    // `feed-branches.ts` reads the changes outside the baseline. A first pull adds nothing to this index.
    index('change_places_differences').on(t.nodeId, t.kind, t.lastPosition).where(sql`not baseline`),
  ],
)
