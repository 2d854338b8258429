/** Turning users off by making them functional accounts, where the connection offers that. */
import { expect, test } from 'vitest'
import { type ScimHarness, scimHarness } from './harness.ts'

const harness = (lag = 0) =>
  scimHarness({
    capabilities: ['accountKinds'],
    switches: { createLagMs: lag, updateLagMs: lag },
    data: {
      groups: [],
      users: [
        { primaryEmail: 'bob@example.com', roles: ['SILENT_USER'] },
        { primaryEmail: 'info@example.com', roles: ['FUNCTIONAL_ACCOUNT', 'END_USER'] },
        { primaryEmail: 'off@example.com', roles: ['USER'], status: 'inactive' },
      ],
    },
  })

const turn = (scim: ScimHarness, id: string, active: boolean) =>
  scim.send('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path: 'active', value: active }] })
const found = async (scim: ScimHarness, filter: string) =>
  (await scim.send('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.Resources.map(
    ({ userName }: { userName: string }) => userName,
  )

test.each([0, 45_000])('off makes a functional account, and on restores its role, with a lag of %i ms', async (lag) => {
  await using scim = await harness(lag)
  await scim.fill()
  const id = await scim.idOf('bob@example.com')
  for (let i = 0; i < 2; i += 1) {
    expect(await turn(scim, id, false)).toMatchObject({ status: 200, body: { active: false } })
    expect(scim.vendor.user('bob@example.com')).toMatchObject({ status: 'active', roles: ['FUNCTIONAL_ACCOUNT'] })
    expect((await scim.send('GET', `/Users/${id}`)).body).toMatchObject({ active: false })
    expect(await turn(scim, id, true)).toMatchObject({ status: 200, body: { active: true } })
    expect(scim.vendor.user('bob@example.com')).toMatchObject({ status: 'active', roles: ['SILENT_USER'] })
  }
  expect((await scim.send('DELETE', `/Users/${id}`)).status).toBe(204)
  expect(scim.vendor.user('bob@example.com')).toMatchObject({ status: 'active', roles: ['FUNCTIONAL_ACCOUNT'] })
  // The joiner comes back.
  const again = await scim.send('POST', '/Users', { userName: 'bob@example.com', active: true })
  expect(again).toMatchObject({ status: 201, body: { active: true } })
  expect(scim.vendor.user('bob@example.com')).toMatchObject({ status: 'active', roles: ['SILENT_USER'] })
})

test('a role is restored although the answer to the turn-off was lost', async () => {
  await using scim = await harness()
  await scim.fill()
  const id = await scim.idOf('bob@example.com')
  scim.simulator.faults.add({ kind: 'status', status: 500, acts: true, method: 'PUT', times: 1 })
  scim.simulator.faults.add({ kind: 'status', status: 500, method: 'GET', after: 1, times: 40 })
  expect((await turn(scim, id, false)).status).toBeGreaterThanOrEqual(500)
  scim.simulator.faults.clear()
  expect(scim.vendor.user('bob@example.com')).toMatchObject({ roles: ['FUNCTIONAL_ACCOUNT'] })
  await scim.fill()
  expect(await turn(scim, id, false)).toMatchObject({ status: 200, body: { active: false } })
  expect(await turn(scim, id, true)).toMatchObject({ status: 200, body: { active: true } })
  expect(scim.vendor.user('bob@example.com')).toMatchObject({ roles: ['SILENT_USER'] })
})

test('a functional account that no client made is on, and an inactive account stays inactive', async () => {
  await using scim = await harness()
  await scim.fill()
  expect((await found(scim, 'active eq true')).sort()).toEqual(['bob@example.com', 'info@example.com'])
  const off = await scim.idOf('off@example.com')
  scim.simulator.clearRequests()
  expect(await turn(scim, off, false)).toMatchObject({ status: 200, body: { active: false } })
  expect(scim.sent()).toEqual([])
  expect(await turn(scim, await scim.idOf('bob@example.com'), false)).toMatchObject({ status: 200 })
  expect((await found(scim, 'active eq false')).sort()).toEqual(['bob@example.com', 'off@example.com'])
  const created = await scim.send('POST', '/Users', { userName: 'new@example.com', active: false })
  expect(created).toMatchObject({ status: 201, body: { active: false } })
  expect(scim.vendor.user('new@example.com')).toMatchObject({ status: 'active', roles: ['FUNCTIONAL_ACCOUNT'] })
  expect(await turn(scim, created.body.id, true)).toMatchObject({ body: { active: true } })
  expect(scim.vendor.user('new@example.com')).toMatchObject({ roles: ['END_USER'] })
})

test('the API v1 is read, and groups are neither listed nor written', async () => {
  await using scim = await scimHarness({
    api: 'v1',
    data: { groups: [], users: [{ primaryEmail: 'bob@example.com', firstName: 'Bob' }] },
  })
  await scim.fill()
  expect((await scim.send('GET', '/Users')).body).toMatchObject({
    totalResults: 1,
    Resources: [{ userName: 'bob@example.com', active: true }],
  })
  expect((await scim.send('GET', '/Users')).body.Resources[0]).not.toHaveProperty('groups')
  expect((await scim.send('GET', '/Groups')).body).toMatchObject({ totalResults: 0 })
  const types = await scim.send('GET', '/ResourceTypes')
  expect(types.body.Resources.map(({ id }: { id: string }) => id)).toEqual(['User'])
  const group = '/Groups/00000000-0000-0000-0000-000000000000'
  expect((await scim.send('GET', group)).status).toBe(404)
  for (const [method, path] of [
    ['POST', '/Groups'],
    ['PUT', group],
    ['PATCH', group],
    ['DELETE', group],
  ] as const)
    expect(await scim.send(method, path, { displayName: 'x' })).toMatchObject({
      status: 501,
      body: { status: '501', detail: expect.stringContaining('group push') },
    })
})
