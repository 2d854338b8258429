import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { Coverage } from './checks/coverage.ts'
import { floorsOf } from './checks/coverage-minimums.ts'
import { interfaceSchedule } from './schedule/interface-schedule.ts'
import { runSchedule } from './schedule/run-schedule.ts'
import { schedule } from './schedule/schedule.ts'

/** A fixed seed, so that only a change can cause a failure here. `npm run torture` draws new seeds. */
const seed = 3
/** A number, not a time: a slow machine must draw the same schedules. */
const schedules = 24

test('torture: after any faults of the vendor, the network and the process, the mirror equals the vendor and reports nothing false', async () => {
  await using database = await testDatabase()
  const coverage = new Coverage()
  await fc.assert(
    fc.asyncProperty(schedule, async (one) => {
      await runSchedule(database.sql, one, coverage)
      coverage.add('schedules')
    }),
    { seed, numRuns: schedules },
  )
  expect(coverage.of('schedules')).toBeGreaterThan(0)
  expect(coverage.shortOf(floorsOf(coverage.of('schedules') / 3))).toEqual([])
}, 300_000)

test('torture: over the API v1, the mirror equals the vendor after the same faults, and reports nothing false', async () => {
  await using database = await testDatabase()
  const coverage = new Coverage()
  await fc.assert(
    fc.asyncProperty(interfaceSchedule, async (one) => {
      await runSchedule(database.sql, one, coverage)
      coverage.add('schedules')
    }),
    { seed, numRuns: schedules },
  )
  expect(coverage.shortOf(floorsOf(coverage.of('schedules') / 3, 'v1'))).toEqual([])
}, 300_000)
