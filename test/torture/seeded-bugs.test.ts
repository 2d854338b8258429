import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { Coverage } from './checks/coverage.ts'
import { calm, runSchedule, ViolationError } from './schedule/run-schedule.ts'
import { type Plant, plants } from './seeded-bugs.ts'

const caughtBy: Record<keyof typeof plants, string> = {
  'a membership that does not end': 'I1',
  'a change that is not in the feed': 'I2',
  'a user deleted without a reason': 'I3',
  'a version that is not kept': 'I4',
  'a request without a slot': 'I5',
  'an arrival that is reported too early': 'I6',
  'a page that is not kept': 'I7',
}

test('torture: a calm schedule without a planted violation passes all checks', async () => {
  await using database = await testDatabase()
  await expect(runSchedule(database.sql, calm, new Coverage())).resolves.toBeUndefined()
})

test.each(Object.entries(plants) as [keyof typeof plants, Plant][])(
  'torture: the planted violation "%s" is caught',
  async (name, plant) => {
    await using database = await testDatabase()
    // With this violation every pull hangs, so one pull is enough.
    const schedule = caughtBy[name] === 'I7' ? { ...calm, actions: [] } : calm
    const violations = await violationsOf(runSchedule(database.sql, schedule, new Coverage(), plant))
    expect(violations.filter((text) => text.startsWith(caughtBy[name]))).not.toEqual([])
  },
  180_000,
)

/** Over the API v1 there are no memberships, and a list is stored by other statements. */
const overV1 = ['I2', 'I3', 'I4', 'I5', 'I6']

test.each(
  Object.entries(plants).filter(([name]) => overV1.includes(caughtBy[name as keyof typeof plants])) as [
    keyof typeof plants,
    Plant,
  ][],
)('torture: over the API v1, the planted violation "%s" is caught', async (name, plant) => {
  await using database = await testDatabase()
  const actions = calm.actions.map((action) =>
    action.do === 'edit' && action.edit === 'move' ? { ...action, edit: 'readdress' as const } : action,
  )
  const schedule = { ...calm, api: 'v1' as const, groups: 0, switches: {}, actions }
  await expect(runSchedule(database.sql, schedule, new Coverage())).resolves.toBeUndefined()
  const violations = await violationsOf(runSchedule(database.sql, schedule, new Coverage(), plant))
  expect(violations.filter((text) => text.startsWith(caughtBy[name]))).not.toEqual([])
})

async function violationsOf(run: Promise<void>): Promise<readonly string[]> {
  try {
    await run
    return []
  } catch (error) {
    if (error instanceof ViolationError) return error.violations
    throw error
  }
}
