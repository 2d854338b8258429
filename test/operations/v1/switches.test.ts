/** Operations at every point that the public sources on the API v1 leave open, with both meanings of a PUT. */
import { expect, test } from 'vitest'
import { interfaceSwitchesSchema } from '../../../src/simulator/v1/interface-switches.ts'
import { cases } from '../../writes/v1/switch-cases.ts'
import { itemsOf, workerHarness } from '../harness/worker-harness.ts'

const cara = 'cara@example.com'
const smith = 'cara.smith@example.com'
const modes = interfaceSwitchesSchema.shape.putMode.options
/** The whole table in one of the modes, in turn: writes are tested in both (test/writes/v1/switches.test.ts). */
const table = cases.map((one, i) => ({ ...one, putMode: modes[i % modes.length] ?? 'replace' }))

test.each(table)('$name ($putMode): a user is onboarded, converted, reinstated, moved and deleted', async (one) => {
  const interfaceSwitches = { putMode: one.putMode, ...one.interfaceSwitches }
  await using acme = await workerHarness({ api: 'v1', switches: one.switches, interfaceSwitches })
  const user = { primaryEmail: cara, firstName: 'Cara', aliases: ['c@example.com'], password: 'Pl4nted-secret' }
  expect(await acme.finish('startOnboarding', { users: [user] })).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.passwordOf(cara)).toBe('Pl4nted-secret')

  const deprovisioning = { primaryEmails: [cara], mode: 'FUNCTIONAL' }
  expect(itemsOf(await acme.finish('startDeprovisioning', deprovisioning)).get(cara)).toMatchObject({
    state: 'SUCCEEDED',
    failure: null,
  })
  const kept = { firstName: 'Cara', aliases: ['c@example.com'], status: 'active' }
  expect(acme.vendor.user(cara)).toMatchObject({ ...kept, ofInterface: { type: 'functional_account' } })
  if ((one.interfaceSwitches?.syncFrequency ?? 0) > 0) {
    acme.vendor.syncDirectory()
    expect(acme.vendor.user(cara)).toMatchObject({ ...kept, ofInterface: { type: 'functional_account' } })
  }
  expect(await acme.mutate('reinstateUser', { primaryEmail: cara })).toMatchObject({
    __typename: 'UpdateUserSuccess',
    settled: true,
  })
  expect(acme.vendor.user(cara)).toMatchObject({ ...kept, ofInterface: { type: 'end_user', billable: true } })

  const change = { from: cara, to: smith, keepOldAddressAsAlias: true }
  expect(itemsOf(await acme.finish('startEmailChange', change)).get(cara)).toMatchObject({ failure: null })
  expect(acme.vendor.user(cara)).toBeUndefined()
  expect(acme.vendor.user(smith)).toMatchObject({ ...kept, aliases: ['c@example.com', cara] })
  await acme.finish('startDeprovisioning', { primaryEmails: [smith], mode: 'DELETE' })
  expect(acme.vendor.user(smith)).toBeUndefined()
  for (const line of [...acme.lines, ...acme.answers]) expect(line).not.toContain('Pl4nted-secret')
})

test('an account that may only read: pulls and reads work, and every write is refused and changes nothing', async () => {
  await using acme = await workerHarness({ api: 'v1', interfaceSwitches: { readOnlyUser: true } })
  const before = acme.vendor.snapshot()
  const refused = expect.stringContaining('the user is read-only')
  for (const mode of ['FUNCTIONAL', 'DEACTIVATE', 'DELETE']) {
    const done = await acme.finish('startDeprovisioning', { primaryEmails: ['bob@example.com'], mode })
    expect(itemsOf(done).get('bob@example.com')).toMatchObject({ state: 'FAILED', failure: { message: refused } })
  }
  expect(await acme.mutate('createUser', { primaryEmail: cara })).toMatchObject({ message: refused })
  expect(acme.vendor.snapshot()).toEqual(before)
})
