import { pino } from 'pino'
import { expect, test } from 'vitest'
import { databaseObserver, vendorObserver } from '../../src/observers.ts'
import { tracedQueue } from '../../src/sync/queue.ts'
import { serve } from '../server/served.ts'
import { openInProcessQueue } from '../support/in-process-queue.ts'
import { until } from '../support/until.ts'
import { traced } from './traced.ts'

const remote = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`

test('traces: spans nest across awaits, and what is recorded belongs to the current span', async () => {
  const { tracing, spans } = traced()
  tracing.record('outside', { milliseconds: 1 })
  await tracing.span('outer', { parent: remote }, async () => {
    await Promise.resolve()
    await Promise.all([
      tracing.span('one', {}, async () => tracing.record('in one', { milliseconds: 5 })),
      tracing.span('two', {}, async () => {}),
    ])
  })
  const found = spans()
  expect(found.map(({ name }) => name).sort()).toEqual(['in one', 'one', 'outer', 'two'])
  const idOf = (name: string) => found.find((span) => span.name === name)?.id
  const parentOf = (name: string) => found.find((span) => span.name === name)?.parent
  expect(parentOf('outer')).toBe('b'.repeat(16))
  expect(parentOf('one')).toBe(idOf('outer'))
  expect(parentOf('two')).toBe(idOf('outer'))
  expect(parentOf('in one')).toBe(idOf('one'))
  expect(new Set(found.map(({ traceId }) => traceId))).toEqual(new Set(['a'.repeat(32)]))
})

test('traces: a failed span names the class of the error, and not its message', async () => {
  const { tracing, spans } = traced()
  const work = tracing.span('work', {}, () => Promise.reject(new TypeError('ann@acme.example')))
  await expect(work).rejects.toThrow('ann@acme.example')
  expect(spans()).toMatchObject([{ isFailed: true, facts: { 'error.type': 'TypeError' } }])
  expect(JSON.stringify(spans())).not.toContain('ann@')
})

test('traces: an invalid trace context is ignored, and the flag of the sender does not decide what is recorded', async () => {
  const { tracing, spans } = traced()
  for (const parent of ['', 'x', `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `${remote}-x`, `01${remote.slice(2)}`])
    await tracing.span('root', { parent }, async () => {})
  expect(spans().map(({ parent }) => parent)).toEqual([undefined, undefined, undefined, undefined, undefined])
  const none = traced(0)
  await none.tracing.span('root', { parent: remote }, async () => none.tracing.record('x', { milliseconds: 1 }))
  expect(none.spans()).toEqual([])
})

test('traces: a request is a span that continues the context of its sender, with the GraphQL operation below', async () => {
  const { tracing, spans } = traced()
  await using served = await serve(
    {
      ask: async () => {
        tracing.record('select', { milliseconds: 1 })
        return 'answer'
      },
    },
    { tracing },
  )
  await (await served.request('/health/live')).text()
  await (await served.operation('query Asked { ask }', { headers: { traceparent: remote } })).text()
  await until(() => spans().length === 3)
  const [select, graphql, http] = spans()
  expect(http).toMatchObject({
    name: 'POST /graphql',
    parent: 'b'.repeat(16),
    facts: { 'http.response.status_code': 200, viewer: 'admin' },
  })
  expect(graphql).toMatchObject({ name: 'graphql', parent: http?.id, facts: { 'graphql.operation.name': 'Asked' } })
  expect(select).toMatchObject({ name: 'select', parent: graphql?.id })
  await (await served.operation('{ nothing }')).text()
  await (await served.request('/graphql', { method: 'POST' })).text()
  await until(() => spans().length === 6)
  expect(spans().slice(3)).toMatchObject([
    { name: 'graphql', isFailed: true, facts: { 'graphql.errors': [expect.any(String)] } },
    { name: 'POST /graphql', isFailed: false },
    { name: 'POST /graphql', facts: { 'http.response.status_code': 401 } },
  ])
})

test('traces: a job continues the trace of the job that pushed it', async () => {
  const { tracing, spans } = traced()
  const queue = tracedQueue(openInProcessQueue(pino({ level: 'silent' })), tracing)
  const seen: object[] = []
  queue.work(async (job) => {
    seen.push(job)
    if (job.name === 'page') await queue.push({ name: 'conclude', pullId: job.pullId })
  })
  await queue.push({ name: 'page', pullId: 7, kind: 'USERS', page: 1 })
  await until(() => spans().length === 2)
  await queue.close()
  const page = spans().find(({ name }) => name === 'job page')
  const conclude = spans().find(({ name }) => name === 'job conclude')
  expect(page).toMatchObject({ parent: undefined, facts: { pullId: 7, kind: 'USERS', page: 1 } })
  expect(conclude).toMatchObject({ parent: page?.id, traceId: page?.traceId })
  // The handlers see the job alone.
  expect(seen).toEqual([
    { name: 'page', pullId: 7, kind: 'USERS', page: 1 },
    { name: 'conclude', pullId: 7 },
  ])
})

test('traces: statements and requests to the vendor are spans, and without traces they cost nothing', async () => {
  const { tracing, spans } = traced()
  await tracing.span('job page', {}, async () => {
    databaseObserver({ tracing })?.statement('work', 3, 'select 1 from users where id = $1', true)
    databaseObserver({ tracing })?.waited('work', 0.1)
    const request = { organization: 'acme', method: 'GET', endpoint: '/users', status: undefined, milliseconds: 20 }
    vendorObserver({ tracing })?.request(request)
  })
  expect(spans().slice(0, 2)).toMatchObject([
    { name: 'select', isFailed: true, facts: { 'db.query.text': 'select 1 from users where id = $1', pool: 'work' } },
    { name: 'vendor GET /users', isFailed: true, facts: { organization: 'acme' } },
  ])
  expect(spans()).toHaveLength(3)
  expect(databaseObserver({})).toBeUndefined()
  expect(vendorObserver({})).toBeUndefined()
})
