/**
 * A step is one request of a write that changes something. Its answer may be lost through a network fault or because
 * this process was killed. The step is then not sent again until a reading has shown that it was not carried out.
 */

import type { ClearableField } from '../../sync/point-read/read-user.ts'
import type { WrittenField } from '../../sync/point-read/recent-writes.ts'
import type { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { CallOptions } from '../../vendor/http/connection.ts'
import { WriteFailedError } from '../failure.ts'
import type { StepFacts } from './journal.ts'

/** What a reading proves about a step whose answer is unknown. */
export type Settled = 'DONE' | 'NOT_DONE' | 'UNKNOWN'

export interface Step {
  readonly name: string
  readonly facts?: StepFacts
  /** The fields that the step empties. If a later reading lacks one of them, it is empty. */
  readonly clears?: readonly ClearableField[]
  /** The state that copies of the user must show from then on. */
  readonly writes?: Written
  send(options: CallOptions): Promise<unknown>
  settle(facts: StepFacts): Promise<Settled>
  /** Returns whether a refusal means that the requested state already exists. */
  isDoneBy?(refusal: EssentialsError): boolean
}

export interface Written {
  readonly fields: readonly WrittenField[]
  /** Whether the step creates or deletes the account. */
  readonly forgets?: boolean
  /**
   * The vendor's update time of the copy that the step was built from, if any later time shows another client's change.
   */
  readonly updatedAt?: string | null
}

/** The signal ends the wait for a slot, but not a request in progress, whose answer would be lost. */
export async function sendUnlessStopped(
  step: Step,
  options: CallOptions & { beforeSending(): Promise<void> },
  stop: AbortSignal | undefined,
): Promise<void> {
  if (!stop) return void (await step.send(options))
  const waiting = new AbortController()
  const onStop = () => waiting.abort(stop.reason)
  if (stop.aborted) onStop()
  stop.addEventListener('abort', onStop)
  const beforeSending = async () => {
    stop.removeEventListener('abort', onStop)
    await options.beforeSending()
  }
  try {
    await step.send({ ...options, signal: waiting.signal, beforeSending })
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}

/** Why the outcome of a step that was sent before is unknown. */
export function doubtOf({ unseen }: StepFacts): string {
  return unseen
    ? 'The vendor accepted it in an earlier attempt, and a reading after that did not show it'
    : 'The process that sent it ended before the answer was there'
}

/**
 * The request was not carried out, and the vendor did not evaluate it: no slot, no connection, a 429, or a client that
 * is closing.
 */
export function isAsIfUnsent({ outcomeUnknown, retryable, code }: EssentialsError): boolean {
  return !outcomeUnknown && (retryable || code === 'ABORTED')
}

/** The failure of a step that was not carried out, or whose outcome is unknown. */
export function stepFailure(
  problem: string,
  status: number | null,
  settled: Settled,
  cause?: unknown,
): WriteFailedError {
  const outcomeUnknown = settled === 'UNKNOWN'
  const verdict = outcomeUnknown ? 'Whether it was carried out is not known' : 'Read afterwards, it was not carried out'
  const message = `${problem}. ${verdict}.`
  return new WriteFailedError({ failure: 'VendorFailure', message, status, outcomeUnknown }, { cause })
}

/** The failure of a write that cannot go on, because the vendor does not show an earlier write yet. */
export function earlierWriteNotShown(why: string, outcomeUnknown: boolean): WriteFailedError {
  const sent = outcomeUnknown ? 'Whether this one was carried out is not known' : 'Nothing was sent'
  const message = `The vendor accepted another write to this user less than a minute ago, and does not show it yet. ${sent}: ${why}. Repeat it in a minute`
  return new WriteFailedError({ failure: 'VendorFailure', message, status: null, outcomeUnknown })
}
