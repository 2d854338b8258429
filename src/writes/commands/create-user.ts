import { z } from 'zod'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, WriteFailedError, type WriteFailure } from '../failure.ts'
import { type CreateUserInput, normalizeInput } from '../inputs.ts'
import { checkAdminKinds, notOfferedInCreation, withKinds } from '../not-offered.ts'
import { findBearer, isDomainKnown, liveUserId } from '../queries.ts'
import { resultFields, storedSettled } from '../session/plan.ts'
import type { WriteSession } from '../session/session.ts'
import { readKnownRoles, rolesOf, spelledRoles, unknownRoleIssues } from '../unknown-roles.ts'
import { checkCreateUser, checkIdempotencyKey } from '../validation.ts'
import { requireGroups } from '../vendor/require-groups.ts'
import { newUserOf } from '../vendor/to-vendor.ts'
import { createWithGroups, planCreation } from './create-with-groups.ts'
import { runWrite, type WriteRequest } from './run-write.ts'

const userCreated = z
  .object({
    /** Null in a dry run, and while the vendor does not show the user. */
    userId: z.number().nullable(),
    settled: storedSettled,
    ...resultFields,
  })
  .readonly()

export type UserCreated = z.infer<typeof userCreated>

/**
 * Creates a user and adds it to its groups. If the user was created, but could not join a group, the failure is
 * NotAsWritten with the field `groups`: the user exists, and the message says what is missing.
 */
export type CreateUser = (request: WriteRequest<CreateUserInput>) => Promise<UserCreated | WriteFailure>

export function createUserWith(deps: WriteDeps): CreateUser {
  return async (request) => {
    const { idempotencyKey, dryRun } = request
    const client = deps.clientOf(request.organizationId)
    const offered = client?.capabilities
    const input = normalizeInput(withKinds(offered, request.input))
    const issues = [
      ...checkCreateUser(input),
      ...notOfferedInCreation(offered, input),
      ...checkAdminKinds(client, input.roles, ['roles'], request.requireAdmin),
      ...checkIdempotencyKey(idempotencyKey),
    ]
    if (issues.length > 0) return invalidInput(...issues)
    const create = async (session: WriteSession) => {
      // An account that an earlier attempt has created keeps the result of that attempt.
      const known = input.roles?.length
        ? await readKnownRoles(session.sql, session.organizationId, session.client.documentedRoles)
        : []
      if (!session.wasStepSent('create')) refuseUnknownRoles(known, input)
      const body = newUserOf({ ...input, roles: spelledRoles(known, input.roles) })
      const groups = await requireGroups(session, input.groups ?? [])
      const plan = planCreation(session.client.requests, body, groups)
      const notes = await notesOn(session)
      if (dryRun) {
        await refuseExisting(session, input.aliases ?? [])
        return { userId: null, plan, notes, settled: true, given: { plan, notes: [] } }
      }
      const created = await createWithGroups(session, body, groups)
      const { userId, settled } = created
      return { userId, plan, notes: [...notes, ...created.notes], settled, given: { plan, notes: created.notes } }
    }
    // A new account is read in the requested spelling. An existing account, which only a dry run looks for, may be
    // spelled with other letter case.
    return await runWrite(deps, userCreated, 'createUser', { ...request, input }, create, {
      spelling: dryRun ? 'AS_KNOWN' : 'AS_GIVEN',
    })
  }
}

function refuseUnknownRoles(known: readonly string[], { roles, allowUnknownRole }: CreateUserInput): void {
  const issues = allowUnknownRole ? [] : unknownRoleIssues(known, rolesOf(roles, ['roles']))
  if (issues.length > 0) throw new WriteFailedError(invalidInput(...issues))
}

async function notesOn({ sql, organizationId, primaryEmail }: WriteSession): Promise<string[]> {
  if (await isDomainKnown(sql, organizationId, primaryEmail)) return []
  const domain = primaryEmail.slice(primaryEmail.lastIndexOf('@') + 1)
  return [
    `The mirror has no live user in the domain ${domain}: the vendor accepts users only in domains that are registered in its admin console`,
  ]
}

/**
 * Rejects what the vendor would refuse: an existing account of that address, according to the vendor, or another user
 * of the address or an alias, which only the mirror knows.
 */
async function refuseExisting(session: WriteSession, aliases: readonly string[]): Promise<void> {
  const { sql, organizationId, primaryEmail } = session
  const reading = await session.readBefore()
  if (reading.found) {
    const message = `The user ${primaryEmail} already exists`
    throw new WriteFailedError({ failure: 'AlreadyExists', message, userId: reading.userId })
  }
  // The vendor's reading shows that this user no longer exists, so its aliases are free.
  const gone = await liveUserId(sql, organizationId, primaryEmail)
  const bearer = await findBearer(sql, organizationId, [primaryEmail, ...aliases], gone)
  if (!bearer) return
  const message = `According to the mirror, ${bearer.address} is already in use by another user; refreshUser shows whether it still is`
  throw new WriteFailedError({ failure: 'AlreadyExists', message, userId: bearer.userId })
}
