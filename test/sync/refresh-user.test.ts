/** The point read for somebody who waits: what comes of it, and what it leaves alone. */
import { expect, test } from 'vitest'
import { refreshUserWith } from '../../src/sync/refresh-user.ts'
import { startSync, vendorState } from '../support/sync.ts'

test('a refreshed user is as the vendor has it now; what changed is named', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 30, groups: 3 } }] })
  const refresh = refreshUserWith(sync.deps)
  const ask = (primaryEmail: string) =>
    refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'somebody' })
  const [anna] = sync.vendor.users()
  const email = anna?.primaryEmail ?? ''

  // New to the mirror, in other letters than the vendor's.
  expect(await ask(email.toUpperCase())).toMatchObject({ outcome: 'READ', changed: expect.arrayContaining(['roles']) })
  await sync.startWorker()
  await sync.pull()
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))

  expect(await ask(email)).toMatchObject({ outcome: 'READ', changed: [] })
  sync.vendor.updateUser(email, { lastName: 'New', aliases: ['other@example.com'], groups: ['grp_002'] })
  const outcome = await ask(email)
  if (outcome.outcome !== 'READ') throw new Error(outcome.outcome)
  expect(outcome.changed.toSorted()).toEqual(expect.arrayContaining(['aliases', 'lastName', 'updatedAt']))
  expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor).users)
  const [change] = await sync.sql`select origin, actor from change_sets order by last_position desc limit 1`
  expect(change).toEqual({ origin: 'REFRESH', actor: 'somebody' })
})

test('a user is asked for as the vendor spells it, in whatever letters the caller does', async () => {
  await using sync = await startSync({ simulator: { switches: { addressMatch: 'exact' } } })
  const refresh = refreshUserWith(sync.deps)
  const ask = (primaryEmail: string) =>
    refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'somebody' })
  const [anna] = sync.vendor.users()
  const email = anna?.primaryEmail ?? ''
  expect(await ask(email.toUpperCase())).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask(email)).toMatchObject({ outcome: 'READ' })
  sync.vendor.updateUser(email, { lastName: 'New' })
  expect(await ask(email.toUpperCase())).toMatchObject({ outcome: 'READ', changed: ['lastName', 'updatedAt'] })

  // Created anew in other letters, behind our back.
  sync.vendor.deleteUser(email)
  sync.vendor.createUser({ primaryEmail: email.toUpperCase() })
  expect(await ask(email)).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask(email.toUpperCase())).toMatchObject({ outcome: 'READ' })
  expect(await ask(email)).toMatchObject({ outcome: 'READ', changed: [] })
})

test('a user whom the vendor does not have is not found, and stays until a complete pull does not show it either', async () => {
  await using sync = await startSync()
  const refresh = refreshUserWith(sync.deps)
  const ask = (primaryEmail: string) =>
    refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'somebody' })
  await sync.startWorker()
  await sync.pull()
  const [anna] = sync.vendor.users()
  const email = anna?.primaryEmail ?? ''
  sync.vendor.deleteUser(email)
  expect(await ask(email)).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask('never@example.com')).toEqual({ outcome: 'NOT_FOUND' })
  expect((await sync.mirror()).users).toHaveLength(60)
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
  // Created anew behind our back, and asked for before any pull.
  sync.vendor.createUser({ primaryEmail: email })
  expect(await ask(email)).toMatchObject({ outcome: 'READ' })
  expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor).users)
})

test('a vendor that fails, a key that it refuses, an allowance that is spent and a foreign organization are told apart', async () => {
  await using sync = await startSync({ requestsPerMinute: 3 })
  const refresh = refreshUserWith(sync.deps)
  const ask = (organizationId = sync.organizationId) =>
    refresh({ organizationId, primaryEmail: 'a@example.com', actor: 'somebody' })
  expect(await ask(0)).toEqual({
    outcome: 'VENDOR_FAILURE',
    message: 'This process holds no API key of that organization',
    status: null,
  })
  sync.vendor.refuseKey()
  expect(await ask()).toMatchObject({ outcome: 'VENDOR_FAILURE', status: 401 })
  sync.vendor.refuseKey(false)
  sync.simulator.faults.add({ kind: 'status', status: 400, times: 1 })
  expect(await ask()).toMatchObject({ outcome: 'VENDOR_FAILURE', status: 400 })
  expect(await ask()).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask()).toEqual({ outcome: 'BUDGET_EXHAUSTED', retryAt: expect.stringMatching(/^2\d{3}-.*Z$/) })
  expect(sync.simulator.requests).toHaveLength(3)
})

test('a slow page does not undo what was refreshed while it was on its way', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 30, groups: 3 } }] })
  const refresh = refreshUserWith(sync.deps)
  await sync.startWorker()
  await sync.pull()
  const [anna] = sync.vendor.users()
  const email = anna?.primaryEmail ?? ''
  const slow = sync.simulator.faults.add({ kind: 'hold', at: 'answer', path: /^\/users\?/ })
  const pullId = await sync.begin()
  await slow.struck()
  sync.vendor.updateUser(email, { firstName: 'Later', roles: ['AUDITOR'] })
  expect(await refresh({ organizationId: sync.organizationId, primaryEmail: email, actor: 'somebody' })).toMatchObject({
    outcome: 'READ',
    changed: expect.arrayContaining(['firstName', 'roles']),
  })
  slow.remove()
  expect(await sync.ended(pullId)).toMatchObject({ state: 'COMPLETE' })
  expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor).users)
})
