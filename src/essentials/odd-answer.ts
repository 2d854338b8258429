/**
 * Answers about one user that say neither that it exists nor that it is gone. Others are put off no longer than needed because of such a user;
 * a vendor that is away, or a refused key, concerns all of them.
 */
import { anotherUser } from './endpoints.ts'
import type { EssentialsError, EssentialsErrorCode } from './errors/essentials-error.ts'
import { UnintelligibleAnswerError } from './errors/unintelligible-answer-error.ts'

/** Failures of the vendor, of the way to it or of our own, whichever user was asked for. */
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
  // Answers that were mixed up on the way may be anybody's.
  const isMixedUp = error instanceof UnintelligibleAnswerError && error.found === anotherUser
  return error.status !== undefined && error.status !== 401 && !general.has(error.code) && !isMixedUp
}

/** Why the user is put off, in the vendor's words where there are any. They are redacted and bounded already. */
export function oddityOf(error: EssentialsError): string {
  if (error instanceof UnintelligibleAnswerError) return `the vendor answered ${error.status}, with ${error.found}`
  const words = error.vendorMessage === undefined ? '' : `: ${error.vendorMessage}`
  return `the vendor answered ${error.status}${words}`
}
