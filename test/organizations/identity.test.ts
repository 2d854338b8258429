/** Which organization of the vendor an entry of the configuration names, and that none is mirrored twice. */
import { expect, test } from 'vitest'
import { oldestRowOf } from '../../src/mirror/entry-identity.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { until } from '../support/until.ts'
import { child, current, start, type World } from './partner.ts'

const twoDomains = { domains: ['a.example', 'a2.example'] }

function byHand(world: World, domain: string, more: Parameters<World['entry']>[0] = {}) {
  const own = { slug: 'by-hand', domain, user: 'admin@a.example', password: 'own', children: undefined }
  return world.entry({ ...own, ...more })
}

/** The list names the primary domains only. */
function hideDomains(world: World, ...domains: string[]) {
  const rows = domains.map((domain) => ({ eid: world.vendor(domain).eid, primary_domain: domain }))
  const own = { eid: world.partner.eid, primary_domain: 'partner.example', type: 'channel' }
  return world.simulator.faults.add({ kind: 'wrongShape', path: /orgs$/, body: { orgs: [own, ...rows] } })
}

const isCurrent = (world: World, ...slugs: string[]) =>
  until(async () => {
    const states = await world.states()
    return slugs.every((slug) => states[slug] === 'CURRENT')
  })

async function describeAgain(world: World, slug: string): Promise<void> {
  await world.sql`
    update organizations set described_pull = 0, described_as_of = '-infinity' where slug = ${slug}`
}

test('identity: an organization that has an entry by a secondary domain is not mirrored as a child too', async () => {
  await using world = await start([child('a.example', 3, twoDomains), child('b.example')])
  hideDomains(world, 'a.example', 'b.example')
  await world.open([world.entry(), byHand(world, 'A2.example')])
  await isCurrent(world, 'partner', 'by-hand', 'b-example')
  await world.discover()
  expect(await world.states()).toEqual(current('partner', 'by-hand', 'b-example'))
  expect((await world.row('partner'))?.problem).toBeNull()
})

test('identity: a child retires once its number is read of an entry, and both have one lock for settings', async () => {
  await using world = await start([child('a.example', 3, twoDomains)])
  hideDomains(world, 'a.example')
  const directory = await world.open()
  await isCurrent(world, 'partner', 'a-example')
  const entries = [world.entry(), byHand(world, 'a2.example')]
  // Whether the partner or the entry itself is asked first, the child gives way.
  await directory.apply(entries)
  await until(async () => (await world.states())['a-example'] === 'RETIRED')
  await isCurrent(world, 'by-hand')
  const [former, own] = [(await world.row('a-example'))?.id ?? 0, (await world.row('by-hand'))?.id ?? 0]
  await until(async () => (await oldestRowOf(world.sql, own)) === former)
  expect(await oldestRowOf(world.sql, former)).toBe(former)
  const partner = (await world.row('partner'))?.id ?? 0
  expect(await oldestRowOf(world.sql, partner)).toBe(partner)
  await world.discover()
  expect(await world.states()).toEqual({ ...current('partner', 'by-hand'), 'a-example': 'RETIRED' })
  // Without the entry it is a child again, and returns to its entry at once, before anything is asked.
  await directory.apply([world.entry()])
  await world.discover()
  await isCurrent(world, 'a-example')
  const discovered = await world.row('partner')
  world.simulator.faults.add({ kind: 'status', status: 500, path: /orgs/ })
  await directory.apply(entries)
  expect(await world.states()).toMatchObject({ 'a-example': 'RETIRED' })
  expect(discovered?.problem).toBeNull()
})

test('identity: an entry at another host hides no child, although it has the same domain and number', async () => {
  await using world = await start([child('a.example', 3)])
  const eid = world.vendor('a.example').eid
  await using other = await startSimulator({
    organizations: [{ apiKey: 'admin@a.example', apiSecret: 'own', domains: ['a.example'], limiter: 'none' }],
  })
  Object.assign(other.organization('admin@a.example'), { eid })
  await world.open([world.entry(), byHand(world, 'a.example', { baseUrl: other.origin })])
  await isCurrent(world, 'partner', 'by-hand', 'a-example')
  await world.discover()
  expect(await world.states()).toEqual(current('partner', 'by-hand', 'a-example'))
})

test('identity: an entry that gets another host continues only if the number is the same there', async () => {
  await using world = await start([child('a.example', 3)])
  const { eid } = world.vendor('a.example')
  await using other = await startSimulator({
    organizations: [{ apiKey: 'admin@a.example', apiSecret: 'own', domains: ['a.example'], limiter: 'none' }],
  })
  const there = other.organization('admin@a.example')
  Object.assign(there, { eid: eid + 1 })
  const directory = await world.open([byHand(world, 'a.example')])
  await isCurrent(world, 'by-hand')
  await until(async () => (await world.sql`select 1 from organizations where entry_eid is not null`).length === 1)
  const id = (await world.row('by-hand'))?.id ?? 0
  const users = await world.users('by-hand')
  await directory.apply([byHand(world, 'a.example', { baseUrl: other.origin })])
  await until(async () => (await world.row('by-hand'))?.problem?.includes(`(number ${eid + 1})`) === true)
  expect(directory.clientOf(id)).toBeUndefined()
  Object.assign(there, { eid })
  await describeAgain(world, 'by-hand')
  await until(() => directory.clientOf(id) !== undefined)
  expect(await world.users('by-hand')).toEqual(users)
})

test('identity: partners with entries share no child, and the one that leaves it to the other says so', async () => {
  await using world = await start([
    child('reseller.example', 2, { standing: { kind: 'channel' } }),
    child('deep.example', 2, { partner: 'admin@reseller.example' }),
  ])
  const reseller = world.entry({
    slug: 'reseller',
    domain: 'reseller.example',
    user: 'admin@reseller.example',
    password: 'own',
  })
  const directory = await world.open([world.entry()])
  await isCurrent(world, 'partner', 'reseller-example', 'deep-example')
  const before = await world.row('deep-example')
  await directory.apply([world.entry(), reseller])
  await isCurrent(world, 'reseller')
  const problem = async () => (await world.row('reseller'))?.problem
  await until(async () => (await problem())?.includes('left to it: deep.example') === true)
  expect(await world.states()).toMatchObject({ 'reseller-example': 'RETIRED', 'deep-example': 'CURRENT' })
  // Without the first partner the second one takes the child over, with its history.
  await directory.apply([reseller])
  await until(async () => (await problem()) === null && (await world.states())['deep-example'] === 'CURRENT')
  expect(await world.row('deep-example')).toEqual({ ...before, partner: (await world.row('reseller'))?.id })
})

test('identity: an entry that has the slug of a child with another domain is not used, and all others are', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  const directory = await world.open()
  await isCurrent(world, 'partner', 'a-example', 'b-example')
  const before = await world.row('a-example')
  const colliding = byHand(world, 'b.example', { slug: 'a-example', user: 'admin@b.example' })
  const more = byHand(world, 'b.example', { user: 'admin@b.example' })
  await directory.apply([world.entry(), colliding, more])
  await isCurrent(world, 'by-hand')
  expect(world.lines.join('')).toContain(
    'the entry is not used: its slug belongs to an organization that was discovered',
  )
  expect(await world.row('a-example')).toMatchObject({ id: before?.id, partner: before?.partner })
  expect((await world.row('a-example'))?.problem).toContain('give the entry another slug')
  // A start with it succeeds, and the child is pulled on.
  const again = await world.open([world.entry(), colliding])
  expect(again.clientOf(before?.id ?? 0)).toBeDefined()
  await again.apply([world.entry(), { ...colliding, slug: 'b' }])
  expect((await world.row('a-example'))?.problem).toBeNull()
})

test('identity: an entry may get another domain of its organization, and keeps its row', async () => {
  await using world = await start([child('a.example', 3, twoDomains)])
  const directory = await world.open([byHand(world, 'a.example')])
  await isCurrent(world, 'by-hand')
  const before = await world.row('by-hand')
  const known = async (domain: string) => {
    const [row] = await world.sql`
      select 1 from organizations where slug = 'by-hand' and ${domain} = any(domains) and entry_eid is not null`
    return row !== undefined
  }
  await until(() => known('a2.example'))
  await directory.apply([byHand(world, 'a2.example')])
  expect(directory.clientOf(before?.id ?? 0)).toBeDefined()
  // A domain that was registered since is not known: the vendor is asked first.
  world.vendor('a.example').domains.push('a3.example')
  const held = world.simulator.faults.add({ kind: 'hold', at: 'answer', path: /^\/orgs\/a3.example$/ })
  await directory.apply([byHand(world, 'a3.example')])
  await until(() => held.fired === 1)
  expect(directory.clientOf(before?.id ?? 0)).toBeUndefined()
  expect((await world.row('by-hand'))?.problem).toContain('the vendor has not shown yet')
  await world.sql`update organizations set failures_running = 1, next_pull_at = clock_timestamp() + interval '1 day'`
  held.release()
  await until(() => directory.clientOf(before?.id ?? 0) !== undefined)
  expect(await known('a3.example')).toBe(true)
  await until(async () => (await world.sql`select 1 from organizations where failures_running = 1`).length === 0)
  expect(await world.row('by-hand')).toMatchObject({ id: before?.id, problem: null })
})

test('identity: an entry that gets the domain of another organization is not used, also after a restart', async () => {
  await using world = await start([child('a.example', 3), child('b.example', 2)])
  const directory = await world.open([byHand(world, 'a.example')])
  await isCurrent(world, 'by-hand')
  const id = (await world.row('by-hand'))?.id ?? 0
  const users = await world.users('by-hand')
  const wrong = byHand(world, 'b.example', { user: 'admin@b.example' })
  const isRefused = async () =>
    (await world.row('by-hand'))?.problem?.includes('belongs to another organization') === true
  await until(async () => (await world.sql`select 1 from organizations where entry_eid is not null`).length === 1)
  await directory.apply([wrong])
  await until(isRefused)
  const again = await world.open([wrong])
  await world.sql`update organizations set next_pull_at = clock_timestamp() - interval '1 day'`
  await describeAgain(world, 'by-hand')
  await until(
    async () => (await world.sql`select 1 from organizations where described_as_of > '-infinity'`).length === 1,
  )
  expect(await isRefused()).toBe(true)
  for (const one of [directory, again]) expect(one.clientOf(id)).toBeUndefined()
  expect(await world.users('by-hand')).toEqual(users)
  expect(world.simulator.requests.some(({ path }) => path === '/orgs/b.example/users')).toBe(false)
  expect(world.lines.join('')).toContain('give the entry another slug')
  await directory.apply([byHand(world, 'a.example')])
  await until(async () => (await world.row('by-hand'))?.problem === null && directory.clientOf(id) !== undefined)
})

test('identity: an entry whose domain moves to another organization at the vendor is not used any more', async () => {
  await using world = await start([child('a.example', 3, twoDomains), child('b.example', 2)])
  const directory = await world.open([byHand(world, 'a2.example')])
  await isCurrent(world, 'by-hand')
  const id = (await world.row('by-hand'))?.id ?? 0
  await until(async () => (await world.sql`select 1 from organizations where entry_eid is not null`).length === 1)
  const { eid } = world.vendor('b.example')
  const moved = { eid, primary_domain: 'b.example', domains: ['b.example', 'a2.example'] }
  const fault = world.simulator.faults.add({ kind: 'wrongShape', path: /orgs\/a2.example$/, body: moved })
  await describeAgain(world, 'by-hand')
  await until(() => directory.clientOf(id) === undefined)
  expect((await world.row('by-hand'))?.problem).toContain(`(number ${eid})`)
  fault.remove()
  await describeAgain(world, 'by-hand')
  await until(() => directory.clientOf(id) !== undefined)
  expect((await world.row('by-hand'))?.problem).toBeNull()
})

test('identity: an organization whose vendor states no number keeps its entry, and a child that has one its row', async () => {
  await using world = await start([child('a.example', 3, twoDomains)])
  const unnumbered = { primary_domain: 'a.example', domains: twoDomains.domains }
  world.simulator.faults.add({ kind: 'wrongShape', path: /orgs\/a2?.example$/, body: unnumbered })
  const directory = await world.open([world.entry(), byHand(world, 'a2.example')])
  await isCurrent(world, 'partner', 'by-hand')
  await world.discover()
  expect(await world.states()).toEqual(current('partner', 'by-hand'))
  // Its domains show that it is the same.
  const id = (await world.row('by-hand'))?.id ?? 0
  await until(async () => (await world.sql`select 1 from organizations where 'a.example' = any(domains)`).length === 1)
  await directory.apply([world.entry(), byHand(world, 'a.example')])
  expect(directory.clientOf(id)).toBeDefined()
})

test('identity: a child that moves between two partners with entries keeps its row, and one partner at a time has it', async () => {
  const first = child('first.example', 1, { standing: { kind: 'channel' } })
  const second = child('second.example', 1, { standing: { kind: 'channel' } })
  await using world = await start([
    first,
    second,
    child('moving.example', 2, { partner: 'admin@first.example' }),
    child('staying.example', 2, { partner: 'admin@first.example' }),
  ])
  const entries = ['first', 'second'].map((slug) =>
    world.entry({ slug, domain: `${slug}.example`, user: `admin@${slug}.example`, password: 'own' }),
  )
  await world.open(entries)
  await isCurrent(world, 'first', 'second', 'moving-example', 'staying-example')
  const before = await world.row('moving-example')
  const { children } = world.vendor('first.example')
  const index = children.findIndex(({ domains }) => domains[0] === 'moving.example')
  world.vendor('second.example').children.push(...children.slice(index, index + 1))
  // Both list it: it stays where it is, and the other one says so.
  await describeAgain(world, 'second')
  await until(async () => (await world.row('second'))?.problem?.includes('left to it: moving.example') === true)
  expect(await world.row('moving-example')).toEqual(before)
  children.splice(index, 1)
  await describeAgain(world, 'first')
  await until(async () => (await world.states())['moving-example'] === 'RETIRED')
  await describeAgain(world, 'second')
  await until(async () => (await world.states())['moving-example'] === 'CURRENT')
  expect(await world.row('moving-example')).toEqual({ ...before, partner: (await world.row('second'))?.id })
  expect(await world.row('second')).toMatchObject({ problem: null })
})

test('identity: children of a removed partner end their operations, and continue once it returns', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  const byItself = byHand(world, 'b.example', { user: 'admin@b.example' })
  const directory = await world.open([world.entry(), byItself])
  await isCurrent(world, 'partner', 'by-hand', 'a-example')
  const id = (await world.row('a-example'))?.id ?? 0
  await world.sql`
    insert into operations (id, organization_id, kind, created_by)
    values (nextval('node_ids'), ${id}, 'ONBOARDING', 'test')`
  await directory.apply([byItself])
  const retiring = () =>
    world.sql`select 1 from organizations where id = ${id} and retired_at is null and retiring_until is not null`
  expect(await retiring()).toHaveLength(1)
  expect(directory.clientOf(id)).toBeDefined()
  await directory.apply([world.entry(), byItself])
  await world.discover()
  await until(async () => (await retiring()).length === 0)
  expect(await world.states()).toMatchObject(current('partner', 'a-example'))
  await world.sql`delete from operations`
})

test('identity: a partner whose entry gets the domain of another one has no clients, and neither have its children', async () => {
  await using world = await start([
    child('other.example', 1, { standing: { kind: 'channel' } }),
    child('a.example', 2),
    child('b.example', 2, { partner: 'admin@other.example' }),
  ])
  const directory = await world.open()
  await isCurrent(world, 'partner', 'a-example', 'other-example')
  const ids = [(await world.row('partner'))?.id ?? 0, (await world.row('a-example'))?.id ?? 0]
  await until(async () => (await world.sql`select 1 from organizations where entry_eid is not null`).length === 1)
  world.simulator.clearRequests()
  await directory.apply([world.entry({ domain: 'other.example', user: 'admin@other.example', password: 'own' })])
  await until(async () => (await world.row('partner'))?.problem?.includes('belongs to another organization') === true)
  for (const id of ids) expect(directory.clientOf(id)).toBeUndefined()
  expect(await world.row('a-example')).toMatchObject({ partner: ids[0] })
  expect(world.simulator.requests.some(({ path }) => /a.example|other.example.(users|orgs)/.test(path))).toBe(false)
  await directory.apply([world.entry()])
  await until(() => ids.every((id) => directory.clientOf(id) !== undefined))
})

test('identity: rows that were mirrored twice before are one again after the first read', async () => {
  await using world = await start([child('a.example', 2, twoDomains)])
  hideDomains(world, 'a.example')
  const eid = String(world.vendor('a.example').eid)
  await world.open([world.entry(), byHand(world, 'a2.example')])
  await isCurrent(world, 'partner', 'by-hand')
  const host = new URL(world.simulator.origin).host
  await world.sql`
    insert into organizations (id, slug, name, partner_id, vendor_host, vendor_eid, domains)
    values (nextval('node_ids'), 'a-example', 'A', ${(await world.row('partner'))?.id ?? 0}, ${host}, ${eid}, '{a.example}')`
  await describeAgain(world, 'by-hand')
  await until(async () => (await world.states())['a-example'] === 'RETIRED')
})
