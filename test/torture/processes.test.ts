import { expect, test } from 'vitest'
import { hasRedis } from './machine.ts'
import { runKills } from './run-kills.ts'

test('after SIGKILLs in mid-pull, of everything and of each process alone, the mirror becomes the vendor, and each cost one page at most', async () => {
  const report = await runKills('postgres', 1, 3, 1, () => {})
  expect(report).toMatchObject({ kills: 1, killsOfOne: 3, violations: [] })
}, 300_000)

test.runIf(await hasRedis())(
  'the same where the queue lives in a Redis that loses all it had',
  async () => {
    const report = await runKills('redis', 1, 2, 2, () => {})
    expect(report).toMatchObject({ kills: 1, killsOfOne: 2, violations: [] })
  },
  300_000,
)
