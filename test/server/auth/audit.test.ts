/** The audit log: the cost of rejected callers, the retention of rows, and the export. */
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openAudit } from '../../../src/access/audit.ts'
import { type AuditRow, pruneAudit, readAudit } from '../../../src/access/audit-rows.ts'
import { revokeToken } from '../../../src/access/tokens.ts'
import { until } from '../../support/until.ts'
import { serveGraph } from '../served-graph.ts'

const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
const { ask, sql, statements } = served
beforeEach(() => sql`truncate audit_log`)

const rows = () => sql<AuditRow[]>`select * from audit_log order by id`
const writesToAudit = () => statements.filter((text) => /(insert into|update) audit_log/.test(text))

test('audit: a thousand uses of a revoked token are counted in one row per minute, with few statements', async () => {
  const token = await served.token({ name: 'gone' })
  await revokeToken(sql, 'gone')
  statements.length = 0
  for (let i = 0; i < 20; i += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('{ organizations { slug } }', { token })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  }
  await served.audit.close()
  const found = await rows()
  const minutes = new Set(found.map(({ at }) => at.slice(0, 16))).size
  expect(found).toHaveLength(minutes)
  expect(found.reduce((sum, { times }) => sum + times, 0)).toBe(1_000)
  expect(found[0]).toMatchObject({ kind: 'REFUSAL', viewer: 'gone', action: 'authenticate', outcome: 'REVOKED' })
  // One every five seconds and one per minute, with room for a slow machine.
  expect(writesToAudit().length).toBeLessThan(100)
})

test('audit: a caller without the scope causes one row per minute, even if it names many organizations', async () => {
  const token = await served.token({ name: 'reader' })
  const mutation = (slug: string) =>
    `mutation { deleteUser(input: { organization: "${slug}", primaryEmail: "a@b.example" }) { __typename } }`
  for (let i = 0; i < 30; i += 1) {
    expect(await ask(mutation(`slug-${i}`), { token })).toMatchObject({
      body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    })
  }
  await served.audit.close()
  const found = await rows()
  expect(found).toHaveLength(new Set(found.map(({ at }) => at.slice(0, 16))).size)
  expect(found.reduce((sum, { times }) => sum + times, 0)).toBe(30)
  expect(found[0]).toMatchObject({ viewer: 'reader', action: 'Mutation.deleteUser', organization: null })
})

test('audit: processes share the row of a refusal, and counts that could not be written are kept', async () => {
  const errors: unknown[] = []
  let isAway = false
  const failing = new Proxy(sql, {
    apply: (target, self, args) =>
      isAway ? Promise.reject(new Error('away')) : Reflect.apply(target as never, self, args),
  })
  const one = openAudit(failing, { flushEveryMs: 5, onError: (error) => errors.push(error) })
  const other = openAudit(sql, { flushEveryMs: 5 })
  const refuse = (audit: typeof one) => audit.recordRefusal({ viewer: 'x', action: 'y', organization: 'acme' }, 'Z')
  await refuse(one)
  await refuse(other)
  isAway = true
  await Promise.all(Array.from({ length: 10 }, () => refuse(one)))
  await until(() => errors.length > 0)
  isAway = false
  await until(async () => (await rows()).reduce((sum, { times }) => sum + times, 0) === 12)
  await Promise.all([one.close(), other.close()])
  const found = await rows()
  expect(found).toHaveLength(new Set(found.map(({ at }) => at.slice(0, 16))).size)
  expect(found[0]).toMatchObject({ organization: 'acme' })
})

test('audit: rows older than the retention are deleted in batches, and the other rows stay', async () => {
  await sql`insert into audit_log (at, kind, viewer, action)
    select clock_timestamp() - n * interval '1 hour', 'WRITE', 'x', 'y' from generate_series(1, 5000) n`
  statements.length = 0
  expect(await pruneAudit(sql, 10)).toBe(5_000 - 240 + 1)
  expect(statements.filter((text) => text.includes('delete from audit_log'))).toHaveLength(3)
  expect(await rows()).toHaveLength(239)
  const stopped = new AbortController()
  stopped.abort()
  expect(await pruneAudit(sql, 1, stopped.signal)).toBe(0)
})

test('audit: the export returns each row of the time range once, oldest first, in pages', async () => {
  // Several rows have the same time, including rows on both sides of a page boundary.
  await sql`insert into audit_log (at, kind, viewer, action)
    select timestamptz '2026-01-01' + (n / 7) * interval '1 second', 'WRITE', 'x', 'y' from generate_series(0, 2499) n`
  const pages: AuditRow[][] = []
  for await (const page of readAudit(sql, '2026-01-01T00:00:01Z', '2026-01-01T00:05:00Z')) pages.push(page)
  expect(pages.map((page) => page.length)).toEqual([1_000, 1_000, 2_100 - 7 - 2_000])
  const read = pages.flat()
  expect(new Set(read.map(({ id }) => id)).size).toBe(read.length)
  expect(read.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id - b.id))).toEqual(read)
  expect(read[0]).toMatchObject({ at: '2026-01-01T00:00:01.000000Z', lastAt: null, times: 1 })
})
