/** Why a write failed, as a value. The names match the types of the public contract. */
export type WriteFailure = AnyFailure & {
  /** The message contains values that were read from the user. It is hidden from a caller without the right to read. */
  readonly tellsReadings?: true
}

type AnyFailure =
  | { readonly failure: 'InvalidInput'; readonly message: string; readonly issues: readonly InputIssue[] }
  | { readonly failure: 'NotFound'; readonly message: string }
  /** `userId`: the user that has the address, if the mirror knows it. */
  | { readonly failure: 'AlreadyExists'; readonly message: string; readonly userId: number | null }
  | { readonly failure: 'DomainNotRegistered'; readonly message: string; readonly domain: string }
  | { readonly failure: 'Conflict'; readonly message: string; readonly userId: number | null }
  | {
      readonly failure: 'NotAsWritten'
      readonly message: string
      readonly fields: readonly string[]
      readonly userId: number | null
    }
  | { readonly failure: 'BudgetExhausted'; readonly message: string; readonly retryAt: string }
  | {
      readonly failure: 'VendorFailure'
      readonly message: string
      readonly status: number | null
      readonly outcomeUnknown: boolean
    }
  | { readonly failure: 'IdempotencyKeyReused'; readonly message: string }

export interface InputIssue {
  /** The path of field names from the input on, with indexes for list entries. */
  readonly path: readonly string[]
  readonly message: string
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

export function notFound(message: string): WriteFailedError {
  return new WriteFailedError({ failure: 'NotFound', message })
}
