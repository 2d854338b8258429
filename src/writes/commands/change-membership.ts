import { z } from 'zod'
import { addGroupMember, removeGroupMember } from '../../vendor/endpoints.ts'
import type { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, notFound, WriteFailedError, type WriteFailure } from '../failure.ts'
import type { GroupMemberInput } from '../inputs.ts'
import type { KnownGroup } from '../queries.ts'
import { type PlannedRequest, planOf, resultFields, storedSettled } from '../session/plan.ts'
import type { WriteSession } from '../session/session.ts'
import { concludeSettling, notShownYet } from '../session/unsettled.ts'
import { checkGroupMember, checkIdempotencyKey } from '../validation.ts'
import { joinGroup, joinStep, leaveGroup, leaveStep, showsMembership } from '../vendor/memberships.ts'
import { isMember, requireGroups } from '../vendor/require-groups.ts'
import { resolveGroups } from '../vendor/resolve-user-groups.ts'
import { runWrite, type WriteRequest } from './run-write.ts'

const membershipChanged = z
  .object({
    userId: z.number(),
    /** The group's id in the mirror. */
    groupId: z.number(),
    settled: storedSettled,
    ...resultFields,
  })
  .readonly()

export type MembershipChanged = z.infer<typeof membershipChanged>

export type ChangeMembership = (request: WriteRequest<GroupMemberInput>) => Promise<MembershipChanged | WriteFailure>

/** The differences between joining and leaving. */
export interface Direction {
  readonly verb: string
  /** Whether the user must end up in the group. */
  readonly into: boolean
  step(groupId: string): string
  plan(group: KnownGroup, primaryEmail: string): PlannedRequest
  take(session: WriteSession, group: KnownGroup): Promise<EssentialsError | undefined>
}

/** Joins or leaves a group: reads the user, sends the request if needed, reads the user again, and compares. */
function changeMembershipWith(deps: WriteDeps, direction: Direction): ChangeMembership {
  return async (request) => {
    const { input, idempotencyKey, dryRun } = request
    const issues = [...checkGroupMember(input), ...checkIdempotencyKey(idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    return await runWrite(deps, membershipChanged, direction.verb, request, async (session) => {
      await requireGroup(session, input.groupId)
      const resumed = session.wasStepSent(direction.step(input.groupId)) !== undefined
      const before = await session.requireUser()
      // If the copy names a group that the mirror does not know, this reads the vendor's list: that group may be this
      // one, renamed.
      const isResolved = await namesKnownGroups(session, before.wire)
      const group = await requireGroup(session, input.groupId)
      const done = { userId: before.userId, groupId: group.id }
      const asked = [direction.plan(group, input.primaryEmail)]
      const isSo = isMember(before.wire.groups, group) === direction.into && (direction.into || isResolved)
      // A copy that lacks an earlier write of this system does not prove that there is nothing to send, so the request
      // is sent anyway.
      if (!resumed && isSo && (await session.isUpToDate(before))) {
        const note = `The user is ${direction.into ? 'already in' : 'not in'} the group; there is nothing to send`
        // For a caller without the right to read, a dry run must not reveal whether the user is in the group.
        const resolved = dryRun ? { plan: asked, notes: [] } : { plan: [], notes: [note] }
        return { ...done, plan: [], notes: [note], settled: true, given: resolved }
      }
      const plan = [direction.plan(group, before.wire.primaryEmail)]
      if (dryRun) return { ...done, plan, notes: [], settled: true, given: { plan: asked, notes: [] } }
      const refusal = await direction.take(session, group)
      const { value: after, isCut } = await session.poll(showsMembership(group, direction.into))
      if (!after.found && !isCut) throw notFound(`The vendor has no user ${session.primaryEmail}`)
      const found = after.found ? isMember(after.wire.groups, group) : !direction.into
      if (found === !direction.into && refusal && !isCut) {
        throw refused(refusal, `the user is ${direction.into ? 'not in' : 'still in'} the group ${group.groupId}`)
      }
      if (found === undefined && after.found) {
        const given = { plan: asked, notes: ['The vendor accepted the change, but does not confirm it'] }
        return { ...done, plan, notes: [unresolved(after.wire, group)], settled: false, given }
      }
      const settled = found === direction.into
      await concludeSettling(session, settled ? undefined : { kind: 'CHANGE' })
      if (settled) await session.adopt(after)
      const notes = settled ? [] : [notShownYet]
      return { ...done, plan, notes, settled, given: { plan: asked, notes } }
    })
  }
}

/**
 * Returns whether the mirror knows each group that the copy names. False if the vendor's list of groups cannot be read.
 */
async function namesKnownGroups(session: WriteSession, wire: WireUser): Promise<boolean> {
  try {
    return (await resolveGroups(session, wire))?.unknown.length === 0
  } catch (error) {
    if (error instanceof WriteFailedError) return false
    throw error
  }
}

async function requireGroup(session: WriteSession, groupId: string): Promise<KnownGroup> {
  const [group] = await requireGroups(session, [groupId])
  if (!group) throw notFound(`The vendor has no group ${groupId}`)
  return group
}

function refused(refusal: EssentialsError, state: string): WriteFailedError {
  const message = `${refusal.message}. A read afterwards shows that ${state}`
  const failure = { failure: 'VendorFailure', message, status: refusal.status ?? null, outcomeUnknown: false } as const
  return new WriteFailedError(failure, { cause: refusal })
}

function unresolved({ groups }: WireUser, { name }: KnownGroup): string {
  return groups === undefined
    ? "The vendor accepted the change, but does not show the user's groups"
    : `The vendor accepted the change, but lists the user's groups by name, and "${name}" may also be another group`
}

/** Adds a user to a group. The group's policies take effect after up to 15 minutes. */
export type AddUserToGroup = ChangeMembership

export function addUserToGroupWith(deps: WriteDeps): AddUserToGroup {
  return changeMembershipWith(deps, {
    verb: 'addUserToGroup',
    into: true,
    step: joinStep,
    plan: ({ groupId }, primaryEmail) => planOf(addGroupMember(groupId, primaryEmail)),
    take: joinGroup,
  })
}

/** Removes a user from a group. The account remains, even without any group. */
export type RemoveUserFromGroup = ChangeMembership

export function removeUserFromGroupWith(deps: WriteDeps): RemoveUserFromGroup {
  return changeMembershipWith(deps, {
    verb: 'removeUserFromGroup',
    into: false,
    step: leaveStep,
    plan: ({ groupId }, primaryEmail) => planOf(removeGroupMember(groupId, primaryEmail)),
    take: leaveGroup,
  })
}
