/**
 * What a mutation can answer in place of success: a type each, all of them a Failure. They are values, not errors, so that a caller
 * can tell them apart by type. A field gives them as plain objects with `__typename`.
 */
import type { WriteFailure } from '../writes/failure.ts'
import { builder } from './builder.ts'
import type { Viewer } from './context.ts'
import { costs, fewItems } from './cost.ts'
import { User, userById } from './user.ts'

interface Failed<Name extends string> {
  readonly __typename: Name
  readonly message: string
}

export interface InputIssue {
  /** Field by field from the input on. */
  readonly path: readonly string[]
  readonly message: string
}

export interface InvalidInput extends Failed<'InvalidInput'> {
  readonly issues: readonly InputIssue[]
}

export type NotFound = Failed<'NotFound'>

export interface BudgetExhausted extends Failed<'BudgetExhausted'> {
  readonly retryAt: string
}

export interface VendorFailure extends Failed<'VendorFailure'> {
  readonly status: number | null
  readonly outcomeUnknown: boolean
}

/** Whose user, where there is one to show: its id in the mirror. */
interface WithUser {
  readonly userId: number | null
}

export type AlreadyExists = Failed<'AlreadyExists'> & WithUser

export interface DomainNotRegistered extends Failed<'DomainNotRegistered'> {
  readonly domain: string
}

export type Conflict = Failed<'Conflict'> & WithUser

export interface NotAsWritten extends Failed<'NotAsWritten'>, WithUser {
  readonly fields: readonly string[]
}

export type IdempotencyKeyReused = Failed<'IdempotencyKeyReused'>

export const Failure = builder.interfaceRef<Failed<string>>('Failure').implement({
  description: 'Why something was not done.',
  fields: (t) => ({
    message: t.string({ description: 'In plain words.', resolve: ({ message }) => message }),
    code: t.string({
      description: "The type's name in upper snake case: NOT_FOUND for NotFound.",
      resolve: ({ __typename }) => __typename.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
    }),
  }),
})

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    path: t.stringList({
      description: 'Where it stands: the fields that lead to it from the input on.',
      resolve: ({ path }) => [...path],
    }),
    message: t.string({ description: 'What is wrong, and what would be right.', resolve: ({ message }) => message }),
  }),
})

export const InvalidInputRef = builder.objectRef<InvalidInput>('InvalidInput').implement({
  description: 'The input cannot be meant as it stands, so that nothing was sent; or the vendor refused it.',
  interfaces: [Failure],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'All that is wrong with it.',
      extensions: costs({ size: fewItems }),
      resolve: ({ issues }) => [...issues],
    }),
  }),
})

export const NotFoundRef = builder.objectRef<NotFound>('NotFound').implement({
  description: 'The vendor does not have what the input names.',
  interfaces: [Failure],
})

export const BudgetExhaustedRef = builder.objectRef<BudgetExhausted>('BudgetExhausted').implement({
  description: "The allowance of requests is spent, and the caller's wait ran out.",
  interfaces: [Failure],
  fields: (t) => ({
    retryAt: t.field({
      type: 'DateTime',
      description: 'When a request is free again.',
      resolve: ({ retryAt }) => retryAt,
    }),
  }),
})

export const VendorFailureRef = builder.objectRef<VendorFailure>('VendorFailure').implement({
  description: 'The vendor refused, failed or could not be reached.',
  interfaces: [Failure],
  fields: (t) => ({
    status: t.int({
      nullable: true,
      description: 'The HTTP status of its answer; null where there was none.',
      resolve: ({ status }) => status,
    }),
    outcomeUnknown: t.boolean({
      description: 'It may have been carried out all the same.',
      resolve: ({ outcomeUnknown }) => outcomeUnknown,
    }),
  }),
})

export const AlreadyExistsRef = builder.objectRef<AlreadyExists>('AlreadyExists').implement({
  description: 'An address of the new user is borne already.',
  interfaces: [Failure],
  fields: (t) => ({
    user: t.field({
      type: User,
      nullable: true,
      description:
        'Who bears it, as the mirror has it; null where the mirror does not know, and for a token without the right to read.',
      resolve: ({ userId }, _args, context, info) =>
        context.viewer.scopes.has('read') ? userById(context, info, userId) : undefined,
    }),
  }),
})

export const DomainNotRegisteredRef = builder.objectRef<DomainNotRegistered>('DomainNotRegistered').implement({
  description: "The vendor takes no user of this domain before it is registered in the vendor's admin console.",
  interfaces: [Failure],
  fields: (t) => ({
    domain: t.string({ description: 'The domain.', resolve: ({ domain }) => domain }),
  }),
})

const ConflictRef = builder.objectRef<Conflict>('Conflict').implement({
  description: 'Somebody else changed the user in between, or changes it now.',
  interfaces: [Failure],
  fields: (t) => ({
    current: t.field({
      type: User,
      nullable: true,
      description: 'The user as the mirror has it now.',
      resolve: ({ userId }, _args, context, info) => userById(context, info, userId),
    }),
  }),
})

export const NotAsWrittenRef = builder.objectRef<NotAsWritten>('NotAsWritten').implement({
  description:
    'The vendor took the write but holds something else than was sent. Also: a user was created, and could not be put into all of its groups.',
  interfaces: [Failure],
  fields: (t) => ({
    fields: t.stringList({
      description: 'What differs: fields of the input.',
      resolve: ({ fields }) => [...fields],
    }),
    user: t.field({
      type: User,
      nullable: true,
      description: 'The user as the vendor holds it; null where it does not.',
      resolve: ({ userId }, _args, context, info) => userById(context, info, userId),
    }),
  }),
})

export const IdempotencyKeyReusedRef = builder.objectRef<IdempotencyKeyReused>('IdempotencyKeyReused').implement({
  description: 'The key was used for another input.',
  interfaces: [Failure],
})

const unsaid = 'It cannot be done as the user stands. A token with the right to read is told why'

/** A failure as the viewer may see it: without the right to read, its words tell nothing that was read of the user. */
export function shownFailure<Shown extends WriteFailure>(
  failure: Shown,
  viewer: Viewer,
  tellsReadings = failure.tellsReadings ?? false,
): Shown {
  if (!tellsReadings || viewer.scopes.has('read')) return failure
  const issues = 'issues' in failure && failure.issues.map(({ path }) => ({ path, message: unsaid }))
  return { ...failure, message: unsaid, ...(issues && { issues }) }
}

/** What every write can answer in place of success. */
export const commonFailures = [
  InvalidInputRef,
  NotFoundRef,
  ConflictRef,
  BudgetExhaustedRef,
  VendorFailureRef,
  IdempotencyKeyReusedRef,
] as const

/** One issue, as it mostly is. `path` begins below the input. */
export function invalidInput(path: readonly string[], message: string): InvalidInput {
  return { __typename: 'InvalidInput', message, issues: [{ path, message }] }
}
