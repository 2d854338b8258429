import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'

async function effectiveInterval({ data }: Mirrored): Promise<unknown> {
  return (await data<{ organization: { mirror: object } }>('{ organization { mirror { pullIntervalSeconds state } } }'))
    .organization.mirror
}

test('pull interval: it grows if pulls would use more than half of the background allowance, and this is reported', async () => {
  const switches = { listCarries: everySection, maximumPageSize: 10 } as const
  await using mirror = await mirrored({
    data: { users: 200, groups: 3 },
    switches,
    allowed: 60,
    pullIntervalSeconds: 10,
  })
  await mirror.pull()
  // 20 pages of users, one page that ends the list, and 2 pages of groups, at 54 requests per minute. Point reads get
  // the same share.
  expect(await effectiveInterval(mirror)).toEqual({ pullIntervalSeconds: 52, state: 'CURRENT' })
  const [due] = await mirror.sql`
    select extract(epoch from next_pull_at - (select started_at from pulls))::float8 as seconds from organizations`
  expect(due).toEqual({ seconds: 52 })
  const said = mirror.lines.filter(({ msg }) => String(msg).startsWith('the allowance is too small'))
  expect(said).toMatchObject([{ configuredSeconds: 10, pullIntervalSeconds: 52 }])

  // By the configured interval the mirror would be stale.
  await mirror.sql`update pulls set finished_at = clock_timestamp() - interval '90 seconds'`
  expect(await effectiveInterval(mirror)).toMatchObject({ state: 'CURRENT' })
  await mirror.sql`update pulls set finished_at = clock_timestamp() - interval '105 seconds'`
  expect(await effectiveInterval(mirror)).toMatchObject({ state: 'STALE' })
})

test('pull interval: the mirror reports due pulls that no worker starts', async () => {
  await using mirror = await mirrored({ data: { users: 3, groups: 1 }, switches: { listCarries: everySection } })
  await mirror.pull()
  const problem = async () =>
    (
      await mirror.data<{ organization: { mirror: { problem: string | null } } }>(
        '{ organization { mirror { problem } } }',
      )
    ).organization.mirror.problem
  expect(await problem()).toBeNull()
  await mirror.sql`update organizations set next_pull_at = clock_timestamp() - interval '31 seconds'`
  expect(await problem()).toBe('A pull is due but none has started: no worker is running, or its queue is unreachable')
  await mirror.sql`update organizations set next_pull_at = clock_timestamp()`
  await mirror.sql`update pulls set finished_at = clock_timestamp() - interval '30 days'`
  expect(await problem()).toMatch(/^No pull has been completed within two intervals/)
  await mirror.sql`update organizations set problem = 'what a pull put down'`
  expect(await problem()).toBe('what a pull put down')
})

test('pull interval: pulls that fit the allowance start at the configured interval', async () => {
  await using mirror = await mirrored({
    data: { users: 200, groups: 3 },
    switches: { listCarries: everySection },
    allowed: 60,
    pullIntervalSeconds: 10,
  })
  await mirror.pull()
  expect(await effectiveInterval(mirror)).toEqual({ pullIntervalSeconds: 10, state: 'CURRENT' })
  expect(mirror.lines.filter(({ msg }) => String(msg).startsWith('the allowance is too small'))).toEqual([])
})
