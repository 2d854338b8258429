/** Rejections with an ambiguous text, and rejections with status 200. */
import { expect, test } from 'vitest'
import { workerHarness } from '../../operations/harness/worker-harness.ts'
import { apiHarness } from '../harness/api-harness.ts'

test('writes: a text about an address that names its domain is about the address', async () => {
  await using acme = await apiHarness({ switches: { duplicateCreate: 400, refusalWords: 'misleading' } })
  acme.vendor.createUser({ primaryEmail: 'eve@example.com' })
  const answer = await acme.mutate('createUser', { primaryEmail: 'eve@example.com' })
  expect(answer).toMatchObject({ code: 'ALREADY_EXISTS' })
  expect(answer.message).toContain('eve@example.com is already registered in example.com')
})

test('writes: a limit that names the domain is a rejection of this one user, with its text', async () => {
  await using acme = await apiHarness({ switches: { userLimit: 0, refusalWords: 'misleading' } })
  const answer = await acme.mutate('createUser', { primaryEmail: 'eve@example.com' })
  expect(answer).toMatchObject({ code: 'INVALID_INPUT' })
  expect(answer.message).toContain('User limit reached for example.com')
})

test('writes: 200 with success false is a rejection with its text, and not a success', async () => {
  await using acme = await apiHarness({ switches: { refusesBy: 'body', unknownRoles: 'refused' } })
  await acme.fill()
  const refused = await acme.mutate('createUser', { primaryEmail: 'eve@elsewhere.test' })
  expect(refused).toMatchObject({ code: 'DOMAIN_NOT_REGISTERED' })
  expect(refused.message).toContain('The domain elsewhere.test is not registered for this organization')
  const [anna] = acme.vendor.users()
  const set = { roles: { add: ['NOT_A_ROLE'] } }
  const unknown = await acme.mutate('updateUser', { primaryEmail: anna?.primaryEmail, set, allowUnknownRole: true })
  expect(unknown).toMatchObject({ code: 'INVALID_INPUT' })
  expect(unknown.message).toContain('unknown role NOT_A_ROLE')
  expect(acme.vendor.user('eve@elsewhere.test')).toBeUndefined()
})

test('writes: an error beside the user in a successful response is a rejection with its text', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  const [anna] = acme.vendor.users()
  const refuse = (method: string, body: object) =>
    acme.simulator.faults.add({
      kind: 'status',
      method,
      status: 200,
      body: 'text',
      text: JSON.stringify(body),
      times: 1,
    })
  refuse('POST', { primaryEmail: 'eve@example.com', error: 'User limit reached' })
  const created = await acme.mutate('createUser', { primaryEmail: 'eve@example.com' })
  expect(created).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('User limit reached') })
  refuse('PUT', { ...anna, errors: ['firstName is locked'] })
  const updated = await acme.mutate('updateUser', { primaryEmail: anna?.primaryEmail, set: { firstName: 'Änne' } })
  expect(updated).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('firstName is locked') })
})

test("writes: a user's own error field that a write sends back is not a rejection", async () => {
  await using acme = await apiHarness()
  await acme.fill()
  const [anna] = acme.vendor.users()
  acme.vendor.updateUser(anna?.primaryEmail ?? '', { error: 'mailbox over quota' } as object)
  const updated = await acme.mutate('updateUser', { primaryEmail: anna?.primaryEmail, set: { firstName: 'Änne' } })
  expect(updated).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true })
})

test('onboarding: the rejection of one item fails one item', { timeout: 60_000 }, async () => {
  await using acme = await workerHarness({ switches: { duplicateCreate: 400, refusalWords: 'misleading' } })
  acme.vendor.createUser({ primaryEmail: 'eve@example.com' })
  const users = ['ann', 'eve', 'kim'].map((name) => ({ primaryEmail: `${name}@example.com` }))
  const done = await acme.finish('startOnboarding', { users })
  expect(done).toMatchObject({ state: 'PARTLY_FAILED', done: 2, failed: 1 })
})
