import { addGroupMember, createUser as createUserCall, type NewUser } from '../essentials/endpoints.ts'
import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { compareWritten } from './compare-written.ts'
import { createAccount } from './create-account.ts'
import { WriteFailedError } from './failure.ts'
import { failureOfError } from './failure-of-error.ts'
import type { KnownGroup } from './look-up.ts'
import { joinGroup } from './memberships.ts'
import { type PlannedRequest, planOf } from './plan.ts'
import { isMember } from './require-groups.ts'
import type { WriteSession } from './session.ts'
import { patchOf } from './vendor-words.ts'

/**
 * Creates an account, puts it into each of these groups, reads it once, and gives its id in the mirror. Rejects where the account was not
 * created; and with NotAsWritten where it is there, and something of it or a membership is not as was asked for. `comesBack`: a vendor
 * that is away in the midst of it rejects as it does at the beginning, since the caller goes on later.
 */
export async function createWithGroups(
  session: WriteSession,
  body: NewUser,
  groups: readonly KnownGroup[],
  { comesBack = false }: { readonly comesBack?: boolean } = {},
): Promise<number> {
  await createAccount(session, body)
  const missed = await joinGroups(session, groups, comesBack)
  return await verify(session, body, groups, missed)
}

export function planCreation(body: NewUser, groups: readonly Pick<KnownGroup, 'groupId'>[]): PlannedRequest[] {
  return [
    planOf(createUserCall(body)),
    ...groups.map(({ groupId }) => planOf(addGroupMember(groupId, body.primaryEmail))),
  ]
}

/** Joins one group after the other, and tells why some could not be. A vendor that is away is not asked for the rest. */
async function joinGroups(
  session: WriteSession,
  groups: readonly KnownGroup[],
  comesBack: boolean,
): Promise<Map<KnownGroup, string>> {
  const missed = new Map<KnownGroup, string>()
  let away: string | undefined
  for (const group of groups) {
    if (away === undefined) {
      try {
        await joinGroup(session, group)
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
  return missed
}

/** Reads the new user, and compares it with what was sent: its id in the mirror. */
async function verify(
  session: WriteSession,
  body: NewUser,
  groups: readonly KnownGroup[],
  missed: ReadonlyMap<KnownGroup, string>,
): Promise<number> {
  const reading = await session.readAfter()
  if (!reading.found) {
    const message = `The vendor took the new user ${body.primaryEmail}, and does not have it`
    throw new WriteFailedError({ failure: 'NotAsWritten', message, fields: ['primaryEmail'], userId: null })
  }
  const { wire, userId } = reading
  const absent = groups.filter((group) => isMember(wire.groups, group) === false)
  const fields = [
    ...(wire.type !== undefined && wire.type !== body.type ? ['type'] : []),
    ...compareWritten(patchOf(body), wire),
    ...(absent.length > 0 || missed.size > 0 ? ['groups'] : []),
  ]
  if (fields.length === 0) return userId
  const reasons = [...missed].map(([{ groupId }, why]) => `It is not in ${groupId}: ${why}.`)
  const message = [`The user was created, but differs from what was sent in ${fields.join(', ')}.`, ...reasons].join(
    ' ',
  )
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields, userId })
}
