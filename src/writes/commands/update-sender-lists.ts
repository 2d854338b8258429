import { z } from 'zod'
import type { UserReading } from '../../sync/point-read/read-user.ts'
import type { WrittenField } from '../../sync/point-read/recent-writes.ts'
import { AlreadyExistsError, NotFoundError } from '../../vendor/errors/rejection-errors.ts'
import type { SenderLists } from '../../vendor/wire/wire.ts'
import type { WriteDeps } from '../deps.ts'
import { invalidInput, notFound, WriteFailedError, type WriteFailure } from '../failure.ts'
import { wordsOf } from '../failure-of-error.ts'
import type { ListPatch, SenderListsInput } from '../inputs.ts'
import { planOf, resultFields, storedSettled } from '../session/plan.ts'
import type { WriteSession } from '../session/session.ts'
import type { Shown } from '../session/settle.ts'
import { concludeSettling, notShownYet } from '../session/unsettled.ts'
import { checkIdempotencyKey, checkSenderLists } from '../validation.ts'
import { isVersion, versionOf } from '../vendor/version.ts'
import { runWrite, type WriteRequest } from './run-write.ts'

const senderListsUpdated = z.object({ userId: z.number(), settled: storedSettled, ...resultFields }).readonly()

export type SenderListsUpdated = z.infer<typeof senderListsUpdated>

/**
 * Changes a user's own sender lists by their own requests, not by a PUT of the user. Entries are added one by one;
 * anything else replaces the list with the whole new one.
 */
export type UpdateSenderLists = (request: WriteRequest<SenderListsInput>) => Promise<SenderListsUpdated | WriteFailure>

type Found = Extract<UserReading, { found: true }>
type Lists = Partial<SenderLists>
const names = ['safe', 'blocked'] as const

export function updateSenderListsWith(deps: WriteDeps): UpdateSenderLists {
  return async (request) => {
    const { input, idempotencyKey, dryRun } = request
    const issues = [...checkSenderLists(input), ...checkIdempotencyKey(idempotencyKey)]
    if (issues.length > 0) return invalidInput(...issues)
    return await runWrite(deps, senderListsUpdated, 'updateSenderLists', request, async (session) => {
      const isResumed = session.wasStepSent('senders') !== undefined
      const before = foundOf(session, await (dryRun ? session.requireUser() : session.readCopy()))
      const { userId } = before
      const lists = before.wire.senderLists
      if (!lists) throw new WriteFailedError(invalidInput({ path: [], message: 'The vendor does not show the lists' }))
      const wanted = { safe: after(lists.safe, input.safe), blocked: after(lists.blocked, input.blocked) }
      refuseContradiction(lists, wanted)
      const changed = names.filter((name) => !isSame(lists[name], wanted[name]))
      if (changed.length === 0 && !isResumed) {
        const notes = ['The user already has these entries; there is nothing to send']
        return { userId, plan: [], notes, settled: true, given: { plan: [], notes: dryRun ? [] : notes } }
      }
      const isAdding = changed.every((name) => lists[name].every((sender) => has(wanted[name], sender)))
      const sent = Object.fromEntries(
        changed.map((name) => [name, isAdding ? wanted[name].filter((one) => !has(lists[name], one)) : wanted[name]]),
      )
      const kind = isAdding ? 'addSenders' : 'replaceSenders'
      const plan = session.client.requests[kind](before.wire.primaryEmail, sent).map(planOf)
      // The plan of a replacement holds entries that were read.
      const given = { plan: isAdding ? plan : [], notes: [] }
      if (dryRun) return { userId, plan, notes: [], settled: true, given }
      const { settled } = await send(session, before, wanted, kind, sent)
      const notes = settled ? [] : [notShownYet]
      return { userId, plan, notes, settled, given: { ...given, notes } }
    })
  }
}

async function send(
  session: WriteSession,
  before: Found,
  wanted: SenderLists,
  kind: 'addSenders' | 'replaceSenders',
  sent: Lists,
): Promise<{ readonly settled: boolean }> {
  const { primaryEmail } = before.wire
  const version = versionOf(before.wire)
  const judge = (reading: UserReading): Shown => {
    if (!reading.found) return 'OTHER'
    const shown = reading.wire.senderLists
    if (shown && isSame(shown.safe, wanted.safe) && isSame(effective(shown), effective(wanted))) return 'WRITTEN'
    return isVersion(version, reading.wire) ? 'BEFORE' : 'OTHER'
  }
  try {
    await session.take({
      name: 'senders',
      writes: { fields: writtenFields(before.wire.senderLists, wanted) },
      send: (options) => session.client[kind](primaryEmail, sent, options),
      async settle() {
        const { shown } = await session.poll(judge)
        // Sent twice, each of the requests has the same effect as once.
        return shown === 'WRITTEN' ? 'DONE' : shown === 'BEFORE' ? 'NOT_DONE' : 'UNKNOWN'
      },
      isDoneBy: (refusal) => refusal instanceof AlreadyExistsError,
    })
  } catch (error) {
    if (error instanceof NotFoundError) throw notFound(`The vendor has no user ${primaryEmail}${wordsOf(error)}`)
    throw error
  }
  const { value: reading, shown, isCut } = await session.poll(judge)
  const isOpen = shown === 'BEFORE' || (shown === 'OTHER' && isCut)
  await concludeSettling(session, isOpen ? { kind: 'CHANGE' } : undefined)
  if (shown === 'WRITTEN' || isOpen) return { settled: !isOpen }
  if (!reading.found) throw notFound(`The vendor has no user ${primaryEmail}`)
  const message = 'The vendor accepted the change, but shows other sender lists'
  const failure = { failure: 'NotAsWritten', message, fields: ['senderLists'], userId: reading.userId } as const
  throw new WriteFailedError(failure)
}

function foundOf({ primaryEmail }: WriteSession, reading: UserReading): Found {
  if (!reading.found) throw notFound(`The vendor has no user ${primaryEmail}`)
  return reading
}

/** The vendor ignores a blocked sender that is also a safe one. One that it shows as both already is not the caller's. */
function refuseContradiction(before: SenderLists, { safe, blocked }: SenderLists): void {
  const isBoth = (sender: string) => has(before.safe, sender) && has(before.blocked, sender)
  const both = blocked.find((sender) => has(safe, sender) && !isBoth(sender))
  if (both === undefined) return
  const failure = invalidInput({ path: ['blocked'], message: `${both} would be both safe and blocked` })
  throw new WriteFailedError({ ...failure, tellsReadings: true })
}

/** The vendor may drop blocked senders that are also safe ones. */
function effective({ safe, blocked }: SenderLists): string[] {
  return blocked.filter((sender) => !has(safe, sender))
}

function after(before: readonly string[], patch: ListPatch | null | undefined): string[] {
  if (patch === undefined) return [...before]
  if (patch === null) return []
  if (patch.set != null) return [...patch.set]
  const kept = before.filter((sender) => !has(patch.remove ?? [], sender))
  return [...kept, ...(patch.add ?? []).filter((sender) => !has(kept, sender))]
}

function has(list: readonly string[], sender: string): boolean {
  return list.some((one) => one.toLowerCase() === sender.toLowerCase())
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.every((sender) => has(other, sender)) && other.every((sender) => has(one, sender))
}

function writtenFields(before: SenderLists | undefined, wanted: SenderLists): WrittenField[] {
  return names.flatMap((name) => [
    ...wanted[name].filter((one) => !has(before?.[name] ?? [], one)).map((one) => entry(name, one, true)),
    ...(before?.[name] ?? []).filter((one) => !has(wanted[name], one)).map((one) => entry(name, one, false)),
  ])
}

function entry(name: (typeof names)[number], sender: string, isIn: boolean): WrittenField {
  return { field: `${name} ${sender.toLowerCase()}`, value: isIn }
}
