import { expect, test } from 'vitest'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { everySection } from '../../src/simulator/options.ts'
import { testDatabase } from '../support/database.ts'
import { checkAll } from './checks/check-all.ts'
import { Coverage } from './checks/coverage.ts'
import { faultRule } from './schedule/faults.ts'
import { World } from './world/simulation.ts'

const users = 10_000
const kinds = [
  '429',
  '500',
  'cut before',
  'cut after',
  'cut midway',
  'html 200',
  'html 502',
  'truncated JSON',
  'wrong shape',
] as const

test('torture: with 30 % of all responses faulty, a pull of 10,000 users completes and the feed reports nothing false', async () => {
  await using database = await testDatabase()
  const schedule = {
    seed: 3,
    users,
    groups: 5,
    switches: { listCarries: everySection, maximumPageSize: 250 },
    actions: [],
  }
  await using world = await World.open(database.sql, schedule, new Coverage())
  for (const [i, kind] of kinds.entries()) {
    // The rules are tried in order. With these probabilities each kind spoils a ninth of the 30 %.
    const probability = 0.3 / kinds.length / (1 - (0.3 * i) / kinds.length)
    world.simulator.faults.add(faultRule(kind, 'anywhere', { probability }))
  }
  const pullId = await beginPull(database.sql, world.organizationId, 'REQUEST')
  expect(await world.finish()).toBe(true)
  const [pull] =
    await database.sql`select state, created, updated, deleted, users_seen as seen from pulls where id = ${pullId}`
  expect(pull).toEqual({ state: 'COMPLETE', created: users, updated: 0, deleted: 0, seen: users })
  const requests = world.simulator.requests.filter(({ call }) => call !== null)
  const faulty = requests.filter(({ fault }) => fault !== null)
  expect(faulty.length / requests.length).toBeGreaterThan(0.15)
  expect(await checkAll(world)).toEqual([])
  const kindsOfChange = await database.sql`select distinct unnest(kinds) as kind from change_sets order by 1`
  expect(kindsOfChange.map(({ kind }) => kind)).not.toContain('FIELD_CHANGED')
  expect(kindsOfChange.map(({ kind }) => kind)).not.toContain('USER_DELETED')
}, 180_000)
