/** What the mutations that write have in common: what they are given, what they tell, and how a failure becomes its type. */
import { GraphQLError } from 'graphql'
import type { WriteFailure } from '../writes/failure.ts'
import type { AsGiven, PlannedRequest } from '../writes/plan.ts'
import type { WriteRequest } from '../writes/run-write.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { costs, fewItems } from './cost.ts'
import { type InvalidInput, invalidInput, shownFailure } from './failures.ts'
import { organizationIdOf } from './organization-id.ts'
import { checkRight } from './rights.ts'

/** A failure as its GraphQL type takes it. */
export type FailureOf<Name extends WriteFailure['failure']> = Name extends Name
  ? Extract<WriteFailure, { failure: Name }> & { readonly __typename: Name }
  : never

export const commonFailureNames = [
  'InvalidInput',
  'NotFound',
  'Conflict',
  'BudgetExhausted',
  'VendorFailure',
  'IdempotencyKeyReused',
] as const

const PlannedRequestRef = builder.objectRef<PlannedRequest>('PlannedRequest').implement({
  description: 'A request that changes something at the vendor, as it was or would be sent.',
  fields: (t) => ({
    method: t.string({ description: 'POST, PUT or DELETE.', resolve: ({ method }) => method }),
    path: t.string({ description: "Below the vendor's base URL, percent-encoded.", resolve: ({ path }) => path }),
    body: t.field({
      type: 'JSON',
      nullable: true,
      description: 'A password shows as "***"; null: there is none.',
      resolve: ({ body }) => body,
    }),
  }),
})

/** The fields that every success has. */
interface Told {
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
}

const plannedRequests: [typeof PlannedRequestRef] = [PlannedRequestRef]

export const planField = {
  type: plannedRequests,
  description: 'The requests that were sent to change something, or would be; none where nothing is to be changed.',
  extensions: costs({ size: fewItems }),
  resolve: ({ plan }: Told) => [...plan],
} as const

export const notesField = {
  description: 'What the caller should know besides.',
  resolve: ({ notes }: Told) => [...notes],
} as const

export const settledField = {
  description:
    'Whether the vendor was seen to hold what was written. False: it accepted the write and does not show it yet; the mirror goes on reading the user for 15 minutes. True in a dry run.',
  // An answer that was kept before this field existed was verified.
  resolve: ({ settled = true }: { readonly settled?: boolean }) => settled,
} as const

interface CommonInput {
  readonly organization?: string | null | undefined
  readonly idempotencyKey?: string | null | undefined
  readonly dryRun?: boolean | null | undefined
}

/**
 * Checks the caller's right, finds the organization, and runs a verb of the writes. A failure that the mutation's union does not have
 * would be a mistake of ours, and is thrown.
 */
export async function write<Input extends CommonInput, Done extends Told, Name extends WriteFailure['failure']>(
  context: GraphContext,
  input: Input,
  verb: (request: WriteRequest<Omit<Input, keyof CommonInput>>) => Promise<Done | WriteFailure>,
  names: readonly Name[],
): Promise<Done | FailureOf<Name> | InvalidInput> {
  checkRight(context.viewer, 'write')
  const { organization, idempotencyKey, dryRun, ...rest } = input
  const organizationId = await organizationIdOf(context, organization).catch(issueOf)
  if (typeof organizationId !== 'number') return organizationId
  const answer = await verb({
    organizationId,
    actor: context.viewer.name,
    input: rest,
    idempotencyKey,
    dryRun: dryRun ?? false,
    signal: context.signal,
  })
  const mayRead = context.viewer.scopes.has('read')
  if (!isFailure(answer)) return mayRead ? answer : asGiven(answer)
  const name = names.find((one) => one === answer.failure)
  // The compiler does not follow that the failure is the one of this name.
  if (name !== undefined) return { ...shownFailure(answer, context.viewer), __typename: name } as FailureOf<Name>
  throw new Error(`A write answered ${answer.failure}, which is none of ${names.join(', ')}`)
}

/** An answer that was kept before it told what was given shows nothing of what it read. */
function asGiven<Done extends Told & { readonly given?: AsGiven }>(answer: Done): Done {
  return { ...answer, plan: [], notes: [], ...('changed' in answer && { changed: [] }), ...answer.given }
}

/** A slug that names nothing is the input's fault; anything else is thrown on. */
function issueOf(error: unknown): InvalidInput {
  if (error instanceof GraphQLError) return invalidInput(['organization'], error.message)
  throw error
}

function isFailure(answer: object): answer is WriteFailure {
  return 'failure' in answer
}

/** What every write takes besides what it is about. */
export const commonInput = {
  organization: { description: "The organization's slug. May be left out where there is only one for the caller." },
  idempotencyKey: {
    description:
      'Makes a repeat safe: for 24 hours the same caller with the same key and input gets the first answer again. A failure before anything was sent is not kept; a repeat while the first is under way waits for it.',
  },
  dryRun: { defaultValue: false, description: 'Say what would be sent, and send nothing but reads.' },
} as const
