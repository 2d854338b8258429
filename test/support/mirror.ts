/** A separate mirror for a test. The test applies responses of the vendor to it with times of its choice. */

import type { Database, Sql } from '../../src/db/database.ts'
import { applyGroups } from '../../src/mirror/groups/apply-groups.ts'
import type { AnswerKind, ObservedGroup, ObservedUser } from '../../src/mirror/observation.ts'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { applyGone } from '../../src/mirror/users/apply-gone.ts'
import { type AppliedUsers, applyUsers } from '../../src/mirror/users/apply-users.ts'
import type { Profile } from '../../src/mirror/users/profile.ts'
import { reusedDatabase } from './database.ts'
import { type MirrorState, type MirrorUser, readFeed, readMirror } from './mirror-state.ts'

/** The time this many seconds after the start of the test's timeline. */
export function at(second: number): string {
  return `2026-06-01T00:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000000Z`
}

/** One user as a response shows it. An omitted field is absent from the response. */
export type Shown = Partial<Profile> & { roles?: string[]; aliases?: string[]; groups?: string[] }

export interface MirrorHarness extends AsyncDisposable {
  readonly database: Database
  readonly sql: Sql
  readonly organizationId: number
  /** A page, or the response to a point read, whose request was sent at this second. */
  list(sent: number, users: Record<string, Shown>): Promise<AppliedUsers>
  read(sent: number, email: string, user: Shown): Promise<AppliedUsers>
  /** The response to a point read that was sent after another response cast doubt on the account. */
  decide(sent: number, email: string, user: Shown): Promise<AppliedUsers>
  groups(sent: number, groups: Record<string, string | [string, number]>): Promise<number[]>
  gone(sent: number, email: string): Promise<number | undefined>
  state(): Promise<MirrorState>
  /** The live user with this address. */
  user(email: string): Promise<MirrorUser | undefined>
  /** The changes in the feed since the last call. */
  feed(): Promise<string[]>
}

export async function mirror(): Promise<MirrorHarness> {
  const database = await reusedDatabase()
  const { sql } = database
  const ids = await putOrganizations(sql, [
    { slug: 'acme', name: 'Acme', allowanceKey: 'key', pullIntervalSeconds: 300 },
  ])
  const organizationId = ids.get('acme') ?? 0
  const observation = (sent: number) => ({ sentAt: at(sent), arrivedAt: at(sent + 1), origin: 'PULL' as const })
  const apply = (sent: number, kind: AnswerKind, users: ObservedUser[], decides = false) =>
    sql.begin((tx) => applyUsers(tx, organizationId, { ...observation(sent), decides }, kind, users))
  let told = 0
  return {
    database,
    sql,
    organizationId,
    list: (sent, users) => apply(sent, 'LIST', Object.entries(users).map(observedUser)),
    read: (sent, email, user) => apply(sent, 'READ', [observedUser([email, user])]),
    decide: (sent, email, user) => apply(sent, 'READ', [observedUser([email, user])], true),
    groups: (sent, groups) =>
      sql.begin((tx) => applyGroups(tx, organizationId, observation(sent), Object.entries(groups).map(observedGroup))),
    gone: (sent, email) => sql.begin((tx) => applyGone(tx, organizationId, observation(sent), email)),
    state: () => readMirror(sql, organizationId),
    user: async (email) =>
      (await readMirror(sql, organizationId)).users.find(
        ({ primaryEmail }) => primaryEmail.toLowerCase() === email.toLowerCase(),
      ),
    async feed() {
      const lines = await readFeed(sql, organizationId)
      const fresh = lines.slice(told)
      told = lines.length
      return fresh
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

export function observedUser([primaryEmail, { roles, aliases, groups, ...profile }]: [string, Shown]): ObservedUser {
  return {
    profile: { primaryEmail, ...profile },
    ...(roles && { roles }),
    ...(aliases && { aliases }),
    ...(groups && { groups }),
  }
}

function observedGroup([groupId, given]: [string, string | [string, number]]): ObservedGroup {
  const [name, memberCount] = typeof given === 'string' ? [given] : given
  return { groupId, name, ...(memberCount !== undefined && { memberCount }) }
}
