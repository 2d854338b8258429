import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { isOddAnswer } from '../../vendor/odd-answer.ts'
import { WriteFailedError } from '../failure.ts'

/**
 * Returns a reading after a deletion. Undefined if the vendor's answer proves neither that the user exists nor that it
 * is gone: for a deleted user, some vendors answer 400, 403, 412, or 200 with an error in the body.
 */
export async function unlessOdd<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof WriteFailedError && error.cause instanceof EssentialsError && isOddAnswer(error.cause)) return
    throw error
  }
}
