/**
 * The failures that a mutation can return instead of success. Each has its own type that implements Failure. They are
 * values, not errors, so that clients can tell them apart by type. Resolvers return them as plain objects with
 * `__typename`.
 */

import { ref } from '../../planner/read.ts'
import { type FailureName, failureNames, type InputIssue, type WriteFailure } from '../../writes/failure.ts'
import { builder } from '../builder.ts'
import type { Viewer } from '../context.ts'
import { User } from '../user/user.ts'
import { costs, fewItems } from './cost.ts'

/** A failure as a value of its GraphQL type. */
export type Failed<Name extends FailureName> = Name extends Name
  ? Omit<Extract<WriteFailure, { failure: Name }>, 'failure' | 'tellsReadings' | 'hint'> & { readonly __typename: Name }
  : never

export const Failure = builder
  .interfaceRef<{ readonly __typename: string; readonly message: string }>('Failure')
  .implement({
    description: 'The reason why a mutation was not carried out.',
    fields: (t) => ({
      message: t.exposeString('message', {
        description:
          'A human-readable explanation. Its wording can change; use `code` or the type to tell failures apart.',
      }),
      code: t.string({
        description:
          'A machine-readable code: the type name in upper snake case. One of: ' +
          `${failureNames.map(codeOf).join(', ')}. More codes may be added.`,
        resolve: ({ __typename }) => codeOf(__typename),
      }),
    }),
  })

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'A problem in an input.',
  fields: (t) => ({
    path: t.stringList({
      description: 'The path to the invalid value: field names and list indexes, starting at the input.',
      resolve: ({ path }) => [...path],
    }),
    message: t.exposeString('message', { description: 'What is wrong and what is expected.' }),
  }),
})

const InvalidInputRef = builder.objectRef<Failed<'InvalidInput'>>('InvalidInput').implement({
  description: 'The input failed validation, and nothing was sent; or the vendor rejected it.',
  interfaces: [Failure],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'All problems in the input.',
      extensions: costs({ size: fewItems }),
      resolve: ({ issues }) => [...issues],
    }),
  }),
})

const NotFoundRef = builder.objectRef<Failed<'NotFound'>>('NotFound').implement({
  description: 'The object that the input refers to does not exist at the vendor.',
  interfaces: [Failure],
})

const BudgetExhaustedRef = builder.objectRef<Failed<'BudgetExhausted'>>('BudgetExhausted').implement({
  description: "The request allowance is used up, and the caller's wait timed out.",
  interfaces: [Failure],
  fields: (t) => ({
    retryAt: t.expose('retryAt', {
      type: 'DateTime',
      description: 'When the next request can be sent.',
    }),
  }),
})

const VendorFailureRef = builder.objectRef<Failed<'VendorFailure'>>('VendorFailure').implement({
  description: 'The vendor rejected the request, failed, or could not be reached.',
  interfaces: [Failure],
  fields: (t) => ({
    status: t.exposeInt('status', {
      nullable: true,
      description: "The HTTP status of the vendor's response. Null if there was no response.",
    }),
    outcomeUnknown: t.exposeBoolean('outcomeUnknown', {
      description: 'Whether the request may have been carried out despite the failure.',
    }),
  }),
})

const AlreadyExistsRef = builder.objectRef<Failed<'AlreadyExists'>>('AlreadyExists').implement({
  description: 'An address of the new user is already in use.',
  interfaces: [Failure],
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description:
        'The user who has the address, as it is in the mirror. Null if the mirror does not know the user, or if ' +
        'the token lacks the `read` scope.',
      refs: ({ userId }, _args, { viewer }) => (viewer.scopes.has('read') ? userRef(userId) : null),
    }),
  }),
})

const DomainNotRegisteredRef = builder.objectRef<Failed<'DomainNotRegistered'>>('DomainNotRegistered').implement({
  description:
    "The domain is not registered in the vendor's admin console, so the vendor does not accept users of this " +
    'domain.',
  interfaces: [Failure],
  fields: (t) => ({
    domain: t.exposeString('domain', { description: 'The unregistered domain.' }),
  }),
})

const ConflictRef = builder.objectRef<Failed<'Conflict'>>('Conflict').implement({
  description: 'Another client changed the user in the meantime, or is changing it now.',
  interfaces: [Failure],
  fields: (t) => ({
    current: t.field({
      type: User,
      nullable: true,
      description: 'The user as it is in the mirror now. Null if the mirror does not have the user.',
      refs: ({ userId }) => userRef(userId),
    }),
  }),
})

const NotAsWrittenRef = builder.objectRef<Failed<'NotAsWritten'>>('NotAsWritten').implement({
  description:
    'The vendor accepted the write, but its data differs from the data sent. Also returned if a user was ' +
    'created but could not be added to all of its groups.',
  interfaces: [Failure],
  fields: (t) => ({
    fields: t.stringList({
      description: 'The fields of the input that differ.',
      resolve: ({ fields }) => [...fields],
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user as the vendor has it. Null if the vendor does not have the user.',
      refs: ({ userId }) => userRef(userId),
    }),
  }),
})

const IdempotencyKeyReusedRef = builder.objectRef<Failed<'IdempotencyKeyReused'>>('IdempotencyKeyReused').implement({
  description: 'The idempotency key was already used with another input.',
  interfaces: [Failure],
})

const unsaid = 'The current state of the user does not allow this. A token with the `read` scope is shown the reason'

/**
 * Returns the failure as the viewer may see it: without the `read` scope, its messages reveal nothing that was read
 * about the user.
 */
export function shownFailure<Shown extends WriteFailure>(
  failure: Shown,
  viewer: Viewer,
  tellsReadings = failure.tellsReadings ?? false,
): Shown {
  if (viewer.scopes.has('read')) return withHints(failure)
  if (!tellsReadings) return failure
  const issues = 'issues' in failure && failure.issues.map(({ path }) => ({ path, message: unsaid }))
  return { ...failure, message: unsaid, ...(issues && { issues }) }
}

function withHints<Shown extends WriteFailure>(failure: Shown): Shown {
  const hinted = <Said extends { readonly message: string; readonly hint?: string }>(said: Said): Said =>
    said.hint === undefined ? said : { ...said, message: `${said.message}; ${said.hint}` }
  if (!('issues' in failure)) return hinted(failure)
  const issues = failure.issues.map(hinted)
  const hints = failure.issues.flatMap(({ hint }) => hint ?? [])
  return { ...failure, message: [failure.message, ...hints].join('; '), issues }
}

const failureTypes = {
  AlreadyExists: AlreadyExistsRef,
  BudgetExhausted: BudgetExhaustedRef,
  Conflict: ConflictRef,
  DomainNotRegistered: DomainNotRegisteredRef,
  IdempotencyKeyReused: IdempotencyKeyReusedRef,
  InvalidInput: InvalidInputRef,
  NotAsWritten: NotAsWrittenRef,
  NotFound: NotFoundRef,
  VendorFailure: VendorFailureRef,
} satisfies Record<FailureName, unknown>

/** Returns the types of these failures, for the union of a mutation's results. */
export function typesOf<const Names extends readonly FailureName[]>(
  names: Names,
): { -readonly [At in keyof Names]: (typeof failureTypes)[Names[At]] } {
  // The compiler does not derive a tuple from \`map\`.
  return names.map((name) => failureTypes[name]) as never
}

/** The failures that every write can return. */
export const commonFailures = [
  'InvalidInput',
  'NotFound',
  'Conflict',
  'BudgetExhausted',
  'VendorFailure',
  'IdempotencyKeyReused',
] as const satisfies readonly FailureName[]

/** Returns the failure for a single issue, the usual case. `path` starts below the input. */
export function invalidInput(path: readonly string[], message: string): Failed<'InvalidInput'> {
  return { __typename: 'InvalidInput', message, issues: [{ path, message }] }
}

function userRef(userId: number | null) {
  return userId === null ? null : ref('User', userId)
}

function codeOf(typeName: string): string {
  return typeName.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}
