import { expect, test } from 'vitest'
import { takeFirstStatistics } from '../../src/db/migrations/initial-analyze.ts'
import { mirror } from '../support/mirror.ts'

test('statistics: after the first page, a user is looked up by its address and not by scanning the organization', async () => {
  await using m = await mirror()
  const users = Array.from({ length: 1_000 }, (_, i) => [`u${i}@x.example`, { firstName: `U${i}` }] as const)
  await m.list(10, Object.fromEntries(users))
  await takeFirstStatistics(m.sql)
  const plan = await m.sql`
    explain select id from users where organization_id = ${m.organizationId} and address_key = 'u7@x.example' and deleted_at is null
      and answer_digest = gen_random_uuid() and relations_wanted_at is null limit 1`
  expect(JSON.stringify(plan)).toMatch(/users_(live_)?address/)
  const unknown = await m.sql`
    select oid::regclass from pg_class where oid = any('{users,change_sets,change_places}'::regclass[]) and reltuples <= 0`
  expect([...unknown]).toEqual([])
})
