import type { NewUser } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { JsonObject } from '../../vendor/wire/wire.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { carriedIn } from '../../writes/vendor/carried-fields.ts'
import { groupsIn } from '../../writes/vendor/carried-groups.ts'
import { mergePatch } from '../../writes/vendor/merge-patch.ts'
import { isVersion, versionOf } from '../../writes/vendor/version.ts'
import type { ItemRun } from '../runner/item-context.ts'
import { compareCarried, requireFound } from './compare-carried.ts'

/**
 * Gives a new account the requested fields that it lacks, with a whole PUT: a vendor may accept only documented fields
 * in a POST. Which fields the vendor sets itself is unknown, so a refusal is not a failure: the account keeps the
 * values that it has.
 */
export async function carryRest(run: ItemRun, session: WriteSession, part: string, body: NewUser): Promise<void> {
  const before = await requireFound(run, session, `${part}complete`)
  const found = before.wire.raw
  if (session.wasStepDone('complete')) return await waitUntilMoved(run, session, part, body, false)
  const lacking = lackingIn(found, body)
  if (lacking.length === 0) return
  const whole = { ...mergePatch(found, {}), ...Object.fromEntries(lacking) }
  const { known, unresolved } = await groupsIn(session, before)
  try {
    await session.take({
      name: 'complete',
      facts: {
        ...versionOf(before.wire),
        groupIds: known.map(({ id }) => id),
        carried: carriedIn(before.wire, unresolved),
      },
      send: (options) => session.client.updateUser(session.primaryEmail, whole, options),
      async settle() {
        const { wire: shown } = await requireFound(run, session, `${part}complete`)
        return lackingIn(shown.raw, body).length === 0 ? 'DONE' : 'NOT_DONE'
      },
    })
  } catch (error) {
    if (!(error instanceof EssentialsError) || error.retryable || error.outcomeUnknown) throw error
    return
  }
  await waitUntilMoved(run, session, part, body, true)
}

/**
 * The next PUT is built from the user's copy, so that copy must show this PUT. The wait is limited because a vendor may
 * ignore all of its fields.
 */
async function waitUntilMoved(
  run: ItemRun,
  session: WriteSession,
  part: string,
  body: NewUser,
  isImmediate: boolean,
): Promise<void> {
  const found = await requireFound(run, session, `${part}complete`)
  const lacking = lackingIn(found.wire.raw, body)
  const hasMoved = !isVersion(session.wasStepSent('complete'), found.wire)
  if (lacking.length === 0 || hasMoved)
    return await compareCarried(run, session, part, 'complete', {}, found, { isImmediate })
  const fields = lacking.map(([field]) => field).join(', ')
  run.pauseUnlessOver(`${part}complete`, 'OLD_COPY', `the user does not show the PUT of ${fields}`)
}

function lackingIn(found: JsonObject, body: NewUser): [string, unknown][] {
  // Only own properties count: every object inherits `constructor`, and a field may have that name.
  const holds = (field: string) => Object.hasOwn(found, field) && found[field] != null
  return Object.entries(body).filter(([field, value]) => field !== 'password' && value != null && !holds(field))
}
