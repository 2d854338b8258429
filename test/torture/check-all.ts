/** Every invariant, on what a run left behind. */
import { checkDeletions } from './check-deletions.ts'
import { checkFeed } from './check-feed.ts'
import { checkHistory } from './check-history.ts'
import { checkIntervals } from './check-intervals.ts'
import { checkMirror } from './check-mirror.ts'
import { checkRequests } from './check-requests.ts'
import { loadMirror } from './mirror.ts'
import type { World } from './world.ts'

/** In words, the invariant's name first; empty where all hold. */
export async function checkAll(world: World): Promise<string[]> {
  const mirror = await loadMirror(world.sql, world.organizationId)
  return [
    ...checkMirror(mirror, world.vendor, world.styles),
    ...checkFeed(mirror),
    ...checkDeletions(mirror, world.truth, world.simulator.requests, world.declared),
    ...checkHistory(mirror),
    ...(await checkRequests(world)),
    ...checkIntervals(mirror, world.truth, world.vendor.switches.userGroups, world.styles),
  ]
}
