/**
 * Users whose address has changed at the vendor: the vendor's number of the account is known at another address. Such
 * an account keeps its life. Accounts without a number of the vendor are never moved.
 */

import { addressKey } from '../../addresses/address-key.ts'
import type { Transaction } from '../../db/database.ts'
import { array } from '../../db/pg-array.ts'
import { ChangeWriter } from '../feed/change-writer.ts'
import type { Observation, ObservedUser } from '../observation.ts'
import type { LockedOrganization } from '../organization-lock.ts'
import { closeUsers } from './close-users.ts'
import { diffUser } from './diff-user.ts'
import { loadKnownUsers, type StoredUser } from './load-stored-users.ts'
import { nextState } from './merge-observation.ts'
import { recordDifference } from './record-difference.ts'
import { type UserUpdate, updateUsers } from './update-users.ts'

/** What a response showed: the vendor's number of an account, and its address. */
export interface Sighting {
  readonly vendorId: string
  readonly primaryEmail: string
}

export function sightingsOf(observed: readonly ObservedUser[]): Sighting[] {
  return observed.flatMap(({ vendorId, profile }) =>
    vendorId === undefined ? [] : [{ vendorId, primaryEmail: profile.primaryEmail }],
  )
}

/** Number of sightings in one statement: its text must not grow with the list. */
const atOnce = 2_000

/** Returns the live users that have one of the numbers at another address than the one shown, by the shown key. */
export async function ownersElsewhere(
  tx: Transaction,
  organizationId: number,
  sightings: readonly Sighting[],
): Promise<Map<string, { readonly id: number; readonly key: string }>> {
  const owners = new Map<string, { readonly id: number; readonly key: string }>()
  for (let start = 0; start < sightings.length; start += atOnce) {
    const some = sightings.slice(start, start + atOnce)
    const rows = await tx<{ shown: string; id: number; key: string }[]>`
      select t.key as shown, u.id, u.address_key as key
      from unnest(${array(some.map(({ vendorId }) => vendorId))}::text[],
        ${array(some.map(({ primaryEmail }) => addressKey(primaryEmail)))}::text[]) as t(vendor_id, key)
      join users u on u.organization_id = ${organizationId} and u.vendor_id = t.vendor_id and u.deleted_at is null
        and u.address_key <> t.key`
    for (const { shown, id, key } of rows) owners.set(shown, { id, key })
  }
  return owners
}

/**
 * Gives these accounts their new addresses, all in one step, so that two can swap theirs. An address whose live user
 * does not move is taken only if `endsOthers`: the response was requested to decide whether that user still exists.
 * Returns whether anything has changed. The organization must then be locked again, because its feed has moved on.
 */
export async function moveUsers(
  tx: Transaction,
  organization: LockedOrganization,
  observation: Observation,
  sightings: readonly Sighting[],
  endsOthers: boolean,
): Promise<boolean> {
  const owners = await ownersElsewhere(tx, organization.id, unambiguous(sightings))
  if (owners.size === 0) return false
  const spelled = new Map(sightings.map(({ primaryEmail }) => [addressKey(primaryEmail), primaryEmail]))
  const keys = new Set([...owners].flatMap(([shown, { key }]) => [shown, key]))
  const loaded = await loadKnownUsers(tx, organization, [...keys], observation.sentAt)
  const live = new Map(loaded.filter(({ goneAt }) => goneAt === null).map((user) => [user.addressKey, user]))
  const isFresh = ({ observedAt }: StoredUser) => observedAt.profile === null || observation.sentAt > observedAt.profile
  const moving = new Map<string, StoredUser>()
  for (const [shown, { key }] of owners) {
    const user = live.get(key)
    if (user && isFresh(user)) moving.set(shown, user)
  }
  const writer = new ChangeWriter(organization, observation)
  const ended = endsOthers ? holders(moving, live).filter(isFresh) : []
  await closeUsers(tx, writer, ended, observation.sentAt)
  for (const { addressKey } of ended) live.delete(addressKey)
  dropBlocked(moving, live)

  const updates = [...moving].map(([shown, before]): UserUpdate => {
    const seen = { profile: { primaryEmail: spelled.get(shown) as string }, unresolvedGroups: before.unresolvedGroups }
    const evidence = { answer: 'READ', decides: false, distrust: 0 } as const
    const difference = diffUser(before, seen, observation.sentAt, null, evidence)
    recordDifference(writer, () => 0, before, difference, observation)
    const { update } = nextState(before, seen, difference, observation.sentAt, 'READ', 0)
    if (!update) throw new Error('An address that differs is a difference')
    // Only the address was observed. The rest of the response is compared afterwards.
    const { stamps, readAt, wanted } = before
    return { ...update, profileAt: stamps.profile ?? update.profileAt, readAt, wanted, answerDigest: null }
  })
  await updateUsers(tx, organization.now, updates)
  if (updates.length > 0) writer.touch()
  await writer.write(tx)
  return updates.length > 0 || ended.length > 0
}

/** A number that a response shows at several addresses tells nothing. Allocates little: a list may be long. */
function unambiguous(sightings: readonly Sighting[]): readonly Sighting[] {
  const first = new Map<string, Sighting>()
  const ambiguous = new Set<string>()
  for (const sighting of sightings) {
    const { vendorId, primaryEmail } = sighting
    const before = first.get(vendorId)
    if (before === undefined) first.set(vendorId, sighting)
    else if (addressKey(before.primaryEmail) !== addressKey(primaryEmail)) ambiguous.add(vendorId)
  }
  if (first.size === sightings.length) return sightings
  return [...first.values()].filter(({ vendorId }) => !ambiguous.has(vendorId))
}

/** The live users at the new addresses that do not move themselves. */
function holders(moving: ReadonlyMap<string, StoredUser>, live: ReadonlyMap<string, StoredUser>): StoredUser[] {
  const ids = new Set([...moving.values()].map(({ id }) => id))
  return [...moving.keys()].flatMap((shown) => live.get(shown) ?? []).filter(({ id }) => !ids.has(id))
}

/** A user that waits for an address blocks those that wait for its own. */
function dropBlocked(moving: Map<string, StoredUser>, live: ReadonlyMap<string, StoredUser>): void {
  for (let blocked = holders(moving, live); blocked.length > 0; blocked = holders(moving, live)) {
    for (const { addressKey } of blocked) moving.delete(addressKey)
  }
}
