import { expect, test } from 'vitest'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { driftBetweenPages } from '../../src/simulator/data/edits.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { everySection, type PageOrder, type Switches } from '../../src/simulator/options.ts'
import { testDatabase } from '../support/database.ts'
import { checkAll } from './checks/check-all.ts'
import { Coverage } from './checks/coverage.ts'
import { World } from './world/simulation.ts'

const users = 750
const pageSize = 150
const orders: PageOrder[] = ['insertion', 'email', 'updatedAt', 'shuffled', 'unstable']

test.each([
  ...orders.map((pageOrder) => ({ pageOrder, total: 'right' as const })),
  ...orders.map((pageOrder) => ({ pageOrder, total: 'absent' as const })),
])(
  'torture: with 50 changes between all pages (order $pageOrder, total $total) no user is missing or wrongly deleted',
  async (switches) => {
    await using database = await testDatabase()
    await using world = await openWorld(database.sql, switches)
    const drift = driftBetweenPages(world.vendor, createRandom('drift'), { creates: 25, deletes: 25 })
    let turns = 1
    world.vendor.betweenPages((turn) => {
      // Only during the first read of the list. With more changes, a fifth of the organization would be gone.
      if (turns++ < users / pageSize) world.truth.edit(() => drift(turn))
    })
    await pull(world)
    expect(turns).toBeGreaterThan(users / pageSize)
    await pull(world)
    expect(await checkAll(world)).toEqual([])
  },
)

async function openWorld(sql: Parameters<typeof World.open>[0], switches: Partial<Switches>): Promise<World> {
  return await World.open(
    sql,
    {
      seed: 1,
      users,
      groups: 5,
      switches: { listCarries: everySection, maximumPageSize: pageSize, ...switches },
      actions: [],
    },
    new Coverage(),
  )
}

async function pull(world: World): Promise<void> {
  await beginPull(world.sql, world.organizationId, 'REQUEST')
  expect(await world.finish()).toBe(true)
}
