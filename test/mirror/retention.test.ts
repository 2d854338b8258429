import { afterAll, expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { mirrored, type Row } from '../support/mirrored.ts'
import { readFeed, readState } from '../support/replay.ts'

const mirror = await mirrored({ data: { users: 40, groups: 6 }, switches: { listCarries: everySection } })
afterAll(() => mirror[Symbol.asyncDispose]())
const { sql, vendor, data, ask, pull } = mirror

/** Prunes, whenever the last pruning was. */
async function prune(): Promise<void> {
  await sql`update organizations set pruned_at = '-infinity'`
  await mirror.work('prune')
  await sql`update organizations set pruned_at = 'infinity'`
}

async function counts(): Promise<Row> {
  const [row] = await sql<Row[]>`
    select (select count(*) from users where deleted_at is not null) as tombstones, (select count(*) from user_versions) as versions,
      (select count(*) from memberships where valid_to is not null) as memberships, (select count(*) from aliases where valid_to is not null) as aliases,
      (select count(*) from role_grants where valid_to is not null) as grants, (select count(*) from group_versions) as "groupVersions",
      (select count(*) from groups where deleted_at is not null) as groups, (select count(*) from pulls) as pulls`
  return row ?? {}
}

await pull()
const [renamed, leaving, again] = vendor
  .users()
  .filter(({ groups, aliases }) => groups.length > 0 && aliases.length > 0)
const address = again?.primaryEmail ?? ''
const first = await readFeed(data)
vendor.updateUser(renamed?.primaryEmail ?? '', { lastName: 'Renamed', aliases: [], roles: ['AUDITOR'], groups: [] })
vendor.renameGroup(vendor.groups()[0]?.id ?? '', 'Renamed')
vendor.deleteUser(leaving?.primaryEmail ?? '')
const created = vendor.createGroup('Short-lived')
await pull()
vendor.deleteGroup(created.id)
vendor.deleteUser(address)
await pull()
await pull()
vendor.createUser({ primaryEmail: address, type: 'User', groups: vendor.groups().map(({ id }) => id) })
await pull()
const old = await readFeed(data)
const lives = 'query ($address: EmailAddress!) { user(primaryEmail: $address) { previousLives { id lastName } } }'
const before = await data<{ user: { previousLives: { id: string }[] } }>(lives, { address })
const [formerLife = ''] = before.user.previousLives.map(({ id }) => id)
const [formerChange = ''] = old.changes.map(({ id }) => id)
const node = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'

test('retention: versions and relationships that ended within the retention are kept', async () => {
  await mirror.age(399)
  await prune()
  // A group has a version for each recount, too: one rename and fifteen recounts.
  expect(await counts()).toMatchObject({ tombstones: 2, versions: 1, groupVersions: 16, groups: 1, pulls: 5 })
  expect(await readFeed(data)).toMatchObject({ cursor: old.cursor })
  expect(await data(node, { ids: [formerLife, formerChange] })).toEqual({
    nodes: [{ id: formerLife }, { id: formerChange }],
  })
  expect(await historyFrom()).toBeNull()
})

test('retention: older ended rows are pruned with all dependent rows, and live rows stay', async () => {
  const state = await readState(data)
  vendor.updateUser(renamed?.primaryEmail ?? '', { lastName: 'Lately' })
  await mirror.age(2)
  await pull()
  const lately = (await readFeed(data, old.cursor)).changes
  expect(lately).toHaveLength(1)
  await prune()
  expect(await counts()).toEqual({
    tombstones: 0,
    versions: 1,
    memberships: 0,
    aliases: 0,
    grants: 0,
    groupVersions: 0,
    groups: 0,
    pulls: 1,
  })
  expect((await readFeed(data)).changes).toEqual(lately)
  const now = await readState(data)
  expect(Object.keys(now.users)).toEqual(Object.keys(state.users))
  expect(now.groups).toEqual(state.groups)
  const [row] = await sql<Row[]>`select count(*) as left from change_places where last_position < ${old.changes.length}`
  expect(row).toEqual({ left: 0 })
  expect(await data(node, { ids: [formerLife, formerChange] })).toEqual({ nodes: [null, null] })
  expect(await data(lives, { address })).toEqual({ user: { previousLives: [] } })
})

test('as of: pruning changes no answer about a moment within the retention', async () => {
  await using aging = await mirrored({ data: { users: 5, groups: 2 }, switches: { listCarries: everySection } })
  const question = (moment: string) => `query @asOf(time: "${moment}") {
    users { nodes { primaryEmail freshness { profileAt relationsAt } } } }`
  await aging.pull()
  await aging.pull()
  await aging.age(401)
  await aging.pull()
  // Between the pruned pulls and the latest pull.
  const [row] = await aging.sql<{ moment: string }[]>`
    select to_char(clock_timestamp() - interval '100 days', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as moment`
  const before = await aging.data(question(row?.moment ?? ''))
  await aging.sql`update organizations set pruned_at = '-infinity'`
  await aging.work('prune')
  const [left] = await aging.sql<Row[]>`
    select (select count(*) from pulls)::int as pulls, (select count(*) from change_sets)::int as changes`
  expect(left).toEqual({ pulls: 1, changes: 0 })
  expect(await aging.data(question(row?.moment ?? ''))).toEqual(before)
})

test('feed: a cursor before the pruned changes is rejected, and a later cursor continues', async () => {
  const from = (await historyFrom()) ?? ''
  const refused = {
    message: expect.stringContaining(`history is complete since ${from}`),
    code: 'HISTORY_PRUNED',
    historyFrom: from,
  }
  const question =
    'query ($after: String, $since: DateTime, $until: DateTime) { changes(after: $after, since: $since, until: $until) { nodes { kind } } }'
  const told = async (variables: Row) =>
    (await ask(question, variables)).errors?.map(({ message, extensions }) => ({ message, ...extensions }))
  expect(await told({ after: first.cursor })).toEqual([refused])
  expect(await told({ since: '2020-01-01T00:00:00Z' })).toEqual([refused])
  expect(await told({ until: '2020-01-01T00:00:00Z' })).toEqual([refused])
  const own =
    'query ($address: EmailAddress!, $after: String) { user(primaryEmail: $address) { changes(after: $after) { nodes { kind } } } }'
  const answer = await ask(own, { address: renamed?.primaryEmail, after: first.cursor })
  expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['HISTORY_PRUNED'])
  const followed = { changes: { nodes: [{ kind: 'FIELD_CHANGED' }] } }
  expect(await data(question, { after: old.cursor })).toEqual(followed)
  expect(await data(question, { since: from })).toEqual(followed)
  expect(await data(own, { address: renamed?.primaryEmail, after: old.cursor })).toEqual({ user: followed })
})

test('feed: a backward reader stops at the retained changes, and is rejected once its cursor is pruned', async () => {
  const question =
    'query ($before: String) { changes(last: 1, before: $before) { nodes { kind } pageInfo { startCursor hasPreviousPage } } }'
  type Page = { changes: { nodes: unknown[]; pageInfo: { startCursor: string; hasPreviousPage: boolean } } }
  let found = 0
  let before: string | null = null
  for (let more = true; more; ) {
    const { changes }: Page = await data<Page>(question, { before })
    found += changes.nodes.length
    before = changes.pageInfo.startCursor
    more = changes.pageInfo.hasPreviousPage
  }
  expect(found).toBe((await readFeed(data)).changes.length)
  expect(await data(question, { before })).toMatchObject({ changes: { nodes: [] } })
  const { errors } = await ask(question, { before: first.cursor })
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['HISTORY_PRUNED'])
})

test('retention: pruning runs in batches, and resumes after an interruption', async () => {
  await using large = await mirrored({
    data: { users: 2_500, groups: 3 },
    switches: { listCarries: everySection },
    historyDays: 1,
  })
  await large.pull()
  await large.age(2)
  await large.sql`update organizations set pruned_at = '-infinity'`
  await large.sql`create function cut() returns trigger language plpgsql as 'begin raise exception ''cut''; end'`
  const [late] = await large.sql<{ position: number }[]>`
    select last_position as position from change_sets order by last_position offset 2100 limit 1`
  await large.sql.unsafe(
    `create trigger cut before delete on change_sets for each row when (old.last_position = ${late?.position}) execute function cut()`,
  )
  await expect(large.work('prune')).rejects.toThrow('cut')
  const pruned = async () =>
    (await large.sql<{ to: number }[]>`select feed_pruned_to as to from organizations`)[0]?.to ?? 0
  const half = await pruned()
  expect(half).toBeGreaterThan(0)
  const { changes } = await readFeed(large.data)
  expect(Buffer.from(changes[0]?.id ?? '', 'base64').toString()).toMatch(new RegExp(`-${half + 1}$`))
  await large.sql`drop trigger cut on change_sets`
  await large.work('prune')
  expect((await readFeed(large.data)).changes).toEqual([])
  expect(await large.data('{ organization { mirror { users groups } } }')).toEqual({
    organization: { mirror: { users: 2_500, groups: 3 } },
  })
})

async function historyFrom(): Promise<string | null> {
  const [row] = await sql<{ at: string | null }[]>`
    select to_char(history_from at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from organizations`
  return row?.at ?? null
}
