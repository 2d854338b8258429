import { addressKey } from '../../addresses/address-key.ts'
import { domainOf } from '../../addresses/spellings.ts'
import { canonicalAddress } from '../../mirror/users/resolve-users.ts'
import type { WriteRequests } from '../../vendor/adapter.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { planCreation } from '../../writes/commands/create-with-groups.ts'
import type { WriteRequest } from '../../writes/commands/run-write.ts'
import type { WriteDeps } from '../../writes/deps.ts'
import { type InputIssue, invalidInput, WriteFailedError, type WriteFailure } from '../../writes/failure.ts'
import { administers, ownAccountIssues } from '../../writes/not-offered.ts'
import { bearerId, groupsOf, isDomainKnown, type KnownGroup, liveUserId } from '../../writes/queries.ts'
import { type PlannedRequest, planOf } from '../../writes/session/plan.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { WaitBudget } from '../../writes/session/wait-budget.ts'
import { checkAddress, checkExistingAddress, checkIdempotencyKey, checkPassword } from '../../writes/validation.ts'
import { mergePatch } from '../../writes/vendor/merge-patch.ts'
import { resolveGroups } from '../../writes/vendor/resolve-user-groups.ts'
import {
  addressChangeProblem,
  aliasesAfter,
  createsAdministrator,
  type EmailChange,
  successorOf,
} from '../steps/change-email.ts'
import { readingSession, requestsOf } from './read-only-session.ts'
import { checkSealable, type OperationStarted, type Prepared, startOperation } from './start-operation.ts'

export interface EmailChangeInput {
  readonly from: string
  readonly to: string
  readonly temporaryPassword?: string | null | undefined
  readonly keepOldAddressAsAlias?: boolean | null | undefined
}

/** Starts an operation that changes a user's primary address: a new account replaces the old one. */
export type StartEmailChange = (request: WriteRequest<EmailChangeInput>) => Promise<OperationStarted | WriteFailure>

/**
 * Requests besides those that join groups: read the old account; create the new one and read it twice; read, delete and
 * read the old one; set the aliases and read the new one.
 */
const ownRequests = 9
/** How long the caller waits for the allowance. */
const longestWaitMs = 10_000

export function startEmailChangeWith(deps: WriteDeps): StartEmailChange {
  return async (request) => {
    const issues = [...checkInput(request.input, deps), ...checkIdempotencyKey(request.idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    return await startOperation(deps, 'EMAIL_CHANGE', request, () => prepare(deps, request))
  }
}

function checkInput({ from, to, temporaryPassword }: EmailChangeInput, deps: WriteDeps): InputIssue[] {
  const path = ['temporaryPassword']
  return [
    ...checkExistingAddress(from, ['from']),
    ...checkAddress(to, ['to']),
    ...(addressKey(from) === addressKey(to)
      ? [{ path: ['to'], message: 'the user already has this address; its letter case alone cannot be changed' }]
      : []),
    ...(temporaryPassword == null ? [] : checkPassword(temporaryPassword, path)),
    ...checkSealable(temporaryPassword, path, deps),
  ]
}

async function prepare(deps: WriteDeps, request: WriteRequest<EmailChangeInput>): Promise<Prepared | WriteFailure> {
  const { sql } = deps
  const { input, organizationId } = request
  const { from, to, temporaryPassword } = input
  const change: EmailChange = {
    to,
    keepOldAddressAsAlias: input.keepOldAddressAsAlias ?? false,
    ...(mayAdminister(request) && { mayAdminister: true }),
  }
  const waitBudget = new WaitBudget(longestWaitMs)
  const old = await ifAnswered(async () => {
    const spelled = await canonicalAddress(sql, organizationId, from)
    const session = readingSession(deps, request, spelled, waitBudget)
    return session && (await readOld(session))
  })
  const client = deps.clientOf(organizationId)
  const issues = old?.found ? ownAccountIssues(client, old.wire, ['from']) : []
  if (issues.length > 0) return invalidInput(...issues)
  if (client && old?.found && administers(client, old.wire) && !change.mayAdminister) {
    request.requireAdmin?.()
    return invalidInput({ path: ['from'], message: createsAdministrator })
  }
  const userId = old ? (old.found ? old.userId : null) : await liveUserId(sql, organizationId, from)
  if (userId === null) return { failure: 'NotFound', message: `The vendor has no user ${from}` }
  const there = old && (await ifAnswered(async () => readingSession(deps, request, to, waitBudget)?.readBefore()))
  const bearer = there?.found ? there.userId : await bearerId(sql, organizationId, [to])
  if (bearer !== null) return alreadyExists(to, bearer, bearer === userId)

  const doubt = old?.found ? addressChangeProblem(old.wire, old.resolved) : undefined
  if (doubt) return doubt
  const groups = old?.found ? (old.resolved?.known ?? []) : await groupsOf(sql, userId)
  const notes = [
    temporaryPassword == null
      ? 'The password cannot be read, so it cannot be carried over: the new account starts without the old password'
      : 'The password cannot be read, so it cannot be carried over: the new account starts with the temporary password',
    ...(change.keepOldAddressAsAlias ? [] : [`After the change, no account has ${from}, and mail to it is rejected`]),
    ...((await isDomainKnown(sql, organizationId, to))
      ? []
      : [
          `The mirror has no live user in the domain ${domainOf(to)}: the vendor accepts users only in domains that are registered in its admin console`,
        ]),
    ...(old
      ? []
      : ['The user could not be read from the vendor: the plan lacks everything that only this read would show']),
  ]
  const wire = old?.found ? old.wire : undefined
  const items = [
    { primaryEmail: from, input: { ...change }, password: temporaryPassword, requests: ownRequests + groups.length },
  ]
  const password = temporaryPassword ?? undefined
  const requests = requestsOf(deps, organizationId)
  return {
    items,
    plan: planOfChange(requests, from, change, wire, groups, password),
    notes,
    given: { plan: planAsGiven(requests, from, change, password), notes: [] },
  }
}

/** The worker needs to know it: the vendor may not answer now, and the account may change until then. */
function mayAdminister({ requireAdmin }: Pick<WriteRequest<unknown>, 'requireAdmin'>): boolean {
  try {
    requireAdmin?.()
    return requireAdmin !== undefined
  } catch {
    return false
  }
}

/** Reads the user with its groups. */
async function readOld(session: WriteSession) {
  const reading = await session.readBefore()
  if (!reading.found) return { found: false } as const
  const { userId, wire } = reading
  return { found: true, userId, wire, resolved: await resolveGroups(session, wire) } as const
}

/** Returns the result of a read; undefined if the vendor cannot be read. */
async function ifAnswered<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof WriteFailedError) return undefined
    throw error
  }
}

function alreadyExists(to: string, userId: number, isOwn: boolean): WriteFailure {
  const message = isOwn
    ? `${to} is an alias of the same user. Remove it with updateUser first, because two accounts cannot have the same address`
    : `${to} is already in use`
  return { failure: 'AlreadyExists', message, userId, ...(isOwn && { tellsReadings: true }) }
}

/** The plan without the values that are carried over from the old account. */
function planAsGiven(
  requests: WriteRequests,
  from: string,
  { to, keepOldAddressAsAlias }: EmailChange,
  password?: string,
): PlannedRequest[] {
  return [
    ...requests.createUser({ primaryEmail: to, type: 'User', ...(password !== undefined && { password }) }),
    ...requests.deleteUser(from),
    ...(keepOldAddressAsAlias ? requests.updateUser(to, { aliases: [from] }) : []),
  ].map(planOf)
}

function planOfChange(
  requests: WriteRequests,
  from: string,
  change: EmailChange,
  wire: WireUser | undefined,
  groups: readonly KnownGroup[],
  password: string | undefined,
): PlannedRequest[] {
  const user = wire ?? { primaryEmail: from, raw: {} }
  const aliases = aliasesAfter(user, change)
  const body = successorOf(user, change.to, undefined)
  return [
    ...planCreation(requests, successorOf(user, change.to, password), groups),
    ...requests.deleteUser(user.primaryEmail).map(planOf),
    ...(aliases.length > 0
      ? requests.updateUser(change.to, mergePatch(body, { aliases: { set: aliases } })).map(planOf)
      : []),
  ]
}
