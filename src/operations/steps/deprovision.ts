import { z } from 'zod'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { invalidInput, WriteFailedError } from '../../writes/failure.ts'
import { functionalRole, keepOwnAccount } from '../../writes/not-offered.ts'
import type { KnownGroup } from '../../writes/queries.ts'
import { exemptFromSync } from '../../writes/session/exempt-from-sync.ts'
import { identityOf, recognize } from '../../writes/session/same-account.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { leaveGroup, leaveStep } from '../../writes/vendor/memberships.ts'
import type { VendorPatch } from '../../writes/vendor/merge-patch.ts'
import { groupAmbiguity, type ResolvedGroups, resolveGroups } from '../../writes/vendor/resolve-user-groups.ts'
import type { ItemRun } from '../runner/item-context.ts'
import { bringTo } from './ensure-state.ts'
import { removeAccount } from './remove-account.ts'

const deprovisioning = z.object({ mode: z.enum(['DELETE', 'DEACTIVATE', 'FUNCTIONAL']) })

export type DeprovisioningMode = z.infer<typeof deprovisioning>['mode']

export const inactive: VendorPatch = { status: 'inactive' }
export const functional: VendorPatch = { roles: { set: [functionalRole] } }

/**
 * Reads and stores the whole user, removes it from each of its groups, deletes or deactivates the account or makes it a
 * functional one, and verifies the result.
 */
export async function deprovision(run: ItemRun): Promise<number> {
  const { mode } = run.input(deprovisioning)
  return await run.session(true, async (session) => {
    const firstStep = mode === 'DELETE' ? 'delete' : 'replace'
    if (run.kept) await refuseOther(run, session, run.kept.wire, firstStep)
    const before = await run.userBefore(session, firstStep, (wire, resolved) => {
      keepOwnAccount(session.client, wire, ['primaryEmails'])
      if (mode === 'DEACTIVATE') requireKnownGroups(wire.primaryEmail, resolved)
      return groupsToLeave(resolved)
    })
    const { userId, wire, groups } = before
    for (const group of groups) await leaveGroup(session, group)
    if (mode === 'FUNCTIONAL') {
      await exemptFromSync(session, 'replace')
      const former = { role: wire.roles?.[0] ?? '', billable: wire.billable ?? null, vendorId: wire.vendorId ?? null }
      await bringTo(run, session, '', { patchFor: () => functional, facts: { former } })
    } else if (mode === 'DELETE') {
      await removeAccount(run, session, '', {
        userId,
        primaryEmail: wire.primaryEmail,
        aliases: wire.aliases,
        ...identityOf(wire),
      })
    } else {
      await leaveRest(session, groups)
      await deactivate(run, session)
    }
    return userId
  })
}

/**
 * The item applies to the account that an earlier attempt read. An account that another client has created in its place
 * since is not touched.
 */
async function refuseOther(run: ItemRun, session: WriteSession, kept: WireUser, step: string): Promise<void> {
  if (session.wasStepSent('delete')) return
  const reading = await session.readAgain()
  if (!reading.found || (await recognize(session, identityOf(kept), reading.wire)) !== 'OTHER') return
  run.pauseUnlessOver(step, 'REPLACED', 'an account with another createdAt is shown')
  const message = `${kept.primaryEmail} has another createdAt than when this operation read it: either another client deleted and re-created it, or the vendor has changed its createdAt. This operation does not touch it. Start a new operation for it`
  throw new WriteFailedError({ failure: 'Conflict', message, userId: reading.userId })
}

/**
 * Returns the groups to leave. If a name matches several groups, the list has all of them: leaving a group that the
 * user is not in has no effect.
 */
export function groupsToLeave(resolved: ResolvedGroups | undefined): KnownGroup[] {
  const groups = [...(resolved?.known ?? []), ...[...(resolved?.ambiguous.values() ?? [])].flat()]
  return [...new Map(groups.map((group) => [group.id, group])).values()]
}

/**
 * Deactivation keeps memberships that are not removed, so every group must be known. A deletion ends all memberships.
 */
function requireKnownGroups(primaryEmail: string, resolved: ResolvedGroups | undefined): void {
  const doubt = groupAmbiguity(resolved && { ...resolved, ambiguous: new Map() })
  if (doubt === undefined) return
  const message = `${primaryEmail} cannot be removed from its groups: ${doubt}`
  throw new WriteFailedError(invalidInput({ path: ['primaryEmails'], message }))
}

/** Leaves the groups that another client has added the user to since the first reading. */
async function leaveRest(session: WriteSession, left: readonly KnownGroup[]): Promise<void> {
  const reading = await session.readAfter()
  if (!reading.found) return
  const rest = groupsToLeave(await resolveGroups(session, reading.wire))
  for (const group of rest.filter(({ id }) => left.every((one) => one.id !== id))) await leaveGroup(session, group)
}

/**
 * Deactivates the account even if it is still in a group, because blocking its use matters most. But a PUT carries the
 * groups of the copy that it is built from, so this first waits while the copy shows a group that was left.
 */
async function deactivate(run: ItemRun, session: WriteSession): Promise<void> {
  const stillIn = ({ groups }: WireUser) => (groups?.length ? `the user is in ${groups.length} groups` : undefined)
  const { wire, userId } = await bringTo(run, session, '', {
    patchFor: () => inactive,
    lacks: stillIn,
    leavesGroups: true,
  })
  if (!wire.groups?.length) return
  const [first] = groupsToLeave(await resolveGroups(session, wire))
  if (first) run.pauseUnlessOver(leaveStep(first.groupId), 'NOT_SHOWN', `the user is in ${wire.groups.length} groups`)
  await sendAgainNextTime(session, wire)
  const message = `The user is inactive, but still in ${wire.groups.join(', ')}: the vendor accepted the removal, but still shows the membership`
  throw new WriteFailedError({ failure: 'NotAsWritten', message, fields: ['groups'], userId })
}

async function sendAgainNextTime(session: WriteSession, wire: WireUser): Promise<void> {
  for (const { groupId } of groupsToLeave(await resolveGroups(session, wire)))
    await session.forgetStep(leaveStep(groupId))
}
