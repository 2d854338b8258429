/**
 * Resolves the groups in the vendor's copy of a user. The copy lists ids or names without saying which. Ids take
 * precedence.
 */
import type { WireUser } from '../../vendor/wire/wire.ts'
import { groupsCalled, type KnownGroup } from '../queries.ts'
import type { WriteSession } from '../session/session.ts'
import { learnGroups } from './require-groups.ts'

export interface ResolvedGroups {
  readonly known: readonly KnownGroup[]
  /** For each name that several groups have, those groups. */
  readonly ambiguous: ReadonlyMap<string, readonly KnownGroup[]>
  /** Entries that match no group, even after the vendor's list was read. */
  readonly unknown: readonly string[]
}

/**
 * Returns the user's groups; none if the connection offers no groups. Undefined if the answer does not contain them,
 * which is different from none. If the mirror lacks a group, the vendor's list is read, because the group may be newer than the last pull.
 */
export async function resolveGroups(
  session: WriteSession,
  { groups }: Pick<WireUser, 'groups'>,
): Promise<ResolvedGroups | undefined> {
  if (!session.client.capabilities.groups) return { known: [], ambiguous: new Map(), unknown: [] }
  if (groups === undefined) return undefined
  const resolved = await lookUp(session, groups)
  if (resolved.unknown.length === 0) return resolved
  await learnGroups(session, (found) => resolved.unknown.every((called) => found.has(called)))
  return await lookUp(session, groups)
}

/** Returns why the groups are not fully known; undefined if they are. */
export function groupAmbiguity(resolved: ResolvedGroups | undefined): string | undefined {
  if (resolved === undefined) return 'the vendor does not show its groups'
  const doubts = [
    ...[...resolved.ambiguous].map(
      ([name, groups]) =>
        `it is in "${name}", which is the name of ${groups.map(({ groupId }) => groupId).join(' and ')}`,
    ),
    ...resolved.unknown.map((called) => `it is in "${called}", but the vendor lists no group with that name or id`),
  ]
  return doubts.length === 0 ? undefined : doubts.join('; ')
}

async function lookUp({ sql, organizationId }: WriteSession, groups: readonly string[]): Promise<ResolvedGroups> {
  const meant = await groupsCalled(sql, organizationId, groups)
  const known = new Map<number, KnownGroup>()
  const ambiguous = new Map<string, readonly KnownGroup[]>()
  for (const [called, [first, ...others]] of meant) {
    if (!first) continue
    if (others.length === 0) known.set(first.id, first)
    else ambiguous.set(called, [first, ...others])
  }
  const unknown = groups.filter((called) => !meant.get(called)?.length)
  return { known: [...known.values()], ambiguous, unknown }
}
