import { domainOf } from '../../addresses/spellings.ts'
import type { UserReading } from '../../sync/point-read/read-user.ts'
import { wasFreed } from '../../sync/point-read/recent-writes.ts'
import type { NewUser } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { AlreadyExistsError } from '../../vendor/errors/rejection-errors.ts'
import { WriteFailedError } from '../failure.ts'
import { isRefusal, wordsOf } from '../failure-of-error.ts'
import { bearerId, liveUserId } from '../queries.ts'
import { exemptFromSync } from '../session/exempt-from-sync.ts'
import { creationOf } from '../session/same-account.ts'
import type { WriteSession } from '../session/session.ts'
import type { Shown } from '../session/settle.ts'
import type { Settled } from '../session/step.ts'
import { contradictionsIn } from '../vendor/compare-written.ts'
import { patchOf } from '../vendor/to-vendor.ts'
import { fieldsOfCreation } from '../vendor/written-fields.ts'

/**
 * Creates the account at the vendor once. If the answer is lost, an account that matches the request counts as created
 * by it, unless the mirror had that account before. Rejects if the account was not created, or if the outcome is
 * unknown. An address that a deletion of this system has just freed may stay in use for a while; the rejected request
 * is then sent again. `before`: the account that the mirror had at the address.
 */
export async function createAccount(session: WriteSession, body: NewUser): Promise<{ readonly before: number | null }> {
  const { sql, organizationId } = session
  // After the request was sent, the account that the mirror has now may be the new one.
  const sent = session.wasStepSent('create')
  const before = sent ? (sent.userId ?? null) : await liveUserId(sql, organizationId, body.primaryEmail)
  await requireDomain(session, body.primaryEmail)
  await exemptFromSync(session, 'create')
  try {
    await session.retry(
      () => send(session, body, before, sent !== undefined),
      async (error) => isRefusal(error) && (await wasFreed(sql, organizationId, addressesOf(body))),
    )
    return { before }
  } catch (error) {
    if (error instanceof AlreadyExistsError) throw await alreadyExists(session, body, error)
    throw error
  }
}

async function send(session: WriteSession, body: NewUser, before: number | null, isResent: boolean): Promise<void> {
  const isAsSent = (reading: UserReading) =>
    reading.found && reading.userId !== before && contradictionsIn(patchOf(body), reading.wire).length === 0
  const shows = (reading: UserReading): Shown => {
    if (!reading.found || reading.userId === before) return 'BEFORE'
    return isAsSent(reading) ? 'WRITTEN' : 'OTHER'
  }
  const refusal = await session.take({
    name: 'create',
    facts: { userId: before },
    writes: { fields: fieldsOfCreation(body), forgets: true },
    async send(options) {
      const { value } = await session.client.createUser(body, options)
      if (value) session.adoptSpelling(value.primaryEmail)
    },
    async settle({ unseen }): Promise<Settled> {
      const { value: reading } = await session.poll(shows)
      if (!reading.found) return 'NOT_DONE'
      if (reading.userId === before) {
        // Without a creation time and a number, a new account cannot be distinguished from one that the mirror did not know to be
        // gone.
        if (creationOf(reading.wire) === undefined && reading.wire.vendorId === undefined) return 'UNKNOWN'
        throw await alreadyExists(session, body, undefined)
      }
      // The caller compares an account that the vendor confirmed and showed late.
      return unseen || isAsSent(reading) ? 'DONE' : 'UNKNOWN'
    },
    // An earlier request whose answer was lost may have been carried out and shown late.
    isDoneBy: (refused) => isResent && refused instanceof AlreadyExistsError,
  })
  if (!refusal) return
  const { value: reading } = await session.poll(shows)
  if (isAsSent(reading)) return
  if (!reading.found) {
    await session.doubt('create')
    const message = `The vendor rejects ${body.primaryEmail} as already in use, but does not show it: an earlier attempt of this write may have created it`
    const failure = { failure: 'VendorFailure', message, status: refusal.status ?? null, outcomeUnknown: true } as const
    throw new WriteFailedError(failure, { cause: refusal })
  }
  await session.forgetStep('create')
  throw refusal
}

/**
 * Identifies the user that has the address for the answer: the account at the address, or the user that has one of the
 * addresses in the mirror.
 */
async function alreadyExists(
  session: WriteSession,
  body: NewUser,
  error: AlreadyExistsError | undefined,
): Promise<WriteFailedError> {
  const { sql, organizationId } = session
  const { primaryEmail } = body
  const reading = await readBearer(session)
  if (reading?.found) {
    const message = `The user ${primaryEmail} already exists${wordsOf(error)}`
    return new WriteFailedError({ failure: 'AlreadyExists', message, userId: reading.userId }, { cause: error })
  }
  if (reading && (await session.lacksAccount())) {
    const message = `The user ${primaryEmail} already exists: the vendor accepted it less than a minute ago, but does not show it yet${wordsOf(error)}`
    return new WriteFailedError({ failure: 'AlreadyExists', message, userId: null }, { cause: error })
  }
  const addresses = addressesOf(body)
  const userId = await bearerId(sql, organizationId, addresses)
  const message = `${addresses.join(' or ')} is already in use by another user${wordsOf(error)}`
  return new WriteFailedError({ failure: 'AlreadyExists', message, userId }, { cause: error })
}

/**
 * Reads the account at the address. Waits if the vendor accepted its creation less than a minute ago. Undefined if the
 * vendor cannot be read.
 */
async function readBearer(session: WriteSession): Promise<UserReading | undefined> {
  const shows = ({ found }: UserReading): Shown => (found ? 'WRITTEN' : 'BEFORE')
  try {
    const reading = await session.readAgain()
    return reading.found || !(await session.lacksAccount()) ? reading : (await session.poll(shows)).value
  } catch (error) {
    if (error instanceof WriteFailedError) return undefined
    throw error
  }
}

function addressesOf({ primaryEmail, aliases }: NewUser): string[] {
  return [primaryEmail, ...(Array.isArray(aliases) ? (aliases as string[]) : [])]
}

/**
 * Refuses a new user of a domain that the vendor does not list, before anything is sent. If the domains cannot be read,
 * the vendor decides.
 */
export async function requireDomain(session: WriteSession, primaryEmail: string): Promise<void> {
  const { client } = session
  if (!client.capabilities.domains || session.sent) return
  const domain = domainOf(primaryEmail)
  const known = await session
    .call((options) => client.readDomains(options))
    .catch((error: unknown) => {
      if (error instanceof EssentialsError) return null
      throw error
    })
  if (!known || known.some((one) => domainOf(`@${one}`) === domain)) return
  const message = `The domain ${domain} is not registered. Register it in the vendor's admin console before creating users. The list of domains is read once an hour`
  throw new WriteFailedError({ failure: 'DomainNotRegistered', message, domain })
}
