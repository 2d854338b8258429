/** Proves that the checks of writes find violations: each case falsifies a report or a state of the vendor. */
import { expect, test } from 'vitest'
import type { Account } from '../../src/simulator/data/directory.ts'
import { everySection, type Switches } from '../../src/simulator/options.ts'
import { testDatabase } from '../support/database.ts'
import { checkAll } from './checks/check-all.ts'
import { Coverage } from './checks/coverage.ts'
import { act } from './schedule/acts.ts'
import type { Action } from './schedule/schedule.ts'
import { settle } from './world/settle.ts'
import { World } from './world/simulation.ts'

const rename: Action = { do: 'write', verb: 'updateUser', who: 1, what: 0, isKeyed: true }
const changeEmail: Action = { do: 'operate', operation: 'changeEmail', who: 3, what: 0 }
const deactivate: Action = { do: 'operate', operation: 'deactivate', who: 2, what: 0 }

const planted: Readonly<Record<string, readonly [caught: string, spoil: (world: World) => void]>> = {
  'a write that is undone': ['W1', (world) => replace(world, 'u1@example.org', { firstName: 'Other' })],
  'a write that was never carried out': [
    'W1',
    (world) => {
      for (const { write } of world.writer.attempts) Object.assign(write.effects[0] as object, { holds: () => false })
    },
  ],
  'a refusal of what was carried out': [
    'W2',
    (world) => {
      for (const attempt of world.writer.attempts) attempt.outcome = 'REFUSED'
    },
  ],
  'a successor that is gone': ['W3', (world) => world.log.directory.remove(account(world, /^changed/))],
  'a predecessor that is there again': [
    'W3',
    (world) => void world.log.directory.add({ ...account(world, /^changed/).profile, primaryEmail: 'U3@example.org' }),
  ],
}

test.each([{}, { createLagMs: 3_000, updateLagMs: 3_000, deleteLagMs: 3_000, addressHeldMs: 6_000 }])(
  'torture: writes and operations at a vendor with %o pass the checks',
  async (switches) => {
    expect(await violations(switches, () => {})).toEqual([])
  },
)

test.each(Object.entries(planted))('torture: the checks of writes find %s', async (_name, [caught, spoil]) => {
  const found = await violations({}, spoil)
  expect(found.filter((violation) => violation.startsWith(caught))).not.toEqual([])
})

async function violations(switches: Partial<Switches>, spoil: (world: World) => void): Promise<string[]> {
  await using database = await testDatabase()
  const schedule = {
    seed: 1,
    users: 5,
    groups: 2,
    switches: { listCarries: everySection, ...switches },
    hasWriter: true,
    actions: [],
  }
  await using world = await World.open(database.sql, schedule, new Coverage())
  await world.pullWhole()
  await act(world, rename)
  await act(world, changeEmail)
  await act(world, deactivate)
  expect(await world.writer.operations.finish()).toEqual([])
  await world.writer.afterAction()
  spoil(world)
  return [...(await settle(world)), ...(await checkAll(world))]
}

function account({ log }: World, key: RegExp): Account {
  const found = log.directory.accounts.find((one) => key.test(one.key))
  if (!found) throw new Error(`there is no account ${key}`)
  return found
}

function replace({ log }: World, key: string, fields: object): void {
  const found = log.directory.find(key)
  if (!found) throw new Error(`there is no account ${key}`)
  log.directory.replace(found, { ...found.profile, ...fields })
}
