import { sql } from 'drizzle-orm'
import { integer, pgTable, smallint, text } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

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
  /** The `profileAsOf` since which every user has been asked for in turn; null or earlier: somebody may still be waiting (turns.ts). */
  turnsDoneAsOf: moment('turns_done_as_of'),
  nextPullAt: moment('next_pull_at'),
  /** Between the starts of two pulls, as configured. */
  pullIntervalSeconds: integer('pull_interval_seconds').notNull().default(300),
  /** The same, stretched to what the allowance can carry; null before the first complete pull. */
  paceSeconds: integer('pace_seconds'),
  /** Pulls that failed since the last that did not: the longer the row, the longer the wait before the next try. */
  failuresRunning: integer('failures_running').notNull().default(0),
  /** In plain words, what keeps the mirror from being current. */
  problem: text('problem'),
  /** Whose `createdAt` is no time of creation and identifies no account: 1 that of lists, 2 that of point reads. */
  creationDistrust: smallint('creation_distrust').notNull().default(0),
  creationDistrustedAt: moment('creation_distrusted_at'),
  /** What keeps the job queue from working, as the last worker that looked found it. */
  queueProblem: text('queue_problem'),
  /** The latest arrival among all that is in the feed: `change_sets.reached_at` of its last set. */
  feedReachedAt: moment('feed_reached_at').notNull().default(sql`'-infinity'`),
  /** The feed's changes up to this position are pruned. */
  feedPrunedTo: id('feed_pruned_to').notNull().default(0),
  /** From here on history is kept whole; what ended before is pruned, or about to be. Never moves back; null: nothing was pruned yet. */
  historyFrom: moment('history_from'),
  /** The latest first request of the complete pulls that were pruned, of those that carried what the column says: what their rows told of the past. */
  prunedProfileAsOf: moment('pruned_profile_as_of'),
  prunedRolesAsOf: moment('pruned_roles_as_of'),
  prunedAliasesAsOf: moment('pruned_aliases_as_of'),
  prunedGroupsAsOf: moment('pruned_groups_as_of'),
  /** When it was last looked for what is to be pruned. */
  prunedAt: moment('pruned_at').notNull().default(sql`'-infinity'`),
})
