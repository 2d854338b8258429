import { expect, test } from 'vitest'
import { testDatabase } from '../../support/database.ts'
import { onboardUnderKills } from './onboarding-under-kills.ts'

test('killed again and again, an onboarding makes every user once, repeats nothing that was answered, and keeps to the allowance', async () => {
  await using database = await testDatabase()
  const outcome = await onboardUnderKills(database, { users: 60, kills: 4, speed: 60 })
  const { requests, memberships, answersTaken, peakRequestsInMinute, said, ...rest } = outcome
  expect(rest).toMatchObject({ state: 'SUCCEEDED', repeated: [], wrong: [], refusedForRate: 0, passwordsLeft: 0 })
  expect(requests).toBeLessThanOrEqual(2 * 60 + memberships + 5 + answersTaken)
  expect(peakRequestsInMinute).toBeLessThanOrEqual(100)
  expect(said).not.toMatch(/Planted-\d+-Password/)
})
