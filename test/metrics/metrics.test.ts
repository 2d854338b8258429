import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { workerName } from '../../src/db/sessions.ts'
import { OperationNames, openMetrics } from '../../src/metrics/open-metrics.ts'
import { vendorEndpoints } from '../../src/observers.ts'
import { mirror } from '../support/mirror.ts'

/** The samples of a metric, as they are exported. */
async function samples(text: string, name: string): Promise<string[]> {
  return text.split('\n').filter((line) => line.startsWith(`essentials_graph_${name}`))
}

test('metrics: what the database knows is read when it is scraped', async () => {
  await using m = await mirror()
  await m.sql`update organizations set profile_as_of = clock_timestamp() - interval '1 hour'`
  await m.sql`
    insert into pulls (id, organization_id, state, trigger) select nextval('node_ids'), id, 'QUARANTINED', 'START' from organizations`
  await m.sql`insert into operations (id, organization_id, kind, created_by) values (1000, ${m.organizationId}, 'ONBOARDING', 'x')`
  await m.sql`insert into allowance_slots (key, slot, free_at) values ('key', 0, clock_timestamp() + interval '1 minute')`
  const text = await openMetrics(() => m.sql).text()
  const [age] = await samples(text, 'mirror_age_seconds')
  expect(Number(age?.split(' ')[1])).toBeGreaterThanOrEqual(3_600)
  expect(await samples(text, 'quarantines')).toEqual(['essentials_graph_quarantines{organization="acme"} 1'])
  expect(await samples(text, 'allowance_used')).toEqual(['essentials_graph_allowance_used{organization="acme"} 1'])
  expect(await samples(text, 'operations')).toEqual(
    expect.arrayContaining([
      'essentials_graph_operations{state="QUEUED"} 1',
      'essentials_graph_operations{state="RUNNING"} 0',
    ]),
  )
})

test('metrics: while the database is away the others are served', async () => {
  const metrics = openMetrics(() => {
    throw new Error('away')
  })
  metrics.pullEnded('FAILED')
  const text = await metrics.text()
  expect(text).toContain('essentials_graph_pulls_total{outcome="FAILED"} 1')
  expect(text).not.toContain('essentials_graph_mirror_age_seconds{')
})

test('metrics: a database that is away or does not answer is 0, and gauges that need it are absent', async () => {
  await using m = await mirror()
  let sql = () => m.sql
  let now = 0
  const metrics = openMetrics(() => sql(), { answerMs: 60_000, now: () => now })
  const up = async () => (await samples(await metrics.text(), 'database_up')).join()
  expect(await up()).toBe('essentials_graph_database_up 1')
  expect(await samples(await metrics.text(), 'workers')).toEqual(['essentials_graph_workers 0'])
  sql = () => {
    throw new Error('away')
  }
  now += 60_000
  expect(await up()).toBe('essentials_graph_database_up 0')
  // A worker count of 0 would raise the alert about workers.
  expect(await samples(await metrics.text(), 'workers')).toEqual([])
  sql = () => m.sql
  now += 60_000
  expect(await up()).toBe('essentials_graph_database_up 1')
  const silent = (() => () => new Promise(() => {})) as unknown as () => typeof m.sql
  expect(await samples(await openMetrics(silent, { answerMs: 1 }).text(), 'database_up')).toEqual([
    'essentials_graph_database_up 0',
  ])
})

test('metrics: an organization without a complete pull ages from its first pull, or from when it was first seen', async () => {
  await using m = await mirror()
  let now = 0
  const metrics = openMetrics(() => m.sql, { now: () => now })
  const age = async () => Number((await samples(await metrics.text(), 'mirror_age_seconds'))[0]?.split(' ')[1])
  expect(await age()).toBe(0)
  now += 7_200_000
  expect(await age()).toBe(7_200)
  await m.sql`
    insert into pulls (id, organization_id, state, trigger, started_at, finished_at)
    select nextval('node_ids'), id, 'FAILED', 'START', clock_timestamp() - h * interval '1 hour', clock_timestamp()
    from organizations, unnest(array[5, 1]) as h`
  now += 60_000
  expect(Math.floor((await age()) / 3_600)).toBe(5)
})

test('metrics: workers count by their sessions, and webhooks by state', async () => {
  await using m = await mirror()
  await m.sql`
    insert into webhooks (url, events, secret, created_by, disabled_at)
    select 'https://a.example', '{}', 'sealed', 'test', case when i = 1 then clock_timestamp() end from generate_series(1, 4) as i`
  await m.sql`
    insert into webhook_cursors (webhook_id, organization_id, failures, failing_since)
    select id, ${m.organizationId}, 1, clock_timestamp() from webhooks where id <> (select max(id) from webhooks)`
  const workers = [1, 2].map(() => openDatabase(m.database.connection, { connections: 2, name: workerName }))
  try {
    for (const worker of workers) {
      await worker.sql`select 1`
      await worker.listen(
        'some',
        () => {},
        () => {},
      )
    }
    const text = await openMetrics(() => m.sql).text()
    expect(await samples(text, 'workers')).toEqual(['essentials_graph_workers 2'])
    expect((await samples(text, 'webhooks')).sort()).toEqual([
      'essentials_graph_webhooks{state="ACTIVE"} 1',
      'essentials_graph_webhooks{state="DISABLED"} 1',
      'essentials_graph_webhooks{state="FAILING"} 2',
    ])
  } finally {
    await Promise.all(workers.map((worker) => worker.close()))
  }
})

test('metrics: the series that alert rules count are 0 before the first event', async () => {
  const text = await openMetrics(
    () => {
      throw new Error('away')
    },
    { endpoints: vendorEndpoints },
  ).text()
  const rules = await readFile(join(import.meta.dirname, '../../docs/ops/alerts.yml'), 'utf8')
  const selected = [...rules.matchAll(/(essentials_graph_\w+_total)\{(\w+)=~?"([^"]+)"\}/g)]
  expect(selected).toHaveLength(4)
  for (const [, name = '', label = '', values = ''] of selected) {
    for (const value of values.split('|'))
      expect(text).toMatch(new RegExp(`^${name}\\{.*${label}="${value}".*\\} 0$`, 'm'))
  }
  const used = await Promise.all(
    ['endpoints.ts', 'v1/endpoints.ts'].map((name) =>
      readFile(join(import.meta.dirname, '../../src/vendor', name), 'utf8'),
    ),
  )
  const named = used.flatMap((source) => [...source.matchAll(/endpoint: '([^']+)'/g)].map(([, name]) => name))
  expect(new Set(vendorEndpoints)).toEqual(new Set(named))
})

test('metrics: callers cannot create series without limit by the names of operations', () => {
  const names = new OperationNames()
  const labels = new Set(Array.from({ length: 10_000 }, (_, i) => names.labelOf(`Name${i}`)))
  expect(labels.size).toBe(101)
  expect(names.labelOf('Name5')).toBe('Name5')
  expect(names.labelOf('Name9999')).toBe('other')
  expect(names.labelOf(undefined)).toBe('anonymous')
})
