import { afterAll, expect, test } from 'vitest'
import { encodeCursor } from '../../../src/graph/pagination/cursor.ts'
import { editALittle } from '../../../src/simulator/data/edits.ts'
import { createRandom } from '../../../src/simulator/data/random.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { mirrored } from '../../support/mirrored.ts'
import { type FeedChange, readFeed, readState, replay } from '../../support/replay.ts'

const mirror = await mirrored({ data: { users: 60, groups: 8 }, switches: { listCarries: everySection } })
afterAll(() => mirror[Symbol.asyncDispose]())
const { vendor, data, pull } = mirror
const random = createRandom('edits')

await pull()
const firstPull = await readFeed(data)
for (let round = 0; round < 6; round += 1) {
  for (let edit = 0; edit < 15; edit += 1) editALittle(vendor, random)
  if (round === 2) vendor.renameGroup(vendor.groups()[0]?.id ?? '', 'Renamed')
  if (round === 4) {
    const [user] = vendor.users()
    const address = user?.primaryEmail ?? ''
    vendor.updateUser(address, { aliases: ['Spelled@example.com'] })
    await pull()
    vendor.updateUser(address, { aliases: ['spelled@example.com'] })
    const again = vendor.users()[1]?.primaryEmail ?? ''
    vendor.deleteUser(again)
    vendor.createUser({ primaryEmail: again, type: 'User', createdAt: '2027-01-01T00:00:00.000Z' })
  }
  await pull()
}
const whole = (await readFeed(data)).changes

const ids = async (narrowing: string, first = 7) => {
  const found: string[] = []
  for (let after: string | null = null; ; ) {
    const { changes }: { changes: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
      await data(
        `query ($after: String, $first: Int) { changes(after: $after, first: $first ${narrowing}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
        { after, first },
      )
    found.push(...changes.nodes.map(({ id }) => id))
    after = changes.pageInfo.endCursor
    if (!changes.pageInfo.hasNextPage) return found
  }
}
const idsOf = (changes: readonly FeedChange[]) => changes.map(({ id }) => id)

test('feed: replaying all changes gives the state of the mirror, and a read can continue an earlier one', async () => {
  const state = await readState(data)
  expect(replay(whole)).toEqual(state)
  expect(Object.keys(state.users)).toHaveLength(vendor.userCount)
  const { changes } = await readFeed(data, firstPull.cursor)
  expect(idsOf([...firstPull.changes, ...changes])).toEqual(idsOf(whole))
  expect(new Set(whole.map(({ kind }) => kind)).size).toBeGreaterThan(9)
})

test('feed: positions have no gaps, and small pages show every change exactly once', async () => {
  const positions = whole.map(({ id }) => Buffer.from(id, 'base64').toString().split('-')[1])
  expect(positions).toEqual(whole.map((_, i) => String(i + 1)))
  expect(await ids('', 3)).toEqual(idsOf(whole))
})

test.each([
  ['MEMBER_ADDED'],
  ['FIELD_CHANGED', 'GROUP_RENAMED'],
  ['USER_RECREATED', 'USER_CREATED', 'ALIAS_REMOVED'],
  ['GROUP_DELETED'],
])('feed: filtering by kinds %s, %s, %s gives exactly the changes of those kinds', async (...kinds) => {
  const expected = whole.filter(({ kind }) => kinds.includes(kind))
  expect(await ids(`, kinds: [${kinds.join()}]`)).toEqual(idsOf(expected))
})

test('feed: `about` selects the changes whose subject or object is the node, with and without kinds', async () => {
  const nodes = whole.flatMap(({ subject, object }) => (object ? [subject, object] : [subject]))
  const seen = new Map(nodes.map((node) => [node.id, node]))
  const some = [...Map.groupBy(seen.values(), ({ __typename }) => __typename)].flatMap(([, group]) =>
    group.slice(0, 12),
  )
  expect(new Set(some.map(({ __typename }) => __typename))).toEqual(new Set(['User', 'Group', 'Role', 'Alias']))
  const kinds = ['MEMBER_ADDED', 'ROLE_REVOKED', 'FIELD_CHANGED', 'GROUP_RENAMED', 'USER_CREATED', 'ALIAS_ADDED']
  for (const { id } of some) {
    const about = whole.filter(({ subject, object }) => subject.id === id || object?.id === id)
    expect(await ids(`, about: ${JSON.stringify(id)}`)).toEqual(idsOf(about))
    expect(await ids(`, about: ${JSON.stringify(id)}, kinds: [${kinds.join()}]`)).toEqual(
      idsOf(about.filter(({ kind }) => kinds.includes(kind))),
    )
  }
})

test('feed: since and until select by arrival time, even if changes were applied in another order', async () => {
  // As after a crash: pages that arrived earlier are applied after later reads.
  await mirror.sql`
    update change_sets set not_after = not_after - interval '1 hour' where last_position % 5 = 0 and last_position > ${firstPull.changes.length}`
  const { changes } = await readFeed(data)
  const times = [...new Set(changes.map(({ notAfter }) => notAfter))].sort()
  const group = changes.find(({ kind }) => kind === 'MEMBER_REMOVED')?.object?.id ?? ''
  for (const share of [0, 0.2, 0.5, 0.8]) {
    const [since = '', until = ''] = [
      times[Math.floor(times.length * share)],
      times[Math.floor(times.length * (share + 0.2)) - 1],
    ]
    const after = changes.filter(({ notAfter }) => notAfter >= since)
    const within = after.filter(({ notAfter }) => notAfter < until)
    const span = `since: "${since}", until: "${until}"`
    expect(await ids(`, since: "${since}"`)).toEqual(idsOf(after))
    expect(await ids(`, until: "${until}"`)).toEqual(idsOf(changes.filter(({ notAfter }) => notAfter < until)))
    expect(await ids(`, ${span}`)).toEqual(idsOf(within))
    expect(await ids(`, ${span}, kinds: [MEMBER_ADDED, FIELD_CHANGED]`)).toEqual(
      idsOf(within.filter(({ kind }) => kind === 'MEMBER_ADDED' || kind === 'FIELD_CHANGED')),
    )
    expect(await ids(`, ${span}, about: ${JSON.stringify(group)}`)).toEqual(
      idsOf(within.filter(({ subject, object }) => subject.id === group || object?.id === group)),
    )
  }
})

test('feed: a change lies between the last request that did not show it and the response that did', async () => {
  const address = vendor.users()[5]?.primaryEmail ?? ''
  const now = async () => (await mirror.sql<{ now: string }[]>`select clock_timestamp() as now`)[0]?.now ?? ''
  const { cursor } = await readFeed(data)
  const lastSeen = (
    await data<{ organization: { mirror: { completeAsOf: string } } }>('{ organization { mirror { completeAsOf } } }')
  ).organization.mirror.completeAsOf
  const before = await now()
  vendor.updateUser(address, { lastName: 'Interval' })
  vendor.deleteUser(vendor.users()[6]?.primaryEmail ?? '')
  const between = await now()
  await pull()
  const { changes } = await readFeed(data, cursor)
  const reported = changes.filter(({ kind }) => kind === 'FIELD_CHANGED' || kind === 'USER_DELETED')
  expect(reported).toHaveLength(2)
  for (const { notBefore, notAfter } of reported) {
    expect(Date.parse(notBefore ?? '')).toBeGreaterThanOrEqual(Date.parse(lastSeen))
    expect(Date.parse(notBefore ?? '')).toBeLessThan(Date.parse(before))
    expect(Date.parse(notAfter)).toBeGreaterThan(Date.parse(between))
  }
})

test('feed: the cursor of an empty page keeps its position, so polling in windows misses no change', async () => {
  const seen: string[] = []
  let after: string | null = null
  const poll = async (until: string): Promise<number> => {
    const { changes }: { changes: { nodes: { id: string }[]; pageInfo: { endCursor: string } } } = await data(
      'query ($after: String, $until: DateTime) { changes(after: $after, until: $until, first: 500) { nodes { id } pageInfo { endCursor } } }',
      { after, until },
    )
    seen.push(...changes.nodes.map(({ id }) => id))
    after = changes.pageInfo.endCursor
    return changes.nodes.length
  }
  const [{ now: first } = { now: '' }] = await mirror.sql<{ now: string }[]>`
    select to_json(clock_timestamp()) #>> '{}' as now`
  while ((await poll(first)) > 0);
  vendor.createUser({ primaryEmail: 'polled@example.com', type: 'User' })
  await pull()
  expect(await poll(first)).toBe(0)
  while ((await poll('2099-01-01T00:00:00Z')) > 0);
  const { changes } = await readFeed(data)
  expect([...seen].sort()).toEqual(idsOf(changes).sort())
})

test('feed: a cursor with more steps than the server issues is rejected', async () => {
  const [{ id } = { id: 0 }] = await mirror.sql<{ id: number }[]>`select id from organizations`
  const cursor = (count: number) => {
    const steps = Array.from({ length: count }, (_, i) => `${i + 1}@2000-01-01T00:00:00.000000Z`)
    return encodeCursor('changes', [id, 0, 1, 0, steps.join(' '), 0, ''])
  }
  const codeOf = async (after: string) => {
    const { errors } = await mirror.ask(
      'query ($after: String) { changes(first: 1, after: $after) { nodes { id } } }',
      {
        after,
      },
    )
    return errors?.[0]?.extensions.code
  }
  expect(await codeOf(cursor(16))).toBe(undefined)
  for (const count of [17, 200, 8_000]) expect(await codeOf(cursor(count))).toBe('BAD_USER_INPUT')
})
