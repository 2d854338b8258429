/** Lists that show deleted accounts, or two accounts of one address. */
import type { Switches } from '../../../src/simulator/options.ts'
import type { World } from '../world/simulation.ts'
import type { Action } from './schedule.ts'
import { mostActivity, readSpellings } from './spellings.ts'

/**
 * Whether the mirror has proof that the account deleted last at the vendor is gone. It must have known that account: a
 * list that shows an account for the first time after its end looks like any new account.
 */
export async function hasProofOfLastDeletion({ sql, organizationId, vendor }: World): Promise<boolean> {
  const { removed } = vendor.directory
  const last = removed.at(-1)
  if (!last || vendor.directory.find(last.key)) return false
  const ended = removed.filter(({ key }) => key === last.key).length
  const [row] = await sql`
    select from users where organization_id = ${organizationId} and address_key = ${last.key}
    having count(*) >= ${ended} and count(*) = count(deleted_at)`
  return row !== undefined
}

export function countOddLists(world: World): void {
  const { staleRows, caseTwins, replacedRows, listCreation } = world.vendor.switches
  if (replacedRows > 0) world.count('pull of a list with replaced accounts')
  if (listCreation === 'lastActivity') world.count('pull of a list with the last activity')
  if (staleRows > 0) world.count('pull of a stale list')
  if (caseTwins !== 0) world.count('pull of case twins')
}

export function spellOtherwise(world: World, { list, read }: Action & { do: 'spelling' }): void {
  world.styles.add(list).add(read)
  const { vendor } = world
  vendor.setSwitches({ listCreation: list, readCreation: read })
  if (!showsCreations(vendor.switches)) vendor.setSwitches({ replacedRows: 0 })
  world.count('createdAt spelled otherwise')
}

/**
 * Replaces a user, lets the mirror read the new account, and then lists the previous one in its place. Only the number
 * or the creation time shows which of the two a row means.
 */
export async function showReplaced(world: World, who: number): Promise<void> {
  const { vendor, sql, organizationId, api } = world
  // A request that hangs may be the creation of the very account that would be replaced.
  const tells = api === 'v1' || showsCreations(vendor.switches)
  if (!tells || world.isHolding) return
  const { removed } = vendor.directory
  const before = removed.length
  world.edit({ edit: 'recreate', who, what: 3 * who + 1 })
  const replaced = removed.at(-1)
  if (removed.length === before || !replaced) return
  const lives = async () => {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from users where organization_id = ${organizationId} and address_key = ${replaced.key}`
    return row?.count ?? 0
  }
  const known = await lives()
  await (await world.process()).refresh(replaced.profile.primaryEmail)
  if ((await lives()) > known) vendor.setSwitches({ replacedRows: 1 })
  await world.pullWhole()
}

/** Whether lists show the creation time of every account. */
export function showsCreations({ listCarries, listCreation }: Switches): boolean {
  return listCarries.includes('timestamps') && (readSpellings as readonly string[]).includes(listCreation)
}

export function makeActive({ vendor }: World): void {
  vendor.setSwitches({ activity: Math.min(mostActivity, vendor.switches.activity + 1) })
}
