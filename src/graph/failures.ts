/**
 * What a mutation can answer in place of success: a type each, all of them a Failure. They are values, not errors, so that a caller
 * can tell them apart by type. A field gives them as plain objects with `__typename`.
 */
import { builder } from './builder.ts'

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

const Failure = builder.interfaceRef<Failed<string>>('Failure').implement({
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
  description: 'The input cannot be meant as it stands; nothing was sent to the vendor.',
  interfaces: [Failure],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'All that is wrong with it.',
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

/** One issue, as it mostly is. `path` begins below the input. */
export function invalidInput(path: readonly string[], message: string): InvalidInput {
  return { __typename: 'InvalidInput', message, issues: [{ path, message }] }
}
