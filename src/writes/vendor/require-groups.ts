import { applyGroups } from '../../mirror/groups/apply-groups.ts'
import { inOrganization } from '../../mirror/in-organization.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { WireGroup } from '../../vendor/wire/wire.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import { type KnownGroup, liveGroups } from '../queries.ts'
import type { WriteSession } from '../session/session.ts'
import { meantGroups } from './meant-groups.ts'

const pageSize = 1_000
/** The limit of pages to read. The pulls read longer lists. */
const mostPages = 10

/**
 * Returns the groups with these ids from the mirror. If the mirror lacks one, the vendor's list is read, because the
 * group may be newer than the last pull. Rejects with NotFound for groups that are not in that list either.
 */
export async function requireGroups(session: WriteSession, groupIds: readonly string[]): Promise<KnownGroup[]> {
  const { sql, organizationId } = session
  let known = await liveGroups(sql, organizationId, groupIds)
  if (groupIds.some((id) => !known.has(id))) {
    await learnGroups(session, (found) => groupIds.every((id) => known.has(id) || found.has(id)))
    known = await liveGroups(sql, organizationId, groupIds)
  }
  const missing = groupIds.filter((id) => !known.has(id))
  if (missing.length > 0) {
    const hint = await meantGroups(sql, organizationId, missing)
    throw notFound(`The vendor has no group with the ID ${missing.join(', ')}`, hint)
  }
  return groupIds.flatMap((id) => known.get(id) ?? [])
}

/**
 * Returns whether the user's groups in the vendor's answer contain this one, by id first, then by name. Undefined if
 * they do not say.
 */
export function isMember(groups: readonly string[] | undefined, group: KnownGroup): boolean | undefined {
  if (groups === undefined) return undefined
  if (groups.includes(group.groupId)) return true
  if (!groups.includes(group.name)) return false
  return group.nameIsIts ? true : undefined
}

/**
 * Updates the mirror from the vendor's list of groups, page by page, until the list ends or the ids read so far are
 * `enough`.
 */
export async function learnGroups(
  session: WriteSession,
  enough: (found: ReadonlySet<string>) => boolean,
): Promise<void> {
  const found = new Set<string>()
  try {
    for (let page = 1; page <= mostPages && !enough(found); page += 1) {
      const answer = await session.call((options) => session.client.listGroups({ page, pageSize }, options))
      // The list ends with an empty page, or with one that repeats earlier entries, because some vendors ignore `page`.
      if (answer.value.groups.every(({ id }) => found.has(id))) return
      for (const group of answer.value.groups) found.add(group.id)
      const observation = {
        origin: 'REFRESH',
        actor: session.actor,
        sentAt: answer.sentAt,
        arrivedAt: answer.arrivedAt,
      } as const
      await inOrganization(session.sql, session.organizationId, (tx) =>
        applyGroups(tx, session.organizationId, observation, answer.value.groups.map(observedOf)),
      )
    }
  } catch (error) {
    if (error instanceof EssentialsError) throw new WriteFailedError(failureOfError(error), { cause: error })
    throw error
  }
}

function observedOf({ id, name, memberCount }: WireGroup) {
  return { groupId: id, name, ...(memberCount !== undefined && { memberCount }) }
}
