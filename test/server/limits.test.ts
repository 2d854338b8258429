import { expect, test } from 'vitest'
import { requestLines, serve, token } from './served.ts'

/** Resolves when the operation's signal is aborted, with the reason. */
const aborted = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }))

test('an operation that takes too long is broken off, and its signal aborted', async () => {
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
    errors: [{ message: 'The operation was broken off: it took longer than 0.05 s.', extensions: { code: 'TIMEOUT' } }],
  })
  expect(await reason.promise).toMatchObject({ extensions: { code: 'TIMEOUT' } })
})

test('a caller that goes away aborts its operation', async () => {
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
