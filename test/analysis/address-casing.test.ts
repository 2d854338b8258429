/** After the vendor changes the spelling of an address, queries of the past still return the spelling of that time. */
import { expect, test } from 'vitest'
import { isoOf } from '../../src/db/timestamps.ts'
import { everySection } from '../../src/simulator/options.ts'
import { mirrored } from '../support/mirrored.ts'
import { readFeed } from '../support/replay.ts'

const primaryEmail = 'ann@example.com'
const spellings = ['Al1@Example.com', 'AL1@example.COM', 'al1@example.com']

test('alias: a changed spelling does not make a new alias, and @asOf returns the spelling of that time', async () => {
  const ann = { primaryEmail, type: 'User', aliases: [spellings[0] as string, 'other@example.com'] } as const
  await using mirror = await mirrored({ data: { users: [ann] }, switches: { listCarries: everySection } })
  const { data, sql, vendor } = mirror
  const now = async () => isoOf((await sql<{ now: string }[]>`select clock_timestamp() as now`)[0]?.now ?? '')
  const asked = `{
    user(primaryEmail: "${primaryEmail}") { aliases { id address firstSeenAt } }
    aliases { nodes { id address } }
    identity(address: "al1@example.com") { user { primaryEmail } }
  }`
  interface Answer {
    user: { aliases: { id: string; address: string }[] }
    aliases: { nodes: { id: string; address: string }[] }
  }
  const observed: { moment: string; answer: Answer }[] = []
  for (const spelling of spellings) {
    vendor.updateUser(primaryEmail, { aliases: [spelling, 'other@example.com'] })
    await mirror.pull()
    const answer = await data<Answer>(asked)
    observed.push({ moment: await now(), answer })
    expect(answer.user.aliases.map(({ address }) => address)).toEqual([spelling, 'other@example.com'])
  }
  const id = observed[0]?.answer.user.aliases[0]?.id
  const node = `query ($id: ID!, $time: DateTime!) @asOf(time: $time) { node(id: $id) { ... on Alias { address deletedAt } } }`
  const compareThePast = async () => {
    for (const [i, { moment, answer }] of observed.entries()) {
      expect(await data(`query ($time: DateTime!) @asOf(time: $time) ${asked}`, { time: moment })).toEqual(answer)
      const then = { address: spellings[i], deletedAt: null }
      expect(await data(node, { id, time: moment })).toEqual({ node: then })
    }
  }
  await compareThePast()
  const { changes } = await readFeed(data)
  expect(
    changes
      .filter(({ field }) => field === 'aliases')
      .map(({ kind, field, before, after }) => ({ kind, field, before, after })),
  ).toEqual(
    spellings.slice(1).map((after, i) => ({ kind: 'FIELD_CHANGED', field: 'aliases', before: spellings[i], after })),
  )

  vendor.updateUser(primaryEmail, { aliases: [] })
  await mirror.pull()
  await compareThePast()
  const rows = async () => (await sql`select from alias_spellings`).length
  expect(await rows()).toBe(2)
  await mirror.age(401)
  await sql`update organizations set pruned_at = '-infinity'`
  await mirror.work('prune')
  expect(await rows()).toBe(0)
})
