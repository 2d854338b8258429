/** The children of a partner share one allowance. */
import { expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { child, current, start, type World } from './partner.ts'

test('children: 200 of 50 users share one allowance, and are current within 205 list requests', {
  timeout: 120_000,
}, async () => {
  const domains = Array.from({ length: 200 }, (_, i) => `child-${i}.example`)
  await using world = await start(
    domains.map((domain) => child(domain, 50)),
    1_000,
  )
  await Promise.all([world.open(), world.open(undefined, 'api')])
  await until(async () => {
    await pullNow(world)
    return Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 201
  })
  expect(world.listRequests()).toBeLessThanOrEqual(205)
  expect(world.simulator.requests.filter(({ status }) => status !== 200)).toEqual([])
  expect(world.partner.peakRequestsInWindow()).toBeLessThanOrEqual(1_000)
  const [row] = await world.sql<{ users: number; foreign: number; organizations: number }[]>`
    select count(*)::int as users, count(distinct organization_id)::int as organizations,
      (count(*) filter (where o.partner_id is not null and u.primary_email not like '%@' || o.domains[1]))::int as foreign
    from users u join organizations o on o.id = u.organization_id where u.deleted_at is null`
  expect(row).toEqual({ users: 200 * 50 + 3, organizations: 201, foreign: 0 })
})

const twelve = Array.from({ length: 12 }, (_, i) => `child-${i}.example`)
const slugOf = (domain: string) => domain.replaceAll('.', '-')
const minuteMs = 400

/** Starts are spread over minutes: the tests do not wait for that. Rows that a worker changes just now are left to the next call. */
async function pullNow({ sql }: World): Promise<void> {
  await sql`
    update organizations set next_pull_at = least(next_pull_at, clock_timestamp())
    where id in (select id from organizations where profile_as_of is null order by id for update skip locked)`
}

test('children: with a limit of 4 a minute they wait for each other, the vendor refuses nothing, and all become current', async () => {
  await using world = await start(
    twelve.map((domain) => child(domain)),
    4,
    minuteMs,
  )
  await Promise.all([world.open(), world.open(undefined, 'api'), world.open()])
  await until(async () => {
    await pullNow(world)
    return Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 13
  })
  expect(await world.states()).toEqual(current('partner', ...twelve.map(slugOf)))
  expect(world.simulator.requests.filter(({ status }) => status !== 200)).toEqual([])
  expect(world.listRequests()).toBeGreaterThanOrEqual(14)
  expect(world.partner.peakRequestsInWindow()).toBeLessThanOrEqual(4)
})

// The list would time out after 120 s.
test('children: one whose list is slow does not hold up the others', { timeout: 60_000 }, async () => {
  await using world = await start(
    twelve.map((domain) => child(domain)),
    8,
    minuteMs,
  )
  const slow = world.simulator.faults.add({ kind: 'hold', at: 'answer', path: /^\/orgs\/child-5.example\/users/ })
  await world.open()
  await until(async () => {
    await pullNow(world)
    return Object.values(await world.states()).filter((state) => state === 'CURRENT').length === 12
  })
  expect(slow.fired).toBe(1)
  expect(await world.states()).toMatchObject({ 'child-5-example': 'EMPTY' })
  slow.release()
  await until(async () => (await world.states())['child-5-example'] === 'CURRENT')
  expect(world.simulator.requests.filter(({ status }) => status !== 200)).toEqual([])
})
