/** Groups with their earlier states, and the memberships of users. */
import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment, searchKey } from './columns.ts'

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
    /** Number of consecutive complete pulls that did not show it. */
    missedPulls: smallint('missed_pulls').notNull().default(0),
    searchKey: searchKey(`name || ' ' || group_id`),
  },
  (t) => [
    // `search.ts` finds groups by trigrams.
    index('groups_search').using('gin', t.searchKey.op('gin_trgm_ops')),
    // `group.ts` and `apply-groups.ts` find a group by the vendor's ID, which one live group has.
    uniqueIndex('groups_live').on(t.organizationId, t.groupId).where(sql`deleted_at is null`),
    // `changed-subjects.ts` and `queries.ts` find the groups of a name.
    index('groups_name').on(t.organizationId, t.name, t.id),
    // `user-filter.ts` resolves filters by the ID of a group (`isMeantGroup`).
    index('groups_folded_id').on(t.organizationId, sql`fold_case(group_id)`),
    // `user-filter.ts` resolves filters by the name of a group (`isMeantGroup`).
    index('groups_folded_name').on(t.organizationId, sql`fold_case(name)`),
  ],
)

/** Earlier states of a group's row, before `groups.version_from`. */
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

export const memberships = pgTable(
  'memberships',
  {
    userId: id('user_id').notNull(),
    groupId: id('group_id').notNull(),
    organizationId: id('organization_id').notNull(),
    /** The latest time at which it can have begun at the vendor. */
    happenedBy: moment('happened_by').notNull(),
    validFrom: moment('valid_from').notNull(),
    validTo: moment('valid_to'),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.groupId, t.validFrom] }),
    // `membership.ts`, `related.ts` and `path-steps.ts` scan a group. The times spare them the rows of a large group.
    index('memberships_group').on(t.groupId, t.userId, t.validTo, t.validFrom),
    // `facets.ts` and `user-access-paths.ts` count current members. Repeated values take few bytes.
    index('memberships_standing').on(t.groupId).where(sql`valid_to is null`),
    // `prune.ts` finds ended memberships.
    index('memberships_ended').on(t.organizationId, t.validTo).where(sql`valid_to is not null`),
  ],
)
