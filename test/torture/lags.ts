/** The end of what the vendor shows late, and of all that waits for it. */
import type { World } from './world.ts'

/** Longer than anything is shown late. */
const longestLagMs = 60_000
const mostSettlings = 20

/** Gives what did not end. */
export async function endLags(world: World): Promise<string[]> {
  if (!world.schedule.hasWriter) return []
  const { vendor, writer } = world
  vendor.setSwitches({ createLagMs: 0, deleteLagMs: 0, updateLagMs: 0, membershipLagMs: 0, addressHeldMs: 0 })
  await world.pass(longestLagMs)
  countStrikes(world)
  const unfinished = await writer.operations.finish()
  await writer.afterAction()
  await settleWrites(world)
  return unfinished
}

/** What the sync does as time goes by. */
async function settleWrites(world: World): Promise<void> {
  const { sql, organizationId } = world
  const isOpen = async () =>
    (await sql`select from unsettled_writes where organization_id = ${organizationId}`).length > 0
  for (let times = 0; times < mostSettlings && (await isOpen()); times++) {
    await world.pass(longestLagMs)
    await (await world.process()).run({ name: 'settle', organizationId })
  }
}

/** How often the switches that concern writes had an effect. */
function countStrikes(world: World): void {
  const { vendor, log, simulator, writer } = world
  const { switches, visibility } = vendor
  world.count('late answers', visibility.lateAnswers)
  world.count('addresses held', visibility.heldAddresses)
  const changes = log.changes.filter(({ by }) => by === 'API')
  if (switches.aliasesInPut === 'dropped') {
    world.count(
      'aliases lost by a PUT',
      changes.filter(
        ({ before, after }) =>
          before && after && before.profile.aliases.length > 0 && after.profile.aliases.length === 0,
      ).length,
    )
  }
  if (switches.groupsInPut === 'byId' && switches.userGroups === 'names') {
    world.count(
      'memberships lost by a PUT',
      changes.filter(({ before, after }) => before && after && after.groups.size < before.groups.size).length,
    )
  }
  const writes = simulator.requests.filter(({ method }) => method !== 'GET')
  world.count('create answered 202', writes.filter(({ status }) => status === 202).length)
  world.count(
    'write to a user that is not shown',
    switches.writesToUnshown === 'refused' ? writes.filter(({ status }) => status === 404).length : 0,
  )
  const said = writer.attempts.map(({ answer }) => JSON.stringify(answer) ?? '')
  world.count(
    'refused by a body',
    switches.refusesBy === 'body' ? writer.attempts.filter(({ outcome }) => outcome === 'REFUSED').length : 0,
  )
  world.count(
    'misleading words',
    said.filter((text) => /is already registered in|User limit reached for/.test(text)).length,
  )
  world.count('user limit reached', said.filter((text) => text.includes('User limit reached')).length)
}
