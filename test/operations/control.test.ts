import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { pruneHistory } from '../../src/mirror/prune.ts'
import { runOperation } from '../../src/operations/runner/run-operation.ts'
import { losePostgres } from '../support/queue-stores.ts'
import type { Json } from '../writes/harness/api-harness.ts'
import { itemsOf, type WorkerHarness, workerHarness } from './harness/worker-harness.ts'

const users = Array.from({ length: 12 }, (_, i) => ({ primaryEmail: `user.${i}@example.com`, groups: ['grp_001'] }))
const verb = (name: string) => `mutation ($id: ID!) { ${name}(id: $id) { id state } }`

test('operations: cancelling skips items that have not started and completes those that have', async () => {
  await using acme = await workerHarness()
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'POST', path: 'members', times: 1 })
  const { operation } = await acme.start('startOnboarding', { users })
  const { id } = operation as Json
  await held.struck()
  const { data } = await acme.post({ query: verb('cancelOperation'), variables: { id } })
  expect(data?.cancelOperation).toMatchObject({ id, state: 'RUNNING' })
  held.release()
  const ended = await acme.ended(id)
  expect(ended).toMatchObject({ state: 'CANCELLED', total: 12, failed: 0 })
  const states = [...itemsOf(ended).values()].map(({ state }) => state)
  expect(new Set(states)).toEqual(new Set(['SUCCEEDED', 'SKIPPED']))
  expect(acme.vendor.users()).toHaveLength(2 + Number(ended.done))
  // A finished operation stays finished after any number of cancellations and retries.
  for (const name of ['cancelOperation', 'retryOperation']) await acme.post({ query: verb(name), variables: { id } })
  expect(await acme.operation(id)).toEqual(ended)
})

test('operations: a retried item resumes at the step that it had reached', async () => {
  await using acme = await workerHarness()
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'POST', path: 'grp_001', times: 1 })
  const failed = await acme.finish('startOnboarding', { users: users.slice(0, 1) })
  expect(failed).toMatchObject({ state: 'FAILED' })
  expect(itemsOf(failed).get('user.0@example.com')).toMatchObject({ steps: ['create'] })
  await acme.post({ query: verb('retryOperation'), variables: { id: failed.id } })
  const ended = await acme.ended(failed.id)
  expect(itemsOf(ended).get('user.0@example.com')).toMatchObject({
    state: 'SUCCEEDED',
    steps: ['create', 'join grp_001'],
  })
  expect(acme.sent()).toEqual(['POST /users', 'POST /groups/grp_001/members', 'POST /groups/grp_001/members'])
})

test('operations: concurrent workers share the items, and no item is done twice', async () => {
  await using acme = await workerHarness({ idle: true })
  const { operation } = await acme.start('startOnboarding', { users })
  const [row] = await acme.database.sql<{ id: number }[]>`select id from operations`
  const { signal } = new AbortController()
  await Promise.all([1, 2, 3].map(() => runOperation(acme.writing, row?.id ?? 0, signal)))
  expect(await acme.operation((operation as Json).id)).toMatchObject({ state: 'SUCCEEDED', done: 12 })
  expect(acme.simulator.requests).toHaveLength(12 * 3)
})

test('operations: a worker that stops releases its items to the next one immediately', async () => {
  await using acme = await workerHarness({ idle: true })
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'arrival', method: 'POST', path: 'members', times: 1 })
  const stop = await acme.startWorker()
  const { operation } = await acme.start('startOnboarding', { users })
  const { id } = operation as Json
  await held.struck()
  const stopped = stop()
  held.release()
  await stopped
  expect(await acme.database.sql`select from operation_items where holder is not null`).toHaveLength(0)
  await acme.startWorker()
  expect(await acme.ended(id)).toMatchObject({ state: 'SUCCEEDED', done: 12 })
  expect(acme.sent()).toHaveLength(12 * 2)
})

test('operations: an operation survives a queue that loses all of its data', async () => {
  await using acme = await workerHarness({ idle: true })
  const held = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'POST', path: 'members', times: 1 })
  const stop = await acme.startWorker()
  const { operation } = await acme.start('startOnboarding', { users })
  await held.struck()
  const stopped = stop()
  held.release()
  await stopped
  await losePostgres(acme.database.sql)
  await acme.startWorker()
  expect(await acme.ended((operation as Json).id)).toMatchObject({ state: 'SUCCEEDED', done: 12 })
  expect(acme.sent()).toHaveLength(12 * 2)
})

test('operations: a single write gets its slots while an onboarding has spent the background share', async () => {
  await using acme = await workerHarness({ idle: true, requestsPerMinute: 20 })
  const { operation } = await acme.start('startOnboarding', { users })
  await acme.startWorker()
  await until(async () => (await spent(acme)) >= 18)
  const waiting = await acme.operation((operation as Json).id)
  expect(waiting).toMatchObject({ state: 'RUNNING', finishedAt: null })
  const answer = await acme.mutate('createUser', { primaryEmail: 'urgent@example.com' })
  expect(answer).toMatchObject({ __typename: 'CreateUserSuccess' })
  // 36 requests in all, 18 of them in each window.
  const left = Date.parse(String(waiting.estimatedFinishAt)) - Date.parse(String(waiting.createdAt))
  expect(left).toBeGreaterThan(30_000)
  expect(left).toBeLessThan(180_000)
  expect(await acme.operation(waiting.id)).toMatchObject({ state: 'RUNNING' })
})

test('operations: a subscription reports the progress and ends with the operation', async () => {
  await using acme = await workerHarness({ idle: true })
  const { operation } = await acme.start('startOnboarding', { users })
  const { id } = operation as Json
  const response = await fetch(acme.url, {
    method: 'POST',
    headers: { authorization: 'Bearer alice', 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($id: ID!) { operation(id: $id) { state done total finishedAt } }',
      variables: { id },
    }),
  })
  if (!response.body) throw new Error('the response has no body')
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    // The headers come before the first event is read: without it, the worker might be quicker.
    if (!text.includes('data: ') && (text + chunk).includes('data: ')) await acme.startWorker()
    text += chunk
  }
  const events = text.split('\n').flatMap((line) => /^data: (.+)$/.exec(line)?.[1] ?? [])
  const told = events.map((event) => JSON.parse(event).data.operation as Json)
  expect(told[0]).toMatchObject({ state: 'QUEUED', done: 0, total: 12 })
  expect(told.at(-1)).toMatchObject({ state: 'SUCCEEDED', done: 12, finishedAt: expect.any(String) })
  const counts = told.map(({ done }) => Number(done))
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
})

test('operations: they are listed latest first and by state, and node finds one by id', async () => {
  await using acme = await workerHarness()
  const first = await acme.finish('startOnboarding', { users: users.slice(0, 1) })
  const second = await acme.finish('startDeprovisioning', { primaryEmails: ['missing@example.com'] })
  const { data } = await acme.post({
    query: `query ($id: ID!) { operations { totalCount nodes { id } } failed: operations(states: [FAILED]) { nodes { id } }
      node(id: $id) { ... on Operation { kind items(states: [FAILED]) { totalCount } } } }`,
    variables: { id: first.id },
  })
  expect(data).toEqual({
    operations: { totalCount: 2, nodes: [{ id: second.id }, { id: first.id }] },
    failed: { nodes: [{ id: second.id }] },
    node: { kind: 'ONBOARDING', items: { totalCount: 0 } },
  })
})

test('operations: a caller with only the read scope cannot start, cancel or retry one', async () => {
  await using acme = await workerHarness({ idle: true })
  const { operation } = await acme.start('startOnboarding', { users })
  const { id } = operation as Json
  const asked = [
    { query: verb('cancelOperation'), variables: { id } },
    { query: verb('retryOperation'), variables: { id } },
    {
      query:
        'mutation { startDeprovisioning(input: { primaryEmails: ["bob@example.com"], mode: DELETE }) { __typename } }',
    },
  ]
  for (const question of asked) {
    const { errors } = await acme.post(question, 'reader')
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  }
  expect(await acme.operation(id)).toMatchObject({ state: 'QUEUED' })
})

test('operations: the end of retention deletes them with all data about their users', async () => {
  await using acme = await workerHarness()
  const { sql } = acme.database
  const old = await acme.finish('startDeprovisioning', { primaryEmails: ['bob@example.com'] })
  await sql`update operations set finished_at = finished_at - interval '401 days'`
  const young = await acme.finish('startOnboarding', { users: users.slice(0, 1) })
  await pruneHistory(sql, acme.organizationId, 400, new AbortController().signal)
  expect(await acme.operation(old.id)).toBeNull()
  expect(await acme.operation(young.id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(await sql`select from operation_items`).toHaveLength(1)
  expect(await sql`select step from operation_steps`).toHaveLength(2)
})

async function spent({ database: { sql } }: WorkerHarness): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from allowance_slots where free_at > clock_timestamp()`
  return row?.count ?? 0
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20)
}
