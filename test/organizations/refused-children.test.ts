/** The vendor refuses the credentials of a partner, or refuses them for one of its organizations. */
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { child, start } from './partner.ts'

test('children: after a wrong password all of them rest, and a new password wakes them', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  const directory = await world.open()
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  world.partner.setCredentials({ apiSecret: 'changed' })
  world.simulator.clearRequests()
  await world.sql`update organizations set next_pull_at = clock_timestamp()`
  const failed = async (count: number) => {
    const [row] = await world.sql<{ count: number }[]>`select count(*)::int from pulls where state = 'FAILED'`
    return row?.count === count
  }
  await until(() => failed(3))
  expect(world.simulator.requests.length).toBeLessThanOrEqual(2)
  await world.sql`update organizations set next_pull_at = clock_timestamp()`
  await until(() => failed(6))
  expect(world.simulator.requests.length).toBeLessThanOrEqual(2)
  await directory.apply([world.entry({ password: 'changed' })])
  await until(async () => {
    const [row] = await world.sql`select 1 from organizations where failures_running > 0 or problem is not null`
    return row === undefined
  })
  expect(await world.users('b-example')).toHaveLength(2)
})

test('children: one that the vendor refuses stops alone, says why, and is asked again after an hour', async () => {
  const others = ['b.example', 'c.example', 'd.example']
  await using world = await start([child('a.example'), ...others.map((domain) => child(domain))])
  const fault = world.simulator.faults.add({ kind: 'status', status: 401, path: /^\/orgs\/a.example/ })
  await Promise.all([world.open(), world.open()])
  const refused = () => world.simulator.requests.filter(({ status }) => status === 401)
  const pulled = async () => {
    await world.sql`update organizations set next_pull_at = clock_timestamp()`
    const [before] = await world.sql<{ id: number }[]>`select max(id) as id from pulls`
    await until(async () => {
      const ended = await world.sql`
        select distinct organization_id from pulls where id > ${before?.id ?? 0} and finished_at is not null`
      return ended.length === 5
    })
  }
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 4)
  await pulled()
  expect(refused().map(({ path }) => path)).toEqual(['/orgs/a.example/users'])
  expect(world.simulator.requests.filter(({ path }) => path === '/me')).toHaveLength(1)
  const [problem, ...problems] = await Promise.all(
    ['a-example', 'b-example', 'c-example', 'd-example', 'partner'].map(
      async (slug) => (await world.row(slug))?.problem,
    ),
  )
  expect(problem).toMatch(
    /for this organization, but accepts them otherwise\. No request about it is sent with them until \d{4}-/,
  )
  expect(problems).toEqual([null, null, null, null])

  await world.sql`update allowance_refusals set until = clock_timestamp()`
  await pulled()
  expect(refused()).toHaveLength(2)
  fault.remove()
  await world.sql`update allowance_refusals set until = clock_timestamp()`
  await until(async () => {
    await world.sql`update organizations set next_pull_at = clock_timestamp() where slug = 'a-example'`
    return (await world.states())['a-example'] === 'CURRENT'
  })
})

test('children: one that the list lacks and that the vendor refuses stays, and stops no other one', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  await world.open()
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  world.vendor('a.example').standing.closed = true
  world.simulator.faults.add({ kind: 'status', status: 401, path: /^\/orgs\/a.example/ })
  await world.discover()
  await world.discover()
  expect((await world.row('partner'))?.problem).toMatch(/lacks 1 that are not known to be closed/)
  expect(await world.states()).toMatchObject({ 'a-example': 'CURRENT', 'b-example': 'CURRENT' })
  expect(world.simulator.requests.filter(({ status }) => status === 401)).toHaveLength(1)
})

test('children: reads of a refused one at the same moment, by two processes, stop no other one', async () => {
  await using world = await start([child('a.example'), child('b.example')])
  const processes = [await world.open(), await world.open()]
  await until(async () => Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 3)
  const [a, b] = await Promise.all(
    ['a-example', 'b-example'].map(async (slug) => (await world.row(slug))?.id as number),
  )
  world.simulator.faults.add({ kind: 'status', status: 401, path: /^\/orgs\/a.example\/users\/./ })
  const read = (by: number, id: number | undefined, domain: string) =>
    processes[by]?.clientOf(id as number)?.getUser(`u0@${domain}`, { priority: 'interactive', maxWaitMs: 30_000 })
  const refused = await Promise.allSettled([0, 1, 0, 1].map((by) => read(by, a, 'a.example')))
  expect(refused.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
  expect(world.simulator.requests.filter(({ status }) => status === 401)).toHaveLength(1)
  // That the vendor answers is enough.
  for (const by of [0, 1]) await expect(read(by, b, 'b.example')).rejects.toThrow('the user does not exist')
})
