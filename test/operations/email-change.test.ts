import { expect, test } from 'vitest'
import type { Json } from '../writes/harness/api-harness.ts'
import { slowVendor } from './harness/slow-vendor.ts'
import { itemsOf, workerHarness } from './harness/worker-harness.ts'

const from = 'Anna.Muller@example.com'
const to = 'anna.smith@example.com'
const change = { from, to, temporaryPassword: 'Planted!', keepOldAddressAsAlias: true }

test('email change: the new account has all readable data, and the person always has an account', async () => {
  await using acme = await workerHarness()
  const before = acme.vendor.user(from)
  const started = await acme.start('startEmailChange', change)
  expect(started.notes).toEqual([expect.stringContaining('The password cannot be read')])
  expect(started.plan).toMatchObject([
    { method: 'POST', path: '/users', body: { primaryEmail: to, password: '***', department: 'R&D' } },
    { method: 'POST', path: '/groups/grp_001/members' },
    { method: 'DELETE', path: '/users/Anna.Muller%40example.com' },
    { method: 'PUT', path: '/users/anna.smith%40example.com', body: { aliases: ['anna@example.com', from] } },
  ])
  const done = await acme.ended((started.operation as Json).id)
  expect(itemsOf(done).get(from)).toMatchObject({
    state: 'SUCCEEDED',
    steps: ['new create', 'new join grp_001', 'old delete', 'new replace'],
    user: { primaryEmail: to },
  })
  expect(acme.sent()).toEqual([
    'POST /users',
    'POST /groups/grp_001/members',
    `DELETE /users/${from}`,
    `PUT /users/${to}`,
  ])
  expect(acme.vendor.user(from)).toBeUndefined()
  expect(acme.vendor.user(to)).toEqual({
    ...before,
    primaryEmail: to,
    aliases: ['anna@example.com', from],
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  })
  expect(acme.vendor.passwordOf(to)).toBe('Planted!')
})

test('email change: a failure before the deletion removes the new account, and a retry succeeds', async () => {
  await using acme = await workerHarness()
  const before = acme.vendor.snapshot()
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'POST', path: 'members', times: 1 })
  const done = await acme.finish('startEmailChange', change)
  expect(done).toMatchObject({ state: 'FAILED', failed: 1 })
  expect(itemsOf(done).get(from)).toMatchObject({
    steps: [],
    failure: { __typename: 'NotAsWritten', fields: ['groups'] },
  })
  expect(acme.vendor.snapshot()).toEqual(before)
  expect(acme.sent()).toEqual(['POST /users', 'POST /groups/grp_001/members', `DELETE /users/${to}`])

  await acme.post({ query: 'mutation ($id: ID!) { retryOperation(id: $id) { id } }', variables: { id: done.id } })
  expect(await acme.ended(done.id)).toMatchObject({ state: 'SUCCEEDED', failed: 0, done: 1 })
  expect(acme.vendor.passwordOf(to)).toBe('Planted!')
  expect(await acme.database.sql`select from operation_items where password is not null`).toHaveLength(0)
})

test('email change: a rejected deletion removes the new account', async () => {
  await using acme = await workerHarness()
  const before = acme.vendor.snapshot()
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'DELETE', path: 'Muller', times: 1 })
  expect(await acme.finish('startEmailChange', change)).toMatchObject({ state: 'FAILED' })
  expect(acme.vendor.snapshot()).toEqual(before)
})

test('email change: a failure after the deletion keeps the new account, and a retry resumes', async () => {
  await using slow = await slowVendor()
  const { acme } = slow
  const refused = acme.simulator.faults.add({ kind: 'status', status: 400, method: 'PUT', path: 'smith', text: 'no' })
  const id = await slow.begin('startEmailChange', change)
  await slow.run()
  expect(itemsOf(await acme.operation(id)).get(from)).toMatchObject({
    state: 'FAILED',
    steps: ['new create', 'new join grp_001', 'old delete'],
    failure: { __typename: 'InvalidInput' },
  })
  expect(acme.vendor.user(to)).toMatchObject({ aliases: [], groups: ['grp_001'] })
  refused.remove()
  await slow.call('retryOperation', id)
  await slow.run()
  expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(to)?.aliases).toEqual(['anna@example.com', from])
  expect(acme.sent().filter((request) => request === 'POST /users')).toHaveLength(1)
})

// A directory sync re-creates the old address right after this product's DELETE of it, and a later step fails.
test.each([
  { says: 'the old address is refused as an alias', keepOldAddressAsAlias: true, aliases: [], refusal: undefined },
  { says: 'an alias is refused', keepOldAddressAsAlias: false, aliases: ['anna@example.com'], refusal: undefined },
  { says: 'a group is refused', keepOldAddressAsAlias: false, aliases: [], refusal: 'unknown group grp_001' },
])('email change: the new account survives when the old address is re-created and $says', async (variant) => {
  await using acme = await workerHarness()
  const { keepOldAddressAsAlias, aliases, refusal } = variant
  const before = acme.vendor.user(from)
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'DELETE', path: 'Muller', times: 1 })
  const refused =
    refusal && acme.simulator.faults.add({ kind: 'status', status: 400, method: 'PUT', path: 'smith', text: refusal })
  const started = await acme.start('startEmailChange', { ...change, keepOldAddressAsAlias })
  await held.struck()
  acme.vendor.createUser({ primaryEmail: from, firstName: 'Anna', aliases })
  held.release()
  const failed = await acme.ended((started.operation as Json).id)
  const { state, failure } = itemsOf(failed).get(from) as { state: string; failure: { message: string } }
  expect(state).toBe('FAILED')
  expect(failure.message).toMatch(/another client has created a new account Anna\.Muller@example\.com/)
  expect(failure.message).toContain(`The new account ${to} exists`)
  expect(failure.message).toContain('retryOperation')
  expect(acme.vendor.user(from)).toMatchObject({ firstName: 'Anna' })
  expect(acme.vendor.user(to)).toMatchObject({ lastName: 'Müller', groups: ['grp_001'], aliases: [] })
  expect(await acme.database.sql`select from operation_items where snapshot is not null`).toHaveLength(1)

  if (refused) refused.remove()
  else acme.vendor.deleteUser(from)
  await acme.post({ query: 'mutation ($id: ID!) { retryOperation(id: $id) { id } }', variables: { id: failed.id } })
  expect(await acme.ended(failed.id)).toMatchObject({ state: 'SUCCEEDED' })
  const sent = acme.sent().filter((request) => request.startsWith('DELETE'))
  expect(sent).toEqual([`DELETE /users/${from}`])
  const expected = [...(before?.aliases ?? []), ...(keepOldAddressAsAlias ? [from] : [])]
  expect(acme.vendor.user(to)).toMatchObject({ groups: ['grp_001'], aliases: expected, roles: before?.roles })
  expect(acme.vendor.passwordOf(to)).toBe('Planted!')
})

test('email change: a concurrent change by another client is kept, because the new account is removed', async () => {
  await using acme = await workerHarness()
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'POST', path: 'members', times: 1 })
  const started = await acme.start('startEmailChange', change)
  await held.struck()
  acme.vendor.updateUser(from, { lastName: 'Changed' })
  held.release()
  const done = await acme.ended((started.operation as Json).id)
  expect(itemsOf(done).get(from)?.failure).toMatchObject({ __typename: 'Conflict' })
  expect(acme.vendor.user(from)?.lastName).toBe('Changed')
  expect(acme.vendor.user(to)).toBeUndefined()
})

test.each([
  ['no user has the old address', { from: 'missing@example.com', to }, { __typename: 'NotFound' }],
  [
    'the new address is in use',
    { from, to: 'bob@example.com' },
    { __typename: 'AlreadyExists', user: { primaryEmail: 'bob@example.com' } },
  ],
  [
    'the new address is an alias of the same user',
    { from, to: 'anna@example.com' },
    { __typename: 'AlreadyExists', user: { primaryEmail: from } },
  ],
  [
    'both addresses are the same',
    { from, to: from.toLowerCase() },
    { __typename: 'InvalidInput', issues: [{ path: ['to'] }] },
  ],
])('email change: it does not start if %s', async (_, input, answer) => {
  await using acme = await workerHarness({ idle: true })
  expect(await acme.start('startEmailChange', input)).toMatchObject(answer)
  expect(await acme.database.sql`select from operations`).toHaveLength(0)
  expect(acme.sent()).toEqual([])
})
