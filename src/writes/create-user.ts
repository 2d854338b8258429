import { addGroupMember, createUser as createUserCall, type NewUser } from '../essentials/endpoints.ts'
import { EssentialsError } from '../essentials/errors/essentials-error.ts'
import { checkCreateUser, checkIdempotencyKey } from './check-input.ts'
import { compareWritten } from './compare-written.ts'
import { createAccount } from './create-account.ts'
import type { WriteDeps } from './deps.ts'
import { invalidInput, WriteFailedError, type WriteFailure } from './failure.ts'
import { failureOfError } from './failure-of-error.ts'
import type { CreateUserInput } from './inputs.ts'
import { isDomainKnown, type KnownGroup } from './look-up.ts'
import { joinGroup } from './memberships.ts'
import { type PlannedRequest, planOf } from './plan.ts'
import { isMember, requireGroups } from './require-groups.ts'
import { runWrite, type WriteRequest } from './run-write.ts'
import type { WriteSession } from './session.ts'
import { newUserOf, patchOf } from './vendor-words.ts'

export interface UserCreated {
  /** Null in a dry run. */
  readonly userId: number | null
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
}

/**
 * Creates a user, and puts it into its groups. Where the user was created and a group could not be joined, the failure is NotAsWritten
 * with the field `groups`: the user is there, and the message says what is missing.
 */
export type CreateUser = (request: WriteRequest<CreateUserInput>) => Promise<UserCreated | WriteFailure>

export function createUserWith(deps: WriteDeps): CreateUser {
  return async (request) => {
    const { input, idempotencyKey, dryRun } = request
    const issues = [...checkCreateUser(input), ...checkIdempotencyKey(idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    return await runWrite(deps, 'createUser', request, async (session) => {
      const body = newUserOf(input)
      const groups = await requireGroups(session, input.groups ?? [])
      const plan = planCreateUser(body, groups)
      const notes = await notesOn(session)
      if (dryRun) {
        await refuseExisting(session)
        return { userId: null, plan, notes }
      }
      await createAccount(session, body)
      const missed = await joinGroups(session, groups)
      return { userId: await verify(session, body, groups, missed), plan, notes }
    })
  }
}

export function planCreateUser(body: NewUser, groups: readonly KnownGroup[]): PlannedRequest[] {
  return [
    planOf(createUserCall(body)),
    ...groups.map(({ groupId }) => planOf(addGroupMember(groupId, body.primaryEmail))),
  ]
}

async function notesOn({ sql, organizationId, primaryEmail }: WriteSession): Promise<string[]> {
  if (await isDomainKnown(sql, organizationId, primaryEmail)) return []
  const domain = primaryEmail.slice(primaryEmail.lastIndexOf('@') + 1)
  return [
    `No user of the organization bears the domain ${domain} yet: the vendor refuses it unless it is registered in the admin console`,
  ]
}

async function refuseExisting(session: WriteSession): Promise<void> {
  const reading = await session.readBefore()
  if (!reading.found) return
  const message = `There is a user ${session.primaryEmail} already`
  throw new WriteFailedError({ failure: 'AlreadyExists', message, userId: reading.userId })
}

/** Joins one group after the other, and tells why some could not be. A vendor that is away is not asked for the rest. */
async function joinGroups(session: WriteSession, groups: readonly KnownGroup[]): Promise<Map<KnownGroup, string>> {
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
        if (failure.failure === 'BudgetExhausted' || failure.failure === 'VendorFailure') away = failure.message
        continue
      }
    }
    missed.set(group, `not tried, since ${away}`)
  }
  return missed
}

/** Reads the new user, and compares it with what was sent. */
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
