/**
 * Exempts an account from the directory sync before it is created, made a functional account, or deleted. The directory
 * is the source of truth: a sync would undo the change, by deleting the account or by making it again.
 */
import { addressKey } from '../../addresses/address-key.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import { WriteFailedError, type WriteFailure } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import type { WriteSession } from './session.ts'
import { LeaseLostError, type UserLock } from './user-lock.ts'

/**
 * Returns once no directory sync runs, or the vendor lists the account as exempt. Otherwise it rejects, and nothing is
 * changed. `step`: that of the change. Once it was sent, the exemption was there.
 */
export async function exemptFromSync(session: WriteSession, step: 'create' | 'replace' | 'delete'): Promise<void> {
  if (!session.client.capabilities.directorySync || session.wasStepSent(step)) return
  try {
    if (await isSyncing(session)) await exemptOnce(session)
  } catch (error) {
    const failure = failureIn(error)
    if (!failure) throw error
    const message = `The account was not changed, because it could not be exempted from the directory sync, which would undo the change: ${failure.message}`
    throw new WriteFailedError({ ...failure, message }, { cause: error })
  }
}

/** Another process may have changed the list since it was read: then it is read again. */
async function exemptOnce(session: WriteSession): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await session.withSettings((lock) => exempt(session, lock))
    } catch (error) {
      if (!(error instanceof LeaseLostError) || turn === mostTurns) throw error
    }
  }
}

const mostTurns = 3

async function exempt(session: WriteSession, lock: UserLock): Promise<void> {
  const { client, primaryEmail } = session
  const before = await exemptionsIn(session)
  if (before.some((one) => addressKey(one) === addressKey(primaryEmail))) return
  // Public sources do not agree whether the request replaces the list or adds to it.
  const whole = [...before, primaryEmail]
  // During a long wait for the allowance, this process may have lost the lock.
  await session.call((options) => client.putExemptions(whole, { ...options, beforeSending: () => lock.confirm() }))
  const after = new Set((await exemptionsIn(session)).map(addressKey))
  const missing = whole.filter((one) => !after.has(addressKey(one)))
  if (missing.length === 0) return
  const message = `the vendor accepted the list of exemptions, but does not show ${missing.join(', ')}`
  throw new WriteFailedError({ failure: 'VendorFailure', message, status: null, outcomeUnknown: false })
}

async function isSyncing(session: WriteSession): Promise<boolean> {
  try {
    const { value } = await session.call((options) => session.client.readDirectorySync(options))
    return value.everyHours > 0
  } catch (error) {
    if (error instanceof NotFoundError) return false
    throw error
  }
}

async function exemptionsIn(session: WriteSession): Promise<readonly string[]> {
  return (await session.call((options) => session.client.readExemptions(options))).value
}

function failureIn(error: unknown): WriteFailure | undefined {
  if (error instanceof WriteFailedError) return error.failure
  return error instanceof EssentialsError ? failureOfError(error) : undefined
}
