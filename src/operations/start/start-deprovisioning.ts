import { addressKey } from '../../addresses/address-key.ts'
import { canonicalAddress } from '../../mirror/users/resolve-users.ts'
import type { WriteRequests } from '../../vendor/adapter.ts'
import { removeGroupMember } from '../../vendor/endpoints.ts'
import type { JsonObject, WireUser } from '../../vendor/wire/wire.ts'
import type { WriteRequest } from '../../writes/commands/run-write.ts'
import type { WriteDeps } from '../../writes/deps.ts'
import { type InputIssue, invalidInput, WriteFailedError, type WriteFailure } from '../../writes/failure.ts'
import { notOffered, ownAccountIssues } from '../../writes/not-offered.ts'
import { groupsOf, liveUserId } from '../../writes/queries.ts'
import { type PlannedRequest, planOf } from '../../writes/session/plan.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { WaitBudget } from '../../writes/session/wait-budget.ts'
import { checkExistingAddress, checkIdempotencyKey } from '../../writes/validation.ts'
import { mergePatch, type VendorPatch } from '../../writes/vendor/merge-patch.ts'
import { groupAmbiguity, type ResolvedGroups, resolveGroups } from '../../writes/vendor/resolve-user-groups.ts'
import { type DeprovisioningMode, functional, groupsToLeave, inactive } from '../steps/deprovision.ts'
import type { NewItem } from './insert-operation.ts'
import { readingSession, requestsOf } from './read-only-session.ts'
import { type OperationStarted, type Prepared, startOperation } from './start-operation.ts'

export interface DeprovisioningInput {
  readonly primaryEmails: readonly string[]
  readonly mode?: DeprovisioningMode | null | undefined
}

/**
 * Starts an operation that removes these users from their groups, and deletes or deactivates them. Each user is read
 * again and stored in full before anything is changed.
 */
export type StartDeprovisioning = (
  request: WriteRequest<DeprovisioningInput>,
) => Promise<OperationStarted | WriteFailure>

const patches = { DEACTIVATE: inactive, FUNCTIONAL: functional }

const longestList = 5_000
/** Requests for one user besides those that leave its groups: a read, a deletion or a PUT, and reads afterwards. */
const ownRequests = { DELETE: 3, DEACTIVATE: 4, FUNCTIONAL: 4 }
const exempts = 'If a directory sync runs, each account is first exempted from it by a PUT of the list of exemptions'
const stopsMail =
  'The vendor rejects mail to a deactivated account: senders get bounces. The mode FUNCTIONAL keeps the mail'

export function startDeprovisioningWith(deps: WriteDeps): StartDeprovisioning {
  return async (request) => {
    const { primaryEmails, mode: asked } = request.input
    const client = deps.clientOf(request.organizationId)
    const offered = client?.capabilities
    const mode = asked ?? (offered?.accountKinds ? 'FUNCTIONAL' : undefined)
    const issues = [
      ...checkAddresses(primaryEmails),
      ...primaryEmails.flatMap((primaryEmail, i) =>
        ownAccountIssues(client, { primaryEmail }, ['primaryEmails', String(i)]),
      ),
      // The schema cannot require it: earlier versions had a default.
      ...(mode === undefined ? [{ path: ['mode'], message: 'mode is required: DELETE or DEACTIVATE' }] : []),
      ...(mode === 'FUNCTIONAL' && offered && !offered.accountKinds
        ? [{ path: ['mode'], message: `FUNCTIONAL is ${notOffered}` }]
        : []),
      ...checkIdempotencyKey(request.idempotencyKey),
    ]
    if (issues.length > 0 || mode === undefined) return invalidInput(...issues)
    return await startOperation(deps, 'DEPROVISIONING', request, () => prepare(deps, request, mode))
  }
}

function checkAddresses(primaryEmails: readonly string[]): InputIssue[] {
  const path = ['primaryEmails']
  if (primaryEmails.length === 0) return [{ path, message: 'the list must contain at least one user' }]
  if (primaryEmails.length > longestList) {
    return [{ path, message: `the list has ${primaryEmails.length} users; at most ${longestList} are allowed` }]
  }
  const seen = new Set<string>()
  return primaryEmails.flatMap((address, i) => {
    const at = [...path, String(i)]
    if (seen.has(addressKey(address))) return [{ path: at, message: 'the list already contains this user' }]
    seen.add(addressKey(address))
    return checkExistingAddress(address, at)
  })
}

/** A dry run reads each user while the allowance permits it. Otherwise, the plan is based on the mirror. */
async function prepare(
  deps: WriteDeps,
  request: WriteRequest<DeprovisioningInput>,
  mode: DeprovisioningMode,
): Promise<Prepared> {
  const { input, organizationId, dryRun } = request
  const { clientOf } = deps
  const requests = requestsOf(deps, organizationId)
  const waitBudget = new WaitBudget(10_000)
  const items: NewItem[] = []
  const plan: PlannedRequest[] = []
  const notes: string[] = []
  let away: string | undefined
  for (const primaryEmail of input.primaryEmails) {
    const spelled = await canonicalAddress(deps.sql, organizationId, primaryEmail)
    const session = dryRun && away === undefined ? readingSession(deps, request, spelled, waitBudget) : undefined
    const read = session && (await readWhole(session))
    if (read && 'away' in read) away = read.away
    const whole = read && 'away' in read ? undefined : read
    const userId = whole ? whole.userId : await liveUserId(deps.sql, organizationId, primaryEmail)
    const groups = whole?.wire ? groupsToLeave(whole.resolved) : userId === null ? [] : await groupsOf(deps.sql, userId)
    items.push({ primaryEmail, input: { mode }, requests: ownRequests[mode] + groups.length })
    if (userId === null) {
      notes.push(
        `The ${whole ? 'vendor' : 'mirror'} has no user ${primaryEmail}: it will fail unless the user exists by then`,
      )
      continue
    }
    plan.push(...groups.map(({ groupId }) => planOf(removeGroupMember(groupId, spelled))))
    if (mode === 'DELETE') plan.push(...requests.deleteUser(spelled).map(planOf))
    else plan.push(...requests.updateUser(spelled, bodyOf(whole?.wire, patches[mode])).map(planOf))
    if (whole?.wire) notes.push(...notesOn(primaryEmail, mode, whole.resolved))
  }
  if (!dryRun || away !== undefined) {
    const reason = away === undefined ? '' : ` (the vendor could not be read: ${away})`
    notes.push(
      `The plan is based on the mirror${reason}. Each user is read again before any change, and is removed from the groups that it has then`,
    )
    if (mode !== 'DELETE') notes.push('The PUT carries all fields that are read then, not only the one that changes')
  }
  const offered = clientOf(organizationId)?.capabilities
  if (mode === 'DEACTIVATE' && offered?.accountKinds) notes.push(stopsMail)
  if (mode !== 'DEACTIVATE' && offered?.directorySync) notes.push(exempts)
  return {
    items,
    plan,
    notes,
    given: { plan: input.primaryEmails.flatMap((email) => asGiven(requests, email, mode)), notes: [] },
  }
}

/** The plan without the groups to leave and without the other fields that a PUT would carry. */
function asGiven(requests: WriteRequests, primaryEmail: string, mode: DeprovisioningMode): PlannedRequest[] {
  const calls =
    mode === 'DELETE'
      ? requests.deleteUser(primaryEmail)
      : requests.updateUser(primaryEmail, mergePatch({}, patches[mode]))
  return calls.map(planOf)
}

interface Whole {
  /** Null if the vendor has no such user. */
  readonly userId: number | null
  readonly wire?: WireUser
  readonly resolved?: ResolvedGroups | undefined
}

/** Reads the user with its groups. Returns the reason if the vendor cannot be read. */
async function readWhole(session: WriteSession): Promise<Whole | { readonly away: string }> {
  try {
    const reading = await session.readBefore()
    if (!reading.found) return { userId: null }
    const { userId, wire } = reading
    return { userId, wire, resolved: await resolveGroups(session, wire) }
  } catch (error) {
    if (error instanceof WriteFailedError) return { away: error.failure.message }
    throw error
  }
}

/** Returns the body of the PUT that is sent after the groups were left. */
function bodyOf(wire: WireUser | undefined, patch: VendorPatch): JsonObject {
  const raw = wire?.raw ?? {}
  return mergePatch(wire?.groups ? { ...raw, groups: [] } : raw, patch)
}

function notesOn(primaryEmail: string, mode: DeprovisioningMode, resolved: ResolvedGroups | undefined): string[] {
  const doubt = groupAmbiguity(resolved)
  if (doubt === undefined) return []
  const sure = resolved?.unknown.length === 0
  const outcome =
    mode === 'DELETE'
      ? 'its deletion also ends these memberships'
      : sure
        ? 'it is removed from each of them'
        : 'it will fail unless this has changed by then'
  return [`${primaryEmail}: ${doubt}; ${outcome}`]
}
