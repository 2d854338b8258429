/** A partner's entry: the organizations below it are discovered, mirrored and retired while processes run. */
import { expect, test } from 'vitest'
import { putDiscovery, readChildren } from '../../src/mirror/child-organizations.ts'
import { setPaused } from '../../src/mirror/control-organizations.ts'
import { until } from '../support/until.ts'
import { child, current, start, type World } from './partner.ts'

test('children: each is mirrored as an organization of its own, in all processes, with one list request each', async () => {
  await using world = await start([child('a.example', 4), child('b.example', 5, { standing: { name: 'Bravo' } })])
  const api = await world.open(undefined, 'api')
  await world.open()
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  expect(await world.states()).toEqual(current('partner', 'a-example', 'b-example'))
  expect(await world.users('a-example')).toEqual(
    world
      .vendor('a.example')
      .users()
      .map(({ primaryEmail }) => primaryEmail)
      .sort(),
  )
  expect(await world.users('b-example')).toHaveLength(5)
  const [a, b] = [await world.row('a-example'), await world.row('b-example')]
  expect(b).toMatchObject({ name: 'Bravo', licenses: 10, users: 5, problem: null })
  expect(await world.row('partner')).toMatchObject({ licenses: 10, users: 3, partner: null })
  await until(async () => api.clientOf(a?.id ?? 0) !== undefined && api.clientOf(b?.id ?? 0) !== undefined)
  expect(world.listRequests()).toBe(4)
  const [{ keys } = { keys: 0 }] = await world.sql<{ keys: number }[]>`
    select count(distinct allowance_key)::int as keys from organizations`
  expect(keys).toBe(1)
  expect(world.lines.join('')).not.toContain('"secret"')
})

test('children: a new one appears, a closed one retires, and it returns under its slug although its domain has changed', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  world.vendor('b.example').standing.closed = true
  await world.open()
  await until(async () => (await world.states())['a-example'] === 'CURRENT')
  world.vendor('b.example').standing.closed = false
  await world.discover()
  await until(async () => (await world.states())['b-example'] === 'CURRENT')
  const before = await world.row('b-example')
  world.vendor('b.example').standing.closed = true
  await world.discover()
  expect(await world.states()).toEqual({ ...current('partner', 'a-example'), 'b-example': 'RETIRED' })
  const vendor = world.vendor('b.example')
  vendor.standing.closed = false
  vendor.standing.name = 'B renamed'
  vendor.domains.unshift('renamed.example')
  await world.discover()
  expect(await world.states()).toEqual(current('partner', 'a-example', 'b-example'))
  expect(await world.row('b-example')).toMatchObject({ id: before?.id, name: 'B renamed' })
  expect(await world.users('b-example')).toHaveLength(2)
})

test('children: one that takes the domain of another is not asked by it, and sees none of its users', async () => {
  await using world = await start([child('a.example', 4), child('b.example', 2)])
  await world.open()
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  const before = await world.users('b-example')
  world.vendor('a.example').domains.push('a2.example')
  world.vendor('b.example').domains.unshift('a2.example')
  await world.discover()
  expect((await world.row('partner'))?.problem).toMatch(/belong to two organizations.*: a2\.example/)
  const domains = await world.sql<{ domain: string }[]>`
    select domains[1] as domain from organizations where slug in ('a-example', 'b-example') order by slug`
  expect(domains.map(({ domain }) => domain)).toEqual(['a.example', 'b.example'])
  expect(await world.users('b-example')).toEqual(before)
  expect(before.some((email) => email.endsWith('@a.example'))).toBe(false)
})

test('children: two domains that have the same slug are told apart by the number of the organization', async () => {
  await using world = await start([child('a-b.example'), child('a.b.example')])
  await world.open()
  const numbers = ['a-b.example', 'a.b.example'].map((domain) => world.vendor(domain).eid)
  const later = Math.max(...numbers)
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  expect(await world.states()).toEqual(current('partner', 'a-b-example', `a-b-example-${later}`))
  world.vendor('a-b.example').standing.closed = true
  await world.discover()
  world.vendor('a-b.example').standing.closed = false
  await world.discover()
  expect(Object.keys(await world.states())).toHaveLength(3)
})

const broken = [
  [
    'fails',
    (world: World) => world.simulator.faults.add({ kind: 'status', status: 500, path: /orgs$/ }),
    'SERVER_FAILURE|500',
  ],
  ['is HTML', (world: World) => world.simulator.faults.add({ kind: 'html', path: /orgs$/ }), 'could not be read'],
  [
    'has another shape',
    (world: World) => world.simulator.faults.add({ kind: 'wrongShape', path: /orgs$/ }),
    'could not be read',
  ],
  [
    'has a row without a number',
    (world: World) =>
      world.simulator.faults.add({
        kind: 'wrongShape',
        path: /orgs$/,
        body: { orgs: [{ primary_domain: 'c.example' }] },
      }),
    'rows that cannot be used \\(1\\)',
  ],
  [
    'is empty',
    (world: World) => world.simulator.faults.add({ kind: 'wrongShape', path: /orgs$/, body: [] }),
    'is empty, although 2 are known',
  ],
  [
    'lacks one that can still be read',
    (world: World) =>
      world.simulator.faults.add({
        kind: 'wrongShape',
        path: /orgs$/,
        body: [{ eid: String(world.vendor('a.example').eid), primary_domain: 'a.example' }],
      }),
    'lacks 1 that are not known to be closed',
  ],
] as const

test.each(broken)('children: a list that %s retires nobody, and says so', async (_name, breakIt, message) => {
  await using world = await start([child('a.example'), child('b.example')])
  await world.open()
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  const fault = breakIt(world)
  await world.discover()
  expect(await world.states()).toEqual(current('partner', 'a-example', 'b-example'))
  expect((await world.row('partner'))?.problem).toMatch(new RegExp(message))
  fault.remove()
  await world.discover()
  expect((await world.row('partner'))?.problem).toBeNull()
})

test('children: an organization that is listed by hand keeps its entry, and a child gives way to a later entry', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  const byHand = world.entry({
    slug: 'by-hand',
    domain: 'a.example',
    user: 'admin@a.example',
    password: 'own',
    children: undefined,
  })
  const directory = await world.open([world.entry(), byHand])
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  expect(await world.states()).toEqual(current('partner', 'by-hand', 'b-example'))
  const lateEntry = { ...byHand, slug: 'b', domain: 'B.example', user: 'admin@b.example' }
  await directory.apply([world.entry(), byHand, lateEntry])
  await world.discover()
  await until(async () => (await world.states()).b === 'CURRENT')
  expect(await world.states()).toEqual({ ...current('partner', 'by-hand', 'b'), 'b-example': 'RETIRED' })
  await directory.apply([world.entry(), byHand])
  await until(async () => (await world.states())['b-example'] === 'CURRENT')
  // The same slug takes over the mirror, and gives it back.
  const before = await world.row('b-example')
  await directory.apply([world.entry(), byHand, { ...lateEntry, slug: 'b-example' }])
  expect(await world.row('b-example')).toMatchObject({ id: before?.id, partner: null })
  await world.discover()
  expect(await world.row('b-example')).toMatchObject({ id: before?.id, partner: null })
  await directory.apply([world.entry(), byHand])
  await until(async () => (await world.row('b-example'))?.partner !== null)
  expect((await world.states())['b-example']).toBe('CURRENT')
})

test('children: those that are known are pulled after a restart, even if the list cannot be read', async () => {
  await using world = await start([child('a.example')])
  const first = await world.open(undefined, 'api')
  await world.open()
  await until(async () => (await world.states())['a-example'] === 'CURRENT')
  world.simulator.faults.add({ kind: 'status', status: 500, path: /orgs$/ })
  const again = await world.open()
  const id = (await world.row('a-example'))?.id ?? 0
  expect(again.clientOf(id)).toBeDefined()
  world.vendor('a.example').createUser({ primaryEmail: 'new@a.example' })
  await world.sql`update organizations set next_pull_at = clock_timestamp() where slug = 'a-example'`
  await until(async () => (await world.users('a-example')).includes('new@a.example'))
  // Without the partner's entry, or without its children, they retire.
  await first.apply([world.entry({ children: undefined })])
  expect(await world.states()).toMatchObject({ partner: 'CURRENT', 'a-example': 'RETIRED' })
})

test('children: two workers that discover at once agree, and an older list changes nothing', async () => {
  await using world = await start([child('a.example'), child('b.example'), child('c.example')])
  await Promise.all([world.open(), world.open()])
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 4)
  const id = (await world.row('partner'))?.id ?? 0
  const earlier = {
    sentAt: '2000-01-01T00:00:00Z',
    own: undefined,
    licenses: undefined,
    found: [],
    identified: new Map(),
    problems: [],
  }
  const children = (await readChildren(world.sql, [id])).map((one) => one.id)
  expect(await putDiscovery(world.sql, id, { ...earlier, pullId: 1, gone: children })).toBeUndefined()
  expect(await world.states()).toEqual(current('partner', 'a-example', 'b-example', 'c-example'))
})

test.each(['children', 'all'] as const)(
  'children: those of children are mirrored, if the list shows %s',
  async (orgsDepth) => {
    await using world = await start([
      child('reseller.example', 2, { standing: { kind: 'channel' }, interfaceSwitches: { orgsDepth } }),
      child('deep.example', 2, { partner: 'admin@reseller.example' }),
    ])
    world.partner.setInterfaceSwitches({ orgsDepth, orgsEnvelope: 'array' })
    await world.open()
    await until(async () => (await world.states())['deep-example'] === 'CURRENT')
    await until(async () => (await world.states())['reseller-example'] === 'CURRENT')
    // A list that lacks the grandchildren because it fails retires none of them.
    world.simulator.faults.add({ kind: 'status', status: 500, path: /reseller.example.orgs$/ })
    await world.discover()
    expect(await world.states()).toMatchObject(current('deep-example'))
  },
)

test('children: a paused partner discovers nothing, and a paused child is not pulled', async () => {
  await using world = await start([child('a.example')])
  await world.open()
  await until(async () => (await world.states())['a-example'] === 'CURRENT')
  await setPaused(world.sql, ['partner'], true)
  world.simulator.clearRequests()
  await world.sql`update organizations set described_pull = 0`
  await world.sql`update organizations set next_pull_at = clock_timestamp()`
  await until(() => world.simulator.requests.some(({ path }) => path === '/orgs/a.example/users'))
  expect(world.simulator.requests.some(({ path }) => path.endsWith('/orgs'))).toBe(false)
})
