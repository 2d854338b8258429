/**
 * Verifies the result of a PUT. A PUT replaces the whole user, so everything that it carried is compared, not only the
 * caller's change: if a vendor shows a list in a form that its PUT does not accept, it loses the list silently.
 */

import type { UserReading } from '../../sync/point-read/read-user.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import { groupsWithIds, type KnownGroup } from '../queries.ts'
import type { WriteSession } from '../session/session.ts'
import { concludeSettling, notShownYet } from '../session/unsettled.ts'
import { hasCarriedWord, lacksUnresolved, lostOf } from '../vendor/carried-fields.ts'
import { type CarriedGroups, identifyUnresolved, lackingGroups } from '../vendor/carried-groups.ts'
import { compareSent, contradictionsIn } from '../vendor/compare-written.ts'
import { joinGroup } from '../vendor/memberships.ts'
import type { VendorPatch } from '../vendor/merge-patch.ts'
import { isUnchangedSince, isVersion } from '../vendor/version.ts'
import { fieldsOfChange } from '../vendor/written-fields.ts'

type Found = Extract<UserReading, { found: true }>

export type Replaced = Pick<Found, 'userId' | 'wire'> & {
  readonly settled: boolean
  readonly notes: string[]
}

/**
 * Reads the user until it matches the PUT, and restores memberships that the PUT lost. Rejects with NotAsWritten if the
 * vendor holds something else. `base`: the copy that the PUT was built from, and its groups. Undefined if an earlier
 * attempt sent the PUT, so that only a digest of the copy is known.
 */
export async function verifyReplaced(
  session: WriteSession,
  base: { readonly before: Found; readonly groups: CarriedGroups } | undefined,
  patch: VendorPatch,
): Promise<Replaced> {
  const before = base?.before
  const facts = session.wasStepSent('replace')
  let groups = base?.groups ?? { known: await groupsWithIds(session.sql, facts?.groupIds ?? []), unresolved: [] }
  let isResolved = false
  const lackingIn = async ({ wire }: Found) => {
    const lacking = lackingGroups(groups, wire)
    if (lacking.unresolved.length === 0 || isResolved) return lacking
    isResolved = true
    groups = await identifyUnresolved(session, groups)
    return lackingGroups(groups, wire)
  }
  const differencesIn = ({ wire }: Found) => {
    if (before) return compareSent(patch, before.wire, wire)
    const fields = contradictionsIn(patch, wire, hasCarriedWord(facts?.carried, wire))
    if (isVersion(facts, wire)) return { late: fields, other: [], less: [] }
    const lost = facts?.carried ? lostOf(facts.carried, patch, wire, false) : []
    const unresolved = facts?.carried && lacksUnresolved(facts.carried, wire) ? ['groups'] : []
    return { late: [], other: [...fields, ...lost, ...unresolved], less: [] }
  }
  const {
    value: reading,
    shown,
    isCut,
  } = await session.poll(async (reading) => {
    if (!reading.found) return 'OTHER'
    const { late, other } = differencesIn(reading)
    const { known, unresolved } = await lackingIn(reading)
    if (other.length > 0 || known.length > 0 || unresolved.length > 0) return 'OTHER'
    return late.length > 0 ? 'BEFORE' : 'WRITTEN'
  })
  // A later version of the user that still lacks the change is not a late copy.
  const hasMoved =
    before !== undefined &&
    reading.found &&
    reading.wire.updatedAt !== undefined &&
    !isUnchangedSince(before.wire, reading.wire)
  const mayBeLate = !(hasMoved && !isCut)
  const isOpen = (shown === 'BEFORE' && mayBeLate) || (shown === 'OTHER' && isCut)
  const last = reading.found ? reading : isOpen ? before : undefined
  if (!last) throw notFound(`The vendor has no user ${session.primaryEmail}`)
  if (isOpen || !reading.found) {
    await concludeSettling(session, { kind: 'CHANGE' })
    return { ...last, settled: false, notes: [notShownYet] }
  }
  const { late, other, less } = differencesIn(reading)
  const lost = await lackingIn(reading)
  const repair = await restore(session, lost.known)
  const missing = [...repair.missing, ...lost.unresolved.map(unrestorable)]
  // A late copy can lack a group because it shows an earlier leaving of it, and not the later joining.
  if (late.length > 0 && other.length === 0 && missing.length === 0 && mayBeLate) {
    await concludeSettling(session, { kind: 'CHANGE' })
    return { ...(repair.reading ?? reading), settled: false, notes: [...new Set([...repair.notes, notShownYet])] }
  }
  const fields = [...new Set([...late, ...other, ...(missing.length > 0 ? ['groups'] : [])])]
  await session.adopt(reading, fieldsOfChange(patch, before?.wire))
  if (fields.length === 0) {
    await concludeSettling(session, repair.settled ? undefined : { kind: 'CHANGE' })
    const notes = [
      ...repair.notes,
      ...less.map((field) => `The vendor shows fewer entries in ${field} than the request carried`),
    ]
    return { ...(repair.reading ?? reading), settled: repair.settled, notes }
  }
  await concludeSettling(session, undefined)
  const unasked = fields.filter((field) => !(field in patch))
  const also =
    unasked.length > 0
      ? [`The request carried ${unasked.join(', ')} unchanged, but the vendor did not keep the values`]
      : []
  const message = [
    `The vendor accepted the change, but shows other values in ${fields.join(', ')}`,
    ...also,
    ...missing,
  ]
  const tells = unasked.length > 0 && { tellsReadings: true as const }
  const failure = { failure: 'NotAsWritten', message: message.join('. '), fields, userId: reading.userId } as const
  throw new WriteFailedError({ ...failure, ...tells })
}

function unrestorable(called: string): string {
  return `The membership of "${called}" could not be restored: it does not match exactly one known group`
}

interface Repair {
  readonly settled: boolean
  readonly notes: string[]
  /** Why a membership could not be restored. */
  readonly missing: string[]
  readonly reading?: Found
}

/** Adds the user back to the groups that the PUT lost. */
async function restore(session: WriteSession, lost: readonly KnownGroup[]): Promise<Repair> {
  if (lost.length === 0) return { settled: true, notes: [], missing: [] }
  const missing: string[] = []
  const joined: KnownGroup[] = []
  for (const group of lost) {
    try {
      await joinGroup(session, group)
      joined.push(group)
    } catch (error) {
      if (!(error instanceof EssentialsError || error instanceof WriteFailedError)) throw error
      const failure = error instanceof WriteFailedError ? error.failure : failureOfError(error)
      missing.push(`The membership of ${group.groupId} could not be restored: ${failure.message}`)
    }
  }
  if (joined.length === 0) return { settled: false, notes: [], missing }
  const { value: reading, shown } = await session.poll((reading) => {
    if (!reading.found) return 'OTHER'
    return lackingGroups({ known: joined, unresolved: [] }, reading.wire).known.length > 0 ? 'BEFORE' : 'WRITTEN'
  })
  const names = joined.map(({ groupId }) => groupId).join(', ')
  const notes = [`The vendor's PUT removed the user from ${names}; the membership was restored by POST`]
  const settled = shown === 'WRITTEN'
  return {
    settled,
    notes: settled ? notes : [...notes, notShownYet],
    missing,
    ...(reading.found && { reading }),
  }
}
