/** Which organization of the vendor an entry of the configuration names, as its domain and its host change. */
import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { until } from '../support/until.ts'
import { byHand, child, current, describeAgain, isCurrent, start, twoDomains } from './partner.ts'

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
  const refusal = world.lines.find((line) => line.includes('(number'))
  expect(JSON.parse(refusal ?? '{}')).toMatchObject({ organization: 'by-hand', level: 50 })
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
