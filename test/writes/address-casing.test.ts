/**
 * Writes to a vendor that shows the same data in another format: entries as objects, roles in another letter case, the
 * primary address among the aliases.
 */
import { expect, test } from 'vitest'
import type { Switches } from '../../src/simulator/options.ts'
import { parseUser, type WireUser } from '../../src/vendor/wire/wire.ts'
import { compareAccounts, identityOf } from '../../src/writes/session/same-account.ts'
import { itemsOf, workerHarness } from '../operations/harness/worker-harness.ts'
import { apiHarness } from './harness/api-harness.ts'
import { mirrorState, vendorState } from './harness/states.ts'

const primaryEmail = 'carla@example.com'
const data = {
  users: [
    {
      primaryEmail,
      roles: ['USER', 'ADMINISTRATOR'],
      aliases: ['c@example.com', 'carla.b@example.com'],
      groups: ['g1'],
    },
  ],
  groups: [{ id: 'g1', name: 'Sales' }],
}

const vendors: Partial<Switches>[] = [
  { listEntries: 'objects' },
  { listEntries: 'objects', roleNames: 'title', aliasesHold: 'primaryToo', updateLagMs: 300 },
  { roleNames: 'title', aliasesHold: 'primaryToo' },
]

test.each(vendors)('writes: lists are changed by entry, and as a whole, at a vendor with %o', async (switches) => {
  await using acme = await apiHarness({ data, tickMs: 1, switches })
  await acme.fill()
  const update = async (set: object) => await acme.mutate('updateUser', { primaryEmail, set, allowUnknownRole: true })
  const removal = { roles: { remove: ['ADMINISTRATOR'], add: ['HELPDESK'] }, aliases: { remove: ['C@example.com'] } }
  expect(await update(removal)).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true })
  expect(acme.vendor.user(primaryEmail)).toMatchObject({
    roles: ['USER', 'HELPDESK'],
    aliases: ['carla.b@example.com'],
    groups: ['g1'],
  })
  const replacement = { roles: { set: ['USER'] }, aliases: { set: ['new@example.com'] } }
  expect(await update(replacement)).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true })
  expect(acme.vendor.user(primaryEmail)).toMatchObject({ roles: ['USER'], aliases: ['new@example.com'] })
  expect(await update(replacement)).toMatchObject({ __typename: 'UpdateUserSuccess', notes: [expect.anything()] })
  expect(acme.sent().filter((request) => request.startsWith('PUT'))).toHaveLength(2)
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test.each(vendors.slice(0, 1))(
  'operations: an email change carries lists over at a vendor with %o',
  async (switches) => {
    await using acme = await workerHarness({ data, switches })
    const to = 'carla.smith@example.com'
    const change = { from: primaryEmail, to, temporaryPassword: 'Planted!', keepOldAddressAsAlias: true }
    const operation = await acme.finish('startEmailChange', change)
    expect(itemsOf(operation).get(primaryEmail)).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(to)).toMatchObject({ roles: ['USER', 'ADMINISTRATOR'], groups: ['g1'] })
  },
)

function shown(createdAt: string, updatedAt?: string): WireUser {
  const parsed = parseUser(JSON.stringify({ primaryEmail, createdAt, updatedAt }))
  if ('unreadable' in parsed) throw new Error(parsed.unreadable.found)
  return parsed.value
}

test.each([
  ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05Z', 'SAME'],
  ['2026-01-02T03:04:05Z', '2026-01-02T05:04:05', 'SAME'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:09:05Z', 'OTHER'],
  ['2026-01-02T03:04:05Z', '2026-03-02T03:04:05Z', 'OTHER'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z', 'UNKNOWN'],
])('writes: the accounts of %s and %s are %s', (before, after, likeness) => {
  expect(compareAccounts(identityOf(shown(before)), shown(after))).toBe(likeness)
})

test.each([
  ['2026-01-05T00:00:00Z', '2026-01-05T00:00:00Z', 'SAME', 'nothing else has changed'],
  ['2026-01-05T00:00:00Z', '2026-02-01T00:00:00Z', 'UNKNOWN', 'it was changed last before it was created'],
  ['2026-01-05T00:00:00Z', '2026-03-07T00:00:00Z', 'OTHER', 'it was changed since it was created'],
])('writes: accounts last changed at %s and %s, with another createdAt, are %s: %s', (before, after, likeness) => {
  const known = shown('2026-01-02T03:04:05Z', before)
  expect(compareAccounts(identityOf(known), shown('2026-03-06T07:08:09Z', after))).toBe(likeness)
  expect(compareAccounts(identityOf(known), shown('2026-03-06T07:08:09Z', '2026-04-01T00:00:00Z'), false)).toBe(
    'UNKNOWN',
  )
})
