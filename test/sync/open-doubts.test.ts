/** Doubts about an account that the next list shows in another way, or not at all. */
import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'

/** Too few users for a distrusted source. */
const open = () => mirrored({ data: { users: 2, groups: 2 }, switches: { listCarries: everySection } })
const threeDaysMs = 3 * 24 * 60 * 60_000

async function ended({ sql }: Mirrored): Promise<string[]> {
  const rows = await sql<{ email: string }[]>`
    select address_key as email from users where deleted_at is not null order by address_key`
  return rows.map(({ email }) => email)
}

async function doubts({ sql }: Mirrored): Promise<number> {
  const [row] = await sql<[{ count: number }]>`select count(*)::int as count from user_doubts where not refuted`
  return row.count
}

/** Another account at the address of the first user, last changed long after its creation. */
function recreateFirst({ vendor }: Mirrored): string {
  const email = vendor.users()[0]?.primaryEmail ?? ''
  vendor.deleteUser(email)
  vendor.createUser({
    primaryEmail: email,
    firstName: 'Another',
    createdAt: new Date(Date.now() - threeDaysMs).toISOString(),
  })
  vendor.updateUser(email, { firstName: 'Changed' })
  return email
}

test('doubts: a re-created user is found although its row shows the last activity, and lists are trusted', async () => {
  await using mirror = await open()
  await mirror.pull()
  const email = recreateFirst(mirror)
  mirror.vendor.setSwitches({ listCreation: 'lastActivity', activity: 1 })
  await mirror.pull()
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  await mirror.pull()
  expect(await doubts(mirror)).toBe(0)
})

test('doubts: a re-created user is found although only one list showed its creation time', async () => {
  await using mirror = await open()
  await mirror.pull()
  const email = recreateFirst(mirror)
  // The pull fails after its lists, before the user is read.
  mirror.simulator.faults.add({ kind: 'status', status: 500, path: /^\/users\/./ })
  await mirror.pull()
  expect(await ended(mirror)).toEqual([])
  mirror.simulator.faults.clear()
  mirror.vendor.setSwitches({ listCreation: 'absent' })
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  expect(await doubts(mirror)).toBe(0)
})
