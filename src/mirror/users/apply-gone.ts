import { addressKey } from '../../addresses/address-key.ts'
import type { Transaction } from '../../db/database.ts'
import { dropDoubts } from '../accounts/user-doubts.ts'
import { ChangeWriter } from '../feed/change-writer.ts'
import type { Observation } from '../observation.ts'
import { lockOrganization } from '../organization-lock.ts'
import { closeUsers } from './close-users.ts'
import { loadKnownUsers } from './load-stored-users.ts'

/**
 * Applies a 404 for one user: if the mirror has a live user at the address, and no later request has shown it, the
 * account ends. Returns the id of that user.
 */
export async function applyGone(
  tx: Transaction,
  organizationId: number,
  observation: Observation,
  primaryEmail: string,
): Promise<number | undefined> {
  const organization = await lockOrganization(tx, organizationId)
  const [user] = await loadKnownUsers(tx, organization, [addressKey(primaryEmail)], observation.sentAt)
  if (!user) return undefined
  if (user.goneAt !== null) {
    // The tombstone was shown by a list older than it seemed. No request sent before this one may bring the user back.
    // A 404 for another spelling proves nothing of this one.
    if (observation.sentAt <= user.goneAt || primaryEmail !== user.profile.primaryEmail) return undefined
    await tx`update users set gone_at = ${observation.sentAt} where id = ${user.id}`
    await dropDoubts(tx, [user.id])
    return undefined
  }
  if (user.observedAt.profile !== null && observation.sentAt <= user.observedAt.profile) return undefined
  const writer = new ChangeWriter(organization, observation)
  await closeUsers(tx, writer, [user], observation.sentAt)
  await writer.write(tx)
  return user.id
}
