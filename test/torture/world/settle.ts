/**
 * After the faults are over, two pulls must make the mirror equal to the vendor. A group that has gone may need a third:
 * a name of its members that fits several groups is decided by a read after the second.
 */

import { beginPull } from '../../../src/mirror/pulls/pulls.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { declareAllGone, resolveLatest } from '../schedule/decisions.ts'
import { showsCreations } from '../schedule/odd-lists.ts'
import { calm, endEmptyList, endFullLists } from './calm.ts'
import { endLags } from './lags.ts'
import type { World } from './simulation.ts'

/** Maximum number of pulls until two have completed. */
const mostPulls = 12

/** Returns descriptions of what prevented the mirror from settling. */
export async function settle(world: World): Promise<string[]> {
  await calm(world)
  const unfinished = await endLags(world)
  if (unfinished.length > 0) return unfinished
  endFullLists(world)
  endEmptyList(world)
  if (!(await world.finish())) return [`I7: a pull is stuck: ${await latestProblem(world)}`]
  for (
    let pulls = 0, complete = 0;
    complete < 2 || (complete < 3 && (await hasMissedGroups(world))) || (await hasDoubts(world));
    pulls++
  ) {
    if (pulls === mostPulls)
      return [`I7: of ${mostPulls} pulls without any fault ${complete} completed: ${await latestProblem(world)}`]
    const state = await pullOnce(world)
    await declareAllGone(world)
    world.count(`settling pull ${state}`)
    if (state === 'COMPLETE') complete += 1
    if (state !== 'COMPLETE') continue
    await readWhatListsLack(world)
  }
  return []
}

async function pullOnce(world: World): Promise<string> {
  const pullId = await beginPull(world.sql, world.organizationId, 'REQUEST')
  await world.finish()
  const state = await stateOf(world, pullId)
  if (state !== 'QUARANTINED') return state
  world.count('pull QUARANTINED')
  await resolveLatest(world, true)
  await world.finish()
  return await stateOf(world, pullId)
}

async function stateOf({ sql }: World, pullId: number): Promise<string> {
  const [pull] = await sql<{ state: string }[]>`select state from pulls where id = ${pullId}`
  return pull?.state ?? 'GONE'
}

/** If many accounts are in doubt, they stay so for one pull. */
async function hasDoubts({ sql, organizationId }: World): Promise<boolean> {
  const [doubt] = await sql`select from user_doubts where organization_id = ${organizationId} and not refuted limit 1`
  return doubt !== undefined
}

async function hasMissedGroups({ sql, organizationId }: World): Promise<boolean> {
  const [group] = await sql`
    select from groups where organization_id = ${organizationId} and deleted_at is null and missed_pulls > 0 limit 1`
  return group !== undefined
}

async function latestProblem({ sql, organizationId }: World): Promise<string> {
  const rows = await sql<{ state: string; error: string | null }[]>`
    select state, error from pulls where organization_id = ${organizationId} order by id desc limit 3`
  return JSON.stringify(rows)
}

/** Reads every user, as the sync does in turn if rows of a list are incomplete. */
async function readWhatListsLack(world: World): Promise<void> {
  if (world.api === 'v1' && world.vendor.interfaceSwitches.rowsLack.length === 0) return
  const carried = world.schedule.switches.listCarries ?? []
  if (showsCreations(world.vendor.switches) && everySection.every((section) => carried.includes(section))) return
  const process = await world.process()
  for (const { primaryEmail } of world.vendor.users()) await process.refresh(primaryEmail)
}
