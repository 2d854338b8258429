import { addressKey } from '../../addresses/address-key.ts'
import { domainOf } from '../../addresses/spellings.ts'
import type { Sql } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import type { Capabilities } from '../../vendor/adapter.ts'
import { planCreation } from '../../writes/commands/create-with-groups.ts'
import type { WriteRequest } from '../../writes/commands/run-write.ts'
import type { WriteDeps } from '../../writes/deps.ts'
import { type InputIssue, invalidInput, type WriteFailure } from '../../writes/failure.ts'
import { allowing, type CreateUserInput, normalizeInput } from '../../writes/inputs.ts'
import { checkAdminKinds, notOfferedInCreation, readKinds, withKinds } from '../../writes/not-offered.ts'
import { isDomainKnown, liveGroups } from '../../writes/queries.ts'
import { readKnownRoles, rolesOf, spelledRoles, unknownRoleIssues } from '../../writes/unknown-roles.ts'
import { checkCreateUser, checkIdempotencyKey } from '../../writes/validation.ts'
import { meantGroups } from '../../writes/vendor/meant-groups.ts'
import { newUserOf } from '../../writes/vendor/to-vendor.ts'
import type { NewItem } from './insert-operation.ts'
import { readGroupList, requestsOf } from './read-only-session.ts'
import { checkSealable, type OperationStarted, type Prepared, startOperation } from './start-operation.ts'

/**
 * A user of the list has the fields of a single creation. The last three apply to the whole list, so a user must not
 * set them.
 */
export interface OnboardedUser extends CreateUserInput {
  readonly organization?: string | null | undefined
  readonly idempotencyKey?: string | null | undefined
  readonly dryRun?: boolean | null | undefined
}

export interface OnboardingInput {
  readonly users: readonly OnboardedUser[]
  readonly allowUnknownRole?: boolean | null | undefined
}

/**
 * Starts an operation that creates these users and adds them to their groups. The whole list is validated first. A user
 * whose address is already in use, or that the vendor rejects, fails without affecting the others.
 */
export type StartOnboarding = (request: WriteRequest<OnboardingInput>) => Promise<OperationStarted | WriteFailure>

const longestList = 5_000

export function startOnboardingWith(deps: WriteDeps): StartOnboarding {
  return async (request) => {
    const { users } = request.input
    const client = deps.clientOf(request.organizationId)
    const kinds = client ?? (await readKinds(deps.sql, request.organizationId))
    const input = { users: users.map((user) => normalizeInput(withKinds(kinds.capabilities, user))) }
    const issues = [
      ...checkUsers(users, client?.capabilities, deps),
      ...input.users.flatMap(({ roles }, i) =>
        checkAdminKinds(kinds, roles, ['users', String(i), 'roles'], request.requireAdmin),
      ),
      ...checkIdempotencyKey(request.idempotencyKey),
    ]
    if (issues.length > 0) return invalidInput(...issues)
    const said = { ...request, input: { ...input, ...allowing(request.input) } }
    return await startOperation(deps, 'ONBOARDING', said, async () => {
      const { organizationId } = request
      const known = await readKnownRoles(deps.sql, organizationId, deps.clientOf(organizationId)?.documentedRoles)
      return refuseUnknownRoles(known, { ...request.input, ...input }) ?? (await prepare(deps, said, known))
    })
  }
}

function refuseUnknownRoles(known: readonly string[], input: OnboardingInput): WriteFailure | undefined {
  if (input.allowUnknownRole) return undefined
  const named = input.users.flatMap(({ roles, allowUnknownRole }, i) =>
    allowUnknownRole ? [] : rolesOf(roles, ['users', String(i), 'roles']),
  )
  const issues = unknownRoleIssues(known, named)
  return issues.length > 0 ? invalidInput(...issues) : undefined
}

function checkUsers(users: readonly OnboardedUser[], offered: Capabilities | undefined, deps: WriteDeps): InputIssue[] {
  if (users.length === 0) return [{ path: ['users'], message: 'the list must contain at least one user' }]
  if (users.length > longestList) {
    return [{ path: ['users'], message: `the list has ${users.length} users; at most ${longestList} are allowed` }]
  }
  const bearers = new Map<string, number>()
  return users.flatMap((user, i) => {
    const at = (...path: readonly string[]) => ['users', String(i), ...path]
    const issues: InputIssue[] = [...checkCreateUser(user), ...notOfferedInCreation(offered, user)].map(
      ({ path, message }) => ({ path: at(...path), message }),
    )
    for (const field of ['organization', 'idempotencyKey', 'dryRun'] as const) {
      if (user[field]) issues.push({ path: at(field), message: `set ${field} on the input, not on individual users` })
    }
    issues.push(...checkSealable(user.password, at('password'), deps))
    for (const [path, address] of addressesOf(user)) {
      const other = bearers.get(addressKey(address))
      if (other === undefined) bearers.set(addressKey(address), i)
      else if (other !== i) issues.push({ path: at(...path), message: `users.${other} has the same address` })
    }
    return issues
  })
}

function addressesOf({ primaryEmail, aliases }: CreateUserInput): [path: string[], address: string][] {
  return [
    [['primaryEmail'], primaryEmail],
    ...(aliases ?? []).map((alias, j): [string[], string] => [['aliases', String(j)], alias]),
  ]
}

async function prepare(
  deps: WriteDeps,
  request: WriteRequest<OnboardingInput>,
  known: readonly string[],
): Promise<Prepared> {
  const { sql } = deps
  const { organizationId } = request
  const users = request.input.users.map(({ organization: _o, idempotencyKey: _k, dryRun: _d, ...user }) =>
    user.roles ? { ...user, roles: spelledRoles(known, user.roles) } : user,
  )
  const bearers = await bearersOf(
    sql,
    organizationId,
    users.flatMap((user) => addressesOf(user).map(([, address]) => address)),
  )
  const items = users.map(({ password, ...input }): NewItem => {
    const inUse = addressesOf(input).find(([, address]) => bearers.has(addressKey(address)))?.[1]
    return {
      primaryEmail: input.primaryEmail,
      input,
      password,
      requests: 2 + (input.groups?.length ?? 0),
      ...(inUse !== undefined && {
        failure: {
          failure: 'AlreadyExists',
          message: `${inUse} is already in use`,
          userId: bearers.get(addressKey(inUse)) ?? null,
        },
      }),
    }
  })
  const notes = [
    ...items.flatMap(({ primaryEmail, failure }) => (failure ? [`${primaryEmail} will fail: ${failure.message}`] : [])),
    ...(await notesOnDomains(sql, organizationId, users)),
    ...(await notesOnGroups(deps, request, users)),
  ]
  const plans = users.map((user) =>
    planCreation(
      requestsOf(deps, organizationId),
      newUserOf(user),
      (user.groups ?? []).map((groupId) => ({ groupId })),
    ),
  )
  const plan = plans.filter((_, i) => !items[i]?.failure).flat()
  return { items, plan, notes, given: { plan: plans.flat(), notes: [] } }
}

/** Returns the users that have these addresses in the mirror, as primary address or alias, by address key. */
async function bearersOf(
  sql: Sql,
  organizationId: number,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const keys = array(addresses.map(addressKey))
  const rows = await sql<{ key: string; userId: number }[]>`
    select address_key as key, user_id as "userId" from aliases
    where organization_id = ${organizationId} and address_key = any(${keys}::text[]) and valid_to is null
    union all
    select address_key, id from users
    where organization_id = ${organizationId} and address_key = any(${keys}::text[]) and deleted_at is null`
  return new Map(rows.map(({ key, userId }) => [key, userId]))
}

async function notesOnDomains(sql: Sql, organizationId: number, users: readonly CreateUserInput[]): Promise<string[]> {
  const byDomain = new Map(users.map(({ primaryEmail }) => [domainOf(primaryEmail), primaryEmail]))
  const notes: string[] = []
  for (const [domain, primaryEmail] of byDomain) {
    if (await isDomainKnown(sql, organizationId, primaryEmail)) continue
    notes.push(
      `The mirror has no live user in the domain ${domain}: the vendor accepts users only in domains that are registered in its admin console`,
    )
  }
  return notes
}

/**
 * Reads the vendor's list once if the mirror lacks one of the groups, because the group may be newer than the last
 * pull.
 */
async function notesOnGroups(
  deps: WriteDeps,
  request: WriteRequest<unknown>,
  users: readonly CreateUserInput[],
): Promise<string[]> {
  const groupIds = [...new Set(users.flatMap(({ groups }) => groups ?? []))]
  const missing = async () => {
    const known = await liveGroups(deps.sql, request.organizationId, groupIds)
    return groupIds.filter((groupId) => !known.has(groupId))
  }
  const unknown = await missing()
  if (unknown.length === 0) return []
  const problem = await readGroupList(deps, request, unknown)
  const still = problem === undefined ? await missing() : unknown
  if (still.length === 0) return []
  const reason = problem === undefined ? '' : ` (its list of groups could not be read: ${problem})`
  const hint = await meantGroups(deps.sql, request.organizationId, still)
  const meant = hint === undefined ? '' : `; ${hint}`
  return [`The vendor has no group with the ID ${still.join(', ')}${reason}: users to be added to it will fail${meant}`]
}
