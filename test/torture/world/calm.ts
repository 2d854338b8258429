/**
 * Ends all disturbances: faults, drift, armed kills, and the switches that temporarily hide users, groups or
 * relationships.
 */
import { nameOfFault } from '../schedule/faults.ts'
import type { World } from './simulation.ts'

export async function calm(world: World): Promise<void> {
  await world.release()
  const { simulator, vendor } = world
  for (const fault of simulator.faults.all) {
    world.count(`fault ${nameOfFault(fault.rule)}`, fault.fired)
    if (fault.rule.method !== undefined && fault.rule.method !== 'GET') world.count('fault at a write', fault.fired)
  }
  simulator.faults.clear()
  // If rows move between all requests and there is no total, a client cannot know whether a list is complete.
  const { pageOrder, total } = vendor.switches
  if (pageOrder === 'unstable' && total === 'absent') vendor.setSwitches({ pageOrder: 'shuffled' })
  pageAgain(world)
  world.drift = []
  vendor.setSwitches({ staleRows: 0, replacedRows: 0, caseTwins: 0 })
  await world.endProcess()
}

function pageAgain(world: World): void {
  const { vendor, simulator } = world
  const { total, beyondTheEnd, listEntries, pageIgnoredBy, goneAnswer, contentEncoding, redirects } = vendor.switches
  for (const [what, isSet] of [
    ['page ignored', pageIgnoredBy.length > 0],
    ['last page repeated', beyondTheEnd !== 'empty'],
    ['unreadable entries', listEntries === 'unreadable'],
    ['objects as entries', listEntries === 'objects'],
    ['odd answers about the gone', goneAnswer !== 404],
    ['encoded bodies', contentEncoding !== 'none'],
    ['redirects', redirects !== 0],
  ] as const) {
    if (isSet) world.count(`vendor: ${what}`)
  }
  world.count('redirected', simulator.requests.filter(({ status }) => status === redirects).length)
  vendor.setSwitches({
    pageIgnoredBy: [],
    ...(total === 'page' && { total: 'right' }),
    ...(listEntries === 'unreadable' && { listEntries: 'strings' }),
  })
}

/** Without a total, an empty list is not trusted once users are known. Call it once nothing writes. */
export function endEmptyList({ api, vendor, log, truth }: World): void {
  if (api === 'v2' || vendor.userCount > 0) return
  log.atConsole(() => truth.edit(() => vendor.createUser({ primaryEmail: 'the.last@example.com' })))
}

/** A client cannot know whether a full page that repeats is the last page. Call it once nothing writes. */
export function endFullLists({ vendor }: World): void {
  const sizes = [vendor.userCount, vendor.groups().length]
  const isFull = sizes.some((size) => size > 0 && size % vendor.switches.maximumPageSize === 0)
  if (isFull) vendor.setSwitches({ beyondTheEnd: 'empty' })
}
