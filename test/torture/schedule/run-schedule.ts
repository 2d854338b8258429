import type { Sql } from '../../../src/db/database.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { checkAll } from '../checks/check-all.ts'
import type { Coverage } from '../checks/coverage.ts'
import type { Plant } from '../seeded-bugs.ts'
import { settle } from '../world/settle.ts'
import { World } from '../world/simulation.ts'
import { act } from './acts.ts'
import type { Schedule } from './schedule.ts'

/** Runs one schedule with its own vendor and organization, and then all checks. */

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

/** A schedule without faults that does a little of everything. */
export const calm: Schedule = {
  seed: 1,
  users: 12,
  groups: 3,
  switches: { listCarries: everySection, total: 'absent', maximumPageSize: 5 },
  actions: [
    { do: 'pull' },
    { do: 'finish' },
    { do: 'edit', edit: 'rename', who: 1, what: 1 },
    { do: 'edit', edit: 'move', who: 2, what: 0 },
    { do: 'edit', edit: 'delete', who: 3, what: 0 },
    { do: 'edit', edit: 'addAlias', who: 4, what: 4 },
    { do: 'pull' },
    { do: 'finish' },
    { do: 'edit', edit: 'rename', who: 1, what: 2 },
    { do: 'edit', edit: 'recreate', who: 5, what: 5 },
  ],
}
