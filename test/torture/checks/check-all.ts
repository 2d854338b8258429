/** Checks every invariant on the state after a run. */

import { loadMirror } from '../world/mirror.ts'
import type { World } from '../world/simulation.ts'
import { checkDeletions, checkLives } from './check-deletions.ts'
import { checkFeed } from './check-feed.ts'
import { checkHistory } from './check-history.ts'
import { checkIntervals } from './check-intervals.ts'
import { checkMirror } from './check-mirror.ts'
import { checkOperations } from './check-operations.ts'
import { checkRequests } from './check-requests.ts'
import { checkWrites } from './check-writes.ts'
import { Intents } from './intents.ts'

/** Returns the violations as sentences that begin with the invariant's name, or an empty array. */
export async function checkAll(world: World): Promise<string[]> {
  const mirror = await loadMirror(world.sql, world.organizationId, world.api)
  const ends = await world.writer.operations.ends()
  const intents = new Intents(world, ends)
  return [
    ...checkMirror(mirror, world.vendor, world.styles, world.api),
    ...checkFeed(mirror),
    ...checkDeletions(mirror, world.truth, world.simulator.requests, world.declared, world.log),
    ...checkLives(mirror, world.truth),
    ...checkHistory(mirror),
    ...(await checkRequests(world)),
    ...checkIntervals(mirror, world.truth, world.vendor.switches.userGroups, world.styles),
    ...checkWrites(world, intents),
    ...checkOperations(world, intents, ends),
  ]
}
