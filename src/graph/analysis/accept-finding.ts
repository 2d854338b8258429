import { and, eq } from 'drizzle-orm'
import { findings } from '../../db/schema/tables.ts'
import { ref } from '../../planner/read.ts'
import { builder } from '../builder.ts'
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

const AcceptFindingResult = builder.unionType('AcceptFindingResult', {
  description: 'The accepted finding, or the reason why it was not accepted.',
  types: [AcceptFindingSuccess, ...typesOf(['InvalidInput', 'NotFound'])],
  resolveType: (value) => ('__typename' in value ? value.__typename : 'AcceptFindingSuccess'),
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
      const findingId = numericKey(parseGlobalId(input.id, ['Finding']))
      const [found] = await context
        .drizzle()
        .select({ id: findings.id })
        .from(findings)
        .where(and(eq(findings.id, findingId), isOfVisible(context, findings.organizationId)))
      const actor = context.viewer.name
      const outcome = found && (await context.acceptFinding({ findingId, reason: reason.trim(), until, actor }))
      return outcome === 'ACCEPTED' ? { findingId } : notFound
    },
  }),
)

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
