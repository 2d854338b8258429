import { expect, test } from 'vitest'
import type { Sql } from '../../src/db/database.ts'
import { startSync, vendorState } from '../support/sync.ts'
import { until } from '../support/until.ts'

/** Locks an organization's row, like a transaction of another process would, until `release`. */
async function lockRow(sql: Sql, organizationId: number): Promise<{ release(): Promise<void> }> {
  const locked = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const holder = sql.begin(async (tx) => {
    await tx`select from organizations where id = ${organizationId} for update`
    locked.resolve()
    await mayEnd.promise
  })
  await locked.promise
  return {
    async release() {
      mayEnd.resolve()
      await holder
    },
  }
}

const paged = { data: { users: 95, groups: 3 }, switches: { maximumPageSize: 10 } } as const

test("page jobs: pages of a locked organization take no slot from another organization's pull", async () => {
  await using sync = await startSync({ organizations: [paged, paged] })
  const [locked, other] = sync.organizations
  if (!locked || !other) throw new Error('two organizations were started')
  const lockedPull = await sync.begin(locked.id)
  const lock = await lockRow(sync.sql, locked.id)
  await sync.startWorker()
  const waitingPages = () => sync.sql`select from pull_pages where pull_id = ${lockedPull} and ids is null`
  await until(async () => (await waitingPages()).length === 4)
  expect(await sync.pull(other.id)).toMatchObject({ state: 'COMPLETE', created: 95 })
  // Requests stop while too many pages wait, and no job gave up waiting.
  expect(await waitingPages()).toHaveLength(4)
  expect(sync.lines).toEqual([])
  await lock.release()
  expect(await sync.ended(lockedPull)).toMatchObject({ state: 'COMPLETE', created: 95, requests: 12 })
  expect(await sync.mirror(locked.id)).toEqual(vendorState(locked.vendor))
})
