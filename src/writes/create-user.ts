import { checkCreateUser, checkIdempotencyKey } from './check-input.ts'
import { createWithGroups, planCreation } from './create-with-groups.ts'
import type { WriteDeps } from './deps.ts'
import { invalidInput, WriteFailedError, type WriteFailure } from './failure.ts'
import type { CreateUserInput } from './inputs.ts'
import { isDomainKnown } from './look-up.ts'
import type { PlannedRequest } from './plan.ts'
import { requireGroups } from './require-groups.ts'
import { runWrite, type WriteRequest } from './run-write.ts'
import type { WriteSession } from './session.ts'
import { newUserOf } from './vendor-words.ts'

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
    const create = async (session: WriteSession) => {
      const body = newUserOf(input)
      const groups = await requireGroups(session, input.groups ?? [])
      const plan = planCreation(body, groups)
      const notes = await notesOn(session)
      if (dryRun) {
        await refuseExisting(session)
        return { userId: null, plan, notes }
      }
      return { userId: await createWithGroups(session, body, groups), plan, notes }
    }
    return await runWrite(deps, 'createUser', request, create, { spelling: 'AS_GIVEN' })
  }
}

async function notesOn({ sql, organizationId, primaryEmail }: WriteSession): Promise<string[]> {
  if (await isDomainKnown(sql, organizationId, primaryEmail)) return []
  const domain = primaryEmail.slice(primaryEmail.lastIndexOf('@') + 1)
  return [
    `The mirror has no live user of the domain ${domain}: the vendor takes one only where the domain is registered in its admin console`,
  ]
}

async function refuseExisting(session: WriteSession): Promise<void> {
  const reading = await session.readBefore()
  if (!reading.found) return
  const message = `There is a user ${session.primaryEmail} already`
  throw new WriteFailedError({ failure: 'AlreadyExists', message, userId: reading.userId })
}
