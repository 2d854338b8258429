import { expect, test } from 'vitest'
import { jsonBytes } from '../../../src/server/limits/response-size.ts'
import { openStream } from '../event-source.ts'
import { requestLines, serve, token } from '../served.ts'
import { serveGraph } from '../served-graph.ts'

/** Resolves with the reason when the operation's signal is aborted. */
const aborted = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }))

test('limits: an operation that takes too long gets TIMEOUT, and its signal is aborted', async () => {
  const reason = Promise.withResolvers<unknown>()
  await using served = await serve(
    {
      ask: ({ signal }) => {
        reason.resolve(aborted(signal))
        return new Promise(() => {})
      },
    },
    { operationTimeoutMs: 50 },
  )
  const answer = await served.operation('{ ask }')
  expect(answer.status).toBe(504)
  expect(await answer.json()).toEqual({
    errors: [{ message: 'The operation timed out after 0.05 s.', extensions: { code: 'TIMEOUT' } }],
  })
  expect(await reason.promise).toMatchObject({ extensions: { code: 'TIMEOUT' } })
})

test('limits: an operation is aborted when its caller disconnects', async () => {
  const begun = Promise.withResolvers<void>()
  const reason = Promise.withResolvers<unknown>()
  await using served = await serve({
    ask: ({ signal }) => {
      begun.resolve()
      reason.resolve(aborted(signal))
      return new Promise(() => {})
    },
  })
  const controller = new AbortController()
  const answer = served.request('/graphql', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"query":"{ask}"}',
    signal: controller.signal,
  })
  const refused = expect(answer).rejects.toThrow()
  await begun.promise
  controller.abort()
  await refused
  expect(await reason.promise).toMatchObject({ name: 'AbortError' })
  expect(await requestLines(served, 1)).toMatchObject([{ status: 499 }])
})

test('limits: a response of the maximum size is sent, and one byte more gives LIMIT_EXCEEDED', async () => {
  const answer = (length: number) => 'é"'.repeat(length / 2)
  // {"data":{"ask":"…"}}: é has two bytes, and so has \".
  const whole = Buffer.byteLength(JSON.stringify({ data: { ask: answer(20_000) } }))
  for (const [limit, isRefused] of [
    [whole, false],
    [whole - 1, true],
  ] as const) {
    await using served = await serve({ ask: () => answer(20_000) }, { limits: { responseBytes: limit } })
    const response = await served.operation('{ ask }')
    const text = await response.text()
    if (!isRefused) {
      expect([response.status, Buffer.byteLength(text)]).toEqual([200, whole])
      continue
    }
    expect(response.status).toBe(400)
    expect(JSON.parse(text)).toEqual({
      errors: [
        {
          message: `The response exceeds the limit of ${limit} bytes. Request smaller pages or fewer fields.`,
          extensions: { code: 'LIMIT_EXCEEDED', limit: 'responseBytes', max: limit },
        },
      ],
    })
  }
})

test('limits: the error of a mutation with too large a response states that the mutation was carried out', async () => {
  await using served = await serve({ change: () => 'x'.repeat(2_000) }, { limits: { responseBytes: 1_000 } })
  const { errors } = await (await served.operation('mutation { change }')).json()
  expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'responseBytes', max: 1_000 } }])
  expect(errors[0].message).toContain('The mutation was carried out.')
})

test('limits: an event that is too large is replaced by an error, and the stream continues', async () => {
  await using served = await serveGraph({ limits: { responseBytes: 400 } })
  const organization = await served.add.organization('acme')
  const user = await served.add.user(organization, 'a@acme.example')
  const change = (position: number, field: string) => served.sql`
    insert into change_sets (organization_id, last_position, subject_id, kinds, object_ids, fields, origin, not_after, reached_at, applied_at)
    values (${organization}, ${position}, ${user}, array['FIELD_CHANGED']::change_kind[], array[null::bigint], array[${field}::text], 'PULL', now(), now(), now())`
  await change(1, 'firstName')
  await change(2, 'lastName'.padEnd(600, 'x'))
  await change(3, 'lastName')
  await served.sql`update organizations set feed_position = 3`
  const { body } = await served.ask('{ changes(first: 1) { pageInfo { endCursor } } }')
  const changes = body.data?.changes as { pageInfo: { endCursor: string } } | undefined
  const stream = await openStream(
    served.server.url,
    'subscription ($after: String) { changes(after: $after) { node { field } } }',
    { variables: { after: changes?.pageInfo.endCursor } },
  )
  const [large, small] = await stream.take(2)
  stream.leave()
  expect(large?.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'responseBytes', max: 400 } }])
  expect(small).toEqual({ data: { changes: { node: { field: 'lastName' } } } })
})

test.each<[string, unknown]>([
  ['numbers', [0, -1.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY]],
  ['strings', ['', 'a', 'é', '€', '\u{1f600}', '\ud800', '"\\\n\u0000\u001f\u007f']],
  ['empty values', [null, undefined, [], {}, { a: undefined }]],
  ['objects', { a: { 'b"': [true, false, { c: new Date(0) }] }, d: [[], [1, 2]] }],
])('limits: the computed size of %s equals the size of their JSON', (_what, value) => {
  const bytes = Buffer.byteLength(JSON.stringify(value))
  expect(jsonBytes(value, bytes)).toBe(bytes)
  expect(jsonBytes(value, bytes - 1)).toBe(Number.POSITIVE_INFINITY)
})
