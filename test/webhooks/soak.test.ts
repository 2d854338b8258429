import { expect, test } from 'vitest'
import { runDeliveries } from './run-deliveries.ts'

/** `npm run soak:webhooks` delivers 10,000. */
const changes = Number(process.env.WEBHOOK_CHANGES ?? 300)
const seed = process.env.WEBHOOK_SEED ?? 'webhooks'

test(`webhooks: ${changes} changes arrive in order through a failing receiver and kills (WEBHOOK_SEED=${seed})`, async () => {
  const report = await runDeliveries(changes, seed)
  process.stdout.write(`${JSON.stringify(report)}\n`)
  expect(report.violations).toEqual([])
  expect(report.kills).toBeGreaterThan(1)
  expect(report.requests).toBeGreaterThan(changes * 1.3)
})
