/**
 * Callers need not know the letter case in which the vendor stores an address, although its paths may be
 * case-sensitive.
 */
import { expect, test } from 'vitest'
import { itemsOf, workerHarness } from './harness/worker-harness.ts'

const exact = { switches: { addressMatch: 'exact' as const } }
const shouted = 'ANNA.MULLER@EXAMPLE.COM'
const kept = 'Anna.Muller@example.com'

test('spelling: an email change finds the old account in another letter case', async () => {
  await using acme = await workerHarness(exact)
  const change = { from: shouted, to: 'anna.smith@example.com', keepOldAddressAsAlias: true }
  const planned = await acme.start('startEmailChange', { ...change, dryRun: true })
  expect(planned.plan).toContainEqual(
    expect.objectContaining({ method: 'DELETE', path: `/users/${encodeURIComponent(kept)}` }),
  )
  const done = await acme.finish('startEmailChange', change)
  expect(itemsOf(done).get(shouted)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user('anna.smith@example.com')).toMatchObject({
    aliases: ['anna@example.com', kept],
    groups: ['grp_001'],
  })
  expect(acme.vendor.user(kept)).toBeUndefined()
})

for (const mode of ['DELETE', 'DEACTIVATE']) {
  test(`spelling: a deprovisioning by ${mode} finds the account in another letter case`, async () => {
    await using acme = await workerHarness(exact)
    const input = { primaryEmails: [shouted], mode }
    const planned = await acme.start('startDeprovisioning', { ...input, dryRun: true })
    expect(planned.plan).toContainEqual(
      expect.objectContaining({ path: `/groups/grp_001/members/${encodeURIComponent(kept)}` }),
    )
    expect(await acme.finish('startDeprovisioning', input)).toMatchObject({ state: 'SUCCEEDED' })
    const left = acme.vendor.user(kept)
    if (mode === 'DELETE') expect(left).toBeUndefined()
    else expect(left).toMatchObject({ status: 'inactive', groups: [] })
  })
}

test('onboarding: a repeat with nulls for omitted fields is the same input', async () => {
  await using acme = await workerHarness()
  const idempotencyKey = 'onboard-carl'
  const first = await acme.start('startOnboarding', { users: [{ primaryEmail: 'carl@example.com' }], idempotencyKey })
  const again = await acme.start('startOnboarding', {
    users: [{ primaryEmail: 'carl@example.com', firstName: null, aliases: null }],
    idempotencyKey,
  })
  const id = (answer: typeof first) => (answer.operation as { id?: string } | undefined)?.id
  expect(id(again)).toBeDefined()
  expect(id(again)).toBe(id(first))
})
