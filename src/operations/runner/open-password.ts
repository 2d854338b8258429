import type { WriteDeps } from '../../writes/deps.ts'
import { invalidInput, WriteFailedError } from '../../writes/failure.ts'
import type { Secrets } from '../../writes/secrets.ts'
import { type ClaimedItem, passwordOf } from '../operation.ts'

/**
 * Returns the item's password in clear text; undefined if none was given. Throws if one was given and is unavailable:
 * an account is never created without the requested password. `field`: the name of the input field.
 */
export function openPassword(
  { secrets }: Pick<WriteDeps, 'secrets'>,
  item: ClaimedItem,
  field: string,
): string | undefined {
  const { password, passwordGiven, operationId, primaryEmail } = item
  if (password === null) {
    if (passwordGiven === false) return undefined
    throw new WriteFailedError(invalidInput({ path: [field], message: goneOf(primaryEmail, passwordGiven) }))
  }
  if (!secrets) throw unopenable('SECRET_KEY is not set in this process')
  try {
    return secrets.open(password, passwordOf(operationId, primaryEmail))
  } catch (error) {
    throw unopenable('it was encrypted with another key than the SECRET_KEY of this process', error)
  }
}

/** Returns whether the password was sealed with this key. */
export function canOpenPassword(
  secrets: Secrets,
  { operationId, primaryEmail, password }: { operationId: number; primaryEmail: string; password: string },
): boolean {
  try {
    secrets.open(password, passwordOf(operationId, primaryEmail))
    return true
  } catch {
    return false
  }
}

function unopenable(why: string, cause?: unknown): WriteFailedError {
  const message = `The stored password cannot be decrypted: ${why}. Set SECRET_KEY, in every process, to the key that the password was encrypted with, then call retryOperation. The password is kept, and nothing was sent with or without it.`
  const failure = { failure: 'VendorFailure', message, status: null, outcomeUnknown: false } as const
  return new WriteFailedError(failure, { cause, final: true })
}

function goneOf(primaryEmail: string, given: boolean | null): string {
  const why = given
    ? 'was erased, because the operation was cancelled or is older than 30 days'
    : 'may have been erased by an older version'
  return `The password of ${primaryEmail} ${why}. The account is not created without it: start a new operation with a password`
}
