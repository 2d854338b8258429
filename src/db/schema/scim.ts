/** What the SCIM service stores beside the mirror: its resources, its guard, and the activity of its clients. */
import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

const isVisible = sql`hidden_at is null and ended_at is null`

/** Users and groups as clients of SCIM know them. A row is made when the mirror first has the user or the group. */
export const scimResources = pgTable(
  'scim_resources',
  {
    /** The id that clients see. It stays the same when the user's address changes. */
    id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
    organizationId: id('organization_id').notNull(),
    kind: text('kind', { enum: ['User', 'Group'] }).notNull(),
    /** The user or the group in the mirror. Null: the vendor accepted the user, and the mirror does not have it yet. */
    nodeId: id('node_id'),
    /** Of a user without `node_id`. */
    addressKey: text('address_key'),
    /** Values that the vendor accepted and does not show yet. They are served until it does. */
    pending: jsonb('pending'),
    externalId: text('external_id'),
    /** The keys of the aliases that clients have set. */
    managedAliases: text('managed_aliases').array().notNull().default(sql`'{}'`),
    /** How a client turned the user off, and when. Null: no client did, or the user was turned on again. */
    deprovisioned: jsonb('deprovisioned'),
    /** The token that created the user, and a digest of its request. A repeated request gets the same answer. */
    createdBy: text('created_by'),
    createdDigest: text('created_digest'),
    /** A client asked to turn a privileged account off, and was refused. */
    leaverRefusedAt: moment('leaver_refused_at'),
    leaverRefusedBy: text('leaver_refused_by'),
    /** When a client deleted the resource. The account can still exist. */
    hiddenAt: moment('hidden_at'),
    /** When the account or the group ended in the mirror. */
    endedAt: moment('ended_at'),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    changedAt: moment('changed_at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    // `list-resources.ts` reads pages in this order.
    index('scim_resources_visible').on(t.organizationId, t.kind, t.createdAt, t.id).where(isVisible),
    // `find-resources.ts` and `filter-sql.ts` find the resource of a user. One at most is not hidden.
    uniqueIndex('scim_resources_node').on(t.nodeId).where(sql`hidden_at is null`),
    // `keep-directory.ts` finds all resources of a user.
    index('scim_resources_nodes').on(t.nodeId),
    // `find-resources.ts` and `filter-sql.ts` find a resource by the identifier of its client.
    uniqueIndex('scim_resources_external').on(t.organizationId, t.kind, t.externalId).where(isVisible),
    // `keep-directory.ts` and `filter-sql.ts` find users that the mirror does not have yet.
    index('scim_resources_pending').on(t.organizationId, t.addressKey).where(sql`node_id is null`),
    // `scim-refusals.ts` finds the refusals.
    index('scim_resources_refused').on(t.organizationId).where(sql`leaver_refused_at is not null`),
  ],
)

/** One row for each organization that a client of SCIM has used. */
export const scimDirectories = pgTable('scim_directories', {
  organizationId: id('organization_id').primaryKey(),
  /** The organization's `learnt_at` up to which its users and groups have resources. */
  seenAt: moment('seen_at').notNull().default(sql`'-infinity'`),
  /** Until when the guard against mass removals is lifted, and by whose token. */
  liftedUntil: moment('lifted_until'),
  liftedBy: text('lifted_by'),
  /** When the guard last refused a request, and the token of that request. */
  refusedAt: moment('refused_at'),
  refusedBy: text('refused_by'),
})

/** Users that a client turned off or deleted, for the guard against mass removals. */
export const scimRemovals = pgTable(
  'scim_removals',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    organizationId: id('organization_id').notNull(),
    viewer: text('viewer').notNull(),
    resourceId: uuid('resource_id').notNull(),
    at: moment('at').notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    // `removal-guard.ts` counts the removals of a token, and prunes old ones.
    index('scim_removals_viewer').on(t.organizationId, t.viewer, t.at),
  ],
)

/** Each request of a client that changed something, or was refused. Kept as long as the audit log. */
export const scimActivity = pgTable(
  'scim_activity',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    organizationId: id('organization_id').notNull(),
    at: moment('at').notNull().default(sql`clock_timestamp()`),
    /** The name of the token. */
    viewer: text('viewer').notNull(),
    /** CREATED, CHANGED, DEACTIVATED, REACTIVATED, DELETED, MEMBERS_CHANGED or REFUSED. */
    action: text('action').notNull(),
    kind: text('kind').notNull(),
    resourceId: uuid('resource_id'),
    /** The address of the user, or the name of the group. */
    name: text('name'),
    /** The HTTP status. */
    status: bigint('status', { mode: 'number' }).notNull(),
    /** The reason of a refusal. */
    detail: text('detail'),
  },
  (t) => [
    // `scim-activity.ts` reads the latest activity of an organization.
    index('scim_activity_latest').on(t.organizationId, t.id),
    // `scim-activity.ts` prunes it.
    index('scim_activity_at').on(t.at),
  ],
)
