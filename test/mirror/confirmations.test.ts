/** Point reads and lists without changes: they make the known state fresher, and change nothing else. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ObservedUser } from '../../src/mirror/observation.ts'
import { at, type MirrorHarness, mirror } from '../support/mirror.ts'
import { answering, clock, observe } from '../support/past.ts'

let m: MirrorHarness
beforeEach(async () => {
  m = await mirror()
})
afterEach(() => m[Symbol.asyncDispose]())

const anna = { firstName: 'Anna', roles: ['USER'], aliases: ['anna@x.example'], groups: [] }
const freshness = '{ users { nodes { roles { name } freshness { profileAt relationsAt } } } }'

async function written() {
  const [row] = await m.sql<{ learntAt: string; versions: number; feed: number }[]>`
    select learnt_at as "learntAt", (select count(*)::int from user_versions) + (select count(*)::int from group_versions) as versions,
      feed_position as feed from organizations`
  return row
}

/**
 * The sizes of the tables' rows after a vacuum. Without it, a transaction of another test in another database can keep
 * Postgres from reusing the space of old row versions. Vacuums write free space maps and index pages of their own.
 */
async function sizes() {
  const tables = ['users', 'user_versions', 'user_confirmations', 'organizations']
  for (const table of tables) await m.sql.unsafe(`vacuum ${table}`)
  return await Promise.all(
    tables.map(async (table) => {
      const [row] = await m.sql<{ bytes: number }[]>`select pg_relation_size(${table}::regclass) as bytes`
      return { table, bytes: row?.bytes ?? 0 }
    }),
  )
}

test('point read: 10,000 reads without changes write no version, keep learnt_at, and let no table grow', async () => {
  const user = (i: number): ObservedUser => ({
    profile: {
      primaryEmail: `person.number${i}@example.com`,
      firstName: 'Person',
      lastName: `Number ${i}`,
      type: 'USER',
    },
    roles: ['USER'],
    aliases: [`p${i}@example.com`],
    groups: [],
  })
  const all = Array.from({ length: 1_000 }, (_, i) => user(i))
  const read = () => observe(m.database, m.organizationId, 'READ', all)
  await read()
  const before = await written()
  await read()
  const size = await sizes()
  for (let round = 1; round < 10; round += 1) {
    await read()
    expect(await sizes()).toEqual(size)
  }
  expect(await written()).toEqual(before)
  const [row] = await m.sql<{ confirmed: number }[]>`
    select count(*) filter (where profile_at > ${at(0)} and roles_at = profile_at and asked_at = profile_at)::int as confirmed from user_confirmations`
  expect(row).toEqual({ confirmed: 1_000 })
})

test('point read: a confirmation changes no indexed column', async () => {
  const indexes = await m.sql<{ definition: string }[]>`
    select regexp_replace(indexdef, '^.* USING btree ', '') as definition
    from pg_indexes where tablename = 'user_confirmations' order by indexname`
  expect(indexes.map(({ definition }) => definition)).toEqual([
    '(user_id)',
    // Only users that could not be read have a value. For all others the column stays null.
    '(organization_id) WHERE (unconfirmed_since IS NOT NULL)',
  ])
  const [table] = await m.sql`select reloptions from pg_class where oid = 'user_confirmations'::regclass`
  expect(table).toEqual({ reloptions: ['fillfactor=45'] })
})

test('point read: the confirmed state is as fresh as its request, and no earlier response undoes it', async () => {
  await m.list(10, { 'a@x': { firstName: 'Anna' } })
  await m.read(11, 'a@x', anna)
  const ask = answering(m.database)
  const before = await written()
  await m.read(30, 'a@x', anna)
  expect(await written()).toEqual(before)
  const [confirmation] = await m.sql`select profile_at::text as "profileAt", roles_at::text as "rolesAt",
    read_at::text as "readAt" from user_confirmations`
  expect(confirmation).toEqual({
    profileAt: '2026-06-01 00:00:30+00',
    rolesAt: '2026-06-01 00:00:30+00',
    readAt: '2026-06-01 00:00:30+00',
  })
  await m.list(20, { 'a@x': { ...anna, firstName: 'Old', roles: ['ADMIN'] } })
  expect(await m.user('a@x')).toMatchObject({ firstName: 'Anna', roles: ['USER'] })
  expect(await m.gone(29, 'a@x')).toBeUndefined()
  await m.feed()
  await m.list(40, { 'a@x': { firstName: 'Ann' } })
  const [bounds] = await m.sql<{ notBefore: string }[]>`
    select not_before::text as "notBefore" from change_sets order by last_position desc limit 1`
  expect(bounds).toEqual({ notBefore: '2026-06-01 00:00:30+00' })
  // The new version begins with the freshness that was known at its beginning.
  expect(await ask(freshness, await clock(m.database))).toMatchObject({
    data: { users: { nodes: [{ freshness: { profileAt: at(40), relationsAt: at(30) } }] } },
  })
})

test('as of: freshness and unknown fields of the past do not change when later reads confirm a user', async () => {
  const ask = answering(m.database)
  await m.list(10, { 'a@x': { firstName: 'Anna' } })
  const unread = await clock(m.database)
  const answers = [{ moment: unread, answer: await ask(freshness, unread) }]
  for (const second of [20, 30, 40]) {
    await m.read(second, 'a@x', anna)
    const moment = await clock(m.database)
    answers.push({ moment, answer: await ask(freshness, moment) })
  }
  for (const { moment, answer } of answers) expect(await ask(freshness, moment)).toEqual(answer)
  expect(answers.map(({ answer }) => answer)).toMatchObject([
    { data: { users: { nodes: [{ roles: null, freshness: { relationsAt: null } }] } } },
    ...[20, 30, 40].map(() => ({
      data: {
        users: { nodes: [{ roles: [{ name: 'USER' }], freshness: { profileAt: at(20), relationsAt: at(20) } }] },
      },
    })),
  ])
})

test('point read: a fulfilled read request and a list with other fields write no version', async () => {
  await m.list(10, { 'a@x': { firstName: 'Anna', updatedAt: at(1) } })
  await m.read(11, 'a@x', { ...anna, updatedAt: at(1) })
  await m.list(20, { 'a@x': { firstName: 'Anna', updatedAt: at(2) } })
  const before = await written()
  expect(await wishes()).toBe(1)
  await m.read(21, 'a@x', { ...anna, updatedAt: at(2) })
  expect(await wishes()).toBe(0)
  await m.list(30, { 'a@x': { firstName: 'Anna' } })
  const [row] = await m.sql<{ fields: number }[]>`select list_fields as fields from users`
  expect(row).toEqual({ fields: 3 })
  expect(await written()).toEqual(before)
})

test('groups: a group that is listed again after a missed pull is the same group, and learnt_at stays', async () => {
  await m.groups(10, { g1: 'One' })
  await m.sql`update groups set missed_pulls = 1`
  const before = await written()
  await m.groups(20, { g1: 'One' })
  const [group] = await m.sql`select missed_pulls as missed from groups`
  expect(group).toEqual({ missed: 0 })
  expect(await written()).toEqual(before)
})

async function wishes(): Promise<number> {
  return (await m.sql`select from users where relations_wanted_at is not null`).length
}
