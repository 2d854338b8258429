/** Promise 6 and the lock order: how concurrent transactions must not interfere with each other. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readChanges } from '../../src/mirror/feed/read-changes.ts'
import { inOrganizationIf } from '../../src/mirror/in-organization.ts'
import { lockOrganization } from '../../src/mirror/organization-lock.ts'
import { beginPull, claimPages, failPull, lockPage, storePage } from '../../src/mirror/pulls/pulls.ts'
import { at, type MirrorHarness, mirror } from '../support/mirror.ts'
import { until } from '../support/until.ts'

let m: MirrorHarness
beforeEach(async () => {
  m = await mirror()
})
afterEach(() => m[Symbol.asyncDispose]())

test('feed: a reader that follows it during writes misses no change and gets none twice', async () => {
  const writers = 6
  const rounds = 15
  let writing = writers
  const seen: { position: number; kind: string; subject: number }[] = []
  const follow = async () => {
    for (let after = 0; ; ) {
      const done = writing === 0
      const window = { direction: 'forward' as const, after, before: null, steps: [] }
      const read = await readChanges(m.sql, { visible: null, organization: 'acme', window, limit: 7 })
      for (const { position, kind, subjectId } of read?.changes ?? []) seen.push({ position, kind, subject: subjectId })
      after = seen.at(-1)?.position ?? 0
      if (done && read?.changes.length === 0) return
    }
  }
  const write = async (writer: number) => {
    for (let round = 0; round < rounds; round++) {
      // New users, and one user that all writers change.
      await m.list(10 + round, {
        [`u${writer}-${round}@x`]: { roles: ['USER', 'ADMIN'] },
        'shared@x': { firstName: `${writer} ${round}`, aliases: [`${writer}-${round}@x`] },
      })
    }
    writing -= 1
  }
  await Promise.all([follow(), ...Array.from({ length: writers }, (_, writer) => write(writer))])
  const [row] = await m.sql<{ position: number }[]>`select feed_position as position from organizations`
  expect(seen.map(({ position }) => position)).toEqual(Array.from({ length: row?.position ?? 0 }, (_, i) => i + 1))
  expect(seen.filter(({ kind }) => kind === 'USER_CREATED')).toHaveLength(writers * rounds + 1)
  const [order] = await m.sql<{ ascending: boolean }[]>`
    select bool_and(later) as ascending from (
      select applied_at >= lag(applied_at, 1, '-infinity') over (order by last_position) as later from change_sets) t`
  expect(order).toEqual({ ascending: true })
})

test('observations: learnt_at never decreases, even if the clock did', async () => {
  await m.list(10, { 'a@x': { firstName: 'One' } })
  await m.sql`update organizations set learnt_at = '2999-01-01'`
  await m.list(20, { 'a@x': { firstName: 'Two' } })
  await m.list(30, { 'a@x': { firstName: 'Three' } })
  const [row] = await m.sql`
    select count(*)::int as versions, bool_and(valid_to > valid_from) as forwards, max(valid_to)::text as last from user_versions`
  expect(row).toEqual({ versions: 2, forwards: true, last: '2999-01-01 00:00:00.000002+00' })
})

test('pulls: a failing pull waits while one of its pages is being applied', async () => {
  const pullId = await beginPull(m.sql, m.organizationId, 'REQUEST')
  const page = {
    kind: 'USERS',
    page: 1,
    rows: 0,
    total: undefined,
    shown: 'nothing',
    sentAt: at(1),
    arrivedAt: at(2),
    body: '{}',
  } as const
  await storePage(m.sql, { id: pullId, organizationId: m.organizationId }, page, {
    requests: 1,
    retries: 0,
    rateLimited: 0,
  })
  const holds = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const holder = m.sql.begin(async (tx) => {
    await lockOrganization(tx, m.organizationId)
    holds.resolve()
    await mayEnd.promise
  })
  await holds.promise
  const failing = failPull(m.sql, pullId, 'it broke off')
  await waiting(1)
  const applying = m.sql.begin(async (tx) => {
    const locked = await lockPage(tx, pullId, 'USERS', 1)
    await lockOrganization(tx, m.organizationId)
    return locked
  })
  await waiting(2)
  mayEnd.resolve()
  await Promise.all([holder, failing])
  expect(await applying).toBeUndefined()
})

test('pulls: a page is left to the transaction that applies pages of the same pull, without waiting for it', async () => {
  const pullId = await beginPull(m.sql, m.organizationId, 'REQUEST')
  const holds = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  // Takes no turn, like a transaction of another process.
  const holder = m.sql.begin(async (tx) => {
    const claimed = await claimPages(tx, pullId)
    await lockOrganization(tx, m.organizationId)
    holds.resolve()
    await mayEnd.promise
    return claimed
  })
  await holds.promise
  let applied = 0
  const apply = () =>
    inOrganizationIf(
      m.sql,
      m.organizationId,
      (tx) => claimPages(tx, pullId),
      async () => {
        applied += 1
      },
    )
  expect(await apply()).toBe(false)
  expect(applied).toBe(0)
  mayEnd.resolve()
  expect(await holder).toBe(true)
  expect(await apply()).toBe(true)
  expect(applied).toBe(1)
})

/** Waits until this many sessions wait for a lock. */
function waiting(count: number): Promise<true> {
  return until(async () => {
    const rows =
      await m.sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    return rows.length >= count
  })
}
