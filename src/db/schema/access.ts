/** API tokens, the audit log, and request counts of callers. */
import { sql } from 'drizzle-orm'
import { bigint, boolean, date, index, integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const tokenScope = pgEnum('token_scope', ['read', 'write', 'admin', 'scim'])

export const auditKind = pgEnum('audit_kind', ['WRITE', 'REFUSAL'])

/**
 * API tokens. Only a digest of each token is stored. Revoked tokens stay, because changes and the audit log name them.
 */
export const apiTokens = pgTable(
  'api_tokens',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    /** SHA-256 in hexadecimal. */
    digest: text('digest').notNull().unique(),
    scopes: tokenScope('scopes').array().notNull(),
    /** Slugs. Null: every mirrored organization. */
    organizations: text('organizations').array(),
    createdAt: moment('created_at').notNull().default(sql`clock_timestamp()`),
    /** Null: the token does not expire. */
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    /** When a rotation created a new secret for the name. This one stays valid until `expires_at`. */
    replacedAt: moment('replaced_at'),
    /** A date in UTC, from the database clock. Null: never used. */
    lastUsedOn: date('last_used_on', { mode: 'string' }),
  },
  (t) => [
    // `tokens.ts` creates a token only if no valid one has its name.
    uniqueIndex('api_tokens_name').on(t.name).where(sql`revoked_at is null and replaced_at is null`),
  ],
)

/**
 * One row. A trigger increments its generation with each change of `api_tokens` that affects access. Processes keep all
 * tokens in memory and reload them when the generation changes (token-directory.ts). The row's lock makes such changes
 * commit one after another.
 */
export const tokenGeneration = pgTable('token_generation', {
  only: boolean('only').primaryKey().default(true),
  generation: bigint('generation', { mode: 'number' }).notNull().default(1),
})

/**
 * One row per requested write, inserted before the write is carried out, and one row per minute for equal rejections.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    at: moment('at').notNull().default(sql`clock_timestamp()`),
    kind: auditKind('kind').notNull(),
    /** The caller: the name of the token. */
    viewer: text('viewer').notNull(),
    /** The requested field, for example `Mutation.updateUser`; `authenticate` for a token that is no longer valid. */
    action: text('action').notNull(),
    /** The slug in the request. Null if it had none, or if rejections that share the row had different ones. */
    organization: text('organization'),
    /**
     * The type of the result, or the error code. Null while the write is in progress, or if the process died during it.
     */
    outcome: text('outcome'),
    /**
     * The minute of a rejection; null for a write. Rejections with the same viewer, action and outcome in one minute
     * share a row.
     */
    minute: moment('minute'),
    /** The number of rejections, and the time of the last one. `at` is the time of the first one. */
    times: integer('times').notNull().default(1),
    lastAt: moment('last_at'),
  },
  (t) => [
    // `audit-rows.ts` reads the log in order of time, and prunes it.
    index('audit_log_at').on(t.at, t.id),
    // `audit.ts` adds a rejection to the row of its minute.
    uniqueIndex('audit_log_refusals').on(t.minute, t.viewer, t.action, t.outcome).where(sql`minute is not null`),
  ],
)

/** The number of requests of a caller in the minute of its last request. */
export const callerRequests = pgTable('caller_requests', {
  caller: text('caller').primaryKey(),
  minute: moment('minute').notNull(),
  taken: integer('taken').notNull(),
})
