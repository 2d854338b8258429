/** Lists that show deleted accounts, or two accounts of one address. */
import type { Action } from './schedule.ts'
import type { World } from './world.ts'

/** Whether the mirror has proof that the account deleted last at the vendor is gone. */
export async function hasProofOfLastDeletion({ sql, organizationId, vendor }: World): Promise<boolean> {
  const last = vendor.directory.removed.at(-1)
  if (!last || vendor.directory.find(last.key)) return false
  const [row] = await sql`
    select from users where organization_id = ${organizationId} and address_key = ${last.key}
    having count(*) > 0 and count(*) = count(deleted_at)`
  return row !== undefined
}

export function countOddLists(world: World): void {
  const { staleRows, caseTwins } = world.vendor.switches
  if (staleRows > 0) world.count('pull of a stale list')
  if (caseTwins !== 0) world.count('pull of case twins')
}

export function spellOtherwise(world: World, { list, read }: Action & { do: 'spelling' }): void {
  world.styles.add(list).add(read)
  world.vendor.setSwitches({ listCreation: list, readCreation: read })
  world.count('createdAt spelled otherwise')
}
