/** A simulated vendor whose API v1 the sync uses, and a worker. */
import { type MirrorState, readFeed } from '../../support/mirror-state.ts'
import { type SyncHarness, type SyncOptions, startSync, vendorState } from '../../support/sync.ts'

/** The state of a mirror that has everything. */
export function interfaceState({ vendor }: SyncHarness): MirrorState {
  return vendorState(vendor, 'v1')
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
