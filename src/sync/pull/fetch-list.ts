import { createHash } from 'node:crypto'
import { concludeArriving, discardArriving, storeArriving } from '../../mirror/pulls/arriving-pages.ts'
import type { Counts } from '../../mirror/pulls/pulls.ts'
import type { Sighting } from '../../mirror/users/move-users.ts'
import type { EssentialsClient, ListSink } from '../../vendor/adapter.ts'
import type { CallOptions } from '../../vendor/http/connection.ts'
import { distinctWarnings } from '../../vendor/wire/fields.ts'
import type { SyncDeps } from '../deps.ts'

/**
 * Fetches a list that comes in one response. Its rows are stored page by page while they arrive, so that memory does not
 * grow with the list, and become visible together. The pages begin with the number `firstPage`. Returns false if the
 * pull has ended.
 */
export async function fetchList(
  { sql, logger }: SyncDeps,
  client: EssentialsClient,
  pull: { readonly id: number; readonly organizationId: number },
  firstPage: number,
  counts: Counts,
  call: CallOptions,
): Promise<boolean> {
  let sightings: Sighting[] = []
  let pages = 0
  let requested = ''
  let storing: { readonly error: unknown } | undefined
  /** The client reports a failure of the database as a failed request. */
  const kept = async (store: () => Promise<void>) => {
    try {
      await store()
    } catch (error) {
      storing = { error }
      throw error
    }
  }
  const sink: ListSink = {
    begin: async (sentAt) => {
      sightings = []
      pages = 0
      requested = sentAt
      await kept(() => discardArriving(sql, pull))
    },
    add: async ({ users, rows }, body) => {
      for (const { vendorId, primaryEmail } of users)
        if (vendorId !== undefined) sightings.push({ vendorId, primaryEmail })
      const page = { page: firstPage + pages, rows, shown: digestOf(body), body }
      pages += 1
      await kept(() => storeArriving(sql, pull, requested, page))
    },
  }
  let observed: Awaited<ReturnType<EssentialsClient['streamUsers']>>
  try {
    observed = await client.streamUsers(sink, call)
  } catch (error) {
    throw storing ? storing.error : error
  }
  for (const warning of distinctWarnings(observed.warnings).slice(0, 20)) {
    logger.warn({ ...warning, pull: pull.id, kind: 'USERS' }, 'the vendor sent an unexpected value')
  }
  const { sentAt, arrivedAt } = observed
  return await concludeArriving(sql, pull, { sentAt, arrivedAt, firstPage, pages }, sightings, counts)
}

function digestOf(body: string): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22)
}
