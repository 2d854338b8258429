import type { NewUser } from '../../essentials/endpoints.ts'
import { EssentialsError } from '../../essentials/errors/essentials-error.ts'
import type { JsonObject } from '../../essentials/wire.ts'
import { carriedIn } from '../carried.ts'
import { groupsIn } from '../carried-groups.ts'
import { mergePatch } from '../merge-patch.ts'
import type { WriteSession } from '../session.ts'
import { isVersion, versionOf } from '../version.ts'
import { compareCarried, requireFound } from './compare-carried.ts'
import type { ItemRun } from './item-run.ts'

/**
 * Gives a new account, by a PUT of all of it, the fields that it was to be made with and lacks: a vendor may take of a POST only what it has
 * documented. Which of them are the vendor's own to set nobody knows, so a refusal ends nothing; what it holds of itself stays.
 */
export async function carryRest(run: ItemRun, session: WriteSession, part: string, body: NewUser): Promise<void> {
  const before = await requireFound(run, session, `${part}complete`)
  const found = before.wire.raw
  if (session.wasDone('complete')) return await waitUntilMoved(run, session, part, body)
  const lacking = lackingIn(found, body)
  if (lacking.length === 0) return
  const whole = { ...mergePatch(found, {}), ...Object.fromEntries(lacking) }
  const { known, untold } = await groupsIn(session, before)
  try {
    await session.take({
      name: 'complete',
      facts: {
        ...versionOf(before.wire),
        groupIds: known.map(({ id }) => id),
        carried: carriedIn(before.wire, untold),
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
  await waitUntilMoved(run, session, part, body)
}

/** The next PUT is built from the user's copy, which has to show this one. A vendor may ignore all of its fields, so that has a limit. */
async function waitUntilMoved(run: ItemRun, session: WriteSession, part: string, body: NewUser): Promise<void> {
  const found = await requireFound(run, session, `${part}complete`)
  const lacking = lackingIn(found.wire.raw, body)
  const hasMoved = !isVersion(session.wasSent('complete'), found.wire)
  if (lacking.length === 0 || hasMoved) return await compareCarried(run, session, part, 'complete', {}, found)
  const fields = lacking.map(([field]) => field).join(', ')
  run.pauseUnlessOver(`${part}complete`, 'OLD_COPY', `the user is as before the PUT of ${fields}`)
}

function lackingIn(found: JsonObject, body: NewUser): [string, unknown][] {
  // Of its own: every object inherits a `constructor`, and a field may be called so.
  const holds = (field: string) => Object.hasOwn(found, field) && found[field] != null
  return Object.entries(body).filter(([field, value]) => field !== 'password' && value != null && !holds(field))
}
