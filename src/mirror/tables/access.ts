/** Who may ask, who asked, and how often. */
import { sql } from 'drizzle-orm'
import { bigint, boolean, date, index, integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

export const tokenScope = pgEnum('token_scope', ['read', 'write', 'admin'])

export const auditKind = pgEnum('audit_kind', ['WRITE', 'REFUSAL'])

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
    /** When a rotation gave the name a new secret; this one stays valid until `expires_at`. */
    replacedAt: moment('replaced_at'),
    /** By the database's calendar, in UTC. Null: never used. */
    lastUsedOn: date('last_used_on', { mode: 'string' }),
  },
  (t) => [uniqueIndex('api_tokens_name').on(t.name).where(sql`revoked_at is null and replaced_at is null`)],
)

/**
 * One row, whose generation a trigger increments with each change of `api_tokens` that changes who gets in: processes keep all tokens in
 * memory and reload them when it moves (token-directory.ts). The row's lock makes such changes commit one after the other.
 */
export const tokenGeneration = pgTable('token_generation', {
  only: boolean('only').primaryKey().default(true),
  generation: bigint('generation', { mode: 'number' }).notNull().default(1),
})

/** A row for each write that was asked for, put down before it is done, and for the refusals of a minute that are alike. */
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
    /** The slug that the caller named; null where it named none, and where refusals that share the row named different ones. */
    organization: text('organization'),
    /** The type of the result, or the code of the error; null while it is under way, and where the process died in it. */
    outcome: text('outcome'),
    /** The minute of a refusal; null for a write. Refusals of one viewer, action and outcome in one minute share a row. */
    minute: moment('minute'),
    /** How many refusals the row counts, and when the last one was; `at` is when the first one was. */
    times: integer('times').notNull().default(1),
    lastAt: moment('last_at'),
  },
  (t) => [
    index('audit_log_at').on(t.at, t.id),
    uniqueIndex('audit_log_refusals').on(t.minute, t.viewer, t.action, t.outcome).where(sql`minute is not null`),
  ],
)

/** How many requests a caller took in the minute of its last one. */
export const callerRequests = pgTable('caller_requests', {
  caller: text('caller').primaryKey(),
  minute: moment('minute').notNull(),
  taken: integer('taken').notNull(),
})
