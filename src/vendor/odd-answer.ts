/**
 * Responses to the read of one user that show neither that the user exists nor that it is deleted. Such a user is
 * deferred, and the pull goes on without it. Failures that concern every user, such as an unavailable vendor or a
 * rejected key, are not odd.
 */
import { anotherUser } from './endpoints.ts'
import type { EssentialsError, EssentialsErrorCode } from './errors/essentials-error.ts'
import { UnintelligibleAnswerError } from './errors/response-errors.ts'

/** Failures of the vendor, the network or this program that do not depend on the requested user. */
const general: ReadonlySet<EssentialsErrorCode> = new Set([
  'ABORTED',
  'ALLOWANCE_EXHAUSTED',
  'ALLOWANCE_FAILED',
  'RATE_LIMITED',
  'SERVER_FAILURE',
  'TIMED_OUT',
  'TRUNCATED_ANSWER',
  'UNREACHABLE',
])

export function isOddAnswer(error: EssentialsError): boolean {
  // Responses that were mixed up in transit may belong to any user.
  const isMixedUp = error instanceof UnintelligibleAnswerError && error.found === anotherUser
  return error.status !== undefined && error.status !== 401 && !general.has(error.code) && !isMixedUp
}

/** Why the user is deferred, with the vendor's message if there is one. The message is already redacted and bounded. */
export function oddityOf(error: EssentialsError): string {
  if (error instanceof UnintelligibleAnswerError) return `the vendor returned ${error.status} with ${error.found}`
  const words = error.vendorMessage === undefined ? '' : `: ${error.vendorMessage}`
  return `the vendor returned ${error.status}${words}`
}
