/** Why a write did not come out as asked for, as a value. The names are those of the contract's types. */
export type WriteFailure = AnyFailure & {
  /** Its message tells what was read of the user: a caller without the right to read is not shown it. */
  readonly tellsReadings?: true
}

type AnyFailure =
  | { readonly failure: 'InvalidInput'; readonly message: string; readonly issues: readonly InputIssue[] }
  | { readonly failure: 'NotFound'; readonly message: string }
  /** `userId`: who bears the address, where the mirror knows. */
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
  /** Field by field from the input on; a list's entries by their number. */
  readonly path: readonly string[]
  readonly message: string
}

/** Ends a write from within. Never leaves `src/writes`: who asked gets the failure as a value. */
export class WriteFailedError extends Error {
  override readonly name = 'WriteFailedError'
  readonly failure: WriteFailure
  /** Waiting does not help: an operation fails at once. */
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
