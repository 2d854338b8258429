/**
 * Applies the users of one vendor response: compares them with the stored users, and writes the differences, the feed
 * and the stamps in one transaction. Idempotent.
 */

import type { Transaction } from '../../db/database.ts'
import { compareCreations } from '../accounts/account-creation.ts'
import { chooseRows, rowsOfOthers } from '../accounts/choose-rows.ts'
import { distrustBits, isPredecessor } from '../accounts/judge-account.ts'
import { type DoubtfulSight, dropDoubts, putDoubts, refuteDoubts } from '../accounts/user-doubts.ts'
import { createdHere } from '../feed/baseline.ts'
import { ChangeWriter } from '../feed/change-writer.ts'
import {
  type AnswerKind,
  carriedAll,
  carriedBy,
  fieldGroups,
  type Observation,
  type ObservedUser,
} from '../observation.ts'
import { type LockedOrganization, lockOrganization } from '../organization-lock.ts'
import { noteUnrecognized } from '../pulls/note-unrecognized.ts'
import { closeUsers } from './close-users.ts'
import { confirmUsers, noteUsers, type UserConfirmation, type UserNotes } from './confirm-users.ts'
import { answerDigest, digestToKeep, findUnchanged } from './content-hash.ts'
import { diffUser, type ResolvedUser, type UserDifference } from './diff-user.ts'
import { insertUser } from './insert-user.ts'
import { loadKnownUsers, type StoredUser } from './load-stored-users.ts'
import { nextState } from './merge-observation.ts'
import { moveUsers, ownersElsewhere, sightingsOf } from './move-users.ts'
import type { Profile } from './profile.ts'
import { changedFields, recordDifference } from './record-difference.ts'
import { resolveUsers } from './resolve-users.ts'
import { type UserUpdate, updateUsers } from './update-users.ts'

/** The outcomes for a user, in ascending order of precedence. */
export const outcomes = ['UNCHANGED', 'UPDATED', 'CREATED'] as const
type Outcome = (typeof outcomes)[number]

export interface AppliedUsers {
  readonly created: number
  readonly updated: number
  readonly deleted: number
  readonly unchanged: number
  /**
   * Parallel arrays: each user of the response once, the field groups that the response carried for it, and its
   * outcome.
   */
  readonly ids: readonly number[]
  readonly carried: readonly number[]
  readonly outcomes: readonly Outcome[]
  /** The names of the GraphQL fields of User that changed, over all users of the response. */
  readonly changed: readonly string[]
  /** A later request did not find an account in this response, so the response is outdated. */
  readonly overtaken: boolean
  /** Addresses of skipped rows: another row has the same address in different case. */
  readonly twins: readonly string[]
  /** Number of rows that contradict a known creation time, while creation times in lists are distrusted. */
  readonly contradictions: number
}

export async function applyUsers(
  tx: Transaction,
  organizationId: number,
  observation: Observation,
  answer: AnswerKind,
  observed: readonly ObservedUser[],
): Promise<AppliedUsers> {
  const sightings = sightingsOf(observed)
  let organization = await lockOrganization(tx, organizationId)
  if (answer === 'READ' && (await moveUsers(tx, organization, observation, sightings, observation.decides ?? false)))
    organization = await lockOrganization(tx, organizationId)
  const owners = await ownersElsewhere(tx, organizationId, sightings)
  const carriable = carriedAll(organization)
  const chosen = await chooseRows(tx, organizationId, observed)
  const users = [...chosen.rows]
  const resolved = await resolveUsers(
    tx,
    organization,
    users.map(([, user]) => user),
    observation.sentAt,
  )
  const digests = new Map(users.map(([key], i) => [key, answerDigest(resolved[i] as ResolvedUser)]))
  const isDistrusted = (organization.creationDistrust & distrustBits[answer]) !== 0
  // While lists are distrusted, every row that contradicts the known account is counted, including unchanged ones.
  const skipsUnchanged = answer === 'LIST' && !isDistrusted
  const unchanged = skipsUnchanged ? await findUnchanged(tx, organization, digests) : new Map<string, number>()
  const known = await loadKnownUsers(
    tx,
    organization,
    users.map(([key]) => key).filter((key) => !unchanged.has(key)),
    observation.sentAt,
  )
  const knownByKey = new Map(known.map((user) => [user.addressKey, user]))
  const ofKnown = users.flatMap(([key, { profile }]) => {
    const before = answer === 'LIST' ? knownByKey.get(key) : undefined
    const { primaryEmail: spelled, createdAt, type } = profile
    return before ? [{ key, spelled, createdAt, type, before }] : []
  })
  const others = await rowsOfOthers(
    tx,
    organizationId,
    observation.pullId,
    ofKnown.map((row) => (isDistrusted ? { ...row, createdAt: undefined } : row)),
  )
  const { decides = false, pullId, deletedLately } = observation
  const evidence = { answer, decides, distrust: organization.creationDistrust, pullId, deletedLately }
  const items = users.flatMap(([key], i): Item[] => {
    if (unchanged.has(key) || others.has(key) || owners.has(key)) return []
    const seen = resolved[i] as ResolvedUser
    const before = knownByKey.get(key)
    const difference = diffUser(before, seen, observation.sentAt, organization.listedAt, evidence)
    const profile = believedProfile(seen.profile, difference, isDistrusted)
    return [{ key, seen: { ...seen, profile }, digest: digests.get(key) as string, before, difference }]
  })

  const isBaseline = await baselineOf(tx, organization, items)
  const writer = new ChangeWriter(organization, observation)
  const nextId = await reserveIds(tx, items)
  const updates: UserUpdate[] = []
  const notes: UserNotes[] = []
  const confirmations: UserConfirmation[] = []
  const changed = new Set<string>()
  const recreated = items.filter((item) => item.difference.verdict === 'RECREATED').flatMap((item) => item.before ?? [])
  await closeUsers(tx, writer, recreated, observation.sentAt, 'RECREATED')

  const sights: DoubtfulSight[] = []
  const refuted: number[] = []
  const over = items.flatMap(({ before, difference }) =>
    before && (difference.verdict === 'NEW' || difference.settles === 'OVER') ? [before.id] : [],
  )
  const idOf = new Map([...unchanged, ...[...owners].map(([key, { id }]) => [key, id] as const)])
  const outcomeOf = new Map<string, Outcome>()
  for (const { key, seen, digest, before, difference } of items) {
    if (difference.verdict === 'NEW' || difference.verdict === 'RECREATED') {
      const wantsRead = answer === 'LIST' && carriedBy(seen) !== carriable
      idOf.set(
        key,
        insertUser(
          writer,
          nextId,
          seen,
          digestToKeep(seen, digest),
          before,
          observation,
          answer,
          wantsRead,
          isBaseline(key, before),
        ),
      )
      outcomeOf.set(key, 'CREATED')
      for (const field of ['primaryEmail', ...Object.keys(seen.profile), ...fieldGroups.filter((group) => seen[group])])
        changed.add(field)
      continue
    }
    if (!before) continue
    if (difference.doubtful) {
      sights.push(sightOf(before, seen, answer, difference.doubtful))
      // A list row that may show another account does not confirm this user.
      if (answer === 'READ') idOf.set(key, before.id)
      continue
    }
    if (difference.settles === 'REFUTED') refuted.push(before.id)
    idOf.set(key, before.id)
    const changes = recordDifference(writer, nextId, before, difference, observation)
    for (const field of changedFields(difference)) changed.add(field)
    const next = nextState(before, seen, difference, observation.sentAt, answer, carriable)
    // A list row may carry less than a point read. Its digest is kept because list rows are the responses that repeat.
    const isSame = difference.verdict === 'SAME' && difference.unresolvedGroups.length === 0
    const kept = isSame ? before.answerDigest : null
    if (next.update)
      updates.push({ ...next.update, answerDigest: kept ?? digestToKeep(seen, digest, difference.fresh) })
    if (next.notes) notes.push(next.notes)
    if (next.confirmation) confirmations.push(next.confirmation)
    if (changes || difference.fields.some((field) => field.before !== field.after)) outcomeOf.set(key, 'UPDATED')
  }
  await updateUsers(tx, organization.now, updates)
  await noteUsers(tx, organization.now, notes)
  await confirmUsers(tx, organizationId, confirmations)
  await dropDoubts(tx, over)
  await refuteDoubts(tx, refuted, observation.sentAt)
  await putDoubts(tx, organizationId, observation, sights)
  if (updates.length > 0) writer.touch()
  await writer.write(tx)
  const kept = users.filter(([key]) => idOf.has(key))
  await noteUnrecognized(tx, organizationId, new Map(kept.map(([key, user]) => [idOf.get(key) as number, user])))
  // A row whose account the mirror has at another address was not applied.
  const doubted = new Set([
    ...owners.keys(),
    ...items.filter(({ difference }) => difference.doubtful).map(({ key }) => key),
  ])
  const outcomesOfAll = kept.map(([key]) => outcomeOf.get(key) ?? 'UNCHANGED')
  const count = (outcome: Outcome) => outcomesOfAll.filter((one) => one === outcome).length
  return {
    created: count('CREATED'),
    updated: count('UPDATED'),
    deleted: recreated.length,
    unchanged: count('UNCHANGED'),
    ids: kept.flatMap(([key]) => idOf.get(key) ?? []),
    carried: kept.map(([key, user]) => (doubted.has(key) ? 0 : carriedBy(user))),
    outcomes: outcomesOfAll,
    changed: [...changed],
    overtaken: items.some(({ difference }) => difference.verdict === 'OVERTAKEN'),
    twins: [
      ...chosen.twins,
      ...users.flatMap(([key, { profile }]) => (others.get(key) ? [profile.primaryEmail] : [])),
      ...items.flatMap((item) => twinBefore(item, observation.pullId)),
    ],
    contradictions: isDistrusted
      ? ofKnown.filter(({ before, createdAt, type }) => contradicts(before, createdAt, type)).length
      : 0,
  }
}

/**
 * Whether a row of a distrusted list still shows another creation time than the known one, or another type if the
 * creation times cannot be compared.
 */
function contradicts(before: StoredUser, createdAt: string | null | undefined, type: Profile['type'] | undefined) {
  if (before.goneAt !== null || isPredecessor(before, createdAt)) return false
  const order = compareCreations(before.profile.createdAt, createdAt)
  const isOtherType = type !== undefined && before.profile.type !== null && type !== before.profile.type
  return order === 'LATER' || order === 'EARLIER' || (order === 'UNKNOWN' && isOtherType)
}

function believedProfile(
  profile: ResolvedUser['profile'],
  { believed, verdict }: UserDifference,
  isDistrusted: boolean,
): ResolvedUser['profile'] {
  const { primaryEmail } = profile
  if (believed) return { ...believed, primaryEmail }
  if (verdict !== 'NEW' || !isDistrusted) return profile
  const { createdAt: _createdAt, ...undated } = profile
  return undated
}

function sightOf(
  before: StoredUser,
  { profile }: ResolvedUser,
  source: AnswerKind,
  { createdAt, moved }: { createdAt: string | null; moved: boolean },
): DoubtfulSight {
  const observedAt = before.goneAt === null ? before.observedAt.profile : null
  const { primaryEmail, type = null } = profile
  return { userId: before.id, source, spelled: primaryEmail, createdAt, type, moved, observedAt }
}

/** The spelling that an earlier page of the pull showed, if this row shows the known account. */
function twinBefore({ before, seen, difference }: Item, pullId: number | undefined): string[] {
  const doubt = difference.settles === 'OVER' ? before?.doubt : null
  const isTwin = doubt?.source === 'LIST' && doubt.pullId === pullId && doubt.spelled !== seen.profile.primaryEmail
  return doubt && isTwin ? [doubt.spelled] : []
}

interface Item {
  readonly key: string
  readonly seen: ResolvedUser
  readonly digest: string
  readonly before: StoredUser | undefined
  readonly difference: UserDifference
}

/** Returns which new users were there when the mirror began to read. */
async function baselineOf(
  tx: Transaction,
  { id, baselineAt }: LockedOrganization,
  items: readonly Item[],
): Promise<(key: string, before: StoredUser | undefined) => boolean> {
  if (baselineAt !== null) return () => false
  const created = await createdHere(
    tx,
    id,
    items.filter(({ before }) => before === undefined).map(({ key }) => key),
  )
  return (key, before) => before === undefined && !created.has(key)
}

/** Reserves all ids for new users and aliases in one round trip. */
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
