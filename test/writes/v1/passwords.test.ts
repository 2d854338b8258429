/** Passwords with the API v1: that of a new user, which follows its creation, and that of the connection. */
import { expect, test } from 'vitest'
import { workerHarness } from '../../operations/harness/worker-harness.ts'
import { dump } from '../../support/database.ts'
import { type ApiHarness, apiHarness } from '../harness/api-harness.ts'

const bob = 'bob@example.com'
const cara = 'cara@example.com'
let planted = 0
/** A quote and a backslash have other encodings, which must be searched too. */
const plant = () => `Pl4nt-"${planted++}\\-ed`

async function expectClean(acme: ApiHarness): Promise<void> {
  const places = {
    answers: acme.answers.join('\n'),
    log: acme.lines.join('\n'),
    database: await dump(acme.database.sql),
  }
  for (const [place, text] of Object.entries(places)) {
    expect(`${place}: ${text.match(/.{0,80}(Pl4nt|secret-of-the-key).{0,80}/)?.[0] ?? 'clean'}`).toBe(`${place}: clean`)
  }
}

test('API v1: no password occurs in a response, a log line or a table, whatever the vendor answers', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  await acme.fill()
  const create = async (name: string, password = plant()) =>
    await acme.mutate('createUser', { primaryEmail: `${name}@example.com`, password, idempotencyKey: name })
  expect(await create('one')).toMatchObject({ __typename: 'CreateUserSuccess' })
  const dry = { primaryEmail: 'dry@example.com', password: plant(), dryRun: true }
  expect(await acme.mutate('createUser', dry)).toMatchObject({
    plan: [
      { method: 'POST', path: '/orgs/example.com/users', body: { primary_email: 'dry@example.com' } },
      { method: 'PUT', body: { password: '***' } },
    ],
  })

  const echoed = plant()
  acme.simulator.faults.add({ kind: 'status', status: 422, method: 'PUT', times: 1, text: `weak: ${echoed}` })
  expect(await create('weak', echoed)).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['password'],
    held: { primaryEmail: 'weak@example.com' },
    message: expect.stringContaining('The password was not set: The vendor rejected the input as invalid: weak: ***'),
  })
  acme.simulator.faults.add({ kind: 'html', status: 500, method: 'PUT', times: 1 })
  expect(await create('html')).toMatchObject({ __typename: 'NotAsWritten' })
  acme.simulator.faults.add({
    kind: 'status',
    status: 400,
    method: 'GET',
    times: 1,
    text: 'X-Password: secret-of-the-key',
  })
  expect(await acme.mutate('updateUser', { primaryEmail: bob, set: { password: plant() } })).not.toBeNull()
  acme.vendor.updateUser(bob, { undocumented: { Password: plant() } })
  expect(
    await acme.mutate('updateUser', { primaryEmail: bob, set: { firstName: 'B', password: plant() } }),
  ).toMatchObject({
    __typename: 'UpdateUserSuccess',
    changed: ['firstName', 'password'],
  })
  await expectClean(acme)
})

test('API v1: a password whose PUT got no answer is sent again by a repeat, and the user is created once', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  const input = { primaryEmail: cara, password: plant(), idempotencyKey: 'k' }
  acme.simulator.faults.add({ kind: 'cutBefore', method: 'PUT', times: 1 })
  expect(await acme.mutate('createUser', input)).toMatchObject({ __typename: 'NotAsWritten', fields: ['password'] })
  expect(acme.vendor.passwordOf(cara)).toBeUndefined()
  expect(await acme.mutate('createUser', input)).toMatchObject({ __typename: 'CreateUserSuccess' })
  expect(acme.vendor.passwordOf(cara)).toBe(input.password)
  expect(acme.sent().filter((line) => line.startsWith('POST'))).toHaveLength(1)
  await expectClean(acme)
})

test('API v1: an onboarding sets the passwords after the accounts, and erases them', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  const password = plant()
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'PUT', times: 1 })
  const done = await acme.finish('startOnboarding', { users: [{ primaryEmail: cara, password }] })
  expect(done).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.passwordOf(cara)).toBe(password)
  expect(await acme.database.sql`select from operation_items where password is not null`).toHaveLength(0)
  await expectClean(acme)
})

test('API v1: writes never repeat credentials that the vendor refused', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  await acme.fill()
  acme.vendor.refuseKey()
  for (let turn = 0; turn < 6; turn += 1) {
    const input = { primaryEmail: bob, set: { firstName: `Bob ${turn}` } }
    const { __typename, message } = await acme.mutate('updateUser', input)
    expect(__typename).toBe(turn === 0 ? 'VendorFailure' : 'BudgetExhausted')
    expect(message).toMatch(/refuse|401/)
  }
  await acme.mutate('createUser', { primaryEmail: cara, password: plant() })
  await acme.mutate('deleteUser', { primaryEmail: bob })
  expect(acme.simulator.requests.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(2)
  expect(acme.sent()).toEqual([])
  await expectClean(acme)
})
