/** Runs one schedule with its own vendor and organization, and then all checks. */
import type { Sql } from '../../src/mirror/database.ts'
import { act } from './acts.ts'
import { checkAll } from './check-all.ts'
import type { Coverage } from './coverage.ts'
import type { Plant } from './plants.ts'
import type { Schedule } from './schedule.ts'
import { settle } from './settle.ts'
import { World } from './world.ts'

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
  const T = process.env.TRACE
  let seen = 0
  const dump = () => { if (!T) return; for (const r of world.simulator.requests.slice(seen)) console.error('   ', r.method, r.path, r.status, JSON.stringify(r.body ?? null)?.slice(0, 300)); seen = world.simulator.requests.length }
  for (const action of schedule.actions) { if (T) console.error(JSON.stringify(action)); await act(world, action); dump() }
  if (T) console.error('SETTLE'); const stuck = await settle(world); dump()
  if (T) for (const c of world.log.changes) console.error(JSON.stringify({...c, before: c.before && {g:[...c.before.groups], s:c.before.profile.status}, after: c.after && {g:[...c.after.groups], s:c.after.profile.status}}))
 if (T) for (const a of world.writer.attempts) console.error(JSON.stringify(a))
  const violations = [...world.failures, ...stuck, ...(await checkAll(world))]
  if (violations.length > 0) throw new ViolationError(violations)
}
