/** Accounts that administer something, with the API v1: their passwords and copies need the right to administer. */
import { expect, test } from 'vitest'
import { itemsOf, workerHarness } from '../../operations/harness/worker-harness.ts'
import { type ApiHarness, apiHarness, type Json } from '../harness/api-harness.ts'

const bob = 'bob@example.com'
const cara = 'cara@example.com'
const password = 'Pl4nted-password'
const administrator = { ofInterface: { type: 'organization_admin' } } as const

function changePassword(acme: ApiHarness, token: string, more: object = {}) {
  return acme.mutate('updateUser', { primaryEmail: bob, set: { password }, ...more }, '', token)
}

test('administrators: setting the password of one needs the right to administer, judged by what the vendor shows', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  await acme.fill()
  // The mirror still has an ordinary user.
  acme.vendor.updateUser(bob, administrator)
  for (const more of [{}, { dryRun: true }])
    await expect(changePassword(acme, 'alice', more)).rejects.toThrow('FORBIDDEN')
  expect(acme.sent()).toEqual([])
  const { organizationId } = acme
  const input = { primaryEmail: bob, set: { password } }
  expect(await acme.writes.updateUser({ organizationId, actor: 'okta', input, dryRun: false })).toMatchObject({
    failure: 'InvalidInput',
    issues: [{ path: ['set', 'password'] }],
  })
  expect(acme.vendor.passwordOf(bob)).toBeUndefined()
  const name = { primaryEmail: bob, set: { firstName: 'Rob' } }
  expect(await acme.mutate('updateUser', name)).toMatchObject({ __typename: 'UpdateUserSuccess' })

  expect(await changePassword(acme, 'root')).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(acme.vendor.passwordOf(bob)).toBe(password)
  acme.vendor.updateUser(bob, { ofInterface: { type: 'silent_user' } })
  expect(await changePassword(acme, 'alice')).toMatchObject({ __typename: 'UpdateUserSuccess' })
})

test('administrators: a new account gets no password if another client has made one that administers there', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  const input = { primaryEmail: cara, firstName: 'Cara', password, idempotencyKey: 'k' }
  acme.simulator.faults.add({ kind: 'status', status: 500, method: 'POST', times: 1 })
  expect(await acme.mutate('createUser', input)).toMatchObject({ __typename: 'VendorFailure' })
  acme.vendor.createUser({ primaryEmail: cara, firstName: 'Cara', ...administrator })
  await acme.mutate('createUser', input)
  expect(acme.vendor.passwordOf(cara)).toBeUndefined()
  expect(acme.sent().filter((line) => line.startsWith('PUT'))).toEqual([])
})

test('administrators: another address of one is another account that administers, which needs the right', async () => {
  await using acme = await workerHarness({ api: 'v1', idle: true })
  const input = { from: bob, to: cara, temporaryPassword: password }
  acme.vendor.updateUser(bob, administrator)
  for (const more of [{}, { dryRun: true }])
    await expect(acme.start('startEmailChange', { ...input, ...more })).rejects.toThrow('FORBIDDEN')

  // It becomes one after the start, or the vendor did not answer then.
  acme.vendor.updateUser(bob, { ofInterface: { type: 'end_user' } })
  const started = await acme.start('startEmailChange', input)
  acme.vendor.updateUser(bob, administrator)
  await acme.startWorker()
  const refused = await acme.ended((started.operation as Json).id)
  expect(itemsOf(refused).get(bob)?.failure).toMatchObject({
    message: expect.stringContaining('requires the right to administer'),
  })
  expect([acme.vendor.user(cara), acme.sent()]).toEqual([undefined, []])

  await acme.finish('startEmailChange', input, 'root')
  expect(acme.vendor.user(cara)?.ofInterface?.type).toBe('organization_admin')
})

test('administrators: the account that the vendor is called by keeps its access', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  Object.assign(acme.client, { account: 'BOB@example.com' })
  const update = (set: Json) => acme.mutate('updateUser', { primaryEmail: bob, set }, '', 'root')
  const issueAt = (...path: string[]) => ({ __typename: 'InvalidInput', issues: [{ path }] })
  expect(await update({ status: 'INACTIVE' })).toMatchObject(issueAt('set', 'status'))
  expect(await update({ roles: { set: ['FUNCTIONAL_ACCOUNT'] } })).toMatchObject(issueAt('set', 'roles'))
  expect(await update({ password })).toMatchObject(issueAt('set', 'password'))
  expect(await acme.mutate('deleteUser', { primaryEmail: bob }, '', 'root')).toMatchObject(issueAt('primaryEmail'))
  const change = { from: bob, to: cara }
  expect(await acme.start('startEmailChange', change, 'root')).toMatchObject(issueAt('from'))
  for (const mode of ['DELETE', 'DEACTIVATE', 'FUNCTIONAL']) {
    const leaving = { primaryEmails: ['alice@example.com', bob], mode }
    expect(await acme.start('startDeprovisioning', leaving, 'root')).toMatchObject(issueAt('primaryEmails', '1'))
  }
  expect(acme.sent()).toEqual([])
  expect(await update({ firstName: 'Rob' })).toMatchObject({ __typename: 'UpdateUserSuccess' })
})

test('administrators: the account keeps its access if the vendor is called by one of its aliases', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  acme.vendor.updateUser(bob, { aliases: ['robert@example.com'] })
  // Operations are carried out by the worker, which has a client of its own.
  const { client, writing, organizationId } = acme
  for (const one of [client, writing.clientOf(organizationId)])
    Object.assign(one ?? {}, { account: 'Robert@example.com' })
  const root = (name: string, input: Json) => acme.mutate(name, { primaryEmail: bob, ...input }, '', 'root')
  const refused = { __typename: 'InvalidInput' }
  expect(await root('updateUser', { set: { status: 'INACTIVE' } })).toMatchObject(refused)
  expect(await root('deleteUser', {})).toMatchObject(refused)
  expect(await acme.start('startEmailChange', { from: bob, to: cara }, 'root')).toMatchObject(refused)
  const leaving = await acme.finish('startDeprovisioning', { primaryEmails: [bob], mode: 'DELETE' }, 'root')
  expect(itemsOf(leaving).get(bob)?.failure).toMatchObject(refused)
  expect(acme.sent()).toEqual([])
})
