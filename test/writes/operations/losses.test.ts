/** A PUT of an operation carries the whole user, and a vendor may lose a part of it without a word. */
import { expect, test } from 'vitest'
import { itemsOf, workshop } from './workshop.ts'

const from = 'Anna.Muller@example.com'
const to = 'anna.smith@example.com'

test('loss: aliases that the deactivation of a user loses are NotAsWritten, and a retry takes the user as it is', async () => {
  await using acme = await workshop({ switches: { aliasesInPut: 'dropped' } })
  const operation = await acme.finish('startDeprovisioning', { primaryEmails: [from], mode: 'DEACTIVATE' })
  expect(operation).toMatchObject({ state: 'FAILED' })
  expect(itemsOf(operation).get(from)).toMatchObject({
    failure: { __typename: 'NotAsWritten', fields: ['aliases'], message: expect.stringContaining('carried aliases') },
  })
  expect(acme.vendor.user(from)).toMatchObject({ status: 'inactive', groups: [], aliases: [] })
  await acme.post({ query: 'mutation ($id: ID!) { retryOperation(id: $id) { id } }', variables: { id: operation.id } })
  expect(await acme.ended(operation.id)).toMatchObject({ state: 'SUCCEEDED' })
})

test('loss: an email change restores the memberships that the PUT of the aliases lost', async () => {
  const switches = { userGroups: 'names', groupsInPut: 'byId', membershipLagMs: 2_000, updateLagMs: 2_000 } as const
  await using acme = await workshop({ switches })
  expect(await acme.finish('startEmailChange', { from, to })).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(to)).toMatchObject({ groups: ['grp_001'], aliases: ['anna@example.com'] })
  expect(acme.vendor.user(from)).toBeUndefined()
})
