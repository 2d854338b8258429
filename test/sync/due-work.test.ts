import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database, Listen } from '../../src/db/database.ts'
import { readDueWork } from '../../src/mirror/due-work.ts'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import type { SyncDeps } from '../../src/sync/deps.ts'
import type { Job } from '../../src/sync/jobs.ts'
import type { JobQueue } from '../../src/sync/queue.ts'
import { tick } from '../../src/sync/tick.ts'
import { startSyncWorker } from '../../src/sync/worker.ts'
import { createEssentialsClient } from '../../src/vendor/client.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

let database: Database & AsyncDisposable
let statements: string[] = []
let pushes: Job[][] = []
beforeEach(async () => {
  database = await testDatabase({ onStatement: (statement) => statements.push(statement) })
  statements = []
  pushes = []
})
afterEach(() => database[Symbol.asyncDispose]())

const queue: JobQueue = {
  push: async (...jobs) => {
    if (jobs.length > 0) pushes.push([...jobs])
  },
  schedule: async () => 0,
  work: () => {},
  close: async () => {},
}
const operations = { waiting: async () => [9], run: async () => {} }

async function setUp(count: number, askedToWaitMs = 0): Promise<{ deps: SyncDeps; ids: number[] }> {
  const { sql } = database
  const rows = Array.from({ length: count }, (_, i) => ({
    slug: `org-${i}`,
    name: `Org ${i}`,
    allowanceKey: `key ${i}`,
    pullIntervalSeconds: 300,
  }))
  const ids = [...(await putOrganizations(sql, rows)).values()]
  await sql`update organizations set next_pull_at = clock_timestamp() + interval '1 minute', pruned_at = clock_timestamp()`
  const allowance = {
    take: async () => Promise.reject(new Error('unused')),
    pause: async () => {},
    refuse: async () => {},
  }
  const client = createEssentialsClient({
    organization: 'org',
    baseUrl: 'http://127.0.0.1:9',
    apiKey: 'key',
    apiSecret: 'secret',
    allowance,
    logger: pino({ level: 'silent' }),
  })
  const deps: SyncDeps = {
    sql,
    logger: pino({ level: 'silent' }),
    historyDays: 400,
    clientOf: () => ({ ...client, askedToWaitMs: () => askedToWaitMs }),
  }
  return { deps, ids }
}

test('tick: costs one statement while nothing is due, whatever the number of organizations', async () => {
  const { deps } = await setUp(300)
  statements = []
  const nextMs = await tick(deps, queue, operations, [])
  expect(statements).toHaveLength(1)
  expect(pushes).toEqual([])
  expect(nextMs).toBeGreaterThan(50_000)
  expect(nextMs).toBeLessThanOrEqual(60_000)
})

test('tick: pushes the jobs of all running pulls with one statement and one push for each 200 pulls', async () => {
  const { deps } = await setUp(450)
  await deps.sql`insert into pulls (id, organization_id, trigger) select nextval('node_ids'), id, 'REQUEST' from organizations`
  statements = []
  await tick(deps, queue, operations)
  expect(statements).toHaveLength(1 + 1 + 3)
  expect(pushes.map((jobs) => jobs.length)).toEqual([200, 200, 50])
  expect(pushes[0]?.[0]).toMatchObject({ name: 'page', kind: 'GROUPS', page: 1 })
})

test('tick: the next jobs of pulls are pushed only if their organization was woken', async () => {
  const { deps, ids } = await setUp(3)
  const [one = 0, two = 0] = ids
  const [first] = [await beginPull(deps.sql, one, 'REQUEST'), await beginPull(deps.sql, two, 'REQUEST')]
  await tick(deps, queue, operations, [])
  expect(pushes).toEqual([])
  await tick(deps, queue, operations, [one])
  expect(pushes).toEqual([[{ name: 'page', pullId: first, kind: 'GROUPS', page: 1 }]])
  pushes = []
  // By the id of the pull.
  await tick(deps, queue, operations, [first])
  expect(pushes).toHaveLength(1)
})

test('tick: a due pull is started and its first job pushed', async () => {
  const { deps, ids } = await setUp(2)
  await deps.sql`update organizations set next_pull_at = clock_timestamp() where id = ${ids[1] ?? 0}`
  await tick(deps, queue, operations, [])
  const [pull] = await deps.sql<{ id: number; organizationId: number }[]>`
    select id, organization_id as "organizationId" from pulls where state = 'RUNNING'`
  expect(pull?.organizationId).toBe(ids[1])
  expect(pushes).toEqual([[{ name: 'page', pullId: pull?.id, kind: 'GROUPS', page: 1 }]])
})

test('due work: finds waiting reads, unsettled writes, operations and prunings, and when the next is due', async () => {
  const { deps, ids } = await setUp(3)
  const [one = 0, two = 0, three = 0] = ids
  const { sql } = deps
  await sql`update organizations set pruned_at = '-infinity' where id = ${one}`
  await sql`
    insert into unsettled_writes (organization_id, address_key, primary_email, kind, actor, due_at, ends_at)
    select id, 'a', 'a', 'CHANGE', 'x', clock_timestamp() + case when id = ${two} then interval '-1 s' else interval '10 s' end,
      clock_timestamp() + interval '1 hour' from organizations where id <> ${one}`
  await sql`
    update organizations set profile_as_of = clock_timestamp() where id = ${three}`
  await sql`insert into operations (id, organization_id, kind, created_by) values (1000, ${one}, 'ONBOARDING', 'x')`
  const item = (held: string) => sql`
    insert into operation_items (id, operation_id, primary_email, domain, state, input, requests, held_until)
    values (nextval('node_ids'), 1000, 'a@a.example', 'a.example', 'RUNNING', '{}'::text::jsonb, 1, ${held}::text::timestamptz)`
  await item('infinity')
  const due = await readDueWork(sql)
  expect(due).toMatchObject({ pulls: false, operations: false, relations: [three], unsettled: [two], prune: [one] })
  expect(due.nextMs).toBeGreaterThan(5_000)
  expect(due.nextMs).toBeLessThanOrEqual(10_000)
  await item('2020-01-01')
  expect(await readDueWork(sql)).toMatchObject({ operations: true })
  await tick(deps, queue, operations, [])
  expect(pushes).toEqual([
    [
      { name: 'relations', organizationId: three },
      { name: 'settle', organizationId: two },
      { name: 'prune', organizationId: one },
      { name: 'operation', operationId: 9 },
    ],
  ])
})

test('tick: reads of relations wait as long as the vendor has asked for', async () => {
  const { deps, ids } = await setUp(1, 5_000)
  await deps.sql`update organizations set profile_as_of = clock_timestamp() where id = ${ids[0] ?? 0}`
  expect(await tick(deps, queue, operations, [])).toBe(5_000)
  expect(pushes).toEqual([])
})

test('worker: a request for a pull in another process is taken up at once', async () => {
  const { deps, ids } = await setUp(1)
  const listening = Promise.withResolvers<void>()
  const listen: Listen = async (...given) => {
    const opened = await database.listen(...given)
    listening.resolve()
    return opened
  }
  // Neither the recurring tick nor the longest pause comes in the time of the test.
  const rhythm = { tickMs: 2 ** 30, healMs: 2 ** 30, gapMs: 1, longestMs: 2 ** 30 }
  const worker = await startSyncWorker(deps, queue, { rhythm, listen })
  try {
    await listening.promise
    // The look after the first connect is over.
    await until(() => statements.filter((text) => text.includes('unsettled_writes')).length >= 2)
    const pullId = await beginPull(deps.sql, ids[0] ?? 0, 'REQUEST')
    await until(() => pushes.length > 0)
    // A look that was under way may push the same page, which the queue holds once.
    for (const pushed of pushes) expect(pushed).toEqual([{ name: 'page', pullId, kind: 'GROUPS', page: 1 }])
  } finally {
    await worker.stop()
  }
})
