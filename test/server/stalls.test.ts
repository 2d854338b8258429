/**
 * A request that blocks the event loop blocks every caller. The test measures CPU time, which does not depend on the
 * load of the machine, with a wide margin.
 */
import { afterAll, expect, test } from 'vitest'
import { attacks } from '../support/attacks.ts'
import { token } from './served.ts'
import { serveGraph } from './served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
await served.add.organization('acme')

/** The slowest request takes about 200 ms with a cold compiler. Quadratic work takes ten times this limit. */
const mostCpuMs = 1_500

test.each(Object.entries(attacks))('malicious requests: the attack "%s" takes little CPU time', async (_name, body) => {
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
