import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { serve } from './served.ts'

/** Sends a request over the agent's connection, and returns the status, the body and whether the connection closes. */
async function get(agent: Agent, url: string, path: string) {
  const request = httpRequest(new URL(path, url), { agent }).end()
  const [response] = await once(request, 'response')
  const body = await text(response)
  return { status: response.statusCode, closes: response.headers.connection === 'close', body }
}

test('drain: a stopping server is not ready, answers, and closes each connection with its response', async () => {
  const over = Promise.withResolvers<void>()
  const served = await serve({}, { drained: () => over.promise })
  const { url } = served.server
  const agent = new Agent({ keepAlive: true })
  expect(await get(agent, url, '/health/ready')).toMatchObject({ status: 200, closes: false })
  const stopped = served.server.stop()
  expect(await get(agent, url, '/health/ready')).toEqual({
    status: 503,
    closes: true,
    body: '{"status":"unavailable","reason":"The server is stopping. Use another one."}',
  })
  // A new connection, because the last response closed the one before.
  expect(await get(agent, url, '/health/live')).toMatchObject({ status: 200, closes: true })
  const answer = await served.operation('{ ask }')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('connection')).toBe('close')
  over.resolve()
  await stopped
  agent.destroy()
})

test('drain: it is skipped if no one has asked for readiness and no connection is open', async () => {
  const served = await serve({}, { drained: () => new Promise(() => {}) })
  await served.server.stop()
  await expect(served.request('/health/live')).rejects.toThrow()
})

test('drain: afterwards connections are refused', async () => {
  const served = await serve({}, { drained: async () => {} })
  const agent = new Agent({ keepAlive: true })
  await get(agent, served.server.url, '/health/ready')
  await served.server.stop()
  await expect(get(agent, served.server.url, '/health/live')).rejects.toThrow()
  agent.destroy()
})
