import { expect, test } from 'vitest'
import { hasRedis } from './machine.ts'
import { runKills } from './run-kills.ts'

test('after SIGKILLs of everything in mid-pull the mirror becomes the vendor, and each cost one page at most', async () => {
  const report = await runKills('postgres', 2, 1, () => {})
  expect(report).toMatchObject({ kills: 2, violations: [] })
}, 300_000)

test.runIf(await hasRedis())(
  'the same where the queue lives in a Redis that loses all it had',
  async () => {
    const report = await runKills('redis', 2, 2, () => {})
    expect(report).toMatchObject({ kills: 2, violations: [] })
  },
  300_000,
)
