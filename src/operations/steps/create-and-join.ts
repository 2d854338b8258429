import type { NewUser } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { givePassword, passwordNotSet } from '../../writes/commands/give-password.ts'
import { WriteFailedError, type WriteFailure } from '../../writes/failure.ts'
import { failureOfError } from '../../writes/failure-of-error.ts'
import type { KnownGroup } from '../../writes/queries.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { contradictionsIn, isOtherType } from '../../writes/vendor/compare-written.ts'
import { joinGroup, joinStep } from '../../writes/vendor/memberships.ts'
import { isMember } from '../../writes/vendor/require-groups.ts'
import { patchOf } from '../../writes/vendor/to-vendor.ts'
import type { ItemRun } from '../runner/item-context.ts'
import { createOnce } from './create-once.ts'

/**
 * Creates an account, adds it to each of these groups, reads it, and returns its id in the mirror. Waits for anything
 * that the vendor accepted and does not show yet. Rejects with NotAsWritten if the account exists, but a field or a
 * membership differs from the request. `onShown` is called once the vendor shows the account, before anything else
 * changes it.
 */
export async function createAndJoin(
  run: ItemRun,
  session: WriteSession,
  part: string,
  body: NewUser,
  groups: readonly KnownGroup[],
  onShown?: () => Promise<void>,
): Promise<number> {
  await createOnce(run, session, part, body)
  if (onShown) {
    await requireShown(run, session, part, groups)
    await onShown()
  }
  const problem = await setPassword(run, session, part, body, groups)
  const joins = await joinGroups(run, session, part, groups)
  return await verify(run, session, part, body, groups, joins, problem)
}

/** Returns the account as the vendor shows it. Waits for it, and rejects once all pauses are over. */
export async function requireShown(
  run: ItemRun,
  session: WriteSession,
  part: string,
  groups: readonly KnownGroup[],
): Promise<{ readonly userId: number }> {
  const reading = await session.readAfter()
  if (reading.found) return reading
  run.pauseUnlessOver(`${part}create`, 'NOT_SHOWN', 'the user is not found (404)')
  // The next attempt settles the step by reading: an account that appears by then is the one that this step created.
  await session.doubt('create')
  await sendAgainNextTime(session, groups)
  const message = `The vendor accepted the new user ${session.primaryEmail} (POST /users), but after 15 minutes still does not show it: the last response was 404. If the user appears, retryOperation continues with it; otherwise, retryOperation creates it`
  const failure = { failure: 'VendorFailure', message, status: 404, outcomeUnknown: true } as const
  throw new WriteFailedError(failure, { final: true })
}

/** Returns why the password was not set. If the vendor is unavailable, the attempt ends. */
async function setPassword(
  run: ItemRun,
  session: WriteSession,
  part: string,
  body: NewUser,
  groups: readonly KnownGroup[],
): Promise<WriteFailure | undefined> {
  if (body.password === undefined || session.client.capabilities.passwordOnCreate) return undefined
  if (session.wasStepDone('password')) return undefined
  await requireShown(run, session, part, groups)
  const problem = await givePassword(session, body)
  if (problem?.failure === 'BudgetExhausted' || problem?.failure === 'VendorFailure') {
    throw new WriteFailedError(problem)
  }
  return problem
}

/**
 * `missed`: why groups could not be joined. `refused`: for groups whose refusal was taken to mean that the user is
 * already a member, the vendor's message.
 */
interface Joins {
  readonly missed: Map<KnownGroup, string>
  readonly refused: Map<KnownGroup, string>
}

/** Joins the groups one after the other. If the vendor is unavailable, the attempt ends. */
async function joinGroups(
  run: ItemRun,
  session: WriteSession,
  part: string,
  groups: readonly KnownGroup[],
): Promise<Joins> {
  const [missed, refused] = [new Map<KnownGroup, string>(), new Map<KnownGroup, string>()]
  for (const group of groups) {
    try {
      const refusal = await joinOnceShown(run, session, part, group, groups)
      if (refusal) refused.set(group, refusal.message)
    } catch (error) {
      if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) throw error
      const failure = error instanceof WriteFailedError ? error.failure : failureOfError(error)
      if (failure.failure === 'BudgetExhausted' || failure.failure === 'VendorFailure') throw error
      missed.set(group, failure.message)
    }
  }
  return { missed, refused }
}

/**
 * A vendor that does not show the account yet may not accept it as a member either. A vendor that is case-sensitive may
 * accept only its own spelling. Both answer 404, as they do for a group that does not exist. Therefore this reads the
 * user and sends the request once more.
 */
async function joinOnceShown(
  run: ItemRun,
  session: WriteSession,
  part: string,
  group: KnownGroup,
  groups: readonly KnownGroup[],
): Promise<EssentialsError | undefined> {
  try {
    return await joinGroup(session, group)
  } catch (error) {
    if (!(error instanceof WriteFailedError && error.failure.failure === 'NotFound')) throw error
    await requireShown(run, session, part, groups)
    return await joinGroup(session, group)
  }
}

/** Reads the new user, compares it with the request, and returns its id in the mirror. */
async function verify(
  run: ItemRun,
  session: WriteSession,
  part: string,
  body: NewUser,
  groups: readonly KnownGroup[],
  { missed, refused }: Joins,
  problem: WriteFailure | undefined,
): Promise<number> {
  await requireShown(run, session, part, groups)
  const reading = await session.readAfter()
  if (!reading.found) throw new Error('The user was found by an earlier read, but not by this one')
  const { wire, userId } = reading
  const absent = groups.filter((group) => isMember(wire.groups, group) === false)
  const profile = [...(isOtherType(body.type, wire) ? ['type'] : []), ...contradictionsIn(patchOf(body), wire)]
  const fields = [
    ...profile,
    ...(problem ? ['password'] : []),
    ...(absent.length > 0 || missed.size > 0 ? ['groups'] : []),
  ]
  if (fields.length === 0) {
    // From here on, a copy with a later time shows another client's change; it is not a late copy.
    await session.adopt(reading)
    return userId
  }
  if (profile.length > 0) run.pauseUnlessOver(`${part}create`, 'OTHER', `the user differs in ${profile.join(', ')}`)
  const [first] = absent.filter((group) => !missed.has(group))
  if (first && missed.size === 0 && profile.length === 0) {
    const names = absent.map(({ groupId }) => groupId).join(', ')
    run.pauseUnlessOver(part + joinStep(first.groupId), 'NOT_SHOWN', `the user is not in ${names}`)
  }
  await sendAgainNextTime(session, absent)
  const why = new Map([...[...refused].filter(([group]) => absent.includes(group)), ...missed])
  const reasons = [...why].map(([{ groupId }, said]) => `The user is not in ${groupId}: ${said.replace(/\.$/, '')}.`)
  const silent = absent.filter((group) => !why.has(group)).map(({ groupId }) => groupId)
  if (silent.length > 0) {
    reasons.push(`The vendor accepted the user as a member of ${silent.join(', ')}, but does not show the membership.`)
  }
  const difference = `The user was created, but differs from the request in ${fields.join(', ')}.`
  const message = [difference, ...(problem ? [passwordNotSet(problem)] : []), ...reasons].join(' ')
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId })
}

/** The vendor accepted these steps and does not show their effect. */
async function sendAgainNextTime(session: WriteSession, groups: readonly KnownGroup[]): Promise<void> {
  for (const { groupId } of groups) await session.forgetStep(joinStep(groupId))
}
