import { deleteAccount } from '../delete-user.ts'
import { leaveGroup } from '../memberships.ts'
import type { VendorPatch } from '../merge-patch.ts'
import { bringTo } from './bring-to.ts'
import type { ItemRun } from './item-run.ts'

export type DeprovisioningMode = 'DELETE' | 'DEACTIVATE'

export const inactive: VendorPatch = { status: 'inactive' }

/** Reads and keeps the whole user, leaves each of its groups, then deletes or deactivates the account and makes sure of it. */
export async function deprovision(run: ItemRun): Promise<number> {
  const { mode } = run.item.input as { mode: DeprovisioningMode }
  return await run.session(async (session) => {
    const { userId, wire, groups } = await run.userBefore(session)
    for (const group of groups) await leaveGroup(session, group)
    if (mode === 'DELETE') {
      await deleteAccount(session, { userId, primaryEmail: wire.primaryEmail, createdAt: wire.createdAt ?? null })
    } else {
      await bringTo(
        session,
        () => inactive,
        (found) => (found.groups?.length ? ['groups'] : []),
      )
    }
    return userId
  })
}
