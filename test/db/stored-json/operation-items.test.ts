import { expect, test } from 'vitest'
import { runOperation } from '../../../src/operations/runner/run-operation.ts'
import { itemsOf, type WorkerHarness, workerHarness } from '../../operations/harness/worker-harness.ts'
import type { Json } from '../../writes/harness/api-harness.ts'

const users = ['broken', 'sound', 'other'].map((name) => ({ primaryEmail: `${name}@example.com` }))
const column = (name: string) => `The stored JSON in operation_items.${name} of item`

/** Starts an onboarding of three users, changes the first user's rows, runs it, and returns its items. */
async function onboardAfter(acme: WorkerHarness, spoil: (itemId: number) => Promise<unknown>) {
  const { operation } = await acme.start('startOnboarding', { users })
  const [row] = await acme.database.sql<{ id: number; operationId: number }[]>`
    select id, operation_id as "operationId" from operation_items order by id limit 1`
  if (!row) throw new Error('The operation has no items')
  await spoil(row.id)
  await runOperation(acme.writing, row.operationId, new AbortController().signal)
  const ended = await acme.ended((operation as Json).id)
  expect(ended).toMatchObject({ state: 'PARTLY_FAILED', done: 2, failed: 1 })
  return itemsOf(ended).get('broken@example.com') as { failure: Json; state: string }
}

test('malformed item: an input without its fields fails the item at once and leaves the others running', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const broken = await onboardAfter(acme, (id) => sql`update operation_items set input = '{}' where id = ${id}`)
  expect(broken.failure.message).toContain(`${column('input')}`)
  expect(broken.failure.message).toContain('is malformed: `primaryEmail`: Invalid input: expected string')
  expect(acme.sent()).toEqual(['POST /users', 'POST /users'])
  const [item] = await sql<{ attempts: number }[]>`select attempts from operation_items order by id limit 1`
  expect(item).toEqual({ attempts: 0 })
})

test('malformed item: a failure that is none of the known ones fails the item', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const broken = await onboardAfter(
    acme,
    (id) =>
      sql`update operation_items set failure = '{"failure": "Unheard", "message": "secret-value"}' where id = ${id}`,
  )
  expect(broken.failure.message).toContain(`${column('failure')}`)
  expect(broken.failure.message).not.toContain('secret-value')
})

test('malformed item: a journal entry of the wrong type fails the item before a request is sent', async () => {
  await using acme = await workerHarness({ idle: true })
  const { sql } = acme.database
  const broken = await onboardAfter(
    acme,
    (id) =>
      sql`insert into operation_steps (item_id, step, facts) values (${id}, 'create', '{"userId": "secret-value"}')`,
  )
  expect(broken.failure.message).toMatch(/operation_steps\.facts of item \d+ is malformed: `userId`: Invalid input/)
  expect(broken.failure.message).not.toContain('secret-value')
  expect(acme.sent()).toEqual(['POST /users', 'POST /users'])
})

test.each([
  ['text that is not JSON', 'secret-value', 'the text is not JSON'],
  ['no user', '{}', '`userId`: Invalid input'],
  ['an answer that is no user', '{"userId": 1, "raw": {}, "groups": []}', '`raw`: '],
])('malformed item: a snapshot with %s fails the item and changes nothing', async (_what, snapshot, problem) => {
  await using acme = await workerHarness({ idle: true })
  const primaryEmails = ['bob@example.com', 'Anna.Muller@example.com']
  const { operation } = await acme.start('startDeprovisioning', { primaryEmails })
  const { sql } = acme.database
  await sql`update operation_items set snapshot = ${snapshot} where primary_email = 'bob@example.com'`
  await acme.startWorker()
  const ended = await acme.ended((operation as Json).id)
  expect(ended).toMatchObject({ state: 'PARTLY_FAILED', done: 1, failed: 1 })
  const { failure } = itemsOf(ended).get('bob@example.com') as { failure: Json }
  expect(failure.message).toContain(`${column('snapshot')}`)
  expect(failure.message).toContain(`is malformed: ${problem}`)
  expect(failure.message).not.toContain('secret-value')
  expect(acme.sent().filter((request) => request.includes('bob'))).toEqual([])
})

test('malformed item: an email change without its new address fails, and no account is touched', async () => {
  await using acme = await workerHarness({ idle: true })
  const { operation } = await acme.start('startEmailChange', { from: 'bob@example.com', to: 'robert@example.com' })
  await acme.database.sql`update operation_items set input = '{"to": 1}'`
  await acme.startWorker()
  const ended = await acme.ended((operation as Json).id)
  expect(ended).toMatchObject({ state: 'FAILED' })
  const { failure } = itemsOf(ended).get('bob@example.com') as { failure: Json }
  expect(failure.message).toContain(`${column('input')}`)
  expect(failure.message).toContain('`to`: Invalid input: expected string')
  expect(acme.sent()).toEqual([])
})

test('malformed item: an unreadable stored failure is an error of its field only', async () => {
  await using acme = await workerHarness({ idle: true })
  const { operation } = await acme.start('startOnboarding', { users })
  const { sql } = acme.database
  await sql`update operation_items set state = 'FAILED', failure = '{}' where primary_email = 'broken@example.com'`
  const query = 'query ($id: ID!) { operation(id: $id) { items { nodes { primaryEmail failure { message } } } } }'
  const { data, errors } = await acme.post({ query, variables: { id: (operation as Json).id } })
  expect(data).toMatchObject({ operation: { items: { nodes: users.map((user) => ({ ...user, failure: null })) } } })
  expect(errors).toMatchObject([{ path: ['operation', 'items', 'nodes', 0, 'failure'] }])
  expect(acme.lines.join('')).toContain(`${column('failure')}`)
})
