/** Deletions by a real pull: which users are deleted, which are kept, and when an administrator must decide. */
import { describe, expect, test } from 'vitest'
import { resolveQuarantine } from '../../../src/mirror/pulls/resolve-quarantine.ts'
import { apis, pathOfProbe, pathOfUser, userText } from '../../support/api.ts'
import { readFeed } from '../../support/mirror-state.ts'
import { type SyncHarness, startSync, vendorState } from '../../support/sync.ts'

const addresses = (users: readonly { primaryEmail: string }[]) => users.map(({ primaryEmail }) => primaryEmail)

test('deletions: a user that no page showed is read, and only a 404 deletes it', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 60, groups: 3 } }] })
  await sync.startWorker()
  await sync.pull()
  const [gone, hidden] = addresses(sync.vendor.users())
  if (!gone || !hidden) throw new Error('too few users')
  sync.vendor.deleteUser(gone)
  // A page that lacks a user who still exists, and a total that fits the page.
  const { users } = sync.vendor.snapshot()
  sync.simulator.faults.add({
    kind: 'wrongShape',
    path: /^\/users\?/,
    body: { users: users.filter(({ primaryEmail }) => primaryEmail !== hidden), total: 58 },
  })
  sync.simulator.clearRequests()
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1, usersSeen: 58 })
  expect(
    sync
      .requests()
      .filter((request) => request.includes('@'))
      .toSorted(),
  ).toEqual([`GET /users/${gone}`, `GET /users/${hidden}`].toSorted())
  expect(addresses((await sync.mirror()).users).toSorted()).toEqual(addresses(sync.vendor.users()).toSorted())
})

describe.each(apis)('with the API %s', (api) => {
  async function open(users: number): Promise<SyncHarness> {
    const sync = await startSync({ api, organizations: [{ data: { users, groups: 0 } }] })
    await sync.startWorker()
    await sync.pull()
    return sync
  }
  const stateOf = (sync: SyncHarness) => vendorState(sync.vendor, api)

  test('deletions: a user is deleted if the vendor finds its address only among the aliases of another user', async () => {
    await using sync = await startSync({ api })
    await sync.startWorker()
    await sync.pull()
    const [gone, heir] = addresses(sync.vendor.users())
    if (!gone || !heir) throw new Error('too few users')
    sync.vendor.deleteUser(gone)
    sync.simulator.faults.add({
      kind: 'status',
      status: 200,
      body: 'text',
      text: userText(api, sync.vendor, heir, { aliases: [gone] }),
      path: pathOfUser(api, gone),
    })
    sync.vendor.updateUser(heir, { aliases: [gone] })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
    expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))
  })

  test('deletions: a response with a user that does not have the requested address proves no deletion', async () => {
    await using sync = await startSync({ api })
    await sync.startWorker()
    await sync.pull()
    const [gone, other] = addresses(sync.vendor.users())
    if (!gone || !other) throw new Error('too few users')
    sync.vendor.deleteUser(gone)
    const mixed = sync.simulator.faults.add({
      kind: 'status',
      status: 200,
      body: 'text',
      text: userText(api, sync.vendor, other),
      path: pathOfUser(api, gone),
    })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 0 })
    expect(addresses((await sync.mirror()).users)).toContain(gone)
    mixed.remove()
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
  })

  test('deletions: a missing user whose read fails is read again, and the pull fails if lists fail as well', async () => {
    await using sync = await startSync({ api })
    await sync.startWorker()
    await sync.pull()
    const [gone] = addresses(sync.vendor.users())
    sync.vendor.deleteUser(gone ?? '')
    const path = pathOfUser(api, gone ?? '')
    const lasting = [path, pathOfProbe(api)].map((failing) =>
      sync.simulator.faults.add({ kind: 'status', status: 500, path: failing }),
    )
    const failed = await sync.pull()
    expect(failed).toMatchObject({ state: 'FAILED', deleted: 0 })
    expect(failed.error).toMatch(
      /^The pull failed while reading missing users: GET \/(users\/\{primaryEmail\}|orgs\/\{domain\}\/users)/,
    )
    expect(addresses((await sync.mirror()).users)).toContain(gone)
    for (const fault of lasting) fault.remove()
    // One call of the client, of three requests.
    sync.simulator.faults.add({ kind: 'status', status: 500, path, times: 3 })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
    expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))
  })

  test('deletions: more than a fifth of the users wait in quarantine until they are accepted, rejected or shown again', async () => {
    await using sync = await startSync({ api, organizations: [{ data: { users: 50, groups: 3 } }] })
    await sync.startWorker()
    await sync.pull()
    const before = await sync.mirror()
    const { users } = sync.vendor.snapshot()
    for (const { primaryEmail } of users.slice(0, 11)) sync.vendor.deleteUser(primaryEmail)
    sync.simulator.clearRequests()
    const first = await sync.pull()
    expect(first).toMatchObject({ state: 'QUARANTINED', deleted: 0 })
    expect(first.error).toMatch(/^The vendor no longer returns 11 of 50 users: their deletion is quarantined/)
    expect(await sync.problem()).toBe(first.error)
    expect(sync.requests().filter((request) => request.includes('@'))).toEqual([])
    expect((await sync.mirror()).users).toEqual(before.users)

    expect(await resolveQuarantine(sync.sql, first.id, false)).toBe('DONE')
    expect((await sync.readPull(first.id)).state).toBe('DISCARDED')
    expect(await sync.problem()).toBeNull()
    expect(await resolveQuarantine(sync.sql, first.id, true)).toBe('NOT_QUARANTINED')
    expect(await resolveQuarantine(sync.sql, 0, true)).toBe('NOT_FOUND')

    // Most users come back. The remaining deletions are below the threshold, which also resolves the earlier pulls.
    const second = await sync.pull()
    expect(second.state).toBe('QUARANTINED')
    for (const { primaryEmail } of users.slice(0, 8)) sync.vendor.restoreUser(primaryEmail)
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 3, created: 0 })
    expect((await sync.readPull(second.id)).state).toBe('DISCARDED')
    expect(await sync.problem()).toBeNull()
    expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))

    for (const { primaryEmail } of users.slice(20, 32)) sync.vendor.deleteUser(primaryEmail)
    const third = await sync.pull()
    expect(third.state).toBe('QUARANTINED')
    // One of the users exists again when it is read.
    sync.vendor.restoreUser(users[20]?.primaryEmail ?? '')
    expect(await resolveQuarantine(sync.sql, third.id, true)).toBe('DONE')
    expect(await sync.ended(third.id)).toMatchObject({ state: 'COMPLETE', deleted: 11, error: null })
    expect(await sync.problem()).toBeNull()
    expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor, api).users)
  })

  test('deletions: all users but one may be deleted if there are fewer than 25', async () => {
    await using sync = await open(24)
    for (const email of addresses(sync.vendor.users()).slice(1)) sync.vendor.deleteUser(email)
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 23 })
    expect(await sync.mirror()).toEqual(stateOf(sync))
  })

  test('deletions: a missing user whose read fails is kept, and the other missing ones are deleted', async () => {
    await using sync = await open(60)
    const [failing = '', ...others] = addresses(sync.vendor.users()).slice(0, 4)
    for (const email of [failing, ...others]) sync.vendor.deleteUser(email)
    const path = new RegExp(`/users/${encodeURIComponent(failing)}$`)
    const fault = sync.simulator.faults.add({ kind: 'status', status: 500, path })
    expect(await sync.pull()).toMatchObject({ deleted: 3 })
    expect(addresses((await sync.mirror()).users)).toContain(failing)
    fault.remove()
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
    expect(await sync.mirror()).toEqual(stateOf(sync))
  })

  test('identity: more than a fifth of the accounts that are made again wait for a decision', async () => {
    await using sync = await open(50)
    const emails = addresses(sync.vendor.users()).slice(0, 11)
    for (const primaryEmail of emails) {
      sync.vendor.deleteUser(primaryEmail)
      sync.vendor.createUser({ primaryEmail })
    }
    const pull = await sync.pull()
    expect(pull).toMatchObject({ state: 'QUARANTINED', deleted: 0 })
    expect(await resolveQuarantine(sync.sql, pull.id, true)).toBe('DONE')
    await sync.ended(pull.id)
    await sync.pull()
    await sync.relationsRead()
    expect(await sync.mirror()).toEqual(stateOf(sync))
    const kinds = (await readFeed(sync.sql, sync.organizationId)).map((line) => line.split(' ')[0])
    expect(kinds.filter((kind) => kind === 'USER_DELETED')).toHaveLength(11)
    expect(kinds.filter((kind) => kind === 'USER_RECREATED')).toHaveLength(11)
  })
})

test('deletions: all users may be deleted if there are fewer than 25', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 24, groups: 3 } }] })
  await sync.startWorker()
  await sync.pull()
  for (const { primaryEmail } of sync.vendor.users()) sync.vendor.deleteUser(primaryEmail)
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 24 })
  expect((await sync.mirror()).users).toEqual([])
})

test('deletions: a shortfall of more than 1 % fails the pull, and the same small shortfall three times is a wrong total', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 200, groups: 3 } }] })
  await sync.startWorker()
  sync.vendor.setSwitches({ total: 2 })
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', usersSeen: 200, usersExpected: 202 })
  sync.vendor.setSwitches({ total: 3 })
  const short = await sync.pull()
  expect(short).toMatchObject({ state: 'FAILED', usersSeen: 200, usersExpected: 203 })
  expect(short.error).toBe('The pull is incomplete: the vendor reports 203 users but returned 200')
  sync.vendor.setSwitches({ total: 4 })
  expect((await sync.pull()).state).toBe('FAILED')
  expect((await sync.pull()).state).toBe('FAILED')
  // The third pull with a total that is wrong by 4.
  expect((await sync.pull()).state).toBe('COMPLETE')
  expect(await sync.problem()).toMatch(/^The vendor's total of 204 users is disregarded/)
  // Later pulls complete, too, as long as the total is wrong by the same number.
  expect((await sync.pull()).state).toBe('COMPLETE')
  sync.vendor.setSwitches({ total: 'right' })
  expect((await sync.pull()).state).toBe('COMPLETE')
  expect(await sync.problem()).toBeNull()
})

test('deletions: a group is deleted after two complete pulls without it, unless a user still names it', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 30, groups: 4 } }] })
  await sync.startWorker()
  await sync.pull()
  const names = async () => (await sync.mirror()).groups.map(({ id }) => id)
  sync.vendor.deleteGroup('grp_004')
  await sync.pull()
  expect(await names()).toEqual(['grp_001', 'grp_002', 'grp_003', 'grp_004'])
  await sync.pull()
  expect(await names()).toEqual(['grp_001', 'grp_002', 'grp_003'])
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))

  // The list no longer shows the group, but its members still name it.
  const { groups } = sync.vendor.snapshot()
  const fault = sync.simulator.faults.add({
    kind: 'wrongShape',
    path: /^\/groups\?.*page=1\b/,
    body: { groups: groups.slice(1) },
  })
  for (let pull = 0; pull < 3; pull++) expect((await sync.pull()).state).toBe('COMPLETE')
  expect(await names()).toEqual(['grp_001', 'grp_002', 'grp_003'])
  fault.remove()
  await sync.pull()
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
})

test('deletions: the members of a deleted group are read again if list rows carry no groups', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 30, groups: 4 }, switches: { listCarries: ['timestamps'] } }],
  })
  await sync.startWorker()
  await sync.pull()
  await sync.relationsRead()
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
  sync.vendor.deleteGroup('grp_001')
  for (let pull = 0; pull < 3; pull++) {
    await sync.pull()
    await sync.relationsRead()
  }
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
})
