import { expect, test } from 'vitest'
import { driftBetweenPages } from '../../src/simulator/data/edits.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { everySection } from '../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'
import { readFeed, readState, replay } from '../support/replay.ts'

const addressesOf = (users: readonly { primaryEmail: string }[]) => users.map(({ primaryEmail }) => primaryEmail).sort()

async function mirroredAddresses(mirror: Mirrored): Promise<string[]> {
  const state = await readState(mirror.data)
  return Object.values(state.users)
    .map(({ profile }) => String(profile.primaryEmail))
    .sort()
}

/** The addresses of the users that the feed reports as deleted. */
async function deletedAddresses(mirror: Mirrored): Promise<string[]> {
  const { changes } = await readFeed(mirror.data)
  expect(replay(changes)).toEqual(await readState(mirror.data))
  return changes
    .filter(({ kind }) => kind === 'USER_DELETED')
    .map(({ before }) => (before as { primaryEmail: string }).primaryEmail)
}

async function pullUntilComplete(mirror: Mirrored): Promise<string[]> {
  const states: string[] = []
  for (;;) {
    await mirror.pull()
    const { organization } = await mirror.data<{ organization: { mirror: { pulls: { nodes: { state: string }[] } } } }>(
      '{ organization { mirror { pulls(first: 1) { nodes { state } } } } }',
    )
    const state = organization.mirror.pulls.nodes[0]?.state ?? ''
    states.push(state)
    if (state === 'COMPLETE' || states.length > 30) return states
  }
}

test.each(['insertion', 'email', 'updatedAt', 'shuffled'] as const)(
  'drift: with 50 changes between any two pages no existing user is deleted, and two pulls later none is missing (order %s)',
  async (pageOrder) => {
    const switches = { listCarries: everySection, maximumPageSize: 400, pageOrder } as const
    await using mirror = await mirrored({ data: { users: 1_500, groups: 10 }, switches })
    const { vendor } = mirror
    await mirror.pull()
    const gone = new Set<string>()
    const remove = vendor.deleteUser.bind(vendor)
    vendor.deleteUser = (address) => {
      gone.add(address)
      remove(address)
    }
    vendor.betweenPages(driftBetweenPages(vendor, createRandom(`drift ${pageOrder}`), { creates: 25, deletes: 25 }))
    for (let pull = 0; pull < 2; pull += 1) await mirror.pull()
    vendor.betweenPages(undefined)
    for (const address of await deletedAddresses(mirror)) expect(gone).toContain(address)
    await pullUntilComplete(mirror)
    await pullUntilComplete(mirror)
    expect(await mirroredAddresses(mirror)).toEqual(addressesOf(vendor.users()))
    for (const address of await deletedAddresses(mirror)) expect(gone).toContain(address)
  },
  120_000,
)

test('drift: with 30 % of all responses faulty, pulls of 10,000 users complete and the feed has no false entry', async () => {
  await using mirror = await mirrored({ data: { users: 10_000, groups: 20 }, switches: { listCarries: everySection } })
  const { vendor, simulator } = mirror
  const kinds = ['cutBefore', 'cutMidway', 'truncatedJson', 'wrongShape', 'html'] as const
  // The first rule that applies decides. Together the rules spoil three of ten responses.
  const faults = kinds.map((kind) => simulator.faults.add({ kind, probability: 0.069 }))
  await pullUntilComplete(mirror)
  const gone = addressesOf(vendor.users()).filter((_, i) => i % 200 === 0)
  for (const address of gone) vendor.deleteUser(address)
  const renamed = addressesOf(vendor.users()).slice(0, 20)
  for (const address of renamed) vendor.updateUser(address, { lastName: 'Renamed' })
  await pullUntilComplete(mirror)
  simulator.faults.clear()
  const fired = faults.reduce((sum, fault) => sum + fault.fired, 0)
  expect(fired).toBeGreaterThan(0.2 * simulator.requests.length)
  const { changes } = await readFeed(mirror.data)
  const kindsSeen = Object.fromEntries(
    [...Map.groupBy(changes, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]),
  )
  expect(kindsSeen).toMatchObject({ USER_CREATED: 10_000, USER_DELETED: 50, FIELD_CHANGED: 20, GROUP_CREATED: 20 })
  expect(kindsSeen.GROUP_DELETED).toBeUndefined()
  expect(await deletedAddresses(mirror)).toEqual(expect.arrayContaining(gone))
  expect(await mirroredAddresses(mirror)).toEqual(addressesOf(vendor.users()))
}, 120_000)
