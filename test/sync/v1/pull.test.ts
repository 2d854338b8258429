/** Pulls over the API v1: one response holds the whole list, and accounts have numbers. */
import { describe, expect, test } from 'vitest'
import { workChannel } from '../../../src/mirror/feed/notifications.ts'
import type { SyncHarness } from '../../support/sync.ts'
import { until } from '../../support/until.ts'
import { interfaceState, start } from './interface-sync.ts'

/** Makes the last complete pull seem as old as two lists must be apart. */
async function age(sync: SyncHarness): Promise<void> {
  await sync.sql`update user_confirmations set unconfirmed_since = unconfirmed_since - interval '61 seconds'`
}

describe('pull over v1: the list', () => {
  test.each([
    [{ usersEnvelope: 'array' }],
    [{ booleans: 'integers' }],
    [{ booleans: 'digits', senderNames: 'deprecated' }],
    [{ booleans: 'words', senderNames: 'both' }],
  ] as const)('%j shows the same users', async (interfaceSwitches) => {
    await using sync = await start({ organizations: [{ data: { users: 20, groups: 0 }, interfaceSwitches }] })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 20 })
    expect(await sync.mirror()).toEqual(interfaceState(sync))
  })

  test('more than one page of rows becomes visible together', async () => {
    await using sync = await start({ organizations: [{ data: { users: 2_300, groups: 0 } }] })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 2_300, requests: 1 })
    expect(await sync.mirror()).toEqual(interfaceState(sync))
  })

  test('a list that breaks off shows nothing, and the next pull shows all', async () => {
    await using sync = await start({ organizations: [{ data: { users: 1_500, groups: 0 } }] })
    const fault = sync.simulator.faults.add({ kind: 'cutMidway' })
    expect(await sync.pull()).toMatchObject({ state: 'FAILED', created: 0 })
    expect((await sync.mirror()).users).toEqual([])
    fault.remove()
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 1_500 })
  })

  test('an empty list is incomplete if users are known, and says so', async () => {
    await using sync = await start({ organizations: [{ data: { users: 3, groups: 0 } }] })
    await sync.pull()
    for (const { primaryEmail } of sync.vendor.users()) sync.vendor.deleteUser(primaryEmail)
    expect(await sync.pull()).toMatchObject({ state: 'FAILED', deleted: 0 })
    expect(await sync.problem()).toBe(
      'The pull is incomplete: the vendor returned an empty list, although 3 users are known',
    )
    expect((await sync.mirror()).users).toHaveLength(3)
    await sync.sql`update users set deleted_at = clock_timestamp(), gone_at = clock_timestamp()`
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE' })
  })

  test('one row without aliases gives no other user a read of its own', async () => {
    await using sync = await start({ organizations: [{ data: { users: 30, groups: 0 } }] })
    await sync.pull()
    const [row] = await sync.sql<{ address: string }[]>`
      with lacking as (
        update pull_pages set carried[7] = 1 where kind = 'USERS' and cardinality(ids) = 30 returning ids[7] as id
      )
      select primary_email as address from users join lacking using (id)`
    sync.simulator.clearRequests()
    await sync.sql`
      update organizations set aliases_as_of = profile_as_of - interval '1 second', turns_done_as_of = null`
    await sync.sql`select pg_notify(${workChannel}, id::text) from organizations`
    await until(async () => {
      const ended = await sync.sql`select from organizations where turns_done_as_of = profile_as_of`
      return ended.length === 1
    })
    const read = sync.simulator.requests
      .map(({ path }) => decodeURIComponent(path))
      .filter((path) => /users\/./.test(path))
    expect(read).toEqual([expect.stringContaining(row?.address ?? '-')])
  })

  test('rows without aliases leave them unknown until each user is read', async () => {
    await using sync = await start({
      organizations: [{ data: { users: 6, groups: 0 }, interfaceSwitches: { rowsLack: ['alias_emails'] } }],
    })
    await sync.pull()
    await sync.relationsRead()
    expect(await sync.mirror()).toEqual(interfaceState(sync))
  })
})

describe('pull over v1: absence', () => {
  test.each([403, 400, 412, 'body'] as const)(
    'where unknown users are answered with %s, two lists a minute apart prove it',
    async (goneAnswer) => {
      await using sync = await start({ organizations: [{ data: { users: 40, groups: 0 }, switches: { goneAnswer } }] })
      await sync.pull()
      const gone = sync.vendor.users().slice(0, 7)
      for (const { primaryEmail } of gone) sync.vendor.deleteUser(primaryEmail)
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 0 })
      expect(await sync.problem()).toMatch(/^7 users are missing from the list and could not be read/)
      // The second list is too early.
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 0 })
      expect((await sync.mirror()).users).toHaveLength(40)
      await age(sync)
      expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 7 })
      expect(await sync.mirror()).toEqual(interfaceState(sync))
      expect(await sync.problem()).toBeNull()
    },
  )

  test('a user that a list shows again must be missing twice anew', async () => {
    await using sync = await start({
      organizations: [{ data: { users: 10, groups: 0 }, switches: { goneAnswer: 403 } }],
    })
    await sync.pull()
    const [user] = sync.vendor.users()
    if (!user) throw new Error('no user')
    const account = sync.vendor.directory.find(user.primaryEmail)
    if (!account) throw new Error('no account')
    sync.vendor.visibility.created(account, Date.now(), 3_600_000)
    await sync.pull()
    await age(sync)
    sync.vendor.visibility.settle(account)
    await sync.pull()
    sync.vendor.visibility.created(account, Date.now(), 3_600_000)
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 0 })
    expect((await sync.mirror()).users).toHaveLength(10)
  })

  test('a failing vendor proves nothing', async () => {
    await using sync = await start({ organizations: [{ data: { users: 10, groups: 0 } }] })
    await sync.pull()
    sync.vendor.deleteUser(sync.vendor.users()[0]?.primaryEmail ?? '')
    const fault = sync.simulator.faults.add({ kind: 'html', status: 503, path: /users\/./ })
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await sync.pull()).toMatchObject({ deleted: 0 })
      await age(sync)
    }
    fault.remove()
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
  })
})

describe('pull over v1: refused credentials', () => {
  test('after a 401 no request is sent, by pulls and by point reads, until the credentials change', async () => {
    await using sync = await start({ organizations: [{ data: { users: 10, groups: 0 } }] })
    await sync.pull()
    sync.simulator.clearRequests()
    sync.vendor.refuseKey()
    for (let turn = 0; turn < 3; turn += 1) expect(await sync.pull()).toMatchObject({ state: 'FAILED' })
    const client = sync.deps.clientOf(sync.organizationId)
    const reads = Array.from({ length: 5 }, () => client?.getUser('a@example.com', { priority: 'interactive' }))
    await Promise.allSettled(reads)
    expect(sync.requests()).toHaveLength(1)
    expect(await sync.problem()).toMatch(
      /The vendor refused the user or the password\. To avoid a lock-out, no request is sent with them until \d{4}-/,
    )

    await sync.sql`update allowances set refused_until = clock_timestamp()`
    sync.vendor.refuseKey(false)
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE' })
  })

  test('concurrent requests with a wrong password are two at most, over all processes', async () => {
    await using sync = await start({ organizations: [{ data: { users: 3, groups: 0 } }] })
    const client = sync.deps.clientOf(sync.organizationId)
    sync.vendor.refuseKey()
    await Promise.allSettled(
      Array.from({ length: 20 }, () => client?.getUser('a@example.com', { priority: 'interactive' })),
    )
    expect(sync.requests().length).toBeLessThanOrEqual(2)
  })
})
