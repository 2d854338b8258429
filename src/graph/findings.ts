import { and, gte, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type Severity as SeverityName, severities } from '../analysis/findings/rule.ts'
import { rules } from '../analysis/findings/rules.ts'
import { findingRuns, findings } from '../mirror/tables.ts'
import { batchedNodes } from './batch.ts'
import { builder, type RowOf } from './builder.ts'
import { connectionType, edgeType } from './connection.ts'
import { costs, fewItems } from './cost.ts'
import { plannedQuery, rootPage } from './drizzle-plan.ts'
import { encodeGlobalId } from './global-id.ts'
import { GraphNode } from './graph-node.ts'
import { addNodeSource, numberedSource } from './node.ts'
import { orderOf } from './order.ts'
import { organizationArg } from './organization.ts'
import { belongsTo, checkListIsMeant, type OrganizationArgument, organizationMeant } from './organization-scope.ts'
import { forwardPageSize } from './page.ts'
import { visibleTo } from './visible.ts'

type Findings = typeof findings

const Severity = builder.enumType('Severity', {
  description: 'How much a finding matters.',
  values: {
    INFO: { description: 'Worth knowing.' },
    LOW: { description: 'Worth tidying up.' },
    MEDIUM: { description: 'Should be put right.' },
    HIGH: { description: 'Should be put right now.' },
  } satisfies Record<SeverityName, { description: string }>,
})

const FindingRule = builder.enumType('FindingRule', {
  description: 'A rule that looks for what should not be; docs/findings.md says when each of them finds something.',
  values: Object.fromEntries(rules.map(({ name, title }) => [name, { description: `${title}.` }])),
})

const ruleOf = new Map(rules.map((rule) => [rule.name, rule]))

const Finding = builder.drizzleObject('findings', {
  name: 'Finding',
  description: 'Something that a rule found, from when it first saw it until it does not see it any more.',
  interfaces: [builder.nodeInterfaceRef()],
  select: { columns: { id: true, rule: true, severity: true, firstSeenAt: true, resolvedAt: true } },
  fields: (t) => ({
    id: t.id({ description: 'Names the finding in this graph.', resolve: ({ id }) => encodeGlobalId('Finding', id) }),
    rule: t.field({ type: FindingRule, description: 'The rule that found it.', resolve: ({ rule }) => rule as never }),
    severity: t.field({
      type: Severity,
      description: 'How much it matters.',
      resolve: ({ severity }) => severities[severity] ?? 'INFO',
    }),
    title: t.string({
      description: 'What is the case, in a few words.',
      resolve: ({ rule }) => ruleOf.get(rule)?.title ?? rule,
    }),
    subjects: t.field({
      type: [GraphNode],
      description: 'Whom it is about, first of all the first.',
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
      description: 'What the rule saw; docs/findings.md names the fields.',
      select: { columns: { evidence: true } },
      resolve: ({ evidence }) => evidence,
    }),
    firstSeenAt: t.field({
      type: 'DateTime',
      description: 'When the rule first saw it.',
      resolve: ({ firstSeenAt }) => firstSeenAt,
    }),
    resolvedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the rule looked again and saw it no more; null while it stands.',
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

const FindingConnection = connectionType('FindingConnection', {
  description: 'A page of findings.',
  node: Finding,
  edge: edgeType<FindingRow, FindingRow>('FindingEdge', { description: 'A finding in a list.', node: Finding }),
})

/** Of which organization a page's findings are. */
const organizations = new WeakMap<object, OrganizationArgument>()

builder.objectField(FindingConnection, 'asOf', (t) =>
  t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When the first request of the complete pull was sent that the rules last ran on; null: on none yet.',
    resolve: async (page, _args, context) => {
      const [run] = await context.drizzle
        .select({ asOf: findingRuns.asOf })
        .from(findingRuns)
        .where(sql`${findingRuns.organizationId} = ${organizationMeant(context, organizations.get(page))}`)
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
    description: 'What the rules found in an organization: the worst first, of those the latest first.',
    extensions: costs({ size: forwardPageSize, page: { count: 20 } }),
    args: {
      ...organizationArg,
      rules: t.arg({ type: [FindingRule], description: 'Only what these rules found.' }),
      minSeverity: t.arg({ type: Severity, description: 'Only what matters as much as this, or more.' }),
      includeResolved: t.arg.boolean({ defaultValue: false, description: 'Also what the rules see no more.' }),
      first: t.arg.int({
        description: 'So many findings, 0 to 500; 50 where nothing is said. 0 gives the count alone.',
      }),
      after: t.arg.string({ description: 'Only findings after the one with this cursor.' }),
    },
    resolve: async (_root, args, context, info) => {
      const { organization, rules: asked, minSeverity, includeResolved } = args
      const where = (finding: Findings): SQL | undefined =>
        and(
          belongsTo(context, finding.organizationId, organization),
          asked == null ? undefined : inArray(finding.rule, asked as string[]),
          minSeverity == null ? undefined : gte(finding.severity, severities.indexOf(minSeverity)),
          includeResolved ? undefined : isNull(finding.resolvedAt),
        )
      const page = await rootPage<Findings, FindingRow>(context, info, {
        args: { first: args.first, after: args.after },
        order,
        where,
        table: findings,
        typeName: 'Finding',
        findMany: (query) => context.drizzle.query.findings.findMany(query),
        ifNothing: () => checkListIsMeant(context, organization),
      })
      organizations.set(page, organization)
      return page
    },
  }),
)
