import { afterAll, expect, test } from 'vitest'
import { revokeToken } from '../../src/access/tokens.ts'
import { ChangeWriter } from '../../src/mirror/feed/change-writer.ts'
import { openWakes } from '../../src/mirror/feed/notifications.ts'
import { lockOrganization } from '../../src/mirror/organization-lock.ts'
import { observedAt } from '../graph/harness/fixture.ts'
import { until } from '../support/until.ts'
import { openStream, type Payload } from './event-source.ts'
import { serveGraph } from './served-graph.ts'

const served = await serveGraph()
const other = await serveGraph({ beside: served })
afterAll(async () => {
  await other[Symbol.asyncDispose]()
  await served[Symbol.asyncDispose]()
})
const { sql, add } = served
const acme = await add.organization('acme')
const ann = await add.user(acme, 'ann@acme.example')
const group = await add.group(acme, 'grp_001', 'Helpers')

/** Writes `count` changes in one transaction, like a pull. */
async function change(count: number, kind: 'MEMBER_ADDED' | 'FIELD_CHANGED' = 'MEMBER_ADDED'): Promise<void> {
  await sql.begin(async (tx) => {
    const locked = await lockOrganization(tx, acme)
    const ledger = new ChangeWriter(locked, { origin: 'PULL', sentAt: observedAt, arrivedAt: observedAt })
    const one =
      kind === 'MEMBER_ADDED' ? { kind, object: group, notBefore: null } : { kind, field: 'status', notBefore: null }
    // One call for each change, because one observation never contains the same change of a user twice.
    for (let n = 0; n < count; n += 1) ledger.record(ann, [one])
    await ledger.write(tx)
  })
}

const everything =
  'subscription ($after: String) { changes(after: $after) { cursor node { id kind subject { ... on User { primaryEmail } } } } }'
const edgeOf = (payload: Payload) =>
  payload.data?.changes as { cursor: string; node: { id: string; kind: string; subject: object } }
const idsOf = (payloads: Payload[]) => payloads.map((payload) => edgeOf(payload).node.id)
interface FeedPage {
  readonly nodes: { id: string }[]
  readonly pageInfo: { endCursor: string }
}
const page = async (): Promise<FeedPage> => {
  const { body } = await served.ask('{ changes(first: 500) { nodes { id } pageInfo { endCursor } } }')
  return body.data?.changes as FeedPage
}
const feed = async () => (await page()).nodes.map(({ id }) => id)
const end = async () => (await page()).pageInfo.endCursor

test('stream: new changes are delivered, each with the current state of its subject', async () => {
  const stream = await openStream(served.server.url, everything)
  expect(stream.status).toBe(200)
  await change(2)
  const [first, second] = await stream.take(2)
  expect(first && edgeOf(first)).toMatchObject({
    node: { kind: 'MEMBER_ADDED', subject: { primaryEmail: 'ann@acme.example' } },
  })
  await sql`update users set primary_email = 'Ann@acme.example' where id = ${ann}`
  await change(1)
  const third = await stream.next()
  expect(third && edgeOf(third).node.subject).toEqual({ primaryEmail: 'Ann@acme.example' })
  expect(idsOf([first, second, third] as Payload[])).toEqual((await feed()).slice(-3))
  stream.leave()
})

test('stream: a reader that reconnects to another process gets every change exactly once', async () => {
  const start = await end()
  const before = (await feed()).length
  const writing = (async () => {
    for (let i = 0; i < 40; i += 1) await change(1 + (i % 7))
  })()
  const seen: Payload[] = []
  let after = start
  // 40 writes of 1 to 7 changes are 155.
  for (let turn = 0; seen.length < 155; turn += 1) {
    const stream = await openStream((turn % 2 ? other : served).server.url, everything, { variables: { after } })
    const taken = await stream.take(Math.min(13, 155 - seen.length))
    stream.leave()
    seen.push(...taken)
    after = edgeOf(taken.at(-1) as Payload).cursor
  }
  await writing
  expect(idsOf(seen)).toEqual((await feed()).slice(before))
})

test('stream: changes written by one process are delivered by another', async () => {
  const streams = await Promise.all(
    Array.from({ length: 20 }, (_, i) => openStream((i % 2 ? other : served).server.url, everything)),
  )
  await change(1)
  const firsts = await Promise.all(streams.map((stream) => stream.next()))
  expect(new Set(idsOf(firsts as Payload[])).size).toBe(1)
  for (const stream of streams) stream.leave()
})

test('stream: it continues from a page under until, and from its own cursors, without gaps or repeats', async () => {
  const start = await end()
  const known = (await feed()).length
  // Responses are applied in another order than they arrived, so the page below skips changes with lower positions.
  const minutes = [5, 1, 6, 2, 7, 3]
  for (const minute of minutes) {
    await sql.begin(async (tx) => {
      const locked = await lockOrganization(tx, acme)
      const arrivedAt = `2098-01-01T00:0${minute}:00.000000Z`
      const ledger = new ChangeWriter(locked, { origin: 'PULL', sentAt: arrivedAt, arrivedAt })
      ledger.record(ann, [{ kind: 'FIELD_CHANGED', field: 'status', notBefore: null }])
      await ledger.write(tx)
    })
  }
  const { body } = await served.ask(
    `{ changes(after: "${start}", until: "2098-01-01T00:04:00Z") { nodes { id } pageInfo { endCursor } } }`,
  )
  const early = body.data?.changes as FeedPage
  expect(early.nodes).toHaveLength(3)
  const seen: Payload[] = []
  for (let after = early.pageInfo.endCursor; seen.length < 3; ) {
    const stream = await openStream(served.server.url, everything, { variables: { after } })
    seen.push(...(await stream.take(1)))
    stream.leave()
    after = edgeOf(seen.at(-1) as Payload).cursor
  }
  const whole = (await feed()).slice(known)
  expect(idsOf(seen)).toEqual(whole.filter((id) => !early.nodes.some((node) => node.id === id)))
})

test('stream: only changes of the requested kinds are delivered', async () => {
  const stream = await openStream(
    served.server.url,
    'subscription { changes(kinds: [FIELD_CHANGED]) { node { kind field } } }',
  )
  await change(250)
  await change(1, 'FIELD_CHANGED')
  expect(await stream.next()).toEqual({ data: { changes: { node: { kind: 'FIELD_CHANGED', field: 'status' } } } })
  stream.leave()
})

test('stream: invalid arguments and missing scopes give an error, and no stream is opened', async () => {
  const ask = async (query: string, token?: string) =>
    (await openStream(served.server.url, query, token === undefined ? {} : { token })).next()
  expect(await ask('subscription { changes(after: "x") { cursor } }')).toMatchObject({
    errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
  })
  expect(await ask('subscription { changes(organization: "nowhere") { cursor } }')).toMatchObject({
    errors: [{ message: 'Unknown organization; expected one of: acme' }],
  })
  const stranger = await served.token({ organizations: ['beta'] })
  expect(await ask('subscription { changes(organization: "acme") { cursor } }', stranger)).toMatchObject({
    errors: [{ message: 'Unknown organization; none is mirrored yet' }],
  })
  const writer = await served.token({ scopes: ['write'] })
  expect(await ask('subscription { changes { cursor } }', writer)).toMatchObject({
    errors: [{ extensions: { code: 'FORBIDDEN' } }],
  })
})

test('stream: a reader that does not read causes only a bounded number of reads', async () => {
  const stream = await openStream(served.server.url, everything, { variables: { after: await end() } })
  await change(5_000)
  await stream.next()
  const readsAtRest = async (): Promise<number> => {
    for (let before = -1; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const now = served.statements.filter((statement) => statement.includes('feed_position')).length
      if (now === before) return now
      before = now
    }
  }
  served.statements.length = 0
  // The socket buffers hold a few hundred events. The other thousands stay in the table.
  expect(await readsAtRest()).toBeLessThan(100)
  stream.leave()
})

test('stream: the number of streams per caller is limited, and closing one allows another', async () => {
  await using limited = await serveGraph({ beside: served, streamsPerCaller: 2 })
  const open = () => openStream(limited.server.url, everything)
  const [first] = [await open(), await open()]
  expect(await (await open()).next()).toMatchObject({ errors: [{ extensions: { code: 'TOO_MANY_STREAMS' } }] })
  first?.leave()
  // The slot becomes free when the server notices that the first reader disconnected.
  for (;;) {
    const again = await open()
    await change(1)
    const event = await again.next()
    again.leave()
    if (event?.data) break
    expect(event).toMatchObject({ errors: [{ extensions: { code: 'TOO_MANY_STREAMS' } }] })
  }
})

test('stream: the streams of a revoked token end with UNAUTHENTICATED', async () => {
  await using rechecking = await serveGraph({ beside: served, recheckMs: 20 })
  const token = await served.token({ name: 'listener' })
  const stream = await openStream(rechecking.server.url, everything, { token })
  await change(1)
  expect(await stream.next()).toHaveProperty('data')
  await revokeToken(sql, 'listener')
  expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  expect(await stream.next()).toBeUndefined()
})

test('stream: a server that stops ends its streams with SERVICE_UNAVAILABLE', async () => {
  const stopping = await serveGraph({ beside: served })
  const stream = await openStream(stopping.server.url, everything)
  await stopping[Symbol.asyncDispose]()
  expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  expect(await stream.next()).toBeUndefined()
})

test('pull stream: it delivers the current state of the pull and every change of it', async () => {
  const [{ id } = { id: 0 }] = await sql<{ id: number }[]>`
    insert into pulls (id, organization_id, trigger) values (nextval('node_ids') + 100000, ${acme}, 'REQUEST') returning id`
  const stream = await openStream(served.server.url, 'subscription { pull { state requests } }')
  expect(await stream.next()).toEqual({ data: { pull: { state: 'RUNNING', requests: 0 } } })
  await sql`update pulls set requests = 7 where id = ${id}`
  expect(await stream.next()).toEqual({ data: { pull: { state: 'RUNNING', requests: 7 } } })
  await sql`update pulls set state = 'COMPLETE' where id = ${id}`
  expect(await stream.next()).toEqual({ data: { pull: { state: 'COMPLETE', requests: 7 } } })
  stream.leave()
})

test('pull stream: the end of each pull is delivered, even if other pulls start and end immediately', async () => {
  const begin = async () => {
    const [{ id } = { id: 0 }] = await sql<{ id: number }[]>`
      insert into pulls (id, organization_id, trigger) values (nextval('node_ids') + 200000, ${acme}, 'REQUEST') returning id`
    return id
  }
  const first = await begin()
  const stream = await openStream(served.server.url, 'subscription { pull { id state } }')
  const next = async () => (await stream.next()) as { data: { pull: { id: string; state: string } } }
  let event = await next()
  // The first event can come from a shared read that began half a second ago.
  if (event.data.pull.state !== 'RUNNING') event = await next()
  expect(event).toMatchObject({ data: { pull: { state: 'RUNNING' } } })
  await sql.begin(async (tx) => {
    await tx`update pulls set state = 'FAILED' where id = ${first}`
    await tx`
      insert into pulls (id, organization_id, trigger, state) values (nextval('node_ids') + 200000, ${acme}, 'REQUEST', 'COMPLETE')`
    await tx`
      insert into pulls (id, organization_id, trigger) values (nextval('node_ids') + 200000, ${acme}, 'REQUEST')`
  })
  expect(await stream.next()).toEqual({ data: { pull: { id: event.data.pull.id, state: 'FAILED' } } })
  expect(await stream.next()).toMatchObject({ data: { pull: { state: 'COMPLETE' } } })
  expect(await stream.next()).toMatchObject({ data: { pull: { state: 'RUNNING' } } })
  stream.leave()
})

test('wakes: a notification between reading the version and waiting is not missed', async () => {
  const wakes = openWakes(served.database.listen)
  const never = new AbortController()
  const count = wakes.count(acme)
  const slept = wakes.after(acme, count, { signal: never.signal, atMostMs: 60_000 })
  await slept
  expect(wakes.count(acme)).toBeGreaterThan(count)
  await wakes.after(acme, count, { signal: never.signal, atMostMs: 60_000 })
  await wakes.close()
})

test('wakes: an id uses no memory after its last waiter has left', async () => {
  const wakes = openWakes(served.database.listen)
  const leaving = new AbortController()
  const ids = Array.from({ length: 10_000 }, (_, i) => 1_000_000 + i)
  const waits = ids.map((id) => wakes.after(id, wakes.count(id), { signal: leaving.signal, atMostMs: 60_000 }))
  expect(wakes.waiting).toBe(ids.length)
  leaving.abort()
  await Promise.all(waits)
  expect(wakes.waiting).toBe(0)
  // A notification without waiters is not missed by a caller that read the version before it.
  const count = wakes.count(acme)
  await wakes.after(acme, count, { signal: new AbortController().signal, atMostMs: 1 })
  await until(async () => {
    await change(1)
    return wakes.count(acme) !== count
  })
  await wakes.after(acme, count, { signal: new AbortController().signal, atMostMs: 60_000 })
  expect(wakes.waiting).toBe(0)
  await wakes.close()
})
