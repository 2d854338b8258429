import type { EssentialsError } from '../essentials/errors/essentials-error.ts'
import type { WireUser } from '../essentials/wire.ts'
import { checkGroupMember, checkIdempotencyKey } from './check-input.ts'
import type { WriteDeps } from './deps.ts'
import { invalidInput, notFound, WriteFailedError, type WriteFailure } from './failure.ts'
import type { GroupMemberInput } from './inputs.ts'
import type { KnownGroup } from './look-up.ts'
import type { AsGiven, PlannedRequest } from './plan.ts'
import { isMember, requireGroups } from './require-groups.ts'
import { runWrite, type WriteRequest } from './run-write.ts'
import type { WriteSession } from './session.ts'

export interface MembershipChanged {
  readonly userId: number
  /** The group's id in the mirror. */
  readonly groupId: number
  readonly plan: readonly PlannedRequest[]
  readonly notes: readonly string[]
  readonly given: AsGiven
}

export type ChangeMembership = (request: WriteRequest<GroupMemberInput>) => Promise<MembershipChanged | WriteFailure>

/** What joining and leaving differ in. */
export interface Direction {
  readonly verb: string
  /** Whether the user is in the group when it is done. */
  readonly into: boolean
  step(groupId: string): string
  plan(group: KnownGroup, primaryEmail: string): PlannedRequest
  take(session: WriteSession, group: KnownGroup): Promise<EssentialsError | undefined>
}

/** Joining and leaving: the user read, the step taken where it is needed, the user read again, and compared. */
export function changeMembershipWith(deps: WriteDeps, direction: Direction): ChangeMembership {
  return async (request) => {
    const { input, idempotencyKey, dryRun } = request
    const issues = [...checkGroupMember(input), ...checkIdempotencyKey(idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    return await runWrite(deps, direction.verb, request, async (session) => {
      const [group] = await requireGroups(session, [input.groupId])
      if (!group) throw notFound(`The vendor has no group ${input.groupId}`)
      const before = await readFound(session, 'before')
      const done = { userId: before.userId, groupId: group.id }
      const asked = [direction.plan(group, input.primaryEmail)]
      const resumed = session.wasSent(direction.step(group.groupId)) !== undefined
      if (!resumed && isMember(before.wire.groups, group) === direction.into) {
        const note = `The user is ${direction.into ? 'in' : 'not in'} the group already: there is nothing to send`
        // A dry run must not tell whether the user is in the group.
        const told = dryRun ? { plan: asked, notes: [] } : { plan: [], notes: [note] }
        return { ...done, plan: [], notes: [note], given: told }
      }
      const plan = [direction.plan(group, before.wire.primaryEmail)]
      if (dryRun) return { ...done, plan, notes: [], given: { plan: asked, notes: [] } }
      const refusal = await direction.take(session, group)
      const after = await readFound(session, 'after')
      const found = isMember(after.wire.groups, group)
      if (found === !direction.into) {
        const state = `the user is ${direction.into ? 'not in' : 'still in'} the group ${group.groupId}`
        if (refusal) throw refused(refusal, state)
        const message = `The vendor took the change, and ${state}`
        throw new WriteFailedError({ failure: 'NotAsWritten', message, fields: ['groups'], userId: after.userId })
      }
      const notes = found === undefined ? [untold(after.wire, group)] : []
      const given = {
        plan: asked,
        notes: found === undefined ? ['The vendor took the change, and does not confirm it'] : [],
      }
      return { ...done, plan, notes, given }
    })
  }
}

async function readFound(session: WriteSession, when: 'before' | 'after') {
  const reading = when === 'before' ? await session.readBefore() : await session.readAfter()
  if (!reading.found) throw notFound(`The vendor has no user ${session.primaryEmail}`)
  return reading
}

function refused(refusal: EssentialsError, state: string): WriteFailedError {
  const message = `${refusal.message}. The user was read afterwards: ${state}`
  const failure = { failure: 'VendorFailure', message, status: refusal.status ?? null, outcomeUnknown: false } as const
  return new WriteFailedError(failure, { cause: refusal })
}

function untold({ groups }: WireUser, { name }: KnownGroup): string {
  return groups === undefined
    ? "The vendor took the change, and does not tell the user's groups"
    : `The vendor took the change, and tells the user's groups by names: "${name}" may mean another one, too`
}
