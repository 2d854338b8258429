import { describe, expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { pathOfUsers } from '../support/api.ts'
import { rowsAsWritten } from '../support/mirror-state.ts'
import { everyStore } from '../support/queue-stores.ts'
import { startSync, vendorState } from '../support/sync.ts'
import { until } from '../support/until.ts'

/** Each store, and the API v1 over one of them. */
const setups = [
  ...everyStore.map((one) => ({ ...one, api: 'v2' as const })),
  { ...everyStore[0], name: 'the API v1', api: 'v1' as const },
]
const usersOf = { v1: 'GET /orgs/example.com/users', v2: 'GET /users page=1' }

describe.each(setups)('$name', ({ store, skipped, api }) => {
  describe.skipIf(skipped)('a pull', () => {
    test('mirrors all that full list rows show, and the next pull writes no row', async () => {
      await using sync = await startSync({ api, store })
      await sync.startWorker()
      const first = await sync.pull()
      expect(first).toMatchObject({
        state: 'COMPLETE',
        created: 60,
        updated: 0,
        deleted: 0,
        usersSeen: 60,
        usersExpected: api === 'v1' ? null : 60,
      })
      expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))
      // The list of groups has no total, so an empty page ends it.
      const groups = api === 'v1' ? [] : ['GET /groups page=1', 'GET /groups page=2']
      expect(sync.requests()).toEqual([...groups, usersOf[api]])

      const written = await rowsAsWritten(sync.sql)
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 0, updated: 0, deleted: 0, unchanged: 60 })
      expect(await rowsAsWritten(sync.sql)).toEqual(written)
      expect(await sync.problem()).toBeNull()
    })

    test('applies the changes since the last pull', async () => {
      await using sync = await startSync({ api, store })
      await sync.startWorker()
      await sync.pull()
      const { vendor } = sync
      const [anna, bob, carl] = vendor.users()
      if (!anna || !bob || !carl) throw new Error('too few users')
      vendor.updateUser(anna.primaryEmail, { lastName: 'Other', aliases: ['new@example.com'], roles: ['AUDITOR'] })
      vendor.updateUser(bob.primaryEmail, { groups: ['grp_001', 'grp_002'], status: 'inactive' })
      vendor.deleteUser(carl.primaryEmail)
      vendor.createUser({ primaryEmail: 'New.Body@example.com', groups: ['grp_003'] })
      vendor.renameGroup('grp_002', 'Renamed')
      vendor.createGroup('Fresh')
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 1, updated: 2, deleted: 1 })
      expect(await sync.mirror()).toEqual(vendorState(vendor, api))
    })

    test.skipIf(api === 'v1')('resumes after its worker is stopped, and requests only the missing pages', async () => {
      await using sync = await startSync({
        api,
        store,
        organizations: [{ data: { users: 55, groups: 3 }, switches: { maximumPageSize: 10, groupsTotal: 'right' } }],
      })
      const held = sync.simulator.faults.add({ kind: 'hold', at: 'arrival', path: /users\?.*page=4\b/ })
      const worker = await sync.startWorker()
      const pullId = await sync.begin()
      await held.struck()
      await until(async () => {
        const [row] = await sync.sql`
          select from pull_pages where pull_id = ${pullId} and kind = 'USERS' having count(ids) = 3`
        return row !== undefined
      })
      await worker.stop()
      expect(await sync.readPull(pullId)).toMatchObject({ state: 'RUNNING', phase: 'LISTING' })
      held.remove()
      sync.simulator.clearRequests()
      await sync.startWorker()
      expect(await sync.ended(pullId)).toMatchObject({ state: 'COMPLETE', usersSeen: 55, created: 55 })
      expect(sync.requests()).toEqual(['GET /users page=4', 'GET /users page=5', 'GET /users page=6'])
      expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))
    })

    test('completes although the queue loses all of its data, during the pull and between pulls', async () => {
      await using sync = await startSync({
        api,
        store,
        healMs: 100,
        organizations: [{ data: { users: 40, groups: 3 }, switches: { maximumPageSize: 10 } }],
      })
      await sync.startWorker()
      const path = api === 'v1' ? pathOfUsers(api) : /users\?.*page=2\b/
      const held = sync.simulator.faults.add({ kind: 'hold', at: 'answer', path })
      const pullId = await sync.begin()
      await held.struck()
      await sync.loseQueue()
      held.remove()
      expect(await sync.ended(pullId)).toMatchObject({ state: 'COMPLETE', created: 40 })
      await sync.loseQueue()
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', unchanged: 40 })
      expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))
    })

    test('runs once, regardless of the number of workers and requests for it', async () => {
      await using sync = await startSync({
        api,
        store,
        organizations: [{ data: { users: 58, groups: 3 }, switches: { maximumPageSize: 10, groupsTotal: 'right' } }],
      })
      await Promise.all([sync.startWorker(), sync.startWorker(), sync.startWorker()])
      const begun = await Promise.all(Array.from({ length: 10 }, () => sync.begin()))
      expect(new Set(begun).size).toBe(1)
      const pull = await sync.ended(begun[0] ?? 0)
      const pages = ['GET /groups page=1', ...[1, 2, 3, 4, 5, 6].map((page) => `GET /users page=${page}`)]
      const asked = api === 'v1' ? [usersOf.v1] : pages
      expect(pull).toMatchObject({ state: 'COMPLETE', created: 58, requests: asked.length })
      expect(sync.requests().toSorted()).toEqual(asked)
      const [row] = await sync.sql`select count(*)::int as pulls from pulls`
      expect(row).toEqual({ pulls: 1 })
      expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))
    })

    test('keeps the data of organizations apart', async () => {
      await using sync = await startSync({
        api,
        store,
        organizations: [
          { data: { users: 30, groups: 3 } },
          { data: { users: 40, groups: 5 } },
          { data: { users: 0, groups: 0 } },
        ],
      })
      await Promise.all([sync.startWorker(), sync.startWorker()])
      const ends = await Promise.all(sync.organizations.map(({ id }) => sync.pull(id)))
      expect(ends.map(({ state, created }) => ({ state, created }))).toEqual([
        { state: 'COMPLETE', created: 30 },
        { state: 'COMPLETE', created: 40 },
        { state: 'COMPLETE', created: 0 },
      ])
      for (const { id, vendor } of sync.organizations) expect(await sync.mirror(id)).toEqual(vendorState(vendor, api))
    })
  })

  describe.skipIf(skipped || api === 'v1')('list rows without relations', () => {
    test.each(['ids', 'names'] as const)('are followed by point reads (groups given by %s)', async (userGroups) => {
      await using sync = await startSync({
        store,
        organizations: [{ data: { users: 30, groups: 5 }, switches: { listCarries: [], userGroups } }],
      })
      await sync.startWorker()
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 30 })
      await sync.relationsRead()
      expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
      expect(sync.requests().filter((request) => request.startsWith('GET /users/'))).toHaveLength(30)

      const [anna] = sync.vendor.users()
      sync.vendor.updateUser(anna?.primaryEmail ?? '', { firstName: 'Seen', groups: ['grp_001'] })
      sync.simulator.clearRequests()
      await sync.pull()
      await sync.relationsRead()
      // Other users then have their turn again, until the test stops the reads.
      expect(sync.requests().find((request) => request.startsWith('GET /users/'))).toBe(
        `GET /users/${anna?.primaryEmail}`,
      )
      expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
    })
  })
})

test('pull: a list without a total is read until a page is empty', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 25, groups: 3 }, switches: { total: 'absent', maximumPageSize: 10 } }],
  })
  await sync.startWorker()
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 25, usersExpected: null })
  expect(sync.requests().filter((request) => request.startsWith('GET /users'))).toEqual(
    [1, 2, 3, 4].map((page) => `GET /users page=${page}`),
  )
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
})

test('pull: a total that is too small does not cut the list', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 45, groups: 3 }, switches: { total: -40, maximumPageSize: 10 } }],
  })
  await sync.startWorker()
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 45, usersExpected: 5 })
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
})

test('pull: 10,000 users and 200 groups take one request per page, and one more for each list without a definite end', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 10_000, groups: 200 }, switches: { listCarries: everySection } }],
  })
  await sync.startWorker()
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 10_000, requests: 13, retries: 0 })
  expect(sync.simulator.requests).toHaveLength(13)
  const written = await rowsAsWritten(sync.sql)
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', unchanged: 10_000, requests: 13 })
  expect(await rowsAsWritten(sync.sql)).toEqual(written)
})
