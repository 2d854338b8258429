/** Lets everything appear that the vendor shows late, and ends all that waits for it. */
import type { World } from './simulation.ts'

/** Longer than the longest lag. */
const longestLagMs = 60_000
const mostSettlings = 20

/** Returns descriptions of what did not end. */
export async function endLags(world: World): Promise<string[]> {
  if (!world.schedule.hasWriter) return []
  const { vendor, writer } = world
  vendor.setSwitches({ createLagMs: 0, deleteLagMs: 0, updateLagMs: 0, membershipLagMs: 0, addressHeldMs: 0 })
  await world.pass(longestLagMs)
  countStrikes(world)
  const unfinished = await writer.operations.finish()
  await writer.afterAction()
  for (const { run, state } of await writer.operations.ends()) world.count(`item of ${run.plan.operation} ${state}`)
  await settleWrites(world)
  return unfinished
}

/** Does what the sync does over time. */
async function settleWrites(world: World): Promise<void> {
  const { sql, organizationId } = world
  const isOpen = async () =>
    (await sql`select from unsettled_writes where organization_id = ${organizationId}`).length > 0
  for (let times = 0; times < mostSettlings && (await isOpen()); times++) {
    await world.pass(longestLagMs)
    await (await world.process()).run({ name: 'settle', organizationId })
  }
}

/** Counts how often the switches for writes had an effect. */
function countStrikes(world: World): void {
  const { vendor, log, simulator, writer } = world
  const { switches, visibility } = vendor
  world.count('late answers', visibility.lateAnswers)
  if (world.api === 'v1') world.count(`PUT mode ${vendor.interfaceSwitches.putMode}`)
  world.count('exempt from the directory sync', vendor.exemptions.length)
  world.count('addresses held', visibility.heldAddresses)
  const replaced = log.changes.flatMap(({ by, before, after }) =>
    by === 'API' && before && after ? [{ before, after }] : [],
  )
  const withoutAliases = replaced.filter(
    ({ before, after }) => before.profile.aliases.length > 0 && after.profile.aliases.length === 0,
  )
  if (switches.aliasesInPut === 'dropped') world.count('aliases lost by a PUT', withoutAliases.length)
  const left = replaced.filter(({ before, after }) => after.groups.size < before.groups.size)
  if (switches.groupsInPut === 'byId' && switches.userGroups === 'names') {
    world.count('memberships lost by a PUT', left.length)
  }
  const writes = simulator.requests.filter(({ method }) => method !== 'GET')
  world.count('create answered 202', writes.filter(({ status }) => status === 202).length)
  const unknown = writes.filter(({ status }) => status === 404)
  if (switches.writesToUnshown === 'refused') world.count('write to a user that is not shown', unknown.length)
  const refused = writer.attempts.filter(({ outcome }) => outcome === 'REFUSED')
  if (switches.refusesBy === 'body') world.count('refused by a body', refused.length)
  const said = writer.attempts.map(({ answer }) => JSON.stringify(answer) ?? '')
  const misleading = said.filter((text) => /is already registered in|User limit reached for/.test(text))
  world.count('misleading words', misleading.length)
  world.count('user limit reached', said.filter((text) => text.includes('User limit reached')).length)
}
