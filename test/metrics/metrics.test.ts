import { expect, test } from 'vitest'
import { OperationNames, openMetrics } from '../../src/metrics/open-metrics.ts'
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

test('metrics: callers cannot create series without limit by the names of operations', () => {
  const names = new OperationNames()
  const labels = new Set(Array.from({ length: 10_000 }, (_, i) => names.labelOf(`Name${i}`)))
  expect(labels.size).toBe(101)
  expect(names.labelOf('Name5')).toBe('Name5')
  expect(names.labelOf('Name9999')).toBe('other')
  expect(names.labelOf(undefined)).toBe('anonymous')
})
