/**
 * What a 401 means: the credentials are wrong, or the vendor refuses them for one organization only. Repeating wrong
 * ones may lock the account, so the guard of the allowance stops everything until that is known.
 */
import type { Logger } from 'pino'
import type { Slot } from '../allowance.ts'
import type { Advice } from '../errors/essentials-error.ts'
import type { Call } from './classify-response.ts'
import type { Access, CallOptions, Connection } from './connection.ts'

type Refusal = Awaited<ReturnType<NonNullable<Access['allowance']['guard']>['refuse']>>

const ofOrganization =
  'credentials that the vendor also accepts for this organization: it accepts them otherwise, so only the requests about this organization stop for an hour'
/** Other requests in doubt are waited for. No longer than the longest of them. */
const longestWaitMs = 130_000

/** The vendor accepted the request. If the guard is unavailable, it allows fewer requests at once. */
export async function accept({ allowance }: Access, slot: Slot, log: Logger): Promise<void> {
  await allowance.guard?.accept(slot).catch((error: unknown) => {
    log.warn({ err: error }, 'cannot record that the vendor accepted the credentials')
  })
}

/** The vendor refused the request. Call it before the slot is returned: others begin then. */
export async function refuse<T>(
  { allowance, ownArea }: Access,
  slot: Slot,
  { area }: Call<T>,
  log: Logger,
): Promise<Refusal | undefined> {
  try {
    const refusal = await allowance.guard?.refuse(slot, area === ownArea ? undefined : area)
    if (refusal === 'REFUSED') log.error('the vendor refused the credentials: no request is sent with them for an hour')
    return refusal
  } catch (error) {
    // Taking the next slot fails, too.
    log.warn({ err: error }, 'cannot stop the requests of refused credentials')
    return undefined
  }
}

/** Finds out what the 401 means. Returns what would be right, if that is not what the connection expects. */
export async function explainRefusal<T>(
  refusal: Refusal | undefined,
  connection: Connection,
  access: Access,
  { area = '' }: Call<T>,
  log: Logger,
  send: (call: Call<unknown>, options: CallOptions) => Promise<unknown>,
): Promise<Advice | undefined> {
  const { verification, advice } = connection
  if (refusal !== 'AREA' && refusal !== 'DOUBTED') return undefined
  const isAccepted = refusal === 'AREA' || (await isVerified())
  // Of other credentials nothing is known. If the guard is unavailable, the doubt ends as a refusal.
  if (refusal === 'DOUBTED')
    await access.allowance.guard?.settle(area, isAccepted).catch((error: unknown) => {
      log.warn({ err: error }, 'cannot settle whether the vendor refuses the credentials')
    })
  if (!isAccepted) return undefined
  log.warn({ area }, 'the vendor refused the credentials for one organization: its requests stop for an hour')
  return { ...advice, unauthorized: ofOrganization }

  async function isVerified(): Promise<boolean> {
    if (!verification || connection.access !== access) return false
    try {
      await send(verification, { priority: 'interactive', maxWaitMs: longestWaitMs, verifies: true })
      return connection.access === access
    } catch (error) {
      log.warn({ err: error }, 'the vendor does not show that it accepts the credentials')
      return false
    }
  }
}
