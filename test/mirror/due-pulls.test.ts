import { afterEach, beforeEach, expect, test } from 'vitest'
import { beginDuePull, takeDuePulls } from '../../src/mirror/pulls/due-pulls.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { type MirrorHarness, mirror } from '../support/mirror.ts'

let m: MirrorHarness
beforeEach(async () => {
  m = await mirror()
})
afterEach(() => m[Symbol.asyncDispose]())

const ours = () => true

async function configure(count: number, pullIntervalSeconds: number): Promise<void> {
  await putOrganizations(
    m.sql,
    Array.from({ length: count }, (_, i) => ({
      slug: i === 0 ? 'acme' : `other-${i}`,
      name: 'Other',
      allowanceKey: `key ${i}`,
      pullIntervalSeconds,
    })),
  )
}

/** In how many seconds the next pulls of the organizations start, in ascending order. */
async function waits(): Promise<number[]> {
  const rows = await m.sql<{ seconds: number }[]>`
    select extract(epoch from next_pull_at - statement_timestamp())::float8 as seconds from organizations order by next_pull_at`
  return rows.map(({ seconds }) => seconds)
}

test.each([
  { intervalSeconds: 100, overSeconds: 100 },
  { intervalSeconds: 86_400, overSeconds: 300 },
])(
  'due pulls: of 208 that are due at once, 8 start, and the others follow evenly within $overSeconds s if the interval is $intervalSeconds s',
  async ({ intervalSeconds, overSeconds }) => {
    await configure(208, intervalSeconds)
    const due = await takeDuePulls(m.sql, ours)
    expect(due).toHaveLength(8)
    expect(due.every(({ trigger }) => trigger === 'START')).toBe(true)
    const postponed = (await waits()).slice(8)
    expect(postponed).toHaveLength(200)
    const gaps = postponed.slice(1).map((wait, i) => wait - (postponed[i] ?? 0))
    for (const gap of gaps) expect(gap).toBeCloseTo(overSeconds / 200, 1)
    expect(postponed.at(-1)).toBeLessThanOrEqual(overSeconds)
    for (const pull of due) await beginDuePull(m.sql, pull)
    expect(await m.sql`select from pulls where state = 'RUNNING'`).toHaveLength(8)
  },
)

test('due pulls: a few that do not start at once follow within seconds', async () => {
  await configure(208, 300)
  await m.sql`update organizations set next_pull_at = clock_timestamp() + interval '200 seconds' where id not in (
    select id from organizations order by id limit 10)`
  expect(await takeDuePulls(m.sql, ours)).toHaveLength(8)
  const [first = 0, second = 0] = (await waits()).slice(8, 10)
  // The place of the first of two, of 200 over 300 s.
  expect(second - first).toBeCloseTo(1.5, 1)
  expect(second).toBeLessThanOrEqual(3)
})

test('due pulls: more start at once if the intervals of all organizations require it', async () => {
  await configure(50, 5)
  expect(await takeDuePulls(m.sql, ours)).toHaveLength(20)
})

test('due pulls: organizations without a configuration in this process are neither returned nor postponed', async () => {
  await configure(30, 300)
  const due = await takeDuePulls(m.sql, (id) => id === m.organizationId)
  expect(due).toEqual([{ organizationId: m.organizationId, trigger: 'START' }])
  expect((await waits()).every((wait) => wait <= 0)).toBe(true)
})

test('due pulls: an accepted quarantined pull is due at any time, and is never postponed', async () => {
  await configure(30, 300)
  await m.sql`
    insert into pulls (id, organization_id, state, phase, trigger, accepted)
    select nextval('node_ids'), id, 'QUARANTINED', 'DELETIONS', 'SCHEDULE', true from organizations`
  await m.sql`update organizations set next_pull_at = '2999-01-01'`
  expect(await takeDuePulls(m.sql, ours)).toHaveLength(8)
  const [row] = await m.sql`select count(*)::int as unchanged from organizations where next_pull_at = '2999-01-01'`
  expect(row).toEqual({ unchanged: 30 })
})

test('due pulls: a locked organization is not waited for, and stays due', async () => {
  const locked = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const holder = m.sql.begin(async (tx) => {
    await tx`select from organizations where id = ${m.organizationId} for update`
    locked.resolve()
    await mayEnd.promise
  })
  await locked.promise
  const [due] = await takeDuePulls(m.sql, ours)
  if (!due) throw new Error('a pull is due')
  await beginDuePull(m.sql, due)
  expect(await m.sql`select from pulls`).toHaveLength(0)
  mayEnd.resolve()
  await holder
  expect(await takeDuePulls(m.sql, ours)).toEqual([due])
  await beginDuePull(m.sql, due)
  expect(await m.sql`select from pulls where state = 'RUNNING' and trigger = 'START'`).toHaveLength(1)
})

test('due pulls: a shorter interval brings the next pull forward', async () => {
  await m.sql`update organizations set next_pull_at = clock_timestamp() + interval '200 seconds'`
  await configure(1, 300)
  const [unchanged] = await waits()
  expect(unchanged).toBeGreaterThan(100)
  await configure(1, 60)
  const [sooner] = await waits()
  expect(sooner).toBeLessThanOrEqual(60)
})
