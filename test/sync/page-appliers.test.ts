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

test('page jobs: organizations whose vendor does not answer delay no other pull', async () => {
  await using sync = await startSync({ organizations: Array.from({ length: 9 }, () => paged) })
  const quick = sync.organizations.at(-1)
  if (!quick) throw new Error('organizations were started')
  const slow = sync.organizations.slice(0, -1)
  const held = slow.map(({ vendor }) =>
    sync.simulator.faults.add({ kind: 'hold', at: 'answer', path: /\/groups/, apiKey: vendor.apiKey }),
  )
  await sync.startWorker()
  const pulls = await Promise.all(slow.map(({ id }) => sync.begin(id)))
  await Promise.all(held.map((fault) => fault.struck()))
  expect(await sync.pull(quick.id)).toMatchObject({ state: 'COMPLETE', created: 95 })
  for (const fault of held) fault.remove()
  for (const pull of pulls) expect(await sync.ended(pull)).toMatchObject({ state: 'COMPLETE', created: 95 })
})

test('page jobs: organizations whose allowance is used up delay no other pull', async () => {
  await using sync = await startSync({ organizations: Array.from({ length: 9 }, () => paged) })
  const quick = sync.organizations.at(-1)
  if (!quick) throw new Error('organizations were started')
  const paused = sync.organizations.slice(0, -1)
  for (const { vendor } of paused) {
    await sync.sql`
      update allowances set paused_until = clock_timestamp() + interval '100 seconds'
      where key = ${`allowance of ${vendor.apiKey}`}`
  }
  await sync.startWorker()
  for (const { id } of paused) await sync.begin(id)
  // Each of their jobs waits for the allowance.
  await until(async () => {
    const rows = await sync.sql`select from allowance_waits where priority = 'BACKGROUND'`
    return rows.length === paused.length
  })
  expect(await sync.pull(quick.id)).toMatchObject({ state: 'COMPLETE', created: 95 })
  expect(sync.requests()).toHaveLength(12)
})
