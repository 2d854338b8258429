/**
 * Changes a user's primary address. The vendor's accounts cannot change theirs, so a new account replaces the old one.
 * It is created with everything that can be read of the old account, joins the same groups, and is compared, before the
 * old account is deleted. It gets the aliases afterwards, because no two accounts can share an alias. If groups or
 * aliases are not known in full, the change does not start: they would be lost.
 *
 * The deletion is the point of no return (see item-journal.ts and docs/decisions/0022). After a failure before it, the
 * new account is removed again (undo-email-change.ts). After a failure past it, the change is completed forward. An
 * account is deleted only while it is the one that this operation read or created: an address that another client
 * re-created has a different `createdAt`.
 */

import { z } from 'zod'
import { addressKey } from '../../addresses/address-key.ts'
import type { NewUser } from '../../vendor/adapter.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { needsPassword } from '../../writes/commands/give-password.ts'
import { invalidInput, WriteFailedError, type WriteFailure } from '../../writes/failure.ts'
import { administers, keepOwnAccount } from '../../writes/not-offered.ts'
import { findBearer, type KnownGroup } from '../../writes/queries.ts'
import { creationOf, identityOf, recognize } from '../../writes/session/same-account.ts'
import type { WriteSession } from '../../writes/session/session.ts'
import { unlessOdd } from '../../writes/session/unsettled.ts'
import { joinStep } from '../../writes/vendor/memberships.ts'
import { isMember } from '../../writes/vendor/require-groups.ts'
import { groupAmbiguity, type ResolvedGroups } from '../../writes/vendor/resolve-user-groups.ts'
import { isVersion } from '../../writes/vendor/version.ts'
import type { ItemRun, Part, UserBefore } from '../runner/item-context.ts'
import { readProgress } from '../runner/item-journal.ts'
import { carryRest } from './copy-undocumented-fields.ts'
import { createAndJoin, requireShown } from './create-and-join.ts'
import { bringTo } from './ensure-state.ts'
import { rejoinGroups } from './rejoin-groups.ts'
import { removeAccount } from './remove-account.ts'
import { finishTakingBack, learnSuccessor } from './undo-email-change.ts'

const emailChange = z
  .object({
    to: z.string(),
    keepOldAddressAsAlias: z.boolean(),
    /** The operation was started with the right to administer. */
    mayAdminister: z.boolean().exactOptional(),
  })
  .readonly()

export type EmailChange = z.infer<typeof emailChange>

const [oldPart, newPart] = ['old ', 'new ']

export async function changeEmail(run: ItemRun): Promise<number> {
  await finishTakingBack(run, partsOf(run))
  const change = run.input(emailChange)
  return await run.sessions(partsOf(run), async (old, fresh) => {
    const { committed } = await readProgress(run.sql, run.item)
    const isThere = await findSuccessor(run, fresh)
    const before = await predecessorOf(run, old, committed || isThere)
    // Once the old account may be gone, the person uses the new one. Differences that appear in it from then on are
    // intentional.
    if (!committed || !fresh.wasStepDone('create')) await makeSuccessor(run, fresh, before, change)
    if (!isPastDeletion(run)) await endPredecessor(run, old, fresh, before)
    const aliases = aliasesAfter(before.wire, change)
    const after = await bringTo(run, fresh, newPart, {
      patchFor: (found) => ({ aliases: found.aliases ? { add: aliases, remove: [] } : { set: aliases } }),
      lacks: (found) => missingGroups(found, before.groups),
      onRefused: () => waitForAliases(run, old, before, aliases),
    })
    await rejoinGroups(run, fresh, newPart, 'replace', before.groups)
    return after.userId
  })
}

/**
 * The item waits for a step after the deletion, so an earlier attempt confirmed the deletion. Its pauses are not
 * repeated.
 */
function isPastDeletion({ item: { waiting } }: ItemRun): boolean {
  return waiting !== undefined && (waiting.step === `${newPart}replace` || waiting.step.endsWith(' after replace'))
}

/** Returns why the old account cannot be replaced without a loss: its groups or its aliases are not known in full. */
export function addressChangeProblem(
  { primaryEmail, aliases }: WireUser,
  resolved: ResolvedGroups | undefined,
): WriteFailure | undefined {
  const doubt = aliases === undefined ? 'the vendor does not show its aliases' : groupAmbiguity(resolved)
  if (doubt === undefined) return undefined
  const message = `The address of ${primaryEmail} cannot be changed without a loss: ${doubt}`
  return { ...invalidInput({ path: ['from'], message }), tellsReadings: true }
}

const notCarried: ReadonlySet<string> = new Set(['primaryEmail', 'createdAt', 'updatedAt', 'aliases', 'groups'])

/**
 * Returns the body of the new account: everything known of the old one, except the fields that belong to its address
 * and those that are added later (groups and aliases).
 */
export function successorOf(old: WireUser, to: string, password: string | undefined): NewUser {
  const kept = Object.entries(old.raw).filter(([field]) => !notCarried.has(field))
  return {
    ...Object.fromEntries(kept),
    primaryEmail: to,
    type: typeof old.raw.type === 'string' ? old.raw.type : 'User',
    ...(password !== undefined && { password }),
  }
}

/** Returns the aliases of the new account. */
export function aliasesAfter(old: WireUser, { to, keepOldAddressAsAlias }: EmailChange): string[] {
  // Some vendors list the primary address among the aliases. It is not an alias, and is kept only on request.
  const own = (old.aliases ?? []).filter((address) => addressKey(address) !== addressKey(old.primaryEmail))
  const addresses = [...own, ...(keepOldAddressAsAlias ? [old.primaryEmail] : [])]
  return addresses.filter((address) => addressKey(address) !== addressKey(to))
}

export function partsOf(run: ItemRun): readonly [Part, Part] {
  const { to } = run.input(emailChange)
  return [
    { primaryEmail: run.item.primaryEmail, name: oldPart, isThere: true },
    { primaryEmail: to, name: newPart, isThere: false },
  ]
}

/**
 * Returns the old account as it was before any change. As long as there is no new account (`isBegun` is false), it is
 * read again, because it may have changed since an earlier attempt. If it no longer exists, the snapshot is the only
 * copy and is kept.
 */
async function predecessorOf(run: ItemRun, old: WriteSession, isBegun: boolean): Promise<UserBefore> {
  const groupsMeant = (wire: WireUser, resolved: ResolvedGroups | undefined): readonly KnownGroup[] => {
    const refusal = addressChangeProblem(wire, resolved)
    if (refusal) throw new WriteFailedError(refusal)
    return resolved?.known ?? []
  }
  const { kept } = run
  if (!kept) return await run.userBefore(old, `${newPart}create`, groupsMeant)
  if (isBegun) return kept
  const reading = await old.readBefore()
  if (!reading.found) return kept
  if ((await recognize(old, identityOf(kept.wire), reading.wire)) === 'OTHER') {
    run.pauseUnlessOver(`${newPart}create`, 'REPLACED', 'the old address shows an account with another createdAt')
    throw replaced(old, reading.userId)
  }
  await run.waitForEarlierWrites(old, reading, `${newPart}create`)
  return await run.keep(old, reading, groupsMeant)
}

/**
 * Returns whether the new account of an earlier attempt exists. If it is gone, its steps must be taken again. If
 * another client has replaced it, this operation must not complete it.
 */
async function findSuccessor(run: ItemRun, fresh: WriteSession): Promise<boolean> {
  if (!fresh.wasStepSent('create')) return false
  const reading = await fresh.readAgain()
  if (reading.found) {
    if (fresh.wasStepDone('create')) await refuseOther(run, fresh, reading.wire, reading.userId)
    return true
  }
  const groups = run.kept?.groups ?? []
  if (fresh.wasStepDone('create')) {
    const { successor } = await readProgress(run.sql, run.item)
    // If the account was never shown, the vendor is late. If it was shown before, another client deleted it.
    if (successor === undefined && fresh.wasStepSent('create')?.answered)
      await requireShown(run, fresh, newPart, groups)
    run.pauseUnlessOver(`${newPart}create`, 'OTHER', 'the user was shown before, and is no longer found (404)')
    await fresh.doubt('create')
  }
  const joins = groups.flatMap(({ groupId }) =>
    [undefined, 'complete', 'replace'].map((after) => joinStep(groupId, after)),
  )
  for (const step of ['complete', 'replace', ...joins]) await fresh.forgetStep(step)
  return false
}

async function refuseOther(run: ItemRun, fresh: WriteSession, wire: WireUser, userId: number): Promise<void> {
  const { successor } = await readProgress(run.sql, run.item)
  if (!successor || (creationOf(wire) === undefined && wire.vendorId === undefined)) return
  if ((await recognize(fresh, successor, wire)) !== 'OTHER') return
  run.pauseUnlessOver(`${newPart}create`, 'REPLACED', 'the new address shows an account with another createdAt')
  const { primaryEmail } = wire
  const message = `${primaryEmail} is not the account that this operation created: another client deleted that account and created a new one`
  throw new WriteFailedError({ failure: 'Conflict', message, userId })
}

export const createsAdministrator = 'The new account would administer something, which requires the right to administer'

/** Creates the new account and copies everything from the old one except the aliases. */
async function makeSuccessor(
  run: ItemRun,
  fresh: WriteSession,
  before: UserBefore,
  { to, mayAdminister = false }: EmailChange,
): Promise<void> {
  keepOwnAccount(fresh.client, before.wire, ['from'])
  // The account may have become an administrator since the start.
  if (!fresh.wasStepSent('create') && !mayAdminister && administers(fresh.client, before.wire))
    throw new WriteFailedError(invalidInput({ path: ['from'], message: createsAdministrator }))
  const password = needsPassword(fresh) ? run.openPassword('temporaryPassword') : undefined
  const body = successorOf(before.wire, to, password)
  await createAndJoin(run, fresh, newPart, body, before.groups, () => learnSuccessor(run, fresh))
  await carryRest(run, fresh, newPart, body)
  await rejoinGroups(run, fresh, newPart, 'complete', before.groups)
}

function missingGroups({ groups }: WireUser, joined: readonly KnownGroup[]): string | undefined {
  const missing = joined.filter((group) => isMember(groups, group) === false)
  return missing.length === 0 ? undefined : `the user is not in ${missing.map(({ groupId }) => groupId).join(', ')}`
}

/**
 * Waits for the vendor to free the aliases, which it may do some time after the old account was deleted. Returns if
 * another user has one of them.
 */
async function waitForAliases(
  run: ItemRun,
  old: WriteSession,
  { wire, userId }: UserBefore,
  aliases: readonly string[],
): Promise<void> {
  const reading = await unlessOdd(() => old.readAgain())
  if (reading?.found && (await recognize(old, identityOf(wire), reading.wire)) === 'OTHER') return
  const { sql, organizationId } = old
  const bearer = await findBearer(sql, organizationId, aliases, userId)
  if (bearer) return
  run.pauseUnlessOver(
    `${newPart}replace`,
    'ADDRESS_HELD',
    'the aliases are rejected, but no other user is known to have one of them',
  )
}

/**
 * Deletes the old account if it still exists as it was read. If it is gone, there is nothing to delete. If another
 * client has changed it since, that change would be lost, so the step fails. If the address shows another account, the
 * change ends there, because the old account's `createdAt` may have changed.
 */
async function endPredecessor(run: ItemRun, old: WriteSession, fresh: WriteSession, before: UserBefore): Promise<void> {
  const sent = old.wasStepSent('delete') !== undefined
  const known = identityOf(before.wire)
  // After a deletion was sent, the mirror also needs its outcome.
  const reading = sent ? await unlessOdd(() => old.readAfter('END')) : await old.readAgain()
  const likeness = reading?.found ? await recognize(old, known, reading.wire) : 'GONE'
  if (!sent && likeness === 'GONE') {
    return run.pauseUnlessOver(`${oldPart}delete`, 'OTHER', 'the old account is not found (404)')
  }
  // The vendor may have accepted another write while the new account was created.
  if (!sent && reading) await run.waitForEarlierWrites(old, reading, `${oldPart}delete`)
  if (!sent && likeness === 'OTHER') {
    run.pauseUnlessOver(`${oldPart}delete`, 'REPLACED', 'the old address shows an account with another createdAt')
    throw replaced(old, reading?.userId)
  }
  // An accepted deletion is final, even if a late copy still shows the account.
  if (reading?.found && !old.wasStepDone('delete') && (likeness === 'SAME' || !sent)) {
    if (!isVersion(known, reading.wire)) {
      const message = 'Another client changed the old account while the new one was created'
      throw new WriteFailedError({ failure: 'Conflict', message, userId: reading.userId })
    }
    const successor = await fresh.readAfter()
    if (!successor.found) throw missing(successor.userId, fresh)
    await refuseOther(run, fresh, successor.wire, successor.userId)
  }
  if (likeness === 'UNKNOWN' && !sent && (await readProgress(run.sql, run.item)).committed) {
    const message = `The account ${old.primaryEmail} may be the old one or a new one, because the vendor does not show its createdAt. It was not deleted`
    throw new WriteFailedError(
      { failure: 'VendorFailure', message, status: null, outcomeUnknown: true },
      { final: true },
    )
  }
  try {
    await removeAccount(run, old, oldPart, {
      userId: before.userId,
      primaryEmail: before.wire.primaryEmail,
      aliases: before.wire.aliases,
      ...known,
    })
  } catch (error) {
    // Another client deleted it first.
    if (!(error instanceof WriteFailedError && error.failure.failure === 'NotFound')) throw error
  }
}

function replaced({ primaryEmail }: WriteSession, userId: number | undefined): WriteFailedError {
  const message = `${primaryEmail} has another createdAt than when this operation read it: either another client deleted and re-created it, or the vendor has changed its createdAt. It was not deleted. To change the address of the current account, start a new operation; if the account is not needed, delete it`
  return new WriteFailedError({ failure: 'Conflict', message, userId: userId ?? null })
}

function missing(userId: number | undefined, { primaryEmail }: WriteSession): WriteFailedError {
  const message = `The new account ${primaryEmail} is gone: another client deleted it`
  return new WriteFailedError({ failure: 'Conflict', message, userId: userId ?? null })
}
