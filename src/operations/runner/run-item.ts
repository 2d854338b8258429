/** Runs one item from the end of its journal until it ends or has to wait. */

import { MalformedRowError } from '../../db/stored-json.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import { AbortedError } from '../../vendor/errors/transport-errors.ts'
import { waitAskedFor } from '../../vendor/http/retry.ts'
import { depsAsCaller, type WriteDeps } from '../../writes/deps.ts'
import { WriteFailedError, type WriteFailure } from '../../writes/failure.ts'
import { failureOfError } from '../../writes/failure-of-error.ts'
import { keepRenewed } from '../../writes/session/lease.ts'
import { UserLockedError } from '../../writes/session/user-lock.ts'
import { type ClaimedItem, type OperationKind, storedFailure } from '../operation.ts'
import { changeEmail, partsOf } from '../steps/change-email.ts'
import { deprovision } from '../steps/deprovision.ts'
import { onboard } from '../steps/onboard.ts'
import { type Undone, undoEmailChange } from '../steps/undo-email-change.ts'
import { beginUndoing, endItem } from './end-item.ts'
import { ItemRun } from './item-context.ts'
import { ItemTakenOverError, releaseItem, renewItem } from './item-lease.ts'
import { waitAfter } from './retry-delay.ts'
import { NotShownYetError, suspendItem } from './waiting-step.ts'

interface Work {
  /** Returns the user's id in the mirror. */
  readonly work: (run: ItemRun) => Promise<number | null>
  /** Undoes the completed steps of an item that failed, if that is safe. */
  readonly undo?: (run: ItemRun) => Promise<Undone>
}

const works: Record<OperationKind, Work> = {
  ONBOARDING: { work: onboard },
  DEPROVISIONING: { work: deprovision },
  EMAIL_CHANGE: { work: changeEmail, undo: (run) => undoEmailChange(run, partsOf(run)) },
}

/** Another worker may have the API key that this process lacks. */
const withoutKeyMs = 1_000

/** Rejects if the database is unavailable; the item's lease then expires. */
export async function runItem(all: WriteDeps, item: ClaimedItem, stop: AbortSignal): Promise<void> {
  const deps = depsAsCaller(all, item.createdBy)
  const client = deps.clientOf(item.organizationId)
  if (!client) return await releaseItem(deps.sql, item, { afterMs: withoutKeyMs, failed: false })
  const renewal = keepRenewed(() => renewItem(deps.leases ?? deps.control, item))
  const run = new ItemRun(deps, client, item, stop)
  try {
    await attempt(deps, run, item)
  } catch (error) {
    if (error instanceof ItemTakenOverError) return
    if (isStopped(error, stop)) return await releaseItem(deps.sql, item, { afterMs: 0, failed: false })
    throw error
  } finally {
    await renewal.stop()
  }
}

async function attempt({ sql, logger }: WriteDeps, run: ItemRun, item: ClaimedItem): Promise<void> {
  const { work, undo } = works[item.kind]
  const about = { operation: item.operationId, item: item.id }
  let reason: WriteFailure | null
  try {
    reason = storedFailure(item.failure, item.id)
  } catch (error) {
    logger.error({ err: error, ...about }, 'operation item failed')
    return await endItem(sql, item, { state: 'FAILED', failure: failureOf(error) })
  }
  if (!reason) {
    const done = await outcomeOf(() => work(run), run.stop)
    if ('value' in done) return await endItem(sql, item, { state: 'SUCCEEDED', userId: done.value })
    if ('notShown' in done) return await suspendItem(sql, item, done.notShown)
    logger.warn({ err: done.error, ...about }, 'operation item failed')
    if (await isPostponed(sql, item, done, item.attempts)) return
    if (!undo) return await endItem(sql, item, { state: 'FAILED', failure: done.failure })
    reason = done.failure
    await beginUndoing(sql, item, reason)
  }
  const undone = await outcomeOf(async () => await undo?.(run), run.stop)
  if ('value' in undone) {
    const failure = undone.value ? withState(reason, undone.value) : reason
    return await endItem(sql, item, { state: 'FAILED', failure })
  }
  if ('notShown' in undone) return await suspendItem(sql, item, undone.notShown)
  logger.warn({ err: undone.error, ...about }, 'operation item could not be undone')
  if (await isPostponed(sql, item, undone, item.failure === null ? 0 : item.attempts)) return
  const message = `${ended(reason.message)} The completed steps could not be undone: ${ended(undone.failure.message)} Both accounts may exist, and nothing is deleted before the next attempt. Remove the cause, then call retryOperation.`
  await endItem(sql, item, { state: 'FAILED', failure: { ...reason, message } })
}

interface Failed {
  readonly error: unknown
  readonly failure: WriteFailure
  /** The cause may pass without a change. */
  readonly mayPass: boolean
}

/**
 * Returns the result of the work. Rethrows errors that are not failures of the item: another process has claimed it, or
 * this process is stopping.
 */
async function outcomeOf<Value>(
  work: () => Promise<Value>,
  stop: AbortSignal,
): Promise<{ readonly value: Value } | { readonly notShown: NotShownYetError } | Failed> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof NotShownYetError) return { notShown: error }
    if (error instanceof ItemTakenOverError || isStopped(error, stop)) throw error
    if (error instanceof UserLockedError) {
      return { error, failure: { failure: 'Conflict', message: error.message, userId: null }, mayPass: true }
    }
    const failure = failureOf(error)
    const passes = failure.failure === 'VendorFailure' || failure.failure === 'BudgetExhausted'
    const isFinal = error instanceof MalformedRowError || (error instanceof WriteFailedError && error.final)
    return { error, failure, mayPass: passes && !isFinal }
  }
}

/** Adds the current state to the failure. After an undo, no account differs from the request, so `userId` is null. */
function withState(reason: WriteFailure, { state, takenBack }: Undone): WriteFailure {
  const message = `${ended(reason.message)} ${state}`
  return { ...reason, message, ...(takenBack && reason.failure === 'NotAsWritten' && { userId: null }) }
}

function ended(message: string): string {
  return `${message.replace(/\.$/, '')}.`
}

function failureOf(error: unknown): WriteFailure {
  if (error instanceof WriteFailedError) return error.failure
  if (error instanceof EssentialsError) return failureOfError(error)
  const message =
    error instanceof MalformedRowError
      ? error.message
      : 'An internal server error interrupted it; the server log has the details'
  return { failure: 'VendorFailure', message, status: null, outcomeUnknown: true }
}

/**
 * Releases an item to wait if its failure may pass, unless it has waited often enough. The wait is at least as long as
 * the vendor requested.
 */
async function isPostponed(
  sql: WriteDeps['sql'],
  item: ClaimedItem,
  { error, failure, mayPass }: Failed,
  attempts: number,
): Promise<boolean> {
  const waitMs = waitAfter(error, failure, attempts)
  if (!mayPass || waitMs === undefined) return false
  const askedMs = waitAskedFor(error instanceof WriteFailedError ? error.cause : error)
  await releaseItem(sql, item, { afterMs: Math.max(waitMs, askedMs), failed: true })
  return true
}

function isStopped(error: unknown, stop: AbortSignal): boolean {
  if (!stop.aborted) return false
  return (
    error === stop.reason || error instanceof AbortedError || (error instanceof Error && error.name === 'AbortError')
  )
}
