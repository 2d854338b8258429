/** What stops the event loop stops every caller. Measured as CPU time, which a busy machine does not stretch, and with a wide margin. */
import { afterAll, expect, test } from 'vitest'
import { attacks } from '../support/attacks.ts'
import { token } from './served.ts'
import { serveGraph } from './served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
await served.add.organization('acme')

/** The slowest takes some 200 ms with a cold compiler; what is quadratic takes ten times as long as this. */
const mostCpuMs = 1_500

test.each(Object.entries(attacks))('malicious requests: %s takes little CPU time', async (_name, body) => {
  const before = process.cpuUsage()
  const answer = await fetch(served.server.url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
    },
    body,
  })
  const { errors = [] } = (await answer.json()) as { errors?: unknown[] }
  const { user, system } = process.cpuUsage(before)
  expect(errors.length).toBeLessThanOrEqual(101)
  expect((user + system) / 1_000).toBeLessThan(mostCpuMs)
})
