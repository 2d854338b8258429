import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { basic, noon, replyOf, startVendor } from './vendor.ts'

const organization = (apiKey: string) => ({
  apiKey,
  apiSecret: 'secret',
  domains: ['example.com'],
  data: { users: 12, groups: 3 },
})

async function startControlled() {
  const simulator = await startSimulator({
    organizations: [organization('one'), organization('two')],
    control: true,
    clock: () => noon,
  })
  const control = async (method: string, path: string, body?: unknown) => {
    const url = `${new URL(simulator.url).origin}/_control${path}`
    return await replyOf(await fetch(url, { method, body: body === undefined ? null : JSON.stringify(body) }))
  }
  const list = async (apiKey: string) =>
    await replyOf(await fetch(`${simulator.url}/users`, { headers: { authorization: basic(apiKey, 'secret') } }))
  return { simulator, control, list, [Symbol.asyncDispose]: () => simulator.close() }
}

test('control: the control endpoints are off by default', async () => {
  await using vendor = await startVendor()
  const { origin } = new URL(vendor.simulator.url)
  expect((await fetch(`${origin}/_control/snapshot`)).status).toBe(404)
})

test('control: faults are added, counted, released and removed', async () => {
  await using it = await startControlled()
  const rule = { kind: 'status', status: 503, path: '^/users', apiKey: 'one' }
  expect((await it.control('POST', '/faults', rule)).json).toEqual({ id: 1, rule, fired: 0 })
  expect([(await it.list('one')).status, (await it.list('two')).status]).toEqual([503, 200])
  expect((await it.control('GET', '/faults')).json).toEqual({ faults: [{ id: 1, rule, fired: 1 }] })
  await it.control('DELETE', '/faults', { id: 1 })
  expect((await it.list('one')).status).toBe(200)
  const hold = it.simulator.faults.add({ kind: 'hold', at: 'arrival' })
  const held = it.list('one')
  await hold.struck()
  await it.control('POST', '/release', { id: hold.id })
  expect((await held).status).toBe(200)
  await it.control('DELETE', '/faults')
  expect((await it.control('GET', '/faults')).json).toEqual({ faults: [] })
})

test('control: switches are set for one organization or for all', async () => {
  await using it = await startControlled()
  const { json } = await it.control('POST', '/switches', { switches: { total: 'absent' } })
  expect(json).toMatchObject({ total: 'absent', pageOrder: 'insertion' })
  await it.control('POST', '/switches', { apiKey: 'two', switches: { total: 5 } })
  const totals = [(await it.list('one')).json, (await it.list('two')).json]
  expect(totals.map((json) => (json as { total?: number }).total)).toEqual([undefined, 17])
})

test('control: edits are made by name or at random, the same for the same seed', async () => {
  await using it = await startControlled()
  const edit = async (wish: object) => (await it.control('POST', '/edit', wish)).json
  const user = { primaryEmail: 'zed@example.com', firstName: 'Zed' }
  expect(await edit({ do: 'createUser', user })).toMatchObject({ ...user, createdAt: new Date(noon).toISOString() })
  expect(await edit({ do: 'createGroup', name: 'New', id: 'new' })).toEqual({ id: 'new', name: 'New', memberCount: 0 })
  await edit({ do: 'addMember', groupId: 'new', email: user.primaryEmail })
  await edit({ do: 'renameGroup', groupId: 'new', name: 'Newer' })
  expect(it.simulator.organization('one').groups().at(-1)).toEqual({ id: 'new', name: 'Newer', memberCount: 1 })
  await edit({ do: 'removeMember', groupId: 'new', email: user.primaryEmail })
  await edit({ do: 'deleteGroup', groupId: 'new' })
  expect(await edit({ do: 'updateUser', email: user.primaryEmail, patch: { lastName: 'Z' } })).toMatchObject({
    lastName: 'Z',
  })
  await edit({ do: 'deleteUser', email: user.primaryEmail })
  expect(it.simulator.organization('one').user(user.primaryEmail)).toBeUndefined()
  await edit({ do: 'refuseKey', refused: true })
  expect((await it.list('one')).status).toBe(401)
  expect(await edit({ apiKey: 'two', times: 3, seed: 4 })).toEqual({
    edits: [expect.any(String), expect.any(String), expect.any(String)],
  })
})

test('control: snapshot, requests and peak are those of the named organization', async () => {
  await using it = await startControlled()
  await it.list('two')
  await it.list('two')
  const { json } = await it.control('GET', '/snapshot?apiKey=two')
  expect(json).toEqual(it.simulator.organization('two').snapshot())
  expect((await it.control('GET', '/peak')).json).toEqual({ peak: 0 })
  expect((await it.control('GET', '/peak?apiKey=two')).json).toEqual({ peak: 2 })
  expect((await it.control('GET', '/requests?since=1')).json).toMatchObject({
    requests: [{ serial: 2, apiKey: 'two', call: 'listUsers', status: 200 }],
  })
  await it.control('DELETE', '/requests')
  expect(it.simulator.requests).toEqual([])
})

test.each([
  ['POST', '/faults', { kind: 'explode' }, 400],
  ['POST', '/switches', { switches: { total: 'wrong' } }, 400],
  ['POST', '/switches', { apiKey: 'missing', switches: {} }, 400],
  ['POST', '/edit', { do: 'explode' }, 400],
  ['POST', '/edit', { do: 'deleteUser', email: 'missing@example.com' }, 400],
  ['POST', '/edit', { do: 'updateUser', email: 'missing@example.com', patch: { department: 'R&D' } }, 400],
  ['POST', '/release', { id: 9 }, 400],
  ['GET', '/nothing', undefined, 404],
])('control: %s %s with %j is rejected', async (method, path, body, status) => {
  await using it = await startControlled()
  expect((await it.control(method, path, body)).status).toBe(status)
})
