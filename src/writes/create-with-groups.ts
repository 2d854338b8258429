import { addGroupMember, createUser as createUserCall, type NewUser } from '../essentials/endpoints.ts'
import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { compareWritten } from './compare-written.ts'
import { createAccount } from './create-account.ts'
import { WriteFailedError } from './failure.ts'
import { failureOfError } from './failure-of-error.ts'
import type { KnownGroup } from './look-up.ts'
import { joinGroup, joinStep } from './memberships.ts'
import { type PlannedRequest, planOf } from './plan.ts'
import { isMember } from './require-groups.ts'
import type { WriteSession } from './session.ts'
import { patchOf } from './vendor-words.ts'

/**
 * Creates an account, puts it into each of these groups, reads it once, and gives its id in the mirror. Rejects where the account was not
 * created; and with NotAsWritten where it is there, and something of it or a membership is not as was asked for. `comesBack`: a vendor
 * that is away in the midst of it rejects as it does at the beginning, since the caller goes on later. `onCreated` is called once the account
 * is there, before anything else changes it.
 */
export async function createWithGroups(
  session: WriteSession,
  body: NewUser,
  groups: readonly KnownGroup[],
  { comesBack = false, onCreated }: { readonly comesBack?: boolean; readonly onCreated?: () => Promise<void> } = {},
): Promise<number> {
  await createAccount(session, body)
  await onCreated?.()
  const joins = await joinGroups(session, groups, comesBack)
  return await verify(session, body, groups, joins)
}

export function planCreation(body: NewUser, groups: readonly Pick<KnownGroup, 'groupId'>[]): PlannedRequest[] {
  return [
    planOf(createUserCall(body)),
    ...groups.map(({ groupId }) => planOf(addGroupMember(groupId, body.primaryEmail))),
  ]
}

/** Why groups could not be joined; and of those whose refusal was taken to say that the user is in them, what it said. */
interface Joins {
  readonly missed: Map<KnownGroup, string>
  readonly refused: Map<KnownGroup, string>
}

/** Joins one group after the other. A vendor that is away is not asked for the rest. */
async function joinGroups(session: WriteSession, groups: readonly KnownGroup[], comesBack: boolean): Promise<Joins> {
  const [missed, refused] = [new Map<KnownGroup, string>(), new Map<KnownGroup, string>()]
  let away: string | undefined
  for (const group of groups) {
    if (away === undefined) {
      try {
        const refusal = await joinGroup(session, group)
        if (refusal) refused.set(group, refusal.message)
        continue
      } catch (error) {
        if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) throw error
        const failure = error instanceof WriteFailedError ? error.failure : failureOfError(error)
        missed.set(group, failure.message)
        if (failure.failure !== 'BudgetExhausted' && failure.failure !== 'VendorFailure') continue
        if (comesBack) throw error
        away = failure.message
        continue
      }
    }
    missed.set(group, `not tried, since ${away}`)
  }
  return { missed, refused }
}

/** Reads the new user, and compares it with what was sent: its id in the mirror. */
async function verify(
  session: WriteSession,
  body: NewUser,
  groups: readonly KnownGroup[],
  { missed, refused }: Joins,
): Promise<number> {
  const reading = await session.readAfter()
  if (!reading.found) {
    // It may only be late: were it sent again at once, the account that then appears would look like somebody else's.
    await session.doubt('create')
    await sendAgainNextTime(
      session,
      groups.map(({ groupId }) => joinStep(groupId)),
    )
    const message = `The vendor took the new user ${body.primaryEmail}, and does not have it`
    throw new WriteFailedError({ failure: 'NotAsWritten', message, fields: ['primaryEmail'], userId: null })
  }
  const { wire, userId } = reading
  const absent = groups.filter((group) => isMember(wire.groups, group) === false)
  const fields = [
    ...(wire.raw.type != null && wire.raw.type !== body.type ? ['type'] : []),
    ...compareWritten(patchOf(body), wire),
    ...(absent.length > 0 || missed.size > 0 ? ['groups'] : []),
  ]
  if (fields.length === 0) return userId
  await sendAgainNextTime(
    session,
    absent.map(({ groupId }) => joinStep(groupId)),
  )
  const why = new Map([...[...refused].filter(([group]) => absent.includes(group)), ...missed])
  const reasons = [...why].map(([{ groupId }, said]) => `It is not in ${groupId}: ${said.replace(/\.$/, '')}.`)
  const message = [`The user was created, but differs from what was sent in ${fields.join(', ')}.`, ...reasons].join(
    ' ',
  )
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId })
}

/** The vendor took these steps, and nothing is there of them. */
async function sendAgainNextTime(session: WriteSession, steps: readonly string[]): Promise<void> {
  for (const step of steps) await session.disown(step)
}
