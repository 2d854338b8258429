import { needsPassword } from '../../writes/commands/give-password.ts'
import { notFound } from '../../writes/failure.ts'
import { createUserInput } from '../../writes/inputs.ts'
import { liveGroups } from '../../writes/queries.ts'
import { meantGroups } from '../../writes/vendor/meant-groups.ts'
import { newUserOf } from '../../writes/vendor/to-vendor.ts'
import type { ItemRun } from '../runner/item-context.ts'
import { createAndJoin } from './create-and-join.ts'

/** Creates the account, joins its groups, and reads it once: two requests, plus one for each membership. */
export async function onboard(run: ItemRun): Promise<number> {
  const { sql, item } = run
  const input = run.input(createUserInput)
  const groupIds = input.groups ?? []
  // If the mirror lacked a group when the operation began, the vendor's list was read then.
  const known = await liveGroups(sql, item.organizationId, groupIds)
  const missing = groupIds.filter((groupId) => !known.has(groupId))
  if (missing.length > 0) {
    const hint = await meantGroups(sql, item.organizationId, missing)
    throw notFound(`The vendor has no group with the ID ${missing.join(', ')}`, hint)
  }
  const groups = groupIds.flatMap((groupId) => known.get(groupId) ?? [])
  return await run.session(false, (session) => {
    const password = needsPassword(session) ? run.openPassword('password') : undefined
    return createAndJoin(run, session, '', newUserOf({ ...input, password }), groups)
  })
}
