/** A PUT of an operation carries the whole user, and a vendor may silently lose a part of it. */
import { expect, test } from 'vitest'
import { slowVendor } from './harness/slow-vendor.ts'
import { itemsOf } from './harness/worker-harness.ts'

const from = 'Anna.Muller@example.com'
const to = 'anna.smith@example.com'

test('loss: aliases lost by a deactivation are NotAsWritten, also to a retry, until they are restored', async () => {
  await using slow = await slowVendor({ switches: { aliasesInPut: 'dropped' } })
  const { acme } = slow
  const id = await slow.begin('startDeprovisioning', { primaryEmails: [from], mode: 'DEACTIVATE' })
  await slow.run()
  expect(itemsOf(await acme.operation(id)).get(from)).toMatchObject({
    state: 'FAILED',
    failure: { __typename: 'NotAsWritten', fields: ['aliases'], message: expect.stringContaining('carried aliases') },
  })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [], aliases: [] })
  await slow.call('retryOperation', id)
  await slow.run()
  expect(itemsOf(await acme.operation(id)).get(from)).toMatchObject({
    state: 'FAILED',
    failure: { __typename: 'NotAsWritten', fields: ['aliases'] },
  })
  acme.vendor.updateUser(from, { aliases: ['anna@example.com'] })
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.sent().filter((request) => request.startsWith('PUT'))).toHaveLength(1)
})

test('loss: an email change restores the memberships that the PUT of the aliases lost', async () => {
  const switches = { userGroups: 'names', groupsInPut: 'byId', membershipLagMs: 2_000, updateLagMs: 2_000 } as const
  await using slow = await slowVendor({ switches })
  const id = await slow.begin('startEmailChange', { from, to })
  await slow.run()
  expect(await slow.acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(slow.acme.vendor.user(to)).toMatchObject({ groups: ['grp_001'], aliases: ['anna@example.com'] })
  expect(slow.acme.vendor.user(from)).toBeUndefined()
})
