/** An organization that several entries reach is mirrored once. */
import { expect, test } from 'vitest'
import { oldestRowOf } from '../../src/mirror/entry-identity.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { until } from '../support/until.ts'
import { byHand, child, current, describeAgain, hideDomains, isCurrent, start, twoDomains } from './partner.ts'

test('duplicates: an organization that has an entry by a secondary domain is not mirrored as a child too', async () => {
  await using world = await start([child('a.example', 3, twoDomains), child('b.example')])
  hideDomains(world, 'a.example', 'b.example')
  await world.open([world.entry(), byHand(world, 'A2.example')])
  await isCurrent(world, 'partner', 'by-hand', 'b-example')
  await world.discover()
  expect(await world.states()).toEqual(current('partner', 'by-hand', 'b-example'))
  expect((await world.row('partner'))?.problem).toBeNull()
})

test('duplicates: a child retires once its number is read of an entry, and both have one lock for settings', async () => {
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

test('duplicates: an entry at another host hides no child, although it has the same domain and number', async () => {
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

test('duplicates: partners with entries share no child, and the one that leaves it to the other says so', async () => {
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

test('duplicates: an entry that has the slug of a child with another domain is not used, and all others are', async () => {
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

test('duplicates: a child that moves between two partners with entries keeps its row, and one partner at a time has it', async () => {
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

test('duplicates: children of a removed partner end their operations, and continue once it returns', async () => {
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

test('duplicates: rows that were mirrored twice before are one again after the first read', async () => {
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
