import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import type { Json } from '../writes/harness/api-harness.ts'
import { killedWorkers } from './harness/killed-worker.ts'
import { onboardUnderKills, plantedPassword } from './harness/onboarding-under-kills.ts'
import { itemsOf, type WorkerHarness, workerHarness } from './harness/worker-harness.ts'

/** Each kill costs the start of a process, and the time until its jobs are found abandoned. */
const timeout = 180_000

test('kills: a repeatedly killed onboarding creates each user once and stays within the allowance', {
  timeout,
}, async () => {
  await using database = await testDatabase()
  const outcome = await onboardUnderKills(database, { users: 40, kills: 3, speed: 60 })
  const { requests, memberships, answersTaken, peakRequestsInMinute, said, ...rest } = outcome
  expect(rest).toMatchObject({ state: 'SUCCEEDED', repeated: [], wrong: [], refusedForRate: 0, passwordsLeft: 0 })
  expect(requests).toBeLessThanOrEqual(2 * 40 + memberships + 5 + answersTaken)
  expect(peakRequestsInMinute).toBeLessThanOrEqual(100)
  expect(said).not.toMatch(/Planted-\d+-Password/)
})

const anna = 'Anna.Muller@example.com'
const smith = 'anna.smith@example.com'

test.each([
  { acts: true, says: 'had acted' },
  { acts: false, says: 'had not acted' },
])(
  'kills: an email change that is killed at each of its steps, at a vendor that $says, does each step once',
  { timeout },
  async ({ acts }) => {
    await using acme = await workerHarness({ idle: true })
    const before = acme.vendor.user(anna)
    await using workers = await killedWorkers(acme.database.sql, processOf(acme), 4)
    const started = await acme.start('startEmailChange', {
      from: anna,
      to: smith,
      temporaryPassword: plantedPassword(1),
      keepOldAddressAsAlias: true,
    })
    await workers.goOn()
    for (const [method, path] of [
      ['POST', '^/users$'],
      ['POST', 'members$'],
      ['DELETE', 'Muller'],
      ['PUT', 'smith'],
    ] as const) {
      const fault = acme.simulator.faults.add({ kind: 'hang', acts, method, path, times: 1 })
      await fault.struck()
      // The person has an account at every moment.
      expect(acme.vendor.user(anna) ?? acme.vendor.user(smith)).toBeDefined()
      await workers.kill()
      await workers.goOn()
    }
    expect(await acme.ended((started.operation as Json).id)).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(anna)).toBeUndefined()
    expect(acme.vendor.user(smith)).toEqual({
      ...before,
      primaryEmail: smith,
      aliases: ['anna@example.com', anna],
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect(acme.vendor.passwordOf(smith)).toBe(plantedPassword(1))
    expect(acme.sent()).toHaveLength(acts ? 4 : 8)
    expect(workers.said.join('')).not.toContain(plantedPassword(1))
  },
)

test('kills: a deprovisioning that is killed at each of its steps does each step once', { timeout }, async () => {
  await using acme = await workerHarness({ idle: true })
  await using workers = await killedWorkers(acme.database.sql, processOf(acme), 2)
  const started = await acme.start('startDeprovisioning', { primaryEmails: [anna] })
  await workers.goOn()
  for (const path of ['members', '^/users']) {
    const fault = acme.simulator.faults.add({ kind: 'hang', acts: true, method: 'DELETE', path, times: 1 })
    await fault.struck()
    await workers.kill()
    await workers.goOn()
  }
  const done = await acme.ended((started.operation as Json).id)
  expect(itemsOf(done).get(anna)).toMatchObject({
    steps: ['leave grp_001', 'delete'],
    user: { deletedAt: expect.any(String) },
  })
  expect(acme.sent()).toEqual([`DELETE /groups/grp_001/members/${anna}`, `DELETE /users/${anna}`])
})

function processOf(acme: WorkerHarness) {
  return {
    connection: acme.database.connection,
    baseUrl: acme.simulator.url,
    organizationId: acme.organizationId,
    requestsPerMinute: 100_000,
    times: { windowMs: 60_000, leaseMs: 60_000 },
  }
}
