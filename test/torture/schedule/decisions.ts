/** The decisions of administrators who can see the vendor. */
import { declareGone } from '../../../src/mirror/pulls/declare-gone.ts'
import { resolveQuarantine } from '../../../src/mirror/pulls/resolve-quarantine.ts'
import type { World } from '../world/simulation.ts'

/** Accepts or rejects the latest quarantined pull. */
export async function resolveLatest(world: World, accept: boolean): Promise<void> {
  const [pull] = await world.sql<{ id: number }[]>`
    select id from pulls where organization_id = ${world.organizationId} and state = 'QUARANTINED' order by id desc limit 1`
  if (!pull) return
  world.count(accept ? 'quarantine accepted' : 'quarantine discarded')
  await resolveQuarantine(world.sql, pull.id, accept)
}

/** Declares the deferred users gone that no longer exist at the vendor. */
export async function declareAllGone(world: World): Promise<void> {
  const users = await world.sql<{ id: number; key: string }[]>`
    select distinct u.id, u.address_key as key from pull_candidates c join users u on u.id = c.user_id
    where u.organization_id = ${world.organizationId} and u.deleted_at is null and c.put_off is not null`
  for (const { id, key } of users) {
    if (world.vendor.directory.find(key)) continue
    const outcome = await declareGone(world.sql, id, 'torture')
    world.count(`declared gone: ${outcome}`)
    if (outcome === 'DONE') world.declared.add(key)
  }
}
