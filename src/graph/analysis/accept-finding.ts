import { and, eq } from 'drizzle-orm'
import { findings } from '../../db/schema/tables.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { type Failed, invalidInput, typesOf } from '../core/failures.ts'
import { numericKey, parseGlobalId } from '../core/global-id.ts'
import { requireScope } from '../core/scopes.ts'
import { isOfVisible } from '../core/tenant-visibility.ts'
import { Finding } from './findings.ts'

const longestReason = 1_000
const mostDays = 731
const dayMs = 86_400_000

const AcceptFindingInput = builder.inputType('AcceptFindingInput', {
  description: 'Input for accepting a finding.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The global ID of an open finding.' }),
    reason: t.string({
      required: true,
      description: `Why it is accepted, for those who ask later. Must not be empty; at most ${longestReason} characters.`,
    }),
    until: t.field({
      type: 'DateTime',
      required: true,
      description: `When the acceptance ends. Must be in the future, within ${mostDays} days.`,
    }),
  }),
})

const AcceptFindingSuccess = builder.objectRef<{ readonly findingId: number }>('AcceptFindingSuccess').implement({
  description: 'The finding is accepted.',
  fields: (t) => ({
    finding: t.field({
      type: Finding,
      nullable: true,
      description: 'The finding as it is now.',
      refs: ({ findingId }) => ref('Finding', findingId),
    }),
  }),
})

const WithdrawAcceptanceSuccess = builder
  .objectRef<{ readonly findingId: number }>('WithdrawAcceptanceSuccess')
  .implement({
    description: 'The finding is not accepted any more.',
    fields: (t) => ({
      finding: t.field({
        type: Finding,
        nullable: true,
        description: 'The finding as it is now.',
        refs: ({ findingId }) => ref('Finding', findingId),
      }),
    }),
  })

const AcceptFindingResult = builder.unionType('AcceptFindingResult', {
  description: 'The accepted finding, or the reason why it was not accepted.',
  types: [AcceptFindingSuccess, ...typesOf(['InvalidInput', 'NotFound'])],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'AcceptFindingSuccess'),
})

const WithdrawAcceptanceResult = builder.unionType('WithdrawAcceptanceResult', {
  description: 'The finding without its acceptance, or the reason why it could not be withdrawn.',
  types: [WithdrawAcceptanceSuccess, ...typesOf(['NotFound'])],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'WithdrawAcceptanceSuccess'),
})

builder.mutationField('acceptFinding', (t) =>
  t.field({
    type: AcceptFindingResult,
    nullable: true,
    description:
      'Accept an open finding for a while: `findings` then leaves it out unless asked for. It comes back after `until`, ' +
      'and as soon as its subjects or its evidence change. Accepting it again replaces the reason and the time. ' +
      'Requires the `write` scope.',
    args: { input: t.arg({ type: AcceptFindingInput, required: true, description: 'The finding and the reason.' }) },
    resolve: async (_root, { input }, context) => {
      requireScope(context.viewer, 'write')
      const { reason, until } = input
      const problem = problemOf(reason.trim(), Date.parse(until) - Date.now())
      if (problem) return problem
      const findingId = await visibleFinding(context, String(input.id))
      const acceptance = { reason: reason.trim(), until, actor: context.viewer.name }
      if (findingId === undefined) return notFound
      const outcome = await context.acceptFinding({ findingId, ...acceptance })
      return outcome === 'ACCEPTED' ? { findingId } : notFound
    },
  }),
)

builder.mutationField('withdrawAcceptance', (t) =>
  t.field({
    type: WithdrawAcceptanceResult,
    nullable: true,
    description:
      'Withdraw the acceptance of an open finding before its time: `findings` then lists it again. A finding that is ' +
      'not accepted stays as it is. Requires the `write` scope.',
    args: { finding: t.arg.id({ required: true, description: 'The global ID of an open finding.' }) },
    resolve: async (_root, { finding }, context) => {
      requireScope(context.viewer, 'write')
      const findingId = await visibleFinding(context, String(finding))
      if (findingId === undefined) return notFound
      const outcome = await context.withdrawAcceptance(findingId)
      return outcome === 'WITHDRAWN' ? { findingId } : notFound
    },
  }),
)

/** The key of a finding that the caller may see; undefined if there is none. */
async function visibleFinding(context: GraphContext, id: string): Promise<number | undefined> {
  const findingId = numericKey(parseGlobalId(id, ['Finding']))
  const [found] = await context
    .drizzle()
    .select({ id: findings.id })
    .from(findings)
    .where(and(eq(findings.id, findingId), isOfVisible(context, findings.organizationId)))
  return found?.id
}

const notFound: Failed<'NotFound'> = {
  __typename: 'NotFound',
  message: 'There is no open finding with this ID: it may have been resolved',
}

function problemOf(reason: string, aheadMs: number): Failed<'InvalidInput'> | undefined {
  if (reason === '') return invalidInput(['reason'], 'reason must not be empty')
  if (reason.length > longestReason) {
    return invalidInput(['reason'], `reason has ${reason.length} characters; at most ${longestReason} are allowed`)
  }
  if (/\0/.test(reason) || !reason.isWellFormed()) {
    return invalidInput(['reason'], 'reason must not contain NUL or unpaired surrogates')
  }
  if (aheadMs <= 0) return invalidInput(['until'], 'until must be in the future')
  return aheadMs > mostDays * dayMs
    ? invalidInput(['until'], `until must be within ${mostDays} days from now`)
    : undefined
}
