import { addressKey } from './address.ts'
import type { Transaction } from './database.ts'
import { endLives } from './end-lives.ts'
import { loadKnownUsers } from './known-users.ts'
import { Ledger } from './ledger.ts'
import type { Observation } from './observation.ts'
import { lockOrganization } from './organization-lock.ts'
import { dropDoubts } from './user-doubts.ts'

/**
 * Applies the vendor's word that an address has no account (a 404 to the request of that one user): its live user, if the mirror has
 * one and nothing sent later has shown it, ends. Gives the ended user's id.
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
    // A list showed it again, and was older than it looked: nothing sent before this answer brings the user back.
    if (observation.sentAt <= user.goneAt) return undefined
    await tx`update users set gone_at = ${observation.sentAt} where id = ${user.id}`
    await dropDoubts(tx, [user.id])
    return undefined
  }
  if (user.observedAt.profile !== null && observation.sentAt <= user.observedAt.profile) return undefined
  const ledger = new Ledger(organization, observation)
  await endLives(tx, ledger, [user], observation.sentAt)
  await ledger.write(tx)
  return user.id
}
