/**
 * The parts that all mutations that write share: their input, the fields of their results, and the conversion of
 * failures to types.
 */
import { GraphQLError } from 'graphql'
import type { WriteRequest } from '../../writes/commands/run-write.ts'
import type { FailureName, WriteFailure } from '../../writes/failure.ts'
import type { AsGiven, PlannedRequest } from '../../writes/session/plan.ts'
import { builder } from '../builder.ts'
import type { GraphContext } from '../context.ts'
import { costs, fewItems } from '../core/cost.ts'
import { type Failed, invalidInput, shownFailure } from '../core/failures.ts'
import { writableOrganizationId } from '../core/organization-argument.ts'
import { requireScope } from '../core/scopes.ts'
import type { InputFields } from './user-input.ts'

/** The failure of a write with the name of its GraphQL type. */
type FailureOf<Name extends FailureName> = Name extends Name
  ? Extract<WriteFailure, { failure: Name }> & { readonly __typename: Name }
  : never

const PlannedRequestRef = builder.objectRef<PlannedRequest>('PlannedRequest').implement({
  description: 'A request that changes something at the vendor, as it was or would be sent.',
  fields: (t) => ({
    method: t.exposeString('method', { description: 'The HTTP method: POST, PUT or DELETE.' }),
    path: t.exposeString('path', {
      description: "The path relative to the vendor's base URL, percent-encoded.",
    }),
    body: t.expose('body', {
      type: 'JSON',
      nullable: true,
      description: 'The body of the request. Passwords are shown as "***". Null if there is no body.',
    }),
  }),
})

/** The fields that every success has. */
interface WriteSuccess {
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  readonly given: AsGiven
}

const plannedRequests: [typeof PlannedRequestRef] = [PlannedRequestRef]

export const planField = {
  type: plannedRequests,
  description:
    'The requests that were sent to change something at the vendor, or would be sent in a dry run. Empty if ' +
    'nothing needs to change. Without the `read` scope, only the data that the caller sent is shown.',
  extensions: costs({ size: fewItems }),
  resolve: ({ plan }: WriteSuccess) => [...plan],
} as const

export const notesField = {
  description: 'Additional information about the result, human-readable.',
  resolve: ({ notes }: WriteSuccess) => [...notes],
} as const

export const settledField = {
  description:
    'Whether the vendor shows what was written. False if the vendor accepted the write but does not show it ' +
    'yet; the mirror then keeps reading the user for up to 15 minutes. True in a dry run.',
  resolve: ({ settled }: { readonly settled: boolean }) => settled,
} as const

interface CommonInput {
  readonly organization?: string | null | undefined
  readonly idempotencyKey?: string | null | undefined
  readonly dryRun?: boolean | null | undefined
}

/**
 * Checks the caller's scope, resolves the organization and runs a write. A failure that is not in the mutation's union
 * is a bug and is thrown.
 */
export async function write<Input extends CommonInput, Done extends WriteSuccess, Name extends FailureName>(
  context: GraphContext,
  input: Input,
  verb: (request: WriteRequest<Omit<Input, keyof CommonInput>>) => Promise<Done | WriteFailure>,
  names: readonly Name[],
): Promise<Done | FailureOf<Name> | Failed<'InvalidInput'>> {
  requireScope(context.viewer, 'write')
  const { organization, idempotencyKey, dryRun, ...rest } = input
  const organizationId = await writableOrganizationId(context, organization).catch(issueOf)
  if (typeof organizationId !== 'number') return organizationId
  const answer = await verb({
    organizationId,
    actor: context.viewer.name,
    input: rest,
    idempotencyKey,
    dryRun: dryRun ?? false,
    signal: context.signal,
    requireAdmin: () => requireScope(context.viewer, 'admin'),
  })
  const mayRead = context.viewer.scopes.has('read')
  if (!isFailure(answer)) return mayRead ? answer : asGiven(answer)
  const name = names.find((one) => one === answer.failure)
  // The compiler cannot infer that the failure has this name.
  if (name !== undefined) return { ...shownFailure(answer, context.viewer), __typename: name } as FailureOf<Name>
  throw new Error(`A write returned ${answer.failure}; expected one of ${names.join(', ')}`)
}

/** The result without anything that was read. */
function asGiven<Done extends WriteSuccess>(answer: Done): Done {
  return { ...answer, ...('changed' in answer && { changed: [] }), ...answer.given }
}

/** An unknown slug is an error of the input; other errors are rethrown. */
export function issueOf(error: unknown): Failed<'InvalidInput'> {
  if (error instanceof GraphQLError) return invalidInput(['organization'], error.message)
  throw error
}

function isFailure(answer: object): answer is WriteFailure {
  return 'failure' in answer
}

export const organizationInput = {
  description: "The organization's slug. Required if more than one organization is visible to the caller.",
} as const

/** The fields that the input of every write has. */
export function commonInput(t: InputFields) {
  return {
    organization: t.string(organizationInput),
    idempotencyKey: t.string({
      description:
        'Makes retries safe: for 24 hours, a request of the same caller with the same key and input returns the ' +
        'stored result. A retry during the first request waits for its result. Failures before anything was ' +
        'sent, and unknown or unsettled results, are not stored. At most 255 characters.',
    }),
    dryRun: t.boolean({
      defaultValue: false,
      description: 'If true, returns the requests that would be sent and sends only reads. Defaults to false.',
    }),
  }
}

/** The user that a write is about. */
export const targetEmail = {
  type: 'EmailAddress',
  required: true,
  description: 'The primary address. Case-insensitive.',
} as const
