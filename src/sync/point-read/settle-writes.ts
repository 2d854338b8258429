import { addressKey } from '../../addresses/address-key.ts'
import { spellingsOf } from '../../addresses/spellings.ts'
import { permanentStorageError } from '../../db/constraint-error.ts'
import { concludeUnsettled, type DueWrite, nextUnsettled } from '../../mirror/unsettled-writes.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { waitAskedFor } from '../../vendor/http/retry.ts'
import { forOrganization, type SyncDeps } from '../deps.ts'
import { readUser, type UserReading } from './read-user.ts'
import { adoptCopy, readRecentWrites, showsWrites } from './recent-writes.ts'

const keptSeconds = 20 * 60

/**
 * Reads the users of an organization whose last write the vendor did not show in time. Each is read with growing pauses
 * until the write is visible or 15 minutes have passed. Ends when no read is due. A 404 proves an accepted deletion.
 */
export async function settleWrites(deps: SyncDeps, organizationId: number, signal: AbortSignal): Promise<void> {
  const client = deps.clientOf(organizationId)
  if (!client) return
  const { sql } = deps
  for (;;) {
    signal.throwIfAborted()
    const write = await nextUnsettled(sql, organizationId)
    if (!write) return
    const { primaryEmail } = write
    try {
      const reading = await readAsSpelled(deps, client, write, signal)
      const isSettled = await isShown(deps, write, reading)
      if (isSettled) await adoptCopy(sql, organizationId, primaryEmail, reading.found ? reading.wire : undefined)
      await concludeUnsettled(sql, write, isSettled)
    } catch (error) {
      const refusal = permanentStorageError(error)
      if (signal.aborted || !(error instanceof EssentialsError || refusal)) throw error
      // The next tick starts again, and no attempt of the write is used up.
      if (waitAskedFor(error) > 0) return
      const cause = refusal ? { refusal } : { err: error }
      forOrganization(deps, organizationId).logger.warn(cause, 'cannot settle a write')
      await concludeUnsettled(sql, write, false)
    }
  }
}

/** The vendor may store a new address in another spelling than was sent. */
async function readAsSpelled(
  deps: SyncDeps,
  client: EssentialsClient,
  write: DueWrite,
  signal: AbortSignal,
): Promise<UserReading> {
  const { organizationId, primaryEmail, kind, actor } = write
  // If the vendor accepted a creation or a deletion at this address, the account that the mirror had there no longer
  // exists.
  const about = { origin: 'WRITE', actor, decides: kind !== 'CHANGE' } as const
  const call = { priority: 'background', signal } as const
  const ifMissing = (await isOfThatAccount(deps, write)) ? 'END' : 'KEEP'
  const read = (spelled: string) => readUser(deps.sql, client, organizationId, spelled, about, call, ifMissing)
  const [known = primaryEmail, ...others] = kind === 'CREATE' ? spellingsOf(primaryEmail) : [primaryEmail]
  let reading = await read(known)
  for (const spelled of others) if (!reading.found) reading = await read(spelled)
  return reading
}

/** Whether the live user is still the account that was deleted. A 404 for another account proves nothing. */
async function isOfThatAccount({ sql }: SyncDeps, write: DueWrite): Promise<boolean> {
  if (write.kind !== 'DELETE') return false
  const [row] = await sql`
    select from users where id = ${write.userId} and deleted_at is null
      and organization_id = ${write.organizationId} and address_key = ${addressKey(write.primaryEmail)}`
  return row !== undefined
}

async function isShown({ sql }: SyncDeps, write: DueWrite, reading: UserReading): Promise<boolean> {
  if (write.kind === 'DELETE') return !reading.found || reading.userId !== write.userId
  if (!reading.found) return false
  // The vendor may still show the account that had the address before.
  if (write.kind === 'CREATE') return reading.userId !== write.userId
  const recent = await readRecentWrites(sql, write.organizationId, write.primaryEmail, keptSeconds)
  // A change whose response was lost has no recorded fields, so it is read until its time is over.
  return recent.length > 0 && showsWrites(recent, reading.wire)
}
