/** Deprovisioning to a functional account, the directory sync, and the way back. */
import { describe, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { itemsOf, workerHarness } from '../harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'
const exemptions = '/settings/azure/exemptions'

test('FUNCTIONAL: it is the default of the API v1, keeps everything else, and reinstateUser is the way back', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  const { updatedAt: _before, ...before } = { ...acme.vendor.user(bob) }
  const done = await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: null })
  expect(itemsOf(done).get(bob)).toMatchObject({ state: 'SUCCEEDED', steps: ['replace'] })
  const { updatedAt: _after, ...after } = { ...acme.vendor.user(bob) }
  expect(after).toMatchObject({ ...before, lastName: '', ofInterface: { type: 'functional_account' } })
  acme.vendor.updateUser(bob, { ofInterface: { ...acme.vendor.user(bob)?.ofInterface, billable: false } })

  expect(await acme.mutate('reinstateUser', { primaryEmail: bob.toUpperCase() })).toMatchObject({
    __typename: 'UpdateUserSuccess',
    settled: true,
    user: { roles: [{ name: 'END_USER' }] },
  })
  expect(acme.vendor.user(bob)?.ofInterface).toMatchObject({ type: 'end_user', billable: true })
})

test('FUNCTIONAL: the API v2 does not offer it, and requires a mode', async () => {
  await using acme = await workerHarness()
  const input = { primaryEmails: [anna], mode: 'FUNCTIONAL' }
  expect(await acme.start('startDeprovisioning', input)).toMatchObject({
    issues: [{ path: ['mode'], message: 'FUNCTIONAL is not offered by this connection' }],
  })
  expect(await acme.start('startDeprovisioning', { ...input, mode: null })).toMatchObject({
    issues: [{ path: ['mode'] }],
  })
  expect(await acme.mutate('reinstateUser', { primaryEmail: anna })).toMatchObject({ __typename: 'InvalidInput' })
})

test('DEACTIVATE: with the API v1, a note says that mail stops', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  const input = { primaryEmails: [bob], mode: 'DEACTIVATE', dryRun: true }
  const noted = expect.arrayContaining([expect.stringContaining('The vendor rejects mail to a deactivated account')])
  expect(await acme.start('startDeprovisioning', input)).toMatchObject({ notes: noted })
  const { notes } = await acme.start('startDeprovisioning', { ...input, mode: 'FUNCTIONAL' })
  expect(notes).toEqual([expect.stringContaining('exempted')])
})

describe.each(['replace', 'merge'] as const)('directory sync, PUT mode %s', (putMode) => {
  test('accounts are exempted before they change, together with all earlier exemptions', async () => {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 24, putMode } })
    acme.vendor.exemptions = ['boss@example.com']
    const done = await acme.finish('startDeprovisioning', { primaryEmails: [anna, bob], mode: 'FUNCTIONAL' })
    expect(done).toMatchObject({ state: 'SUCCEEDED', done: 2 })
    expect(acme.vendor.exemptions.toSorted()).toEqual([anna, bob, 'boss@example.com'])
    for (const email of [anna, bob]) {
      const lines = acme.sent()
      const change = lines.indexOf(`PUT /users/${email}`)
      expect(lines.slice(0, change)).toContain(`PUT ${exemptions}`)
    }
    acme.vendor.syncDirectory()
    expect(acme.vendor.user(bob)?.ofInterface?.type).toBe('functional_account')
  })

  test('an account that is exempt already needs no request', async () => {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 1, putMode } })
    acme.vendor.exemptions = [bob.toUpperCase()]
    await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: 'DELETE' })
    expect(acme.sent()).toEqual([`DELETE /users/${bob}`])
  })
})

test.each([
  ['the settings cannot be read', { path: /azure$/, status: 403 }],
  ['the exemptions cannot be read', { path: /exemptions$/, method: 'GET', status: 404 }],
  ['the exemption is refused', { path: /exemptions$/, method: 'PUT', status: 403 }],
] as const)('directory sync: %s: the account is not changed, and the failure says why', async (_, fault) => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
  acme.simulator.faults.add({ kind: 'status', times: 100, ...fault })
  const done = await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: 'FUNCTIONAL' })
  const why = 'The account was not changed, because it could not be exempted from the directory sync'
  expect(itemsOf(done).get(bob)?.failure).toMatchObject({ message: expect.stringContaining(why) })
  expect(acme.sent().filter((line) => line.includes('/users/'))).toEqual([])
})

test('directory sync: an exemption that the vendor accepts and does not list stops the change', async () => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
  acme.simulator.faults.add({ kind: 'doesNothing', path: /exemptions$/, method: 'PUT', times: 100 })
  const done = await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: 'FUNCTIONAL' })
  expect(itemsOf(done).get(bob)?.failure).toMatchObject({ message: expect.stringContaining(`not show ${bob}`) })
  expect(acme.vendor.user(bob)?.ofInterface?.type).not.toBe('functional_account')
})

test.each([
  ['createUser', { primaryEmail: 'new@example.com', firstName: 'New' }, 'POST /users', 'new@example.com'],
  ['updateUser', { primaryEmail: bob, set: { roles: { set: ['FUNCTIONAL_ACCOUNT'] } } }, `PUT /users/${bob}`, bob],
  ['deleteUser', { primaryEmail: bob }, `DELETE /users/${bob}`, bob],
])(
  'directory sync: %s exempts the account first, and sends nothing if that fails',
  async (name, input, change, email) => {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
    acme.vendor.exemptions = ['boss@example.com']
    acme.simulator.faults.add({ kind: 'status', status: 403, path: /exemptions$/, method: 'PUT', times: 1 })
    expect(await acme.mutate(name, input)).toMatchObject({ message: expect.stringContaining('could not be exempted') })
    expect(acme.sent()).not.toContain(change)
    expect(await acme.mutate(name, input)).not.toHaveProperty('message')
    expect(acme.sent().indexOf(change)).toBeGreaterThan(acme.sent().lastIndexOf(`PUT ${exemptions}`))
    expect(acme.vendor.exemptions).toEqual(['boss@example.com', email])
  },
)

test('directory sync: onboarding exempts each account before it is created', async () => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
  const done = await acme.finish('startOnboarding', { users: [{ primaryEmail: 'new@example.com', firstName: 'New' }] })
  expect(done).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.exemptions).toEqual(['new@example.com'])
  expect(acme.sent().indexOf(`PUT ${exemptions}`)).toBeLessThan(acme.sent().indexOf('POST /users'))
})

test('directory sync: an ordinary change exempts nobody', async () => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
  await acme.mutate('updateUser', { primaryEmail: bob, set: { lastName: 'Other' } })
  expect(acme.sent()).toEqual([`PUT /users/${bob}`])
})

test('directory sync: without settings or with a sync that is off, nothing is exempted', async () => {
  for (const syncFrequency of [null, 0] as const) {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency } })
    await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: 'FUNCTIONAL' })
    expect(acme.sent()).toEqual([`PUT /users/${bob}`])
  }
})

test('reinstateUser: an account that was made again, changed, or never converted is not touched', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  const reinstate = async () => await acme.mutate('reinstateUser', { primaryEmail: bob })
  expect(await reinstate()).toMatchObject({ __typename: 'InvalidInput' })
  await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: 'FUNCTIONAL' })
  // The vendor's later copies count from here on.
  await acme.database.sql`delete from recent_writes`
  const own = acme.vendor.user(bob)?.ofInterface
  acme.vendor.updateUser(bob, { ofInterface: { ...own, type: 'silent_user' } })
  expect(await reinstate()).toMatchObject({ __typename: 'Conflict', message: expect.stringContaining('no longer') })
  acme.vendor.updateUser(bob, { ofInterface: { ...own } })
  acme.vendor.deleteUser(bob)
  acme.vendor.createUser({ primaryEmail: bob, ofInterface: { type: 'functional_account' } })
  expect(await reinstate()).toMatchObject({ __typename: 'Conflict', message: expect.stringContaining('made again') })
})

test('reinstateUser: an account that administered needs the right to administer', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  await acme.finish('startDeprovisioning', { primaryEmails: [anna], mode: 'FUNCTIONAL' })
  await expect(acme.mutate('reinstateUser', { primaryEmail: anna })).rejects.toThrow('FORBIDDEN')
  expect(await acme.mutate('reinstateUser', { primaryEmail: anna }, '', 'root')).toMatchObject({
    __typename: 'UpdateUserSuccess',
    user: { roles: [{ name: 'ORGANIZATION_ADMIN' }] },
  })
})

test('directory sync: a list of exemptions that another process may have changed since is read again', async () => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
  const hold = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET', path: /exemptions$/, times: 1 })
  const set = { roles: { set: ['FUNCTIONAL_ACCOUNT'] } }
  const write = acme.mutate('updateUser', { primaryEmail: bob, set })
  await hold.struck()
  // This process stood still for longer than its lease, and another one has taken and returned the lock.
  await acme.database.sql`delete from user_locks where address_key not like '%@%'`
  acme.vendor.exemptions = ['boss@example.com']
  hold.release()
  expect(await write).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(acme.vendor.exemptions).toEqual(['boss@example.com', bob])
})

test('directory sync: a write that waits too long for the exemptions says what it waits for', async () => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 6 } })
  await acme.database.sql`
    insert into user_locks select id, 'settings of the organization', 'another', 'infinity' from organizations`
  const input = { primaryEmail: bob, set: { roles: { set: ['FUNCTIONAL_ACCOUNT'] } } }
  const { organizationId } = acme
  const request = { organizationId, actor: 'alice', input, dryRun: false, longestWaitMs: 200 }
  expect(await acme.writes.updateUser(request)).toMatchObject({
    failure: 'Conflict',
    message: expect.stringContaining('another write is changing the exemptions from the directory sync'),
  })
  expect(acme.sent()).toEqual([])
})

test.each(['deleteUser', 'startDeprovisioning'] as const)(
  "directory sync: %s locks the settings of the vendor's organization, whichever row it has",
  async (name) => {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { syncFrequency: 24 } })
    // A discovered organization that gave way to the entry.
    await acme.database.sql`
      insert into organizations (id, slug, name, vendor_host, vendor_eid, partner_id, retired_at)
      values (-1, 'former', 'Former', 'vendor.example', '7', -2, clock_timestamp())`
    await acme.database.sql`update organizations set vendor_host = 'vendor.example', entry_eid = '7' where id > 0`
    const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', path: /exemptions$/, method: 'PUT' })
    const done =
      name === 'deleteUser'
        ? acme.mutate(name, { primaryEmail: bob })
        : acme.finish(name, { primaryEmails: [bob], mode: 'FUNCTIONAL' })
    await until(() => held.fired === 1)
    const locks = await acme.database.sql<{ id: number }[]>`
      select organization_id as id from user_locks where address_key like 'settings %'`
    held.release()
    await done
    expect(locks).toEqual([{ id: -1 }])
    expect(acme.vendor.exemptions).toEqual([bob])
  },
)
