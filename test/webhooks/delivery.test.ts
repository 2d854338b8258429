import { afterEach, beforeEach, expect, test } from 'vitest'
import { enableWebhook } from '../../src/webhooks/disable-webhook.ts'
import { replayWebhook } from '../../src/webhooks/replay.ts'
import { eventNames, listWebhooks, rotateWebhookSecret } from '../../src/webhooks/webhooks.ts'
import { type MirrorHarness, mirror } from '../support/mirror.ts'
import { until } from '../support/until.ts'
import { depsOf, hook, type Received, type Receiver, receiver, verify, worker } from './harness.ts'

let acme: MirrorHarness
let there: Receiver
beforeEach(async () => {
  acme = await mirror()
  there = await receiver()
})
afterEach(async () => {
  await there[Symbol.asyncDispose]()
  await acme[Symbol.asyncDispose]()
})

const accepted = (count: number) => until(() => there.accepted.length >= count)

test('webhooks: a change is delivered with a valid signature, as one message per subject', async () => {
  await acme.groups(1, { grp_001: 'Sales' })
  const { secret } = await hook(acme.database, { url: there.url })
  await using _worker = worker(acme.database)
  await acme.list(2, { 'ann@acme.example': { firstName: 'Ann', groups: ['grp_001'] } })
  await accepted(1)
  const [message] = there.accepted
  if (!message) throw new Error('unreachable')
  verify(secret, message)
  expect(message.body).toEqual({
    type: 'directory.changed',
    timestamp: expect.stringMatching(/^\d{4}-.*\.\d{6}Z$/),
    data: expect.objectContaining({
      organization: { id: expect.any(String), slug: 'acme' },
      subject: { type: 'User', id: expect.any(String), primaryEmail: 'ann@acme.example' },
      origin: 'PULL',
    }),
  })
  const changes = message.body.data.changes as { kind: string; object: object | null; after: object | null }[]
  expect(changes.map(({ kind }) => kind)).toEqual(['USER_CREATED', 'MEMBER_ADDED'])
  expect(changes[0]?.after).toMatchObject({ firstName: 'Ann' })
  expect(changes[1]?.object).toMatchObject({ type: 'Group', name: 'Sales' })
})

test('webhooks: messages arrive in feed order although the receiver fails, each retried with the same id', async () => {
  const { secret } = await hook(acme.database, { url: there.url })
  let requests = 0
  there.answer = (_request, response) => {
    requests += 1
    const isGood = requests % 3 === 0
    response.writeHead(isGood ? 200 : 503).end()
    return isGood
  }
  await using _worker = worker(acme.database)
  for (let i = 1; i <= 20; i += 1) await acme.list(i * 2, { 'ann@acme.example': { firstName: `Ann ${i}` } })
  await accepted(20)
  const names = there.accepted.map(({ body }) => {
    const [change] = body.data.changes as { after: { firstName?: string } | string }[]
    return typeof change?.after === 'string' ? change.after : change?.after.firstName
  })
  expect(names).toEqual(Array.from({ length: 20 }, (_, i) => `Ann ${i + 1}`))
  for (const request of there.requests) verify(secret, request)
  const ids = there.requests.map(({ headers }) => headers['webhook-id'])
  expect(new Set(ids).size).toBe(20)
  expect(ids).toEqual(ids.toSorted((a, b) => ids.indexOf(a) - ids.indexOf(b)))
  const [row] = await acme.sql<{ attempts: number; failed: number }[]>`
    select count(*)::int as attempts, count(error)::int as failed from webhook_deliveries`
  expect(row).toEqual({ attempts: 60, failed: 40 })
})

test('webhooks: a replay sends the same messages with the same ids and bodies, then continues', async () => {
  const { id } = await hook(acme.database, { url: there.url })
  await using _worker = worker(acme.database)
  for (let i = 1; i <= 5; i += 1) await acme.list(i * 2, { [`user${i}@acme.example`]: {} })
  await accepted(5)
  const first = there.accepted.splice(0)
  const since = first[2]?.body.timestamp ?? ''
  expect(await replayWebhook(acme.sql, id, since)).toEqual({
    organizations: 1,
    since,
    isClipped: false,
    isDisabled: false,
  })
  await accepted(3)
  await acme.list(20, { 'last@acme.example': {} })
  await accepted(4)
  const seen = (all: readonly Received[]) => all.map(({ headers, text }) => [headers['webhook-id'], text])
  expect(seen(there.accepted.slice(0, 3))).toEqual(seen(first.slice(2)))
  expect(there.accepted[3]?.text).toContain('last@acme.example')
})

test('webhooks: findings, problems, quarantines and failed operations are sent to those that subscribe to them', async () => {
  const { sql, organizationId } = acme
  const { id } = await hook(acme.database, { url: there.url, events: ['finding.opened', 'finding.resolved'] })
  await hook(acme.database, {
    url: `${there.url}/rest`,
    events: eventNames.filter((name) => !name.startsWith('finding')),
  })
  await using _worker = worker(acme.database)
  const [finding] = await sql<[{ id: number }]>`
    insert into findings (organization_id, rule, key, severity, subject_ids, subject_types, evidence, first_seen_at, last_seen_at)
    values (${organizationId}, 'EMPTY_GROUP', '7', 1, '{7}', '{Group}', '{"users": 3}', now(), now()) returning id`
  await sql`update findings set last_seen_at = now()`
  await sql`update findings set resolved_at = now()`
  await sql`update organizations set problem = 'The key was refused'`
  await sql`update organizations set queue_problem = 'No queue'`
  await sql`update organizations set problem = null, queue_problem = null`
  await sql`insert into pulls (id, organization_id, trigger) values (100, ${organizationId}, 'REQUEST')`
  await sql`update pulls set state = 'QUARANTINED', error = 'Too many deletions' where id = 100`
  await sql`
    insert into operations (id, organization_id, kind, created_by) values (200, ${organizationId}, 'ONBOARDING', 'ann'), (201, ${organizationId}, 'ONBOARDING', 'ann')`
  await sql`update operations set state = 'RUNNING'`
  await sql`update operations set state = case when id = 200 then 'PARTLY_FAILED' else 'SUCCEEDED' end::operation_state`
  await accepted(7)
  const global = (type: string, key: number) => Buffer.from(`${type}:${key}`).toString('base64')
  const sent = there.accepted.map(({ path, body: { type, data } }) => {
    const { organization, ...rest } = data
    expect(organization).toEqual({ id: global('Organization', organizationId), slug: 'acme' })
    return [path, type, rest]
  })
  const one = {
    finding: {
      id: global('Finding', finding.id),
      rule: 'EMPTY_GROUP',
      severity: 'LOW',
      title: 'A group has no members',
      subjects: [{ type: 'Group', id: global('Group', 7) }],
      evidence: { users: 3 },
    },
  }
  expect(sent.filter(([path]) => path === '/hook')).toEqual([
    ['/hook', 'finding.opened', one],
    ['/hook', 'finding.resolved', one],
  ])
  expect(sent.filter(([path]) => path !== '/hook')).toEqual([
    ['/hook/rest', 'mirror.problem', { problem: 'The key was refused' }],
    ['/hook/rest', 'mirror.problem', { problem: 'No queue. The key was refused' }],
    ['/hook/rest', 'mirror.recovered', { problem: null }],
    ['/hook/rest', 'pull.quarantined', { pull: { id: global('Pull', 100), problem: 'Too many deletions' } }],
    [
      '/hook/rest',
      'operation.failed',
      {
        operation: {
          id: global('Operation', 200),
          kind: 'ONBOARDING',
          state: 'PARTLY_FAILED',
          createdBy: 'ann',
          failedItems: 0,
        },
      },
    ],
  ])
  // Skipped events are passed, too.
  await until(async () => {
    const [cursor] = await sql<{ done: boolean }[]>`
      select notice_position = (select max(position) from webhook_notices) as done from webhook_cursors where webhook_id = ${id}`
    return cursor?.done
  })
})

test('webhooks: while a secret is rotated, each message has a signature by the new and by the old secret', async () => {
  const { id, secret } = await hook(acme.database, { url: there.url })
  const { sql, secrets } = depsOf(acme.database)
  const next = (await rotateWebhookSecret(sql, secrets, id, { overlapSeconds: 3_600 })) ?? ''
  await using _worker = worker(acme.database)
  await acme.list(1, { 'ann@acme.example': {} })
  await accepted(1)
  for (const known of [secret, next]) verify(known, there.accepted[0] as Received)
  await sql`update webhooks set previous_until = clock_timestamp()`
  await acme.list(2, { 'bob@acme.example': {} })
  await accepted(2)
  verify(next, there.accepted[1] as Received)
  expect(() => verify(secret, there.accepted[1] as Received)).toThrow('No matching signature')
  const [stored] = await sql<{ row: string }[]>`select w::text as row from webhooks w`
  for (const known of [secret, next]) expect(stored?.row).not.toContain(known.slice(6, 40))
})

test('webhooks: a receiver that fails for a day disables the webhook, with a finding; enabled, it loses no event', async () => {
  const { sql, organizationId } = acme
  const { id } = await hook(acme.database, { url: there.url, events: ['directory.changed'] })
  there.answer = (_request, response) => {
    response.writeHead(500).end()
    return false
  }
  await using _worker = worker(acme.database, { retryDelayMs: () => 60_000 })
  await acme.list(1, { 'ann@acme.example': {} })
  const failures = async () =>
    (await sql<{ failures: number }[]>`select failures from webhook_cursors where failures > 0`)[0]?.failures
  await until(failures)
  const state = async () => (await listWebhooks(sql, null))[0]
  expect(await state()).toMatchObject({ state: 'FAILING', failingSince: expect.any(String) })
  // A day passes.
  await sql`update webhook_cursors set failing_since = clock_timestamp() - interval '24 hours', due_at = '-infinity'`
  await sql`update webhooks set due_at = '-infinity'`
  await until(async () => (await state())?.state === 'DISABLED')
  expect((await state())?.disabledReason).toBe(
    'No attempt succeeded within a day. The receiver answered 500; expected 200 to 299',
  )
  const open = () => sql`select rule, subject_ids, evidence::text from findings where resolved_at is null`
  await until(async () => (await open()).length === 1)
  expect(await open()).toEqual([expect.objectContaining({ rule: 'WEBHOOK_DISABLED', subject_ids: [organizationId] })])
  await acme.list(3, { 'bob@acme.example': {} })
  there.answer = (_request, response) => {
    response.end()
    return true
  }
  await enableWebhook(sql, id)
  await accepted(2)
  expect(there.accepted.map(({ body }) => (body.data.subject as { primaryEmail: string }).primaryEmail)).toEqual([
    'ann@acme.example',
    'bob@acme.example',
  ])
  expect(await open()).toEqual([])
})

test('webhooks: a receiver that answers 410 disables its webhook at once', async () => {
  await hook(acme.database, { url: there.url })
  there.answer = (_request, response) => {
    response.writeHead(410).end()
    return false
  }
  await using _worker = worker(acme.database)
  await acme.list(1, { 'ann@acme.example': {} })
  await until(
    async () => (await listWebhooks(acme.sql, null))[0]?.disabledReason === 'The receiver answered 410 (gone)',
  )
  expect(there.requests).toHaveLength(1)
})

test('webhooks: a receiver that hangs delays no other webhook', async () => {
  await using hanging = await receiver()
  hanging.answer = () => false
  for (let i = 0; i < 20; i += 1) await hook(acme.database, { url: `${hanging.url}/${i}` })
  await hook(acme.database, { url: there.url })
  await using _worker = worker(acme.database, { attemptMs: 60_000 })
  for (let i = 1; i <= 10; i += 1) await acme.list(i * 2, { [`user${i}@acme.example`]: {} })
  await accepted(10)
  await until(() => hanging.requests.length === 20)
})

test('webhooks: two workers never deliver one webhook at the same time, and a killed one is replaced', async () => {
  await hook(acme.database, { url: there.url })
  let inFlight = 0
  let most = 0
  there.answer = (_request, response) => {
    inFlight += 1
    most = Math.max(most, inFlight)
    setImmediate(() => {
      inFlight -= 1
      response.end()
    })
    return true
  }
  // The lease of a process that was killed.
  await acme.sql`update webhooks set holder = 'killed', held_until = clock_timestamp() + interval '300 milliseconds'`
  await using _one = worker(acme.database, { turnMs: 1 })
  await using _two = worker(acme.database, { turnMs: 1 })
  for (let i = 1; i <= 30; i += 1) await acme.list(i * 2, { [`user${i}@acme.example`]: {} })
  await accepted(30)
  expect(most).toBe(1)
  expect(there.requests).toHaveLength(30)
})
