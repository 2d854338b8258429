/** Runs one schedule with its own vendor and organization, and then all checks. */
import type { Sql } from '../../../src/db/database.ts'
import { act } from './acts.ts'
import { checkAll } from '../checks/check-all.ts'
import type { Coverage } from '../checks/coverage.ts'
import type { Plant } from '../seeded-bugs.ts'
import type { Schedule } from './schedule.ts'
import { settle } from '../world/settle.ts'
import { World } from '../world/simulation.ts'

export class ViolationError extends Error {
  override readonly name = 'ViolationError'
  readonly violations: readonly string[]

  constructor(violations: readonly string[]) {
    super(`${violations.length} violations, such as\n${violations.slice(0, 12).join('\n')}`)
    this.violations = violations
  }
}

/** The database may contain earlier schedules. Rejects with a ViolationError. */
export async function runSchedule(sql: Sql, schedule: Schedule, coverage: Coverage, plant?: Plant): Promise<void> {
  await using world = await World.open(sql, schedule, coverage, plant)
  for (const action of schedule.actions) await act(world, action)
  const stuck = await settle(world)
  const violations = [...world.failures, ...stuck, ...(await checkAll(world))]
  if (violations.length > 0) throw new ViolationError(violations)
}
