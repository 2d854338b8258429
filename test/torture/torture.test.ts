import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { Coverage } from './coverage.ts'
import { floorsOf } from './floors.ts'
import { runSchedule } from './run-schedule.ts'
import { schedule } from './schedule.ts'

/** A fixed seed, so that a failure here is the fault of a change. `npm run torture` draws new seeds. */
const seed = 20_261_129
const schedules = 40
const longestMs = 45_000

test('whatever happens at the vendor, on the way and to the process, the mirror becomes the vendor and says nothing false', async () => {
  await using database = await testDatabase()
  const coverage = new Coverage()
  await fc.assert(
    fc.asyncProperty(schedule, async (one) => {
      await runSchedule(database.sql, one, coverage)
      coverage.add('schedules')
    }),
    { seed, numRuns: schedules, interruptAfterTimeLimit: longestMs },
  )
  expect(coverage.of('schedules')).toBeGreaterThan(0)
  expect(coverage.shortOf(floorsOf(coverage.of('schedules') / 3))).toEqual([])
}, 300_000)
