import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, moment } from './columns.ts'

/** Findings of the rules in src/analysis/findings: one row from when a finding is first seen until it is resolved. */
export const findings = pgTable(
  'findings',
  {
    id: id('id').primaryKey().generatedAlwaysAsIdentity(),
    organizationId: id('organization_id').notNull(),
    rule: text('rule').notNull(),
    /** Identifies the finding within its rule. */
    key: text('key').notNull(),
    /** 0 INFO, 1 LOW, 2 MEDIUM, 3 HIGH. */
    severity: smallint('severity').notNull(),
    /** The affected objects, most relevant first, and their types in the graph in parallel. */
    subjectIds: bigint('subject_ids', { mode: 'number' }).array().notNull(),
    subjectTypes: text('subject_types').array().notNull(),
    evidence: jsonb('evidence').notNull(),
    firstSeenAt: moment('first_seen_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    resolvedAt: moment('resolved_at'),
    /** A person has accepted it until this time. Null: not accepted, or the finding has changed since. */
    acceptedUntil: moment('accepted_until'),
    acceptedAt: moment('accepted_at'),
    acceptedBy: text('accepted_by'),
    acceptedReason: text('accepted_reason'),
  },
  (t) => [
    // `evaluate.ts` finds the open finding of a key, of which there is one.
    uniqueIndex('findings_open').on(t.organizationId, t.rule, t.key).where(sql`resolved_at is null`),
    // `findings.ts` lists findings by severity.
    index('findings_severity').on(t.organizationId, t.severity, t.id),
    // `evaluate.ts` and `changed-subjects.ts` find the open findings about changed subjects.
    index('findings_subjects').using('gin', t.subjectIds).where(sql`resolved_at is null`),
  ],
)

/** The state of the mirror for which an organization's findings were last evaluated. */
export const findingRuns = pgTable('finding_runs', {
  organizationId: id('organization_id').primaryKey(),
  /** The organization's `learnt_at` at the last evaluation. */
  learntAt: moment('learnt_at').notNull(),
  /** Its `profile_as_of` at that time: the complete pull that the rules last ran on. */
  asOf: moment('as_of'),
})
