/** What is deleted besides the history of an organization. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pruneFindings } from '../../src/analysis/findings/prune-findings.ts'
import { openCallerRequests, pruneCallerRequests } from '../../src/rate-limit/caller-requests.ts'
import { openAllowance, pruneAllowances } from '../../src/rate-limit/vendor-allowance.ts'
import { type MirrorHarness, mirror } from '../support/mirror.ts'

let m: MirrorHarness
beforeEach(async () => {
  m = await mirror()
})
afterEach(() => m[Symbol.asyncDispose]())

test('pruning: findings are deleted some days after they were resolved, and open ones never', async () => {
  await m.sql`
    insert into findings (organization_id, rule, key, severity, subject_ids, subject_types, evidence, first_seen_at, last_seen_at, resolved_at)
    select ${m.organizationId}, 'EMPTY_GROUP', key, 1, '{}', '{}', '{}'::text::jsonb, '2020-01-01', '2020-01-01', resolved_at
    from (values ('open', null), ('old', clock_timestamp() - interval '31 days'), ('new', clock_timestamp() - interval '29 days'))
      as t(key, resolved_at)`
  expect(await pruneFindings(m.sql, 30)).toBe(1)
  const left = await m.sql<{ key: string }[]>`select key from findings order by key`
  expect(left.map(({ key }) => key)).toEqual(['new', 'open'])
})

test('pruning: the request counts of past hours are deleted, and the current ones stay', async () => {
  await openCallerRequests(m.sql, 100).take('current')
  await m.sql`insert into caller_requests (caller, minute, taken) values ('gone', clock_timestamp() - interval '2 hours', 5)`
  expect(await pruneCallerRequests(m.sql)).toBe(1)
  expect([...(await m.sql`select caller from caller_requests`)]).toEqual([{ caller: 'current' }])
})

test('pruning: the allowance of a key that no organization has is deleted a day after its last request', async () => {
  const use = async (key: string) => {
    const allowance = await openAllowance(m.sql, key, 10)
    await (await allowance.take({ priority: 'background' })).release()
  }
  await use('key')
  await use('rotated')
  expect(await pruneAllowances(m.sql)).toBe(0)
  await m.sql`update allowance_slots set free_at = free_at - interval '2 days'`
  await m.sql`update allowance_waits set until = until - interval '2 days'`
  expect(await pruneAllowances(m.sql)).toBe(1)
  expect([...(await m.sql`select key from allowances`)]).toEqual([{ key: 'key' }])
  expect([...(await m.sql`select distinct key from allowance_slots`)]).toEqual([{ key: 'key' }])
})
