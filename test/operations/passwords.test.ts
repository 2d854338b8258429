/**
 * Distinctive passwords wait in operations and workers are killed; then all stored and reported text is searched for
 * the passwords.
 */
import { expect, test } from 'vitest'
import { dump } from '../support/database.ts'
import type { Json } from '../writes/harness/api-harness.ts'
import { killedWorkers } from './harness/killed-worker.ts'
import { workerHarness } from './harness/worker-harness.ts'

let planted = 0
const plant = () => `Pl4nt-"${planted++}\\-ed`

test('passwords: waiting passwords are sealed, and erased after use', { timeout: 180_000 }, async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const user = (name: string, rest: object = {}) => ({
    primaryEmail: `${name}@example.com`,
    password: plant(),
    ...rest,
  })
  const ofWorkers = {
    connection: acme.database.connection,
    baseUrl: acme.simulator.url,
    organizationId: acme.organizationId,
    requestsPerMinute: 100_000,
    times: { windowMs: 60_000, leaseMs: 60_000 },
  }
  await using workers = await killedWorkers(sql, ofWorkers, 1)
  const users = [user('one', { groups: ['grp_001'] }), user('two'), user('bob')]
  const { operation } = await acme.start('startOnboarding', { users, idempotencyKey: 'k' })
  await acme.start('startOnboarding', { users, idempotencyKey: 'k' })
  await acme.start('startOnboarding', { users: [user('three')], dryRun: true })
  await acme.start('startOnboarding', { users: [user('bad', { mailboxSize: -1 })] })
  const change = { from: 'Anna.Muller@example.com', to: 'anna.smith@example.com', temporaryPassword: plant() }
  const { operation: changing } = await acme.start('startEmailChange', change)
  const { operation: cancelled } = await acme.start('startOnboarding', { users: [user('never')] })
  const cancel = 'mutation ($id: ID!) { cancelOperation(id: $id) { state } }'
  await acme.post({ query: cancel, variables: { id: (cancelled as Json).id } })
  const waiting = await sql`select from operation_items where password is not null`
  expect(waiting).toHaveLength(4)
  const kept = [await dump(sql)]

  const fault = acme.simulator.faults.add({ kind: 'hang', acts: true, method: 'POST', path: '^/users$', times: 1 })
  await workers.goOn()
  await fault.struck()
  await workers.kill()
  kept.push(await dump(sql))
  await workers.goOn()
  expect(await acme.ended((operation as Json).id)).toMatchObject({ state: 'PARTLY_FAILED', done: 2 })
  expect(await acme.ended((changing as Json).id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.passwordOf('one@example.com')).toBe(users[0]?.password)
  expect(acme.vendor.passwordOf('anna.smith@example.com')).toBe(change.temporaryPassword)
  kept.push(await dump(sql))

  // An item that failed before its request was sent can be retried.
  expect(await sql`select primary_email from operation_items where password is not null`).toEqual([
    { primary_email: 'bob@example.com' },
  ])
  const places = {
    answers: acme.answers.join('\n'),
    log: acme.lines.join('\n'),
    tables: kept.join('\n'),
    workers: workers.said.join(''),
  }
  expect(places.tables).toContain('one@example.com')
  expect(places.workers).toContain('POST')
  for (const [place, text] of Object.entries(places)) {
    expect(`${place}: ${text.match(/.{0,80}Pl4nt.{0,80}/)?.[0] ?? 'clean'}`).toBe(`${place}: clean`)
  }
})
