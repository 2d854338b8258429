import { sql } from 'drizzle-orm'
import { boolean, integer, pgTable, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

const columns = {
  id: id('id').primaryKey(),
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  /** Identifies the allowance of its requests: a hash of the API key, never the key. */
  allowanceKey: text('allowance_key'),
  /** The names of what its connection offers (adapter.ts). The default is what the API v2 offers. */
  capabilities: text('capabilities').array().notNull().default(sql`'{groups,timestamps,pagedList,passwordOnCreate}'`),
  /** When it was removed from the configuration. It is no longer pulled, and hidden from readers. */
  retiredAt: moment('retired_at'),
  /**
   * It was removed from the configuration, and its operations end first. Until this time a process with its key continues
   * them, and postpones the time. Such an organization is shown, but not pulled.
   */
  retiringUntil: moment('retiring_until'),
  /** Since when an operator pauses it: it is not pulled. Null: it is not paused. */
  pausedAt: moment('paused_at'),
  /** The last position of the feed. Code that changes this organization's mirror must hold this row's lock. */
  feedPosition: id('feed_position').notNull().default(0),
  /** The latest `valid_from` or `valid_to` assigned. They never decrease, even if the clock does. */
  learntAt: moment('learnt_at').notNull().default(sql`'-infinity'`),
  /**
   * When the last complete pull sent its first request. For the relations: the last complete pull whose rows all
   * carried them.
   */
  profileAsOf: moment('profile_as_of'),
  rolesAsOf: moment('roles_as_of'),
  aliasesAsOf: moment('aliases_as_of'),
  groupsAsOf: moment('groups_as_of'),
  /**
   * The `profileAsOf` since which every user has had its point read. Null or earlier: users may still be waiting
   * (turns.ts).
   */
  turnsDoneAsOf: moment('turns_done_as_of'),
  nextPullAt: moment('next_pull_at'),
  /** Configured interval between the starts of two pulls. */
  pullIntervalSeconds: integer('pull_interval_seconds').notNull().default(300),
  /** The effective interval, extended to what the allowance permits. Null before the first complete pull. */
  paceSeconds: integer('pace_seconds'),
  /** Consecutive failed pulls. The delay before the next attempt grows with this number. */
  failuresRunning: integer('failures_running').notNull().default(0),
  /** The reason why the mirror is not current, as a sentence for readers. */
  problem: text('problem'),
  /** The sources whose `createdAt` is distrusted because it identifies no account: 1 lists, 2 point reads. */
  creationDistrust: smallint('creation_distrust').notNull().default(0),
  creationDistrustedAt: moment('creation_distrusted_at'),
  /** The reason why the job queue does not work, according to the last worker that checked. */
  queueProblem: text('queue_problem'),
  /** The latest arrival in the feed: `change_sets.reached_at` of its last set. */
  feedReachedAt: moment('feed_reached_at').notNull().default(sql`'-infinity'`),
  /** Changes of the feed up to this position are pruned. */
  feedPrunedTo: id('feed_pruned_to').notNull().default(0),
  /**
   * From this time on history is complete. Data that ended before is pruned, or about to be. Never decreases. Null:
   * nothing has been pruned.
   */
  historyFrom: moment('history_from'),
  /**
   * The latest first request of the pruned complete pulls that carried what the column names. Used for queries as of a
   * past moment.
   */
  prunedProfileAsOf: moment('pruned_profile_as_of'),
  prunedRolesAsOf: moment('pruned_roles_as_of'),
  prunedAliasesAsOf: moment('pruned_aliases_as_of'),
  prunedGroupsAsOf: moment('pruned_groups_as_of'),
  /** When the first pull was complete. What is first read of older users is no change (baseline.ts). Null: not yet. */
  baselineAt: moment('baseline_at'),
  /** The configured names of the privileged roles. Null: every role but the ordinary ones. */
  privilegedRoles: text('privileged_roles').array(),
  /** The names of the roles that are not privileged unless they are configured to be. */
  ordinaryRoles: text('ordinary_roles').array().notNull().default(sql`'{USER}'`),
  /** When it was last pruned. */
  prunedAt: moment('pruned_at').notNull().default(sql`'-infinity'`),
  /** The organization whose configuration entry discovered this one. Null: it has an entry of its own. */
  partnerId: id('partner_id'),
  /** Whether each pull also discovers the organizations below it. */
  mirrorsChildren: boolean('mirrors_children').notNull().default(false),
  /** Where its vendor is: the host of the API. Null: its connection identifies no organizations. */
  vendorHost: text('vendor_host'),
  /** The vendor's number of an organization that was discovered. It keeps its row and its slug by it. */
  vendorEid: text('vendor_eid'),
  /** The domain that its configuration entry names. Null: it has no entry, or its connection has no domains. */
  entryDomain: text('entry_domain'),
  /** The vendor's number of the organization that the domain of the entry belonged to when it was read. */
  entryEid: text('entry_eid'),
  /**
   * Why the entry with this slug is not used, as a sentence for readers. An organization that has an entry is neither
   * pulled nor written meanwhile (entry-identity.ts); a child continues.
   */
  entryProblem: text('entry_problem'),
  /** The domains that are known, the primary one first. Null: the connection does not tell. */
  domains: text('domains').array(),
  /** What the vendor last said of the licenses. Null: it did not say. */
  licenseCount: integer('license_count'),
  licensedUsers: integer('licensed_users'),
  licensePackage: text('license_package'),
  /** When the request was sent whose response described the organization, and the children of a partner. */
  describedAsOf: moment('described_as_of').notNull().default(sql`'-infinity'`),
  /** The last pull beside which the organization was described, whether or not it succeeded. */
  describedPull: id('described_pull').notNull().default(0),
  /** Why children could not be discovered or are not mirrored, as sentences for readers. */
  childrenProblem: text('children_problem'),
}

export const organizations = pgTable('organizations', columns, (table) => [
  // `child-organizations.ts`: an organization is the same as long as its number is.
  uniqueIndex('organizations_vendor').on(table.vendorHost, table.vendorEid).where(sql`vendor_eid is not null`),
])
