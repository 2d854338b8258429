/** Turning users off: by policy, within the guard, and never a privileged account. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { type ScimHarness, scimHarness } from './harness.ts'

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    primaryEmail: `user-${i}@example.com`,
    firstName: `${i}`,
    roles: ['USER'],
  }))
const off = { Operations: [{ op: 'replace', value: { active: false } }] }

async function findings(scim: ScimHarness): Promise<string[]> {
  const rows = await scim.database.sql<
    { rule: string }[]
  >`select rule from findings where resolved_at is null order by rule`
  return rows.map(({ rule }) => rule)
}

async function lift(scim: ScimHarness, until: string, token = 'admin') {
  const query =
    'mutation ($until: DateTime!) { liftScimGuard(input: { organization: "acme", until: $until }) { __typename } }'
  const response = await fetch(scim.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { until } }),
  })
  return await response.text()
}

describe('privileged accounts', () => {
  let scim: ScimHarness
  beforeAll(async () => {
    scim = await scimHarness()
    await scim.fill()
  })
  afterAll(() => scim[Symbol.asyncDispose]())

  test('they are never turned off or deleted, and the refusal opens a finding until the role is revoked', async () => {
    const id = await scim.idOf('Anna.Muller@example.com')
    scim.simulator.clearRequests()
    for (const send of [
      () => scim.send('PATCH', `/Users/${id}`, off),
      () => scim.send('PUT', `/Users/${id}`, { userName: 'Anna.Muller@example.com', active: 'False' }),
      () => scim.send('DELETE', `/Users/${id}`),
    ])
      expect(await send()).toMatchObject({ status: 403, body: { detail: expect.stringContaining('ADMINISTRATOR') } })
    expect(scim.sent()).toEqual([])
    expect(await findings(scim)).toEqual(['SCIM_PRIVILEGED_LEAVER'])
    scim.vendor.updateUser('Anna.Muller@example.com', { roles: ['USER'] })
    expect(await scim.send('PATCH', `/Users/${id}`, off)).toMatchObject({ status: 200, body: { active: false } })
  })

  test('the copy of the vendor decides, not the mirror', async () => {
    const id = await scim.idOf('bob@example.com')
    scim.vendor.updateUser('bob@example.com', { roles: ['USER', 'HELPDESK'] })
    expect(await scim.send('PATCH', `/Users/${id}`, off)).toMatchObject({ status: 403 })
  })

  test('an account that the mirror shows as off is compared with the copy of the vendor', async () => {
    const id = await scim.idOf('eve@example.com')
    expect((await scim.send('PATCH', `/Users/${id}`, off)).status).toBe(200)
    scim.vendor.updateUser('eve@example.com', { status: 'active' })
    scim.simulator.clearRequests()
    expect((await scim.send('PATCH', `/Users/${id}`, off)).status).toBe(200)
    expect(scim.sent()).toEqual(['PUT /users/eve@example.com'])
  })
})

test('the guard stops a token after a tenth of the users, also in parallel, until an administrator lifts it', async () => {
  await using scim = await scimHarness({ data: { users: numbered(80), groups: [] } })
  await scim.fill()
  const { body } = await scim.send('GET', '/Users?count=80')
  const ids: string[] = body.Resources.map(({ id }: { id: string }) => id)
  const turnOff = (id: string | undefined) => scim.send('PATCH', `/Users/${id}`, off)
  const statuses = (await Promise.all(ids.slice(0, 12).map(turnOff))).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(8)
  expect(statuses.filter((status) => status === 503)).toHaveLength(4)
  const refused = await scim.send('DELETE', `/Users/${ids[20]}`)
  expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('liftScimGuard') } })
  expect(refused.headers.get('retry-after')).toBe('3600')
  expect(await findings(scim)).toEqual(['SCIM_MASS_REMOVAL'])

  expect(await lift(scim, new Date(Date.now() + 3_600_000).toISOString(), 'graph')).toContain('FORBIDDEN')
  expect(await lift(scim, new Date(Date.now() + 48 * 3_600_000).toISOString())).toContain('InvalidInput')
  expect(await lift(scim, new Date(Date.now() + 3_600_000).toISOString())).toContain('LiftScimGuardSuccess')
  expect(await findings(scim)).toEqual([])
  expect((await turnOff(ids[20])).status).toBe(200)
  expect(await lift(scim, new Date(Date.now() - 1_000).toISOString())).toContain('LiftScimGuardSuccess')
  expect((await turnOff(ids[21])).status).toBe(503)
  // A user that is off already, and one that is turned on, are no removals.
  expect((await turnOff(ids[20])).status).toBe(200)
})

test('parallel removals are counted one after another', async () => {
  await using scim = await scimHarness({ data: { users: numbered(20), groups: [] } })
  await scim.fill()
  const { sql } = scim.database
  const ids: string[] = (await scim.send('GET', '/Users')).body.Resources.map(({ id }: { id: string }) => id)
  const turnOff = async (id: string) => (await scim.send('PATCH', `/Users/${id}`, off)).status
  for (const id of ids.slice(0, 4)) expect(await turnOff(id)).toBe(200)
  const parallel = await sql.begin(async (tx) => {
    // No removal can be recorded before all of them have been counted, if they may be counted at once.
    await tx`lock table scim_removals in share row exclusive mode`
    const statuses = Promise.all(ids.slice(4, 6).map(turnOff))
    await until(async () => {
      const [row] = await sql`
        select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      return row?.waiting === 2
    })
    return { statuses }
  })
  expect((await parallel.statuses).toSorted()).toEqual([200, 503])
})

test('SCIM_DELETE=delete deletes the account at the vendor', async () => {
  await using scim = await scimHarness({ settings: { deletes: 'delete' } })
  await scim.fill()
  const id = await scim.idOf('bob@example.com')
  expect((await scim.send('DELETE', `/Users/${id}`)).status).toBe(204)
  expect(scim.vendor.user('bob@example.com')).toBeUndefined()
  expect((await scim.send('GET', `/Users/${id}`)).status).toBe(404)
  const anna = await scim.idOf('Anna.Muller@example.com')
  expect((await scim.send('DELETE', `/Users/${anna}`)).status).toBe(403)
})

test('the account by which the vendor is called is never turned off or deleted', async () => {
  await using scim = await scimHarness({ deps: { ownAccountOf: () => 'BOB@example.com' } })
  await scim.fill()
  const id = await scim.idOf('bob@example.com')
  expect(await scim.send('PATCH', `/Users/${id}`, off)).toMatchObject({ status: 403 })
  expect(await scim.send('DELETE', `/Users/${id}`)).toMatchObject({ status: 403 })
  expect(scim.sent()).toEqual([])
  const eve = await scim.idOf('eve@example.com')
  expect((await scim.send('PATCH', `/Users/${eve}`, off)).status).toBe(200)
})

test('the guard counts deletions at the vendor, and one token does not use up the removals of another', async () => {
  await using scim = await scimHarness({ data: { users: numbered(10), groups: [] }, settings: { deletes: 'delete' } })
  await scim.fill()
  const ids: string[] = (await scim.send('GET', '/Users')).body.Resources.map(({ id }: { id: string }) => id)
  const remove = async (id: string | undefined) => (await scim.send('DELETE', `/Users/${id}`)).status
  const removed: number[] = []
  for (const id of ids.slice(0, 6)) removed.push(await remove(id))
  expect(removed).toEqual([204, 204, 204, 204, 204, 503])
  expect(scim.vendor.users()).toHaveLength(5)
  await scim.database.sql`update scim_removals set viewer = 'another'`
  expect(await remove(ids[5])).toBe(204)
})
