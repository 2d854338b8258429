import { AllowanceExhaustedError } from '../vendor/errors/allowance-errors.ts'
import type { EssentialsError } from '../vendor/errors/essentials-error.ts'
import {
  AlreadyExistsError,
  DomainNotRegisteredError,
  InvalidInputError,
  NotFoundError,
} from '../vendor/errors/rejection-errors.ts'
import { RateLimitedError } from '../vendor/errors/response-errors.ts'
import { invalidInput, type WriteFailure } from './failure.ts'

/** How long a request counts against the allowance. After that, a key that got a 429 is free again. */
const windowMs = 60_000

/**
 * Converts a request's failure for the caller of the write. The meaning of a 404 or a 409 depends on the request, so
 * the sender handles those first.
 */
export function failureOfError(error: EssentialsError): WriteFailure {
  if (error instanceof AllowanceExhaustedError) return budgetExhausted(error.retryAt, error.problem)
  if (error instanceof RateLimitedError) {
    const from = error.arrivedAt === undefined ? Date.now() : Date.parse(error.arrivedAt)
    return budgetExhausted(new Date(from + (error.retryAfterMs ?? windowMs)).toISOString(), undefined, wordsOf(error))
  }
  if (error instanceof NotFoundError) return { failure: 'NotFound', message: error.message }
  if (error instanceof InvalidInputError) {
    const said = error.vendorMessage ?? 'no reason given'
    return invalidInput({ path: [], message: `The vendor rejected the input as invalid: ${said}` })
  }
  if (error instanceof DomainNotRegisteredError) {
    const { domain } = error
    const message = `The domain ${domain} is not registered. Register it in the vendor's admin console before creating users${wordsOf(error)}`
    return { failure: 'DomainNotRegistered', message, domain }
  }
  const { message, status, outcomeUnknown } = error
  return { failure: 'VendorFailure', message, status: status ?? null, outcomeUnknown }
}

function budgetExhausted(retryAt: string, problem = 'The allowance is used up', words = ''): WriteFailure {
  return { failure: 'BudgetExhausted', message: `${problem} until ${retryAt}${words}`, retryAt }
}

/** Returns the vendor's message as a suffix for a message; empty if there was none. */
export function wordsOf(error: EssentialsError | undefined): string {
  return error?.vendorMessage === undefined ? '' : `. The vendor's message: ${error.vendorMessage}`
}

/** Vendors reject an address that is in use with 409, 400 or 422, and with various messages. */
export function isRefusal(error: unknown): error is AlreadyExistsError | InvalidInputError {
  return error instanceof AlreadyExistsError || error instanceof InvalidInputError
}
