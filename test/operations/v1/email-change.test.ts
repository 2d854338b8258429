/** An account gets another address with the API v1: everything moves to a new account, which has a number of its own. */
import { expect, test } from 'vitest'
import type { Json } from '../../writes/harness/api-harness.ts'
import { itemsOf, workerHarness } from '../harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'
const annaSmith = 'anna.smith@example.com'

test.each(['present', 'deprecated', 'both'] as const)(
  'email change: sender lists, rights and the password move to the new account (%s names)',
  async (senderNames) => {
    await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { senderNames } })
    const own = { safe: ['partner.example'], blocked: ['spam.example'], readOnly: true, billable: false }
    acme.vendor.updateUser(anna, { ofInterface: { ...own, type: 'silent_user' } })
    const done = await acme.finish('startEmailChange', {
      from: anna,
      to: annaSmith,
      temporaryPassword: 'Pl4nted-secret',
      keepOldAddressAsAlias: true,
    })
    expect(done).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(anna)).toBeUndefined()
    expect(acme.vendor.user(annaSmith)).toMatchObject({
      firstName: 'Anna',
      aliases: ['anna@example.com', anna],
      ofInterface: { ...own, type: 'silent_user' },
      undocumented: { department: 'R&D' },
    })
    expect(acme.vendor.passwordOf(annaSmith)).toBe('Pl4nted-secret')
  },
)

test('email change: if the old account cannot be deleted, the number of the new one proves which account to delete again', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  acme.simulator.faults.add({ kind: 'status', status: 403, method: 'DELETE', path: /Muller/ })
  const done = await acme.finish('startEmailChange', { from: anna, to: annaSmith, keepOldAddressAsAlias: true }, 'root')
  expect(itemsOf(done).get(anna)).toMatchObject({
    state: 'FAILED',
    failure: { message: expect.stringContaining(`${annaSmith} was deleted again`) },
  })
  expect(acme.vendor.user(anna)).toMatchObject({ aliases: ['anna@example.com'] })
  expect(acme.vendor.user(annaSmith)).toBeUndefined()
})

test('email change: a new account that another client has replaced is neither completed nor deleted', async () => {
  await using acme = await workerHarness({ api: 'v1' })
  const lost = acme.simulator.faults.add({ kind: 'status', status: 503, method: 'DELETE', path: /Muller/, times: 1 })
  const started = await acme.start(
    'startEmailChange',
    { from: anna, to: annaSmith, keepOldAddressAsAlias: true },
    'root',
  )
  await lost.struck()
  acme.vendor.deleteUser(annaSmith)
  acme.vendor.createUser({ primaryEmail: annaSmith, firstName: 'Other' })
  const done = await acme.ended((started.operation as Json).id)
  expect(done).toMatchObject({ state: 'FAILED' })
  expect(acme.vendor.user(annaSmith)).toMatchObject({ firstName: 'Other' })
  expect(acme.vendor.user(anna)).toBeDefined()
})
