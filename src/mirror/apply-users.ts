/**
 * Applies what one answer of the vendor's showed of users: compares it with what is known, and writes the differences, the feed and
 * the stamps in one transaction. Applying the same answer again changes nothing.
 */

import { addressKey } from './address.ts'
import { beginLife } from './begin-life.ts'
import type { Transaction } from './database.ts'
import { diffUser, type ResolvedUser, type UserDifference } from './diff-user.ts'
import { endLives } from './end-lives.ts'
import { loadKnownUsers } from './known-users.ts'
import { Ledger } from './ledger.ts'
import { nextState } from './next-state.ts'
import {
  type AnswerKind,
  carriedAll,
  carriedBy,
  fieldGroups,
  type Observation,
  type ObservedUser,
} from './observation.ts'
import { lockOrganization } from './organization-lock.ts'
import { changedFields, recordDifference } from './record-difference.ts'
import { resolveUsers } from './resolve-users.ts'
import { type UserUpdate, updateUsers } from './update-users.ts'

export interface AppliedUsers {
  readonly created: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
  /** The users of the answer, each once; beside them, what the answer carried of each. */
  readonly ids: readonly number[]
  readonly carried: readonly number[]
  /** The names of the GraphQL fields of User that are different now, over all of its users. */
  readonly changed: readonly string[]
}

export async function applyUsers(
  tx: Transaction,
  organizationId: number,
  observation: Observation,
  answer: AnswerKind,
  observed: readonly ObservedUser[],
): Promise<AppliedUsers> {
  const organization = await lockOrganization(tx, organizationId)
  const users = [...new Map(observed.map((user) => [addressKey(user.profile.primaryEmail), user])).entries()]
  const [known, resolved] = await Promise.all([
    loadKnownUsers(
      tx,
      organization,
      users.map(([key]) => key),
      observation.sentAt,
    ),
    resolveUsers(
      tx,
      organization,
      users.map(([, user]) => user),
    ),
  ])
  const knownByKey = new Map(known.map((user) => [user.addressKey, user]))
  const items = users.map(([key, user], i) => {
    const seen = resolved[i] as ResolvedUser
    const before = knownByKey.get(key)
    return { key, seen, before, carried: carriedBy(user), difference: diffUser(before, seen, observation.sentAt) }
  })

  const ledger = new Ledger(organization, observation)
  const nextId = await reserveIds(tx, items)
  const updates: UserUpdate[] = []
  const tally = { created: 0, updated: 0, deleted: 0, unchanged: 0 }
  const ids: number[] = []
  const changed = new Set<string>()
  const recreated = items.filter((item) => item.difference.verdict === 'RECREATED').flatMap((item) => item.before ?? [])
  await endLives(tx, ledger, recreated, observation.sentAt)
  tally.deleted += recreated.length

  for (const { seen, before, carried, difference } of items) {
    if (difference.verdict === 'NEW' || difference.verdict === 'RECREATED') {
      ids.push(beginLife(ledger, nextId, seen, before, observation, answer === 'LIST' && carried !== carriedAll))
      tally.created += 1
      for (const field of ['primaryEmail', ...Object.keys(seen.profile), ...fieldGroups.filter((group) => seen[group])])
        changed.add(field)
      continue
    }
    if (!before) continue
    ids.push(before.id)
    const changes = recordDifference(ledger, nextId, before, difference, observation)
    for (const field of changedFields(difference)) changed.add(field)
    const update = nextState(before, seen, difference, observation.sentAt, answer, carried)
    if (update) updates.push(update)
    if (changes || difference.fields.some((field) => field.before !== field.after)) tally.updated += 1
    else tally.unchanged += 1
  }
  await updateUsers(tx, organization.now, updates)
  await ledger.write(tx)
  return { ...tally, ids, carried: items.map((item) => item.carried), changed: [...changed] }
}

type Item = { seen: ResolvedUser; difference: UserDifference }

/** One round trip for all ids that the new users and aliases need. */
async function reserveIds(tx: Transaction, items: readonly Item[]): Promise<() => number> {
  const needed = items.reduce((sum, { seen, difference }) => {
    const begins = difference.verdict === 'NEW' || difference.verdict === 'RECREATED'
    return sum + (begins ? 1 + (seen.aliases?.length ?? 0) : difference.aliasesAdded.length)
  }, 0)
  if (needed === 0)
    return () => {
      throw new Error('No id was reserved')
    }
  const [row] = await tx<{ ids: number[] }[]>`
    select array_agg(nextval('node_ids')) as ids from generate_series(1, ${needed})`
  const ids = row?.ids ?? []
  let used = 0
  return () => {
    const id = ids[used++]
    if (id === undefined) throw new Error(`Only ${ids.length} ids were reserved`)
    return id
  }
}
