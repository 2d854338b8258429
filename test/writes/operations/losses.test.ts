/** A PUT of an operation carries the whole user, and a vendor may silently lose a part of it. */
import { expect, test } from 'vitest'
import { itemsOf, workshop } from './workshop.ts'

const from = 'Anna.Muller@example.com'
const to = 'anna.smith@example.com'

test('loss: aliases lost by a deactivation are NotAsWritten, also to a retry, until they are restored', async () => {
  await using acme = await workshop({ switches: { aliasesInPut: 'dropped' } })
  const operation = await acme.finish('startDeprovisioning', { primaryEmails: [from], mode: 'DEACTIVATE' })
  expect(operation).toMatchObject({ state: 'FAILED' })
  expect(itemsOf(operation).get(from)).toMatchObject({
    failure: { __typename: 'NotAsWritten', fields: ['aliases'], message: expect.stringContaining('carried aliases') },
  })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [], aliases: [] })
  const retry = { query: 'mutation ($id: ID!) { retryOperation(id: $id) { id } }', variables: { id: operation.id } }
  await acme.post(retry)
  const again = await acme.ended(operation.id)
  expect(again).toMatchObject({ state: 'FAILED' })
  expect(itemsOf(again).get(from)).toMatchObject({ failure: { __typename: 'NotAsWritten', fields: ['aliases'] } })
  acme.vendor.updateUser(from, { aliases: ['anna@example.com'] })
  await acme.post(retry)
  expect(await acme.ended(operation.id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.sent().filter((request) => request.startsWith('PUT'))).toHaveLength(1)
})

test('loss: an email change restores the memberships that the PUT of the aliases lost', async () => {
  const switches = { userGroups: 'names', groupsInPut: 'byId', membershipLagMs: 2_000, updateLagMs: 2_000 } as const
  await using acme = await workshop({ switches })
  expect(await acme.finish('startEmailChange', { from, to })).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(to)).toMatchObject({ groups: ['grp_001'], aliases: ['anna@example.com'] })
  expect(acme.vendor.user(from)).toBeUndefined()
})
