import { and, gte, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type Severity as SeverityName, severities } from '../../analysis/findings/rule.ts'
import { rules } from '../../analysis/findings/rules.ts'
import { findingRuns, findings } from '../../db/schema/tables.ts'
import { builder, type RowOf } from '../builder.ts'
import { costs, fewItems } from '../core/cost.ts'
import { noPast, shownToWriters } from '../core/field-policy.ts'
import { encodeGlobalId } from '../core/global-id.ts'
import { addNodeSource, numberedSource } from '../core/node.ts'
import {
  assertOrganizationKnown,
  belongsTo,
  type OrganizationArgument,
  resolveOrganization,
} from '../core/organization-argument.ts'
import { visibleTo } from '../core/tenant-visibility.ts'
import { organizationArg } from '../organization/organization.ts'
import { batchedNodes } from '../pagination/batch.ts'
import { connectionType, edgeType } from '../pagination/connection.ts'
import { plannedQuery, rootPage } from '../pagination/drizzle-plan.ts'
import { orderOf } from '../pagination/order.ts'
import { forwardPageSize, type Page } from '../pagination/page.ts'
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

const ruleOf = new Map(rules.map((rule) => [rule.name, rule]))

const FindingAcceptance = builder
  .objectRef<{ reason: string; until: string; at: string; by: string }>('FindingAcceptance')
  .implement({
    description: 'The decision of a person to accept a finding for a while.',
    fields: (t) => ({
      reason: t.string({ description: 'Why the finding is accepted.', resolve: ({ reason }) => reason }),
      until: t.field({
        type: 'DateTime',
        description: 'When the acceptance ends. It ends earlier if the subjects or the evidence of the finding change.',
        resolve: ({ until }) => until,
      }),
      at: t.field({ type: 'DateTime', description: 'When the finding was accepted.', resolve: ({ at }) => at }),
      by: t.string({ description: 'The name of the caller that accepted the finding.', resolve: ({ by }) => by }),
    }),
  })

export const Finding = builder.drizzleObject('findings', {
  name: 'Finding',
  description:
    'A problem that a rule detected. A finding lasts from when the rule first detects it until the rule no ' +
    'longer does.',
  interfaces: [builder.nodeInterfaceRef()],
  // Not the evidence, which tells what was read about users.
  extensions: shownToWriters('id', 'rule', 'severity', 'title', 'firstSeenAt', 'resolvedAt'),
  select: { columns: { id: true, rule: true, severity: true, firstSeenAt: true, resolvedAt: true } },
  fields: (t) => ({
    id: t.id({ description: 'The global ID of the finding.', resolve: ({ id }) => encodeGlobalId('Finding', id) }),
    rule: t.field({
      type: FindingRule,
      description: 'The rule that detected the problem.',
      resolve: ({ rule }) => rule as never,
    }),
    severity: t.field({
      type: Severity,
      description: 'The severity of the finding.',
      resolve: ({ severity }) => severities[severity] ?? 'INFO',
    }),
    title: t.string({
      description: 'A short summary of the problem.',
      resolve: ({ rule }) => ruleOf.get(rule)?.title ?? rule,
    }),
    subjects: t.field({
      type: [GraphNode],
      description: 'The affected objects, most relevant first.',
      extensions: costs({ size: fewItems }),
      select: { columns: { subjectIds: true, subjectTypes: true } },
      resolve: async ({ subjectIds, subjectTypes }, _args, context, info) =>
        (await batchedNodes(
          subjectIds.map((id, i) => ({ typeName: subjectTypes[i] ?? 'User', key: String(id) })),
          context,
          info,
        )) as never,
    }),
    evidence: t.field({
      type: 'JSON',
      description: 'The data that the rule evaluated. docs/findings.md lists the fields of each rule.',
      select: { columns: { evidence: true } },
      resolve: ({ evidence }) => evidence,
    }),
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the rule first detected the problem.',
      resolve: ({ firstSeenAt }) => firstSeenAt,
    }),
    acceptance: t.field({
      type: FindingAcceptance,
      nullable: true,
      description: 'The acceptance of the finding. Null unless it is accepted now.',
      select: { columns: { acceptedUntil: true, acceptedAt: true, acceptedBy: true, acceptedReason: true } },
      resolve: ({ acceptedUntil: until, acceptedAt: at, acceptedBy: by, acceptedReason: reason }) =>
        until === null || at === null || by === null || reason === null || Date.parse(until) <= Date.now()
          ? null
          : { reason, until, at, by },
    }),
    resolvedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the rule no longer detected the problem. Null while the finding is open.',
      resolve: ({ resolvedAt }) => resolvedAt,
    }),
  }),
})

type FindingRow = RowOf<typeof Finding>

addNodeSource(
  'Finding',
  numberedSource(
    (ids, context, info) =>
      context.drizzle.query.findings.findMany(
        plannedQuery(context, info, 'Finding', undefined, { where: { id: { in: ids }, ...visibleTo(context) } }),
      ),
    { hasNoPast: true },
  ),
)

interface FindingPage extends Page<FindingRow, FindingRow> {
  readonly organization: OrganizationArgument
}

const FindingConnection = connectionType<FindingRow, FindingRow, FindingPage>('FindingConnection', {
  description: 'A page of findings.',
  node: Finding,
  edge: edgeType<FindingRow, FindingRow>('FindingEdge', {
    description: 'An edge in a connection of findings.',
    node: Finding,
  }),
})

builder.objectField(FindingConnection, 'asOf', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    description:
      'When the first request was sent of the last complete pull that the rules evaluated. Null if they have ' +
      'not evaluated any.',
    resolve: async ({ organization }, _args, context) => {
      const [run] = await context.drizzle
        .select({ asOf: findingRuns.asOf })
        .from(findingRuns)
        .where(sql`${findingRuns.organizationId} = ${resolveOrganization(context, organization)}`)
      return run?.asOf
    },
  }),
)

const order = orderOf<Findings, 'SEVERITY'>(
  'findings',
  { SEVERITY: { key: 'severity', kind: 'number', value: (finding) => finding.severity } },
  [{ field: 'SEVERITY', direction: 'DESC' }],
  'SEVERITY',
)

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
    resolve: async (_root, args, context, info) => {
      const { organization, rules: asked, minSeverity, includeResolved, accepted } = args
      const where = (finding: Findings): SQL | undefined =>
        and(
          belongsTo(context, finding.organizationId, organization),
          asked == null ? undefined : inArray(finding.rule, asked as string[]),
          minSeverity == null ? undefined : gte(finding.severity, severities.indexOf(minSeverity)),
          includeResolved ? undefined : isNull(finding.resolvedAt),
          accepted == null ? undefined : sql`coalesce(${finding.acceptedUntil} > now(), false) = ${accepted}`,
        )
      const page = await rootPage<Findings, FindingRow>(context, info, {
        args: { first: args.first, after: args.after },
        order,
        where,
        table: findings,
        typeName: 'Finding',
        findMany: (query) => context.drizzle.query.findings.findMany(query),
        ifNothing: () => assertOrganizationKnown(context, organization),
      })
      return { ...page, organization }
    },
  }),
)
