import type { NewUser, WriteRequests } from '../../vendor/adapter.ts'
import { addGroupMember } from '../../vendor/endpoints.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { WriteFailedError, type WriteFailure } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import type { KnownGroup } from '../queries.ts'
import { type PlannedRequest, planOf } from '../session/plan.ts'
import type { WriteSession } from '../session/session.ts'
import { concludeSettling, notShownYet } from '../session/unsettled.ts'
import { compareSent, isOtherType } from '../vendor/compare-written.ts'
import { joinGroup, joinStep } from '../vendor/memberships.ts'
import { isMember } from '../vendor/require-groups.ts'
import { patchOf } from '../vendor/to-vendor.ts'
import { fieldsOfCreation } from '../vendor/written-fields.ts'
import { createAccount } from './create-account.ts'
import { givePassword, passwordNotSet } from './give-password.ts'

export interface Created {
  /** Null while the vendor does not show the user. */
  readonly userId: number | null
  readonly settled: boolean
  readonly notes: readonly string[]
}

/**
 * Creates an account, adds it to each of these groups, and reads it until it matches the request. Rejects if the
 * account was not created, and with NotAsWritten if it exists but a field or a membership differs from the request. An
 * account that the vendor accepted and does not show yet counts as created.
 */
export async function createWithGroups(
  session: WriteSession,
  body: NewUser,
  groups: readonly KnownGroup[],
): Promise<Created> {
  const { before } = await createAccount(session, body)
  const problem = await givePassword(session, body)
  const joins = await joinGroups(session, groups)
  return await verify(session, body, groups, before, joins, problem)
}

export function planCreation(
  requests: WriteRequests,
  body: NewUser,
  groups: readonly Pick<KnownGroup, 'groupId'>[],
): PlannedRequest[] {
  return [
    ...requests.createUser(body).map(planOf),
    ...groups.map(({ groupId }) => planOf(addGroupMember(groupId, body.primaryEmail))),
  ]
}

/**
 * `missed`: why groups could not be joined. `refused`: for groups whose refusal was taken to mean that the user is
 * already a member, the vendor's message.
 */
interface Joins {
  readonly missed: ReadonlyMap<KnownGroup, string>
  readonly refused: ReadonlyMap<KnownGroup, string>
}

/** Joins the groups one after the other. Stops if the vendor is unavailable or does not know the new user yet. */
async function joinGroups(session: WriteSession, groups: readonly KnownGroup[]): Promise<Joins> {
  const [missed, refused] = [new Map<KnownGroup, string>(), new Map<KnownGroup, string>()]
  let away: string | undefined
  for (const group of groups) {
    if (away !== undefined) {
      missed.set(group, `not attempted after an earlier failure: ${away}`)
      continue
    }
    try {
      const refusal = await joinOnceShown(session, group)
      if (refusal) refused.set(group, refusal.message)
    } catch (error) {
      if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) throw error
      const failure = error instanceof WriteFailedError ? error.failure : failureOfError(error)
      missed.set(group, failure.message)
      if (failure.failure === 'BudgetExhausted' || failure.failure === 'VendorFailure') away = failure.message
    }
  }
  return { missed, refused }
}

/**
 * A vendor that shows a new user late may not accept it as a member before that. The request is sent again once the
 * vendor shows the user.
 */
async function joinOnceShown(session: WriteSession, group: KnownGroup): Promise<EssentialsError | undefined> {
  try {
    return await joinGroup(session, group)
  } catch (error) {
    if (!(error instanceof WriteFailedError && error.failure.failure === 'NotFound')) throw error
    const { value: reading } = await session.poll(({ found }) => (found ? 'WRITTEN' : 'BEFORE'))
    if (reading.found) return await joinGroup(session, group)
    const message = `the vendor does not know the new user yet: ${error.message}`
    const failure = { failure: 'VendorFailure', message, status: 404, outcomeUnknown: false } as const
    throw new WriteFailedError(failure, { cause: error })
  }
}

/** Reads the new user until it matches the request. `before`: the account that the mirror had at the address. */
async function verify(
  session: WriteSession,
  body: NewUser,
  groups: readonly KnownGroup[],
  before: number | null,
  { missed, refused }: Joins,
  problem: WriteFailure | undefined,
): Promise<Created> {
  const joined = groups.filter((group) => !missed.has(group))
  const { value: reading, isCut } = await session.poll((reading) => {
    if (!reading.found || reading.userId === before) return 'BEFORE'
    const { lacking, other } = differencesOf(body, reading.wire)
    if (other.length > 0) return 'OTHER'
    const isAbsent = joined.some((group) => isMember(reading.wire.groups, group) === false)
    return lacking.length > 0 || isAbsent ? 'BEFORE' : 'WRITTEN'
  })
  const shown = reading.found && reading.userId !== before ? reading : undefined
  const absent = shown ? groups.filter((group) => isMember(shown.wire.groups, group) === false) : []
  const { lacking, other } = shown ? differencesOf(body, shown.wire) : { lacking: [], other: [] }
  const differs = [...other, ...lacking]
  // A membership that was accepted without a refusal and is not shown may only be late. If polling was cut short, any
  // difference may be.
  const denied = isCut ? [] : absent.filter((group) => refused.has(group))
  const fields = [
    ...(isCut ? [] : differs),
    ...(problem ? ['password'] : []),
    ...(denied.length > 0 || missed.size > 0 ? ['groups'] : []),
  ]
  const settled = shown !== undefined && absent.length === 0 && (differs.length === 0 || !isCut)
  const unsettled = shown ? ({ kind: 'CHANGE' } as const) : ({ kind: 'CREATE', userId: before } as const)
  await concludeSettling(session, settled ? undefined : unsettled)
  if (shown) await session.adopt(shown, isCut ? [] : fieldsOfCreation(body))
  if (fields.length === 0) return { userId: shown?.userId ?? null, settled, notes: settled ? [] : [notShownYet] }
  for (const { groupId } of denied) await session.forgetStep(joinStep(groupId))
  const why = new Map([...[...refused].filter(([group]) => denied.includes(group)), ...missed])
  const reasons = [...why].map(([{ groupId }, said]) => `The user is not in ${groupId}: ${said.replace(/\.$/, '')}.`)
  const difference = `The user was created, but differs from the request in ${fields.join(', ')}.`
  const message = [difference, ...(problem ? [passwordNotSet(problem)] : []), ...reasons].join(' ')
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId: shown?.userId ?? null })
}

/**
 * Returns the fields of a new user that lack something of the request, and those that hold something else. A vendor may
 * fill fields one by one.
 */
function differencesOf(body: NewUser, found: WireUser): { readonly lacking: string[]; readonly other: string[] } {
  const nothing: WireUser = { primaryEmail: found.primaryEmail, roles: [], aliases: [], raw: {} }
  const { late, other } = compareSent(patchOf(body), nothing, found)
  return {
    lacking: [...late],
    other: [...(isOtherType(body.type, found) ? ['type'] : []), ...other],
  }
}
