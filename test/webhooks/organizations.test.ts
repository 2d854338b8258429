/** Webhooks of several organizations, and what webhooks leave behind. */
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { pruneWebhooks } from '../../src/webhooks/webhooks.ts'
import { mirror } from '../support/mirror.ts'
import { until } from '../support/until.ts'
import { hook, receiver, worker } from './harness.ts'

const slugs = ['acme', 'globex', 'initech', 'umbrella', 'hooli']

test('webhooks: organizations are delivered at the same time, each in order, after the first success', async () => {
  await using m = await mirror()
  await using there = await receiver()
  await putOrganizations(
    m.sql,
    slugs.map((slug) => ({ slug, name: slug, allowanceKey: slug, pullIntervalSeconds: 300 })),
  )
  await hook(m.database, { url: there.url, events: ['mirror.problem'] })
  for (const problem of ['one', 'two', 'three']) await m.sql`update organizations set problem = ${problem}`
  const held: ServerResponse[] = []
  let isFirst = true
  there.answer = (_request, response) => {
    // The receiver has accepted nothing yet, so it gets one message alone.
    if (isFirst) setImmediate(() => response.end())
    else held.push(response)
    isFirst = false
    return true
  }
  await using _worker = worker(m.database)
  await until(() => held.length === 4)
  expect(there.requests).toHaveLength(5)
  const organizationOf = ({ body }: (typeof there.requests)[number]) =>
    (body.data.organization as { slug: string }).slug
  expect(new Set(there.requests.slice(1).map(organizationOf)).size).toBe(4)
  there.answer = (_request, response) => {
    response.end()
    return true
  }
  for (const response of held) response.end()
  await until(() => there.accepted.length === 15)
  for (const slug of slugs) {
    const own = there.accepted.filter((request) => organizationOf(request) === slug)
    expect(own.map(({ body }) => body.data.problem)).toEqual(['one', 'two', 'three'])
  }
})

test('webhooks: messages that fail together count as one failure of the receiver', async () => {
  await using m = await mirror()
  await using there = await receiver()
  await putOrganizations(
    m.sql,
    slugs.map((slug) => ({ slug, name: slug, allowanceKey: slug, pullIntervalSeconds: 300 })),
  )
  await hook(m.database, { url: there.url, events: ['mirror.problem'] })
  await m.sql`update organizations set problem = 'one'`
  const held: ServerResponse[] = []
  there.answer = (_request, response) => {
    if (there.requests.length === 1) response.end()
    else held.push(response)
    return there.requests.length === 1
  }
  await using _worker = worker(m.database, { retryDelayMs: () => 600_000, restMs: () => 600_000 })
  await until(() => held.length === 4)
  for (const response of held) response.writeHead(500).end()
  await until(async () => (await m.sql`select from webhook_cursors where failures = 1`).length === 4)
  expect(await m.sql`select failures from webhooks`).toEqual([{ failures: 1 }])
})

test('webhooks: old deliveries and notices are pruned, and recent ones stay', async () => {
  await using m = await mirror()
  await using there = await receiver()
  await hook(m.database, { url: there.url, events: ['mirror.problem'] })
  await using delivering = worker(m.database)
  for (const problem of ['one', 'two', 'three']) {
    await m.sql`update organizations set problem = ${problem}`
    await until(() => there.accepted.at(-1)?.body.data.problem === problem)
  }
  await until(async () => (await m.sql`select from webhook_deliveries`).length === 3)
  await delivering.stop()
  const prune = (deliveryDays: number, historyDays: number) =>
    pruneWebhooks(m.sql, { deliveryDays, historyDays }, new AbortController().signal)
  expect(await prune(1, 1)).toBe(0)
  await m.sql`update webhook_deliveries set at = at - interval '2 days' where id = (select min(id) from webhook_deliveries)`
  await m.sql`update webhook_notices set at = at - interval '9 days' where id = (select min(id) from webhook_notices)`
  expect(await prune(1, 10)).toBe(1)
  expect(await prune(1, 8)).toBe(1)
  expect(await m.sql`select from webhook_deliveries`).toHaveLength(2)
  expect(await m.sql`select from webhook_notices`).toHaveLength(2)
})

test('webhooks: changes cost no statement while no webhook is enabled', async () => {
  await using m = await mirror()
  await using there = await receiver()
  let statements = 0
  const onStatement = () => {
    statements += 1
  }
  const database = openDatabase(m.database.connection, { connections: 2, onStatement })
  await using _database = { [Symbol.asyncDispose]: () => database.close() }
  await using _worker = worker(database)
  await until(() => statements >= 3)
  for (let i = 1; i <= 50; i += 1) await m.list(i * 2, { [`user${i}@acme.example`]: {} })
  await hook(m.database, { url: there.url, events: ['mirror.problem'] })
  await m.sql`update organizations set problem = 'one'`
  await until(() => there.accepted.length === 1)
  expect(statements).toBeLessThan(30)
})
