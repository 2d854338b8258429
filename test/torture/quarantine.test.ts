import { expect, test } from 'vitest'
import type { Sql } from '../../src/db/database.ts'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { everySection, type Switches } from '../../src/simulator/options.ts'
import { testDatabase } from '../support/database.ts'
import { checkAll } from './checks/check-all.ts'
import { Coverage } from './checks/coverage.ts'
import { resolveLatest } from './schedule/decisions.ts'
import { faultRule } from './schedule/faults.ts'
import { World } from './world/simulation.ts'

const users = 60

test('torture: an organization that suddenly looks empty keeps all users, and a later pull that shows them ends the quarantine', async () => {
  await using database = await testDatabase()
  await using world = await openWorld(database.sql, { total: 'absent' })
  expect(await pull(world)).toBe('COMPLETE')
  world.simulator.faults.add(faultRule('empty list', 'users', {}))
  expect(await pull(world)).toBe('QUARANTINED')
  expect(await liveUsers(world)).toBe(users)
  world.simulator.faults.clear()
  expect(await pull(world)).toBe('COMPLETE')
  expect(await statesOf(world)).toEqual(['COMPLETE', 'DISCARDED', 'COMPLETE'])
  expect(await checkAll(world)).toEqual([])
})

test('torture: 40 % missing users wait in quarantine, and accepting it deletes those that the vendor reports as gone', async () => {
  await using database = await testDatabase()
  await using world = await openWorld(database.sql, {})
  await pull(world)
  deleteShare(world, 0.4)
  expect(await pull(world)).toBe('QUARANTINED')
  expect(await liveUsers(world)).toBe(users)
  // One of them exists again before the decision.
  world.truth.edit(() => world.vendor.createUser({ primaryEmail: 'U0@example.com' }))
  await resolveLatest(world, true)
  expect(await world.finish()).toBe(true)
  expect(await statesOf(world)).toEqual(['COMPLETE', 'COMPLETE'])
  expect(await liveUsers(world)).toBe(users * 0.6 + 1)
  await pull(world)
  expect(await checkAll(world)).toEqual([])
})

test('torture: 40 % missing users stay after their quarantine is rejected, and the next pull starts a new count', async () => {
  await using database = await testDatabase()
  await using world = await openWorld(database.sql, {})
  await pull(world)
  deleteShare(world, 0.4)
  await pull(world)
  await resolveLatest(world, false)
  expect(await world.finish()).toBe(true)
  expect(await liveUsers(world)).toBe(users)
  expect(await pull(world)).toBe('QUARANTINED')
  expect(await statesOf(world)).toEqual(['COMPLETE', 'DISCARDED', 'QUARANTINED'])
  expect(await liveUsers(world)).toBe(users)
})

async function openWorld(sql: Sql, switches: Partial<Switches>): Promise<World> {
  const schedule = { seed: 1, users, groups: 3, switches: { listCarries: everySection, ...switches }, actions: [] }
  return await World.open(sql, schedule, new Coverage())
}

async function pull(world: World): Promise<string> {
  const id = await beginPull(world.sql, world.organizationId, 'REQUEST')
  expect(await world.finish()).toBe(true)
  const [row] = await world.sql<{ state: string }[]>`select state from pulls where id = ${id}`
  return row?.state ?? 'GONE'
}

function deleteShare(world: World, share: number): void {
  world.truth.edit(() => {
    for (const { primaryEmail } of world.vendor.users().slice(0, users * share)) world.vendor.deleteUser(primaryEmail)
  })
}

async function liveUsers({ sql, organizationId }: World): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from users where organization_id = ${organizationId} and deleted_at is null`
  return row?.count ?? 0
}

async function statesOf({ sql, organizationId }: World): Promise<string[]> {
  const rows = await sql<
    { state: string }[]
  >`select state from pulls where organization_id = ${organizationId} order by id`
  return rows.map(({ state }) => state)
}
