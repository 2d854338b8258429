/**
 * A new address: since the vendor's accounts cannot change theirs, a new account takes the old one's place. It is made with everything
 * that can be read of the old one, put into its groups and compared, before the old one is deleted; then it gets the aliases, which no two
 * accounts can bear. Where groups or aliases cannot be told, nothing is begun: they would be lost. At no moment is the person without an
 * account: what fails before the deletion takes the new account back, and what fails after it goes on forward.
 */
import type { NewUser } from '../../essentials/endpoints.ts'
import type { WireUser } from '../../essentials/wire.ts'
import { addressKey } from '../../mirror/address.ts'
import { digestOf } from '../compare-written.ts'
import { createWithGroups } from '../create-with-groups.ts'
import { type Doomed, deleteAccount, readDoomed } from '../delete-user.ts'
import { invalidInput, WriteFailedError, type WriteFailure } from '../failure.ts'
import type { WriteSession } from '../session.ts'
import { doubtAbout, type ToldGroups } from '../told-groups.ts'
import { bringTo } from './bring-to.ts'
import { carryRest } from './carry-rest.ts'
import { forgetSteps } from './item-journal.ts'
import type { ItemRun, Part, UserBefore } from './item-run.ts'

export interface EmailChange {
  readonly to: string
  readonly keepOldAddressAsAlias: boolean
}

export async function changeEmail(run: ItemRun): Promise<number> {
  const change = run.item.input as unknown as EmailChange
  return await run.sessions(partsOf(run), async (old, fresh) => {
    const before = await run.userBefore(old, (wire, told) => {
      const refusal = refusalOf(wire, told)
      if (refusal) throw new WriteFailedError(refusal)
      return told?.known ?? []
    })
    if (old.wasSent('delete') === undefined) {
      const body = successorOf(before.wire, change.to, run.password)
      await createWithGroups(fresh, body, before.groups, { comesBack: true })
      await carryRest(fresh, body)
      await refuseChanged(old, before)
    }
    const { userId, wire } = before
    await deleteIfThere(old, { userId, primaryEmail: wire.primaryEmail, createdAt: wire.createdAt ?? null })
    const aliases = aliasesAfter(wire, change)
    const after = await bringTo(fresh, (found) => ({
      aliases: found.aliases ? { add: aliases, remove: [] } : { set: aliases },
    }))
    return after.userId
  })
}

/** Takes the new account back, where it was made by us and the old one is still there; gives whether it was so. */
export async function undoEmailChange(run: ItemRun): Promise<boolean> {
  return await run.sessions(partsOf(run), async (old, fresh) => {
    if (!fresh.wasDone('create') || !(await old.readAgain()).found) return false
    await deleteIfThere(fresh, await readDoomed(fresh).catch(nobody))
    await forgetSteps(run.sql, run.item)
    return true
  })
}

/** Why the old account cannot be followed by another without a loss: its groups or its aliases cannot be told in full. */
export function refusalOf({ primaryEmail, aliases }: WireUser, told: ToldGroups | undefined): WriteFailure | undefined {
  const doubt = aliases === undefined ? 'the vendor does not tell which aliases it has' : doubtAbout(told)
  if (doubt === undefined) return undefined
  const message = `${primaryEmail} cannot be given another address without a loss: ${doubt}`
  return { ...invalidInput({ path: ['from'], message }), tellsReadings: true }
}

const notCarried: ReadonlySet<string> = new Set(['primaryEmail', 'createdAt', 'updatedAt', 'aliases', 'groups'])

/** The body of the new account: all that is known of the old one, but what belongs to its address and what is joined or given later. */
export function successorOf(old: WireUser, to: string, password: string | undefined): NewUser {
  const kept = Object.entries(old.raw).filter(([field]) => !notCarried.has(field))
  return {
    ...Object.fromEntries(kept),
    primaryEmail: to,
    type: typeof old.raw.type === 'string' ? old.raw.type : 'User',
    ...(password !== undefined && { password }),
  }
}

/** What the new account bears besides its own address. */
export function aliasesAfter(old: WireUser, { to, keepOldAddressAsAlias }: EmailChange): string[] {
  const addresses = [...(old.aliases ?? []), ...(keepOldAddressAsAlias ? [old.primaryEmail] : [])]
  return addresses.filter((address) => addressKey(address) !== addressKey(to))
}

function partsOf({ item }: ItemRun): readonly [Part, Part] {
  const { to } = item.input as unknown as EmailChange
  return [
    { primaryEmail: item.primaryEmail, name: 'old ', isThere: true },
    { primaryEmail: to, name: 'new ', isThere: false },
  ]
}

/** What somebody else changed since the user was read would be lost with the old account. */
async function refuseChanged(old: WriteSession, before: UserBefore): Promise<void> {
  const again = await old.readAgain()
  if (!again.found || digestOf(again.wire.raw) === digestOf(before.wire.raw)) return
  const message = `The old account was changed by somebody else while the new one was made`
  throw new WriteFailedError({ failure: 'Conflict', message, userId: again.userId })
}

/** Somebody else may have been faster. */
async function deleteIfThere(session: WriteSession, doomed: Doomed | undefined): Promise<void> {
  if (doomed) await deleteAccount(session, doomed).catch(nobody)
}

function nobody(error: unknown): undefined {
  if (error instanceof WriteFailedError && error.failure.failure === 'NotFound') return undefined
  throw error
}
