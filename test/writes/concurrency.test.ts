import { expect, test } from 'vitest'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { openSecrets } from '../../src/writes/secrets.ts'
import { claimKey } from '../../src/writes/session/idempotency.ts'
import { UserLockedError, withUserLock } from '../../src/writes/session/user-lock.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'
import { apiHarness, type Json } from './harness/api-harness.ts'
import { passLeases, writeAndDie } from './harness/kill.ts'
import { mirrorState, vendorState } from './harness/states.ts'

const anna = 'Anna.Muller@example.com'

test('concurrency: 20 concurrent patches of one user from two processes all take effect', async () => {
  await using acme = await apiHarness()
  await using other = await acme.neighbour()
  await acme.fill()
  const patches: Json[] = [
    { firstName: 'Änne' },
    { lastName: 'O’Hara' },
    { mailboxSize: 4096 },
    { status: 'INACTIVE' },
    { spamPolicy: { level: 'off' } },
    { roles: { remove: ['ADMINISTRATOR'] } },
    { aliases: { remove: ['ANNA@example.com'] } },
    ...['HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER', 'ONE', 'TWO', 'THREE'].map((role) => ({ roles: { add: [role] } })),
    ...['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].map((name) => ({ aliases: { add: [`${name}@example.com`] } })),
  ]
  expect(patches).toHaveLength(20)
  const answers = await Promise.all(
    patches.map((set, i) =>
      (i % 2 === 0 ? acme : other).mutate('updateUser', { primaryEmail: anna, set, allowUnknownRole: true }),
    ),
  )
  expect(answers.map(({ __typename }) => __typename)).toEqual(patches.map(() => 'UpdateUserSuccess'))
  expect(acme.vendor.user(anna)).toMatchObject({
    firstName: 'Änne',
    lastName: 'O’Hara',
    mailboxSize: 4096,
    status: 'inactive',
    spamPolicy: { level: 'off' },
    undocumented: { department: 'R&D', flags: [], nothing: null },
    groups: ['grp_001'],
  })
  const snapshot = acme.vendor.snapshot().users.find((user) => user.primaryEmail === anna)
  expect(snapshot?.roles).toEqual(['AUDITOR', 'HELPDESK', 'ONE', 'QUARANTINE_MANAGER', 'THREE', 'TWO', 'USER'])
  expect(snapshot?.aliases).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].map((name) => `${name}@example.com`))
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
  expect(await acme.database.sql`select from user_locks`).toHaveLength(0)
})

test('user lock: the lock of a killed process is free once its lease has expired', async () => {
  await using acme = await apiHarness()
  const input = { primaryEmail: anna, set: { firstName: 'Änne' } }
  await writeAndDie(acme, 'updateUser', { actor: 'alice', input }, { method: 'PUT', path: '^/users/', acts: false })
  expect(await acme.database.sql`select from user_locks`).toHaveLength(1)
  await passLeases(acme)
  expect(await acme.mutate('updateUser', input)).toMatchObject({ __typename: 'UpdateUserSuccess' })
})

test('user lock: a write that has lost its lease sends nothing', async () => {
  await using acme = await apiHarness()
  const hold = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET', times: 1 })
  const write = acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
  await hold.struck()
  await acme.database.sql`update user_locks set holder = 'another', held_until = clock_timestamp() + interval '1 hour'`
  hold.release()
  expect(await write).toMatchObject({ __typename: 'Conflict', current: { primaryEmail: anna } })
  expect(acme.sent()).toEqual([])
})

test('user lock: a write that has lost its lease sends nothing, even if the lock is free again', async () => {
  await using acme = await apiHarness()
  const hold = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET', times: 1 })
  const write = acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
  await hold.struck()
  // Another process has taken the lock, changed the user, and returned the lock.
  await acme.database.sql`delete from user_locks`
  acme.vendor.updateUser(anna, { lastName: 'Changed-elsewhere' })
  hold.release()
  expect(await write).toMatchObject({ __typename: 'Conflict' })
  expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Anna', lastName: 'Changed-elsewhere' })
})

test('expectedUpdatedAt: a write succeeds on the version that the caller saw and conflicts with any other', async () => {
  await using acme = await apiHarness()
  const seen = '2025-02-01T00:00:00Z'
  const patch = (firstName: string) => ({ primaryEmail: anna, set: { firstName }, expectedUpdatedAt: seen })
  expect(await acme.mutate('updateUser', patch('Änne'))).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(await acme.mutate('updateUser', patch('Anne'))).toMatchObject({
    __typename: 'Conflict',
    current: { primaryEmail: anna },
  })
  expect(acme.vendor.user(anna)?.firstName).toBe('Änne')
  expect(acme.sent()).toHaveLength(1)
})

test('expectedUpdatedAt: an outside change between the read and the write is detected', async () => {
  await using acme = await apiHarness()
  const hold = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'GET', times: 1 })
  const set = { firstName: 'Änne' }
  const expectedUpdatedAt = '2025-02-01T00:00:00Z'
  const write = acme.mutate('updateUser', { primaryEmail: anna, set, expectedUpdatedAt })
  await hold.struck()
  acme.vendor.updateUser(anna, { lastName: 'Changed-elsewhere' })
  hold.release()
  expect(await write).toMatchObject({ __typename: 'Conflict' })
  expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Anna', lastName: 'Changed-elsewhere' })
})

test('user lock: a write that exceeds its maximum wait for the lock fails and sends nothing', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  const { sql } = acme.database
  await sql`insert into user_locks values (${acme.organizationId}, ${anna.toLowerCase()}, 'another', clock_timestamp() + interval '1 hour')`
  const user = { organizationId: acme.organizationId, primaryEmail: anna }
  await expect(withUserLock(sql, user, async () => 'mine', { maxWaitMs: 0 })).rejects.toThrow(UserLockedError)
})

test('allowance: a write does not wait for slots that take longer than 30 s to become free', async () => {
  await using acme = await apiHarness({ requestsPerMinute: 1 })
  const answer = await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
  expect(answer).toMatchObject({ __typename: 'BudgetExhausted', retryAt: expect.stringMatching(/^\d{4}-.*Z$/) })
  expect(acme.sent()).toEqual([])
})

test('user lock: of many waiters in one process, only one polls the row while another process holds it', async () => {
  const looks: string[] = []
  const onStatement = (statement: string) => void (statement.includes('into user_locks') && looks.push(statement))
  await using database = await testDatabase({ onStatement })
  const { sql } = database
  const ids = await putOrganizations(sql, [{ slug: 'b', name: 'b', allowanceKey: 'b', pullIntervalSeconds: 300 }])
  const organizationId = ids.get('b') as number
  await sql`insert into user_locks values (${organizationId}, ${anna.toLowerCase()}, 'another', clock_timestamp() + interval '1 hour')`
  const isHeldByAnother = looks.length
  const leaving = new AbortController()
  const user = { organizationId, primaryEmail: anna }
  const waiting = Array.from({ length: 300 }, () =>
    withUserLock(sql, user, async () => 'mine', { signal: leaving.signal }),
  )
  await until(() => looks.length - isHeldByAnother >= 5)
  // If every waiter polled for itself, there would be 300 statements by then.
  expect(looks.length - isHeldByAnother).toBeLessThan(10)
  leaving.abort(new Error('left'))
  for (const result of await Promise.allSettled(waiting)) expect(result).toMatchObject({ reason: { message: 'left' } })
})

test('idempotency keys: of many repeats in one process, only one polls the row while the first is in progress', async () => {
  const looks: string[] = []
  const onStatement = (statement: string) => void (statement.includes('into idempotency_keys') && looks.push(statement))
  await using database = await testDatabase({ onStatement })
  const secrets = openSecrets(Buffer.alloc(32, 7))
  const asked = { caller: 'alice', key: 'one', input: {} }
  const first = await claimKey(database.sql, secrets, asked, {})
  if (first.claim !== 'MINE') throw new Error('the key was not new')
  const repeats = Promise.all(Array.from({ length: 300 }, () => claimKey(database.sql, secrets, asked, {})))
  await until(() => looks.length >= 6)
  expect(looks.length).toBeLessThan(12)
  await first.answer('"done"')
  expect(new Set((await repeats).map((one) => 'answer' in one && one.answer))).toEqual(new Set(['"done"']))
})
