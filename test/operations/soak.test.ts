import { expect, test } from 'vitest'
import { soak } from './harness/soak.ts'

/** `npm run soak` runs more operations. */
const each = Number(process.env.SOAK_OPERATIONS ?? 5)
const seed = process.env.SOAK_SEED ?? 'soak'

test(`operations: ${each} of each kind end correctly under random lags and kills, without a manual retry`, {
  timeout: 1_800_000,
}, async () => {
  const figures = await soak({ each, seed })
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  expect(figures.wrongs).toEqual([])
  expect(figures.kills).toBeGreaterThanOrEqual(Math.floor(each / 5))
  expect(figures.lateAnswers).toBeGreaterThan(each)
  expect(Object.keys(figures.waits).filter((wait) => wait.startsWith('new create'))).not.toEqual([])
})
