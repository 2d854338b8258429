/** A planned statement ends with its caller, and at the deadline of its operation. */
import { afterAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { token } from './served.ts'
import { serveGraph } from './served-graph.ts'

const served = await serveGraph({ operationTimeoutMs: 60_000 })
const impatient = await serveGraph({ beside: served, operationTimeoutMs: 300 })
afterAll(async () => {
  await impatient[Symbol.asyncDispose]()
  await served[Symbol.asyncDispose]()
})
const acme = await served.add.organization('acme')
await served.add.group(acme, 'grp_001', 'Helpers')

/** The text exit without Yoga, and the executor's. */
const questions = {
  'as the answer': '{ groups(organization: "acme") { nodes { name } } }',
  'for the executor': '{ groups(organization: "acme") { nodes { name overlaps { shared } } } }',
}

test.each(Object.entries(questions))(
  'a planned statement %s is stopped when its caller leaves',
  async (_exit, query) => {
    for (const _time of ['through Yoga', 'through the shortcut']) {
      await expect(served.ask(query)).resolves.toMatchObject({ status: 200 })
      await whileGroupsAreLocked(async () => {
        const caller = new AbortController()
        const asked = post(served.server.url, query, caller.signal)
        await until(async () => (await waiting()) === 1)
        caller.abort()
        await expect(asked).rejects.toThrow()
        await until(async () => (await waiting()) === 0)
      })
    }
  },
)

test.each(Object.entries(questions))('a planned statement %s is stopped at the deadline', async (_exit, query) => {
  await whileGroupsAreLocked(async () => {
    for (const _time of ['through Yoga', 'through the shortcut']) {
      const { errors } = (await impatient.ask(query)).body
      expect(errors).toMatchObject([{ extensions: { code: 'TIMEOUT' } }])
      await until(async () => (await waiting()) === 0)
    }
  })
})

async function whileGroupsAreLocked(run: () => Promise<void>): Promise<void> {
  await served.sql.begin(async (tx) => {
    await tx`lock table groups in access exclusive mode`
    await run()
  })
}

/** The number of planned statements that wait for a lock. */
async function waiting(): Promise<number> {
  const rows = await served.sql`select from pg_stat_activity
    where datname = current_database() and state = 'active' and wait_event_type = 'Lock' and query like '%||%groups%'`
  return rows.length
}

function post(url: string, query: string, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal,
  })
}
