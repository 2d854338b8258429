/** A simulated vendor whose API v1 the sync uses, and a worker. */
import { interfaceAccount } from '../../../src/simulator/v1/interface-wire.ts'
import { type MirrorState, readFeed } from '../../support/mirror-state.ts'
import { type SyncHarness, type SyncOptions, startSync } from '../../support/sync.ts'

/** The state of a mirror of the API v1 that has everything. */
export function interfaceState({ vendor }: SyncHarness): MirrorState {
  const users = vendor.directory.accounts.map(interfaceAccount)
  return {
    users: users
      .sort((a, b) => (a.primaryEmail.toLowerCase() < b.primaryEmail.toLowerCase() ? -1 : 1))
      .map((user) => ({
        primaryEmail: user.primaryEmail,
        type: 'USER',
        firstName: user.firstname || null,
        lastName: user.surname || null,
        status: user.isActive ? 'ACTIVE' : 'INACTIVE',
        mailboxSize: null,
        spamPolicy: null,
        createdAt: null,
        updatedAt: null,
        roles: [user.type.toUpperCase()],
        aliases: user.aliases.toSorted(),
        groups: null,
        unresolved: [],
      })),
    groups: [],
  }
}

export async function start(options: SyncOptions = {}): Promise<SyncHarness> {
  const sync = await startSync({ ...options, api: 'v1' })
  await sync.startWorker()
  return sync
}

/** The lines of the feed since the last call. */
export function feedOf({ sql, organizationId }: SyncHarness) {
  let read = 0
  return async () => {
    const lines = await readFeed(sql, organizationId)
    const later = lines.slice(read)
    read = lines.length
    return later
  }
}
