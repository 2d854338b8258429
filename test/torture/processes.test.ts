import { expect, test } from 'vitest'
import { runKills } from './schedule/run-kills.ts'
import { hasRedis } from './world/process-harness.ts'

test('torture: after SIGKILLs of one or all processes in mid-pull the mirror equals the vendor, and each kill costs one page at most', async () => {
  const report = await runKills('postgres', 1, 3, 1, () => {})
  expect(report).toMatchObject({ kills: 1, killsOfOne: 3, violations: [] })
}, 300_000)

test.runIf(await hasRedis())(
  'torture: the mirror equals the vendor after kills of a Redis that loses all of its data',
  async () => {
    const report = await runKills('redis', 1, 2, 2, () => {})
    expect(report).toMatchObject({ kills: 1, killsOfOne: 2, violations: [] })
  },
  300_000,
)
