/** The data that an operation keeps, passwords and snapshots, for how long, and the key that seals passwords. */
import pino from 'pino'
import { expect, test } from 'vitest'
import { checkSecretKey } from '../../src/check-secret-key.ts'
import { pruneHistory } from '../../src/mirror/prune.ts'
import { prunePasswords } from '../../src/mirror/prune-operations.ts'
import { runOperation } from '../../src/operations/runner/run-operation.ts'
import { secretOf } from '../../src/webhooks/deliver.ts'
import type { WriteDeps } from '../../src/writes/deps.ts'
import { openSecrets } from '../../src/writes/secrets.ts'
import type { Json } from '../writes/harness/api-harness.ts'
import { itemsOf, type WorkerHarness, workerHarness } from './harness/worker-harness.ts'

const email = 'new@example.com'
const anna = 'Anna.Muller@example.com'
const onboarding = { users: [{ primaryEmail: email, password: 'Planted!' }, { primaryEmail: 'other@example.com' }] }

/** The vendor accepts a POST and does nothing, so the item fails and is retried. */
test('onboarding: a retried create carries its password, which is erased once the item has succeeded', async () => {
  await using acme = await workerHarness({ idle: true })
  acme.simulator.faults.add({ kind: 'doesNothing', method: 'POST', path: '/users', times: 1 })
  const id = await begin(acme, 'startOnboarding', { users: onboarding.users.slice(0, 1) })
  await run(acme)
  expect(itemsOf(await acme.operation(id)).get(email)).toMatchObject({ state: 'FAILED' })
  expect(await waiting(acme)).toBe(1)
  await call(acme, 'retryOperation', id)
  await run(acme)
  expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.passwordOf(email)).toBe('Planted!')
  expect(await waiting(acme)).toBe(0)
})

test('onboarding: a password that has waited 30 days is erased, and its account is never created without it', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const id = await begin(acme, 'startOnboarding', onboarding)
  await sql`update operations set created_at = created_at - interval '29 days'`
  expect(await prunePasswords(sql)).toBe(0)
  await sql`update operations set created_at = created_at - interval '1 day'`
  expect(await prunePasswords(sql)).toBe(1)
  await run(acme)
  const items = itemsOf(await acme.operation(id))
  expect(items.get(email)?.failure).toMatchObject({
    __typename: 'InvalidInput',
    message: expect.stringMatching(/password .* was erased.* start a new operation/),
  })
  expect(items.get('other@example.com')).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user(email)).toBeUndefined()
})

test('onboarding: an item of an older version that may have lost its password is not created without one', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const id = await begin(acme, 'startOnboarding', onboarding)
  await sql`update operation_items set password = null, password_given = null where primary_email = ${email}`
  await run(acme)
  expect(itemsOf(await acme.operation(id)).get(email)?.failure).toMatchObject({ __typename: 'InvalidInput' })
  expect(acme.vendor.user(email)).toBeUndefined()
})

test('operations: cancelling erases waiting passwords, including those of failed items', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const id = await begin(acme, 'startOnboarding', {
    users: [...onboarding.users, { primaryEmail: 'bob@example.com', password: 'Planted!' }],
  })
  expect(await waiting(acme)).toBe(2)
  await call(acme, 'cancelOperation', id)
  expect(await sql`select from operation_items where password is not null`).toHaveLength(0)
})

test('email change: a retry that is cancelled before it starts restores the failure, and can be retried again', async () => {
  await using acme = await workerHarness({ idle: true })
  const refused = acme.simulator.faults.add({ kind: 'status', status: 409, method: 'PUT', path: 'smith' })
  const id = await begin(acme, 'startEmailChange', { from: anna, to: 'anna.smith@example.com' })
  await run(acme)
  const failed = itemsOf(await acme.operation(id)).get(anna)
  await call(acme, 'retryOperation', id)
  await call(acme, 'cancelOperation', id)
  expect(await acme.operation(id)).toMatchObject({ state: 'FAILED' })
  expect(itemsOf(await acme.operation(id)).get(anna)).toEqual(failed)
  refused.remove()
  await call(acme, 'retryOperation', id)
  await run(acme)
  expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.vendor.user('anna.smith@example.com')).toMatchObject({ aliases: ['anna@example.com'] })
})

test('operations: a snapshot is deleted 30 days after success, and kept while its item has failed', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const { signal } = new AbortController()
  const prune = () => pruneHistory(sql, acme.organizationId, 10, signal)
  const snapshots = async () => {
    const rows = await sql<{ primaryEmail: string }[]>`
      select primary_email as "primaryEmail" from operation_items where snapshot is not null order by id`
    return rows.map(({ primaryEmail }) => primaryEmail)
  }
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'DELETE', path: '^/users/Anna' })
  await begin(acme, 'startDeprovisioning', { primaryEmails: [anna, 'bob@example.com'] })
  await run(acme)
  expect(await snapshots()).toEqual([anna, 'bob@example.com'])
  await sql`update operations set finished_at = finished_at - interval '29 days'`
  await prune()
  expect(await snapshots()).toEqual([anna, 'bob@example.com'])
  await sql`update operations set finished_at = finished_at - interval '1 day'`
  await prune()
  expect(await snapshots()).toEqual([anna])
  await sql`update operations set finished_at = finished_at - interval '1000 days'`
  await prune()
  expect(await snapshots()).toEqual([anna])
})

test('deprovisioning: an account that another client re-created since the first attempt is left unchanged', async () => {
  await using acme = await workerHarness({ idle: true })
  const refused = acme.simulator.faults.add({ kind: 'status', status: 400, method: 'DELETE', path: '^/users/Anna' })
  const id = await begin(acme, 'startDeprovisioning', { primaryEmails: [anna] })
  await run(acme)
  refused.remove()
  acme.vendor.deleteUser(anna)
  acme.vendor.createUser({ primaryEmail: anna, firstName: 'Back' })
  await call(acme, 'retryOperation', id)
  await run(acme)
  expect(itemsOf(await acme.operation(id)).get(anna)?.failure).toMatchObject({ __typename: 'Conflict' })
  expect(acme.vendor.user(anna)).toMatchObject({ firstName: 'Back' })
})

test.each([
  { says: 'different', secrets: openSecrets(Buffer.alloc(32, 9)) },
  { says: 'not set', secrets: undefined },
])(
  'operations: if SECRET_KEY is $says, an item with a password fails immediately and keeps it',
  async ({ secrets }) => {
    await using acme = await workerHarness({ idle: true })
    const id = await begin(acme, 'startOnboarding', onboarding)
    await run(acme, { ...acme.writing, secrets })
    const items = itemsOf(await acme.operation(id))
    expect(items.get(email)).toMatchObject({
      state: 'FAILED',
      failure: {
        __typename: 'VendorFailure',
        outcomeUnknown: false,
        message: expect.stringMatching(/SECRET_KEY.*retryOperation/),
      },
    })
    expect(items.get('other@example.com')).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.sent()).toEqual(['POST /users'])
    expect(await waiting(acme)).toBe(1)
    await call(acme, 'retryOperation', id)
    await run(acme)
    expect(await acme.operation(id)).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.passwordOf(email)).toBe('Planted!')
  },
)

test('secret key: a process that starts with a different key logs that in one line', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const check = async (byte: number | undefined) => {
    const lines: string[] = []
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line).msg) })
    await checkSecretKey(sql, byte === undefined ? undefined : openSecrets(Buffer.alloc(32, byte)), logger)
    return lines
  }
  expect(await check(7)).toEqual([])
  expect(await check(7)).toEqual([])
  const id = await begin(acme, 'startOnboarding', onboarding)
  const lost = [expect.stringMatching(/^SECRET_KEY is not the key .*: 1 encrypted passwords .* cannot be decrypted/)]
  expect(await check(9)).toEqual(lost)
  expect(await check(9)).toEqual(lost)
  expect(await check(undefined)).toEqual([
    expect.stringMatching(/^SECRET_KEY is not set, but the database contains 1 encrypted passwords/),
  ])
  expect(await check(7)).toEqual([])
  // No password needs the former key, so the new key replaces it.
  await call(acme, 'cancelOperation', id)
  expect(await check(9)).toEqual([expect.stringMatching(/^SECRET_KEY is not the key .* the new key replaces it/)])
  expect(await check(9)).toEqual([])
  expect(await check(undefined)).toEqual([])
  // The signing secret of a webhook needs its key as well.
  const url = 'https://receiver.example/'
  const sealed = openSecrets(Buffer.alloc(32, 9)).seal('whsec_x', secretOf(url))
  await sql`insert into webhooks (url, events, secret, created_by) values (${url}, '{}', ${sealed}, 'test')`
  expect(await check(9)).toEqual([])
  expect(await check(7)).toEqual([
    expect.stringMatching(/^SECRET_KEY is not the key .*: 1 signing secrets of webhooks cannot be decrypted/),
  ])
  expect(await check(undefined)).toEqual([expect.stringMatching(/^SECRET_KEY is not set, but .* 1 signing secrets/)])
})

async function begin(acme: WorkerHarness, field: Parameters<WorkerHarness['start']>[0], input: Json): Promise<unknown> {
  const started = await acme.start(field, input)
  acme.simulator.clearRequests()
  return (started.operation as Json).id
}

/** Works on all operations until each has ended; delays between attempts are shortened. */
async function run(acme: WorkerHarness, writing: WriteDeps = acme.writing): Promise<void> {
  const { sql } = acme.database
  for (;;) {
    await sql`update operation_items set held_until = '-infinity' where state = 'RUNNING' and holder is null`
    const open = await sql<{ id: number }[]>`select id from operations where finished_at is null`
    if (open.length === 0) return
    for (const { id } of open) await runOperation(writing, id, new AbortController().signal)
  }
}

async function waiting({ database: { sql } }: WorkerHarness): Promise<number> {
  return (await sql`select from operation_items where password is not null`).length
}

async function call(acme: WorkerHarness, mutation: string, id: unknown): Promise<void> {
  const query = `mutation ($id: ID!) { ${mutation}(id: $id) { id } }`
  const { errors } = await acme.post({ query, variables: { id } })
  if (errors) throw new Error(JSON.stringify(errors))
}
