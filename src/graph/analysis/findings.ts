import { and, eq, gte, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type Severity as SeverityName, severities } from '../../analysis/findings/rule.ts'
import { rules } from '../../analysis/findings/rules.ts'
import { array } from '../../db/pg-array.ts'
import { findingRuns, findings } from '../../db/schema/tables.ts'
import { columns, literal } from '../../planner/json-text.ts'
import { type Env, one, page, ref } from '../../planner/read.ts'
import { builder, Node } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { noPast, shownToWriters } from '../core/field-policy.ts'
import { globalId } from '../core/global-id.ts'
import { nodeRows } from '../core/node.ts'
import {
  assertOrganizationKnown,
  belongsTo,
  type OrganizationArgument,
  resolveOrganization,
} from '../core/organization-argument.ts'
import { organizationArg } from '../organization/organization.ts'
import { connectionType } from '../pagination/connection.ts'
import { orderOf } from '../pagination/order.ts'
import { forwardPageSize, type PageArgs, pageWindow } from '../pagination/page.ts'
import { GraphNode } from './graph-node.ts'

type Findings = typeof findings

const Severity = builder.enumType('Severity', {
  description: 'The severity of a finding.',
  values: {
    INFO: { description: 'For information.' },
    LOW: { description: 'Fix when convenient.' },
    MEDIUM: { description: 'Should be fixed.' },
    HIGH: { description: 'Fix immediately.' },
  } satisfies Record<SeverityName, { description: string }>,
})

const FindingRule = builder.enumType('FindingRule', {
  description: 'A rule that detects problems. docs/findings.md describes when each rule reports a finding.',
  values: Object.fromEntries(rules.map(({ name, title }) => [name, { description: `${title}.` }])),
})

const titles = sql.join(
  rules.map(({ name, title }) => sql`when ${literal(name)} then ${literal(title)}`),
  sql` `,
)

const FindingAcceptance = builder.objectRef<object>('FindingAcceptance').implement({
  description: 'The decision of a person to accept a finding for a while.',
  fields: (t) => ({
    reason: t.string({ description: 'Why the finding is accepted.', sql: (row: Findings) => row.acceptedReason }),
    until: t.field({
      type: 'DateTime',
      description: 'When the acceptance ends. It ends earlier if the subjects or the evidence of the finding change.',
      sql: (row: Findings) => row.acceptedUntil,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When the finding was accepted.',
      sql: (row: Findings) => row.acceptedAt,
    }),
    by: t.string({
      description: 'The name of the caller that accepted the finding.',
      sql: (row: Findings) => row.acceptedBy,
    }),
  }),
})

const isAccepted = (row: Findings, { now }: Env) => sql`coalesce(${row.acceptedUntil} > ${now}::timestamptz, false)`

export const Finding = builder.objectRef<object>('Finding').implement({
  description:
    'A problem that a rule detected. A finding lasts from when the rule first detects it until the rule no ' +
    'longer does.',
  interfaces: [Node],
  extensions: {
    ...nodeRows('Finding', findings, { hasNoPast: true }),
    // Not the evidence, which tells what was read about users.
    ...shownToWriters('id', 'rule', 'severity', 'title', 'firstSeenAt', 'resolvedAt'),
  },
  fields: (t) => ({
    id: t.id({ description: 'The global ID of the finding.', sql: (row: Findings) => globalId('Finding', row.id) }),
    rule: t.field({
      type: FindingRule,
      description: 'The rule that detected the problem.',
      sql: (row: Findings) => row.rule,
    }),
    severity: t.field({
      type: Severity,
      description: 'The severity of the finding.',
      sql: (row: Findings) => sql`(${literal(array([...severities]))}::text[])[${row.severity} + 1]`,
    }),
    title: t.string({
      description: 'A short summary of the problem.',
      sql: (row: Findings) => sql`case ${row.rule} ${titles} else ${row.rule} end`,
    }),
    subjects: t.field({
      type: [GraphNode],
      description: 'The affected objects, most relevant first.',
      extensions: costs({ size: fewItems }),
      sql: (row: Findings) => columns({ ids: row.subjectIds, types: row.subjectTypes }),
      refsOf: ({ ids, types }: { readonly ids: number[]; readonly types: string[] }) =>
        ids.map((id, i) => ref(types[i] ?? 'User', id)),
    }),
    evidence: t.field({
      type: 'JSON',
      description: 'The data that the rule evaluated. docs/findings.md lists the fields of each rule.',
      sql: (row: Findings) => row.evidence,
    }),
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the rule first detected the problem.',
      sql: (row: Findings) => row.firstSeenAt,
    }),
    acceptance: t.field({
      type: FindingAcceptance,
      nullable: true,
      description: 'The acceptance of the finding. Null unless it is accepted now.',
      sql: one({
        table: findings,
        where: (row: Findings, finding: Findings, _args: unknown, env) =>
          and(eq(row.id, finding.id), isAccepted(row, env)),
      }),
    }),
    resolvedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the rule no longer detected the problem. Null while the finding is open.',
      sql: (row: Findings) => row.resolvedAt,
    }),
  }),
})

const FindingConnection = connectionType('FindingConnection', { items: 'findings', node: Finding })

builder.objectField(FindingConnection, 'asOf', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'When the first request was sent of the last complete pull that the rules evaluated. Null if they have ' +
      'not evaluated any.',
    sql: (organizationId: SQL) =>
      sql`(select ${findingRuns.asOf} from ${findingRuns} where ${findingRuns.organizationId} = ${organizationId})`,
  }),
)

const order = orderOf<Findings, 'SEVERITY'>(
  'findings',
  { SEVERITY: { kind: 'number', value: (finding) => finding.severity } },
  [{ field: 'SEVERITY', direction: 'DESC' }],
  'SEVERITY',
)

interface FindingListArgs extends PageArgs {
  readonly organization?: OrganizationArgument
  readonly rules?: readonly string[] | null | undefined
  readonly minSeverity?: SeverityName | null | undefined
  readonly includeResolved?: boolean | null | undefined
  readonly accepted?: boolean | null | undefined
}

builder.queryField('findings', (t) =>
  t.field({
    type: FindingConnection,
    nullable: true,
    description: 'The findings of an organization, sorted by severity (highest first), then by age (newest first).',
    extensions: { ...noPast, ...costs({ size: forwardPageSize, page: { count: 20 } }) },
    args: {
      ...organizationArg,
      rules: t.arg({ type: [FindingRule], description: 'Return only findings of these rules. Defaults to all rules.' }),
      minSeverity: t.arg({ type: Severity, description: 'Return only findings of this severity or higher.' }),
      includeResolved: t.arg.boolean({ defaultValue: false, description: 'Whether to include resolved findings.' }),
      accepted: t.arg.boolean({
        defaultValue: false,
        description:
          'False leaves out findings that are accepted now (`acceptFinding`), also from the count; true returns only ' +
          'those; null returns both. Defaults to false.',
      }),
      first: t.arg.int({
        description: 'Number of findings to return (0–500). Defaults to 50. Use 0 to fetch only the count.',
      }),
      after: t.arg.string({ description: 'Return only findings after this cursor.' }),
    },
    sql: page({
      table: findings,
      where: (
        row: Findings,
        _root,
        { organization, rules: asked, minSeverity, includeResolved, accepted }: FindingListArgs,
        env,
      ) =>
        and(
          belongsTo(env, row.organizationId, organization),
          asked == null ? undefined : inArray(row.rule, [...asked]),
          minSeverity == null ? undefined : gte(row.severity, severities.indexOf(minSeverity)),
          includeResolved ? undefined : isNull(row.resolvedAt),
          accepted == null ? undefined : accepted ? isAccepted(row, env) : sql`not ${isAccepted(row, env)}`,
        ),
      window: (args) => pageWindow(args, order),
      shown: ({ organization }, _root, env) => resolveOrganization(env, organization),
    }),
    check: ({ organization }, context) => assertOrganizationKnown(context, organization),
  }),
)
