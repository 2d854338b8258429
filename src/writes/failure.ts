import { z } from 'zod'

const userId = z.number().nullable()

const inputIssue = z
  .object({
    /** The path of field names from the input on, with indexes for list entries. */
    path: z.array(z.string()).readonly(),
    message: z.string(),
    /** Continues the message for a caller with the right to read. */
    hint: z.string().exactOptional(),
  })
  .readonly()

export type InputIssue = z.infer<typeof inputIssue>

/**
 * Why a write failed, as a value. The only list of failures: the types and the codes of the public contract derive from
 * its names.
 */
export const writeFailure = z.discriminatedUnion('failure', [
  /** `userId`: the user that has the address, if the mirror knows it. */
  failed('AlreadyExists', { userId }),
  failed('BudgetExhausted', { retryAt: z.string() }),
  failed('Conflict', { userId }),
  failed('DomainNotRegistered', { domain: z.string() }),
  failed('IdempotencyKeyReused', {}),
  failed('InvalidInput', { issues: z.array(inputIssue).readonly() }),
  failed('NotAsWritten', { fields: z.array(z.string()).readonly(), userId }),
  failed('NotFound', {}),
  failed('VendorFailure', { status: z.number().nullable(), outcomeUnknown: z.boolean() }),
])

export type WriteFailure = z.infer<typeof writeFailure>

export type FailureName = WriteFailure['failure']

export const failureNames: readonly FailureName[] = writeFailure.options.map((one) => one.unwrap().shape.failure.value)

function failed<Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) {
  return z
    .object({
      failure: z.literal(name),
      message: z.string(),
      /**
       * The message contains values that were read from the user. It is hidden from a caller without the right to read.
       */
      tellsReadings: z.literal(true).exactOptional(),
      /** Continues the message for a caller with the right to read. */
      hint: z.string().exactOptional(),
      ...shape,
    })
    .readonly()
}

/** Ends a write from within. Never leaves `src/writes`: the caller gets the failure as a value. */
export class WriteFailedError extends Error {
  override readonly name = 'WriteFailedError'
  readonly failure: WriteFailure
  /** Waiting does not help, so an operation fails immediately. */
  readonly final: boolean

  constructor(failure: WriteFailure, options?: { readonly cause?: unknown; readonly final?: boolean }) {
    super(failure.message, options && 'cause' in options ? { cause: options.cause } : undefined)
    this.failure = failure
    this.final = options?.final ?? false
  }
}

export function invalidInput(...issues: readonly InputIssue[]): WriteFailure {
  return { failure: 'InvalidInput', message: issues.map(({ message }) => message).join('; '), issues }
}

export function notFound(message: string, hint?: string): WriteFailedError {
  return new WriteFailedError({ failure: 'NotFound', message, ...(hint !== undefined && { hint }) })
}
