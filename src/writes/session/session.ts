/**
 * One write to one user, from its first reading to its last. The session tracks what was sent and what was last seen;
 * the verbs decide what to do.
 *
 * A step is one request that changes something. Its answer may be lost through a network fault or because this process
 * was killed. The step is then not sent again until a reading has shown that it was not carried out.
 */

import type { Sql } from '../../db/database.ts'
import { addressKey, spellingsOf } from '../../mirror/address.ts'
import { wishFor } from '../../mirror/point-read-queue.ts'
import { type ClearableField, readUser, type UserReading } from '../../sync/point-read/read-user.ts'
import {
  adoptCopy,
  lacksAccount,
  readRecentWrites,
  recordWrite,
  showsWrites,
  type WrittenField,
} from '../../sync/point-read/recent-writes.ts'
import type { EssentialsClient } from '../../vendor/client.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { CallOptions } from '../../vendor/http/execute-request.ts'
import { isOddAnswer } from '../../vendor/odd-answer.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import type { Journal, StepFacts } from './journal.ts'
import {
  type Clock,
  pollUntilShown,
  requestSettling,
  type SettlingPolicy,
  type Shown,
  systemClock,
  type Verdict,
} from './settle.ts'
import type { UserLock } from './user-lock.ts'
import type { Patience } from './wait-budget.ts'

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

export interface SessionOptions {
  readonly sql: Sql
  readonly client: EssentialsClient
  readonly organizationId: number
  readonly primaryEmail: string
  /** The caller, as recorded in the changes. */
  readonly actor: string
  readonly priority: CallOptions['priority']
  /** The caller whose share of the allowance an interactive request uses. */
  readonly caller?: CallOptions['caller']
  readonly patience: Patience
  readonly lock: UserLock
  readonly journal: Journal
  /** Has an effect only until something is sent. */
  readonly signal?: AbortSignal | undefined
  /** Fires when another process must continue. Requests in progress are completed; no new ones begin. */
  readonly stop?: AbortSignal | undefined
  /** Fires when the process closes: an accepted write is judged by what was read until then. */
  readonly closing?: AbortSignal | undefined
  /** How long a write that the vendor accepted is polled for. Defaults to what fits into a request. */
  readonly settling?: SettlingPolicy | undefined
  readonly clock?: Clock | undefined
}

/** A step that was sent, and whose outcome is not known yet. */
interface OpenWrite {
  readonly kind: 'CREATE' | 'CHANGE' | 'DELETE'
  /** The account that the mirror had before the creation, or the account to delete. */
  readonly userId: number | null
}

/** How long a reading is retried, not counting waits for the allowance. */
const longestReadingMs = 60_000
/** Requests after the first step may wait for a whole window: ending the write would leave it half done. */
const patienceOnceSentMs = 60_000

export class WriteSession {
  readonly sql: Sql
  readonly client: EssentialsClient
  readonly organizationId: number
  readonly actor: string
  readonly #options: SessionOptions
  /**
   * The possible spellings of the user's address, the most likely first. Only one remains once the vendor has shown its
   * own spelling.
   */
  #spellings: readonly string[]
  #latest: UserReading | undefined
  #cleared: readonly ClearableField[] = []
  /** The GraphQL fields of User that readings changed in the mirror since something was sent. */
  readonly #changed = new Set<string>()
  readonly #sentSteps: Set<string>
  /** The steps that this process knows to have been carried out. */
  readonly #doneSteps = new Set<string>()
  /** The steps whose outcome is unknown, sent by this process or an earlier one. */
  readonly #openSteps = new Map<string, StepFacts>()
  #reads = 0
  /** The polling used since the last step was sent. */
  #polled = { reads: 0, ms: 0 }
  /** Whether polling ended before its policy's limit since the last step was sent. */
  #wasCut = false

  constructor(options: SessionOptions) {
    this.sql = options.sql
    this.client = options.client
    this.organizationId = options.organizationId
    this.#spellings = spellingsOf(options.primaryEmail)
    this.actor = options.actor
    this.#options = options
    this.#sentSteps = new Set(options.journal.sentBefore)
    for (const name of options.journal.sentBefore) {
      const before = options.journal.before(name)
      if (before && !before.done) this.#openSteps.set(name, before.facts)
    }
  }

  /** The address in the vendor's spelling, as far as known. */
  get primaryEmail(): string {
    return this.#spellings[0] as string
  }

  /** Adopts the vendor's own spelling of the address. */
  learnSpelling(spelled: string): void {
    if (addressKey(spelled) === addressKey(this.primaryEmail)) this.#spellings = [spelled]
  }

  /** Whether a changing request was sent, now or before a crash. */
  get sent(): boolean {
    return this.#sentSteps.size > 0
  }

  /** The GraphQL fields of User that readings changed in the mirror since something was sent. */
  get changed(): readonly string[] {
    return [...this.#changed]
  }

  /** Whether a creation or a deletion of the account was sent. */
  get sentAccount(): boolean {
    return this.#sentSteps.has('create') || this.#sentSteps.has('delete')
  }

  /** Undefined if the outcomes of all sent steps are known. Until then, a failure is not a final answer. */
  get openWrite(): OpenWrite | undefined {
    if (this.#openSteps.size === 0) return undefined
    for (const [name, kind] of [['delete', 'DELETE'] as const, ['create', 'CREATE'] as const]) {
      const facts = this.#openSteps.get(name)
      if (facts) return { kind, userId: facts.userId ?? null }
    }
    return { kind: 'CHANGE', userId: null }
  }

  /** Returns the facts of the step if an earlier process sent it, or in an operation, if this process did. */
  wasSent(step: string): StepFacts | undefined {
    return this.#options.journal.before(step)?.facts
  }

  /** Returns whether the step is known to have been carried out, under the same conditions. */
  wasDone(step: string): boolean {
    return this.#options.journal.before(step)?.done ?? false
  }

  /**
   * Reads the user before anything is sent, so this write did not cause the differences that the reading shows, except
   * after a crash. A 404 does not end the user in the mirror.
   */
  async readBefore(): Promise<UserReading> {
    return this.#latest ?? (await this.#read(this.sent ? 'WRITE' : 'REFRESH', 'KEEP'))
  }

  /** Reads the user again, regardless of earlier readings. */
  async readAgain(): Promise<UserReading> {
    return await this.#read('REFRESH', 'KEEP')
  }

  /** Returns the user as it is after the last step. `ifMissing`: END if the step was to delete it. */
  async readAfter(ifMissing: 'END' | 'KEEP' = 'KEEP'): Promise<UserReading> {
    return this.#latest ?? (await this.#read('WRITE', ifMissing))
  }

  /**
   * Returns the latest copy of the user as the base of a PUT. It shows the last write that the vendor accepted from any
   * process of this system, or is newer. Waits for such a copy, and rejects if the vendor does not show it in time.
   */
  async readCopy(): Promise<UserReading> {
    const first = await this.readBefore()
    const copy = await this.#readUntil(first, (reading) => this.isUpToDate(reading))
    if (copy) return copy
    throw this.#notShown('a change of the copy that it shows would undo that write')
  }

  /**
   * Returns the user before anything is sent. Waits for an account whose creation the vendor accepted less than a
   * minute ago. Rejects with NotFound if there is none.
   */
  async requireUser(): Promise<Extract<UserReading, { found: true }>> {
    const first = await this.readBefore()
    if (first.found) return first
    if (!(await this.lacksAccount())) throw notFound(`The vendor has no user ${this.primaryEmail}`)
    const shown = await this.#readUntil(first, async ({ found }) => found)
    if (shown?.found) return shown
    throw this.#notShown('it has no such user yet')
  }

  /**
   * For a reading that shows no account: returns whether the vendor accepted the creation of one at the address less
   * than a minute ago.
   */
  async lacksAccount(): Promise<boolean> {
    return lacksAccount(await readRecentWrites(this.sql, this.organizationId, this.primaryEmail))
  }

  /** Undefined if no reading meets the condition in time. */
  async #readUntil(
    first: UserReading,
    isSo: (reading: UserReading) => Promise<boolean>,
  ): Promise<UserReading | undefined> {
    const { value, shown } = await this.#poll(
      async (leftMs) => (leftMs === undefined ? first : await this.#read('REFRESH', 'KEEP', { leftMs })),
      async (reading) => ((await isSo(reading)) ? 'WRITTEN' : 'BEFORE'),
    )
    return shown === 'WRITTEN' ? value : undefined
  }

  #notShown(why: string): WriteFailedError {
    const outcomeUnknown = this.openWrite !== undefined
    const sent = outcomeUnknown ? 'Whether this one was carried out is not known' : 'Nothing was sent'
    const message = `The vendor accepted another write to this user less than a minute ago, and does not show it yet. ${sent}: ${why}. Repeat it in a minute`
    return new WriteFailedError({ failure: 'VendorFailure', message, status: null, outcomeUnknown })
  }

  /** Returns whether a copy shows the last write that the vendor accepted, or is newer. */
  async isUpToDate(reading: UserReading): Promise<boolean> {
    const recent = await readRecentWrites(this.sql, this.organizationId, this.primaryEmail)
    return showsWrites(recent, copyIn(reading))
  }

  /**
   * Records the copy as the state after the last write. `contradicted`: fields that the write set and that the copy
   * does not fully hold.
   */
  async adopt(reading: UserReading, contradicted: readonly WrittenField[] = []): Promise<void> {
    await adoptCopy(this.sql, this.organizationId, this.primaryEmail, copyIn(reading), contradicted)
  }

  /**
   * Reads the user until it shows the write, or until the limit of the settling policy. Returns the last reading and
   * what it shows. The first reading is immediate; if there was a reading since the last step, it counts as the first.
   * `ifMissing`: see `readAfter`.
   */
  async poll(
    judge: (reading: UserReading) => Shown | Promise<Shown>,
    ifMissing: 'END' | 'KEEP' = 'KEEP',
  ): Promise<Verdict<UserReading>> {
    const verdict = await this.#poll(async (leftMs) => {
      if (leftMs === undefined && this.#latest) return this.#latest
      // Reads one spelling at a time, because another reading follows.
      if (leftMs !== undefined && !this.#latest?.found)
        this.#spellings = [...this.#spellings.slice(1), this.primaryEmail]
      return await this.#read('WRITE', ifMissing, { leftMs, spellings: ifMissing === 'END' ? undefined : 1 })
    }, judge)
    const others = this.#spellings.length - 1
    if (verdict.value.found || verdict.isCut || ifMissing === 'END' || others === 0) return verdict
    // The last reading used one spelling, and the user may have appeared under another.
    this.#spellings = [...this.#spellings.slice(1), this.primaryEmail]
    const value = await this.#read('WRITE', ifMissing, { spellings: others })
    return { value, shown: await judge(value), isCut: false }
  }

  /** Retries an attempt that the vendor refuses for now, within the same limits. */
  async retry<T>(attempt: () => Promise<T>, mayPass: (error: unknown) => Promise<boolean>): Promise<T> {
    const { value } = await this.#poll(
      async () => {
        try {
          return { done: await attempt() }
        } catch (error) {
          return { error, mayPass: await mayPass(error) }
        }
      },
      (outcome) => ('done' in outcome || !outcome.mayPass ? 'WRITTEN' : 'BEFORE'),
      { reads: 0, ms: 0 },
    )
    if ('done' in value) return value.done
    throw value.error
  }

  /** All polling after one step, or before the first step, shares the time and the reads of one policy. */
  async #poll<Value>(
    read: (leftMs: number | undefined) => Promise<Value>,
    judge: (value: Value) => Shown | Promise<Shown>,
    polled = this.#polled,
  ): Promise<Verdict<Value>> {
    const { settling = requestSettling, clock = systemClock, stop, closing } = this.#options
    const caller = this.sent ? undefined : this.#options.signal
    const ended = AbortSignal.any([caller, stop].filter((signal) => signal !== undefined))
    const left = {
      ...settling,
      longestMs: settling.longestMs - polled.ms,
      mostReads: Math.max(1, settling.mostReads - polled.reads),
    }
    const readsBefore = this.#reads
    let from: number | undefined
    const timed = async (leftMs: number | undefined) => {
      const value = await read(leftMs)
      from ??= clock.now()
      return value
    }
    try {
      const verdict = await pollUntilShown(timed, judge, left, clock, { stop: ended, hurry: closing })
      if (verdict.isCut) this.#wasCut = true
      return verdict
    } finally {
      polled.reads += this.#reads - readsBefore
      if (from !== undefined) polled.ms += clock.now() - from
    }
  }

  /**
   * Settles a step that was sent before, by reading. The step may be sent again only if the reading shows that it was
   * not carried out. Rejects if the outcome is unknown.
   */
  async resume(step: Step): Promise<'DONE' | 'NOT_DONE'> {
    const before = this.#options.journal.before(step.name)
    if (!before) return 'NOT_DONE'
    if (before.done) return 'DONE'
    const settled = await this.#settle(step, before.facts)
    if (settled === 'UNKNOWN') throw lost(doubtOf(before.facts), null, settled)
    if (settled === 'NOT_DONE') await this.#withdraw(step)
    else await this.#done(step)
    return settled
  }

  /**
   * Carries out a step once. If its answer is unknown, `settle` decides. Rejects with the EssentialsError of a refusal,
   * and with a WriteFailedError if the step was not carried out or the outcome is unknown. Returns the refusal that
   * `isDoneBy` took to mean that the requested state already exists.
   */
  async take(step: Step): Promise<EssentialsError | undefined> {
    const { journal, lock, patience, signal, stop } = this.#options
    if ((await this.resume(step)) === 'DONE') return undefined
    if (!this.sent) signal?.throwIfAborted()
    const facts = step.facts ?? {}
    const before = this.#latest
    let refusal: EssentialsError | undefined
    const beforeSending = async () => {
      await lock.confirm()
      await journal.sending(step.name, facts)
      this.#sentSteps.add(step.name)
      this.#openSteps.set(step.name, facts)
      this.#startPolling()
      this.#latest = undefined
      this.#cleared = step.clears ?? []
    }
    try {
      await this.call((options) => sendUnlessStopped(step, { ...options, beforeSending }, stop))
    } catch (error) {
      if (!(error instanceof EssentialsError)) throw error
      if (isAsIfUnsent(error)) await this.#withdraw(step)
      if (!error.outcomeUnknown && !step.isDoneBy?.(error)) {
        // The vendor refused the step, so a later attempt has nothing to settle.
        if (!isAsIfUnsent(error)) await journal.withdraw(step.name)
        this.#openSteps.delete(step.name)
        throw error
      }
      patience.atLeast(patienceOnceSentMs)
      if (!error.outcomeUnknown) refusal = error
      const settled = error.outcomeUnknown ? await this.#settle(step, facts, { before }) : 'DONE'
      if (settled !== 'DONE') throw lost(error.message, error.status ?? null, settled, error)
      if (refusal) {
        await journal.done(step.name)
        this.#openSteps.delete(step.name)
      } else {
        await this.#done(step)
      }
      return refusal
    }
    patience.atLeast(patienceOnceSentMs)
    await this.#done(step, { answered: true })
    return undefined
  }

  /** Records that the vendor accepted the step without an effect. A later attempt may send it again. */
  async disown(step: string): Promise<void> {
    this.#doneSteps.delete(step)
    await this.#options.journal.withdraw(step)
  }

  /**
   * Records that the vendor accepted the step and shows nothing of it, possibly because it is late. The next attempt
   * settles it by reading before it sends it again.
   */
  async doubt(step: string): Promise<void> {
    this.#doneSteps.delete(step)
    await this.#options.journal.doubt(step)
  }

  /** Records the written fields first, because a process that takes over relies on the journal. */
  async #done({ name, writes }: Step, facts?: StepFacts): Promise<void> {
    if (writes) await recordWrite(this.sql, this.organizationId, this.primaryEmail, writes.fields, writes)
    await this.#options.journal.done(name, facts)
    this.#doneSteps.add(name)
    this.#openSteps.delete(name)
  }

  #isCreatedHere(): boolean {
    return (this.#doneSteps.has('create') || this.wasDone('create')) && !this.#sentSteps.has('delete')
  }

  async #withdraw({ name }: Step): Promise<void> {
    await this.#options.journal.withdraw(name)
    this.#sentSteps.delete(name)
    this.#openSteps.delete(name)
  }

  #startPolling(): void {
    this.#polled = { reads: 0, ms: 0 }
    this.#wasCut = false
  }

  /**
   * Reads the outcome of a step, with the time and the reads of a whole policy. A reading that fails settles nothing.
   * `justSent`: set if the step was just sent, so that the caller's answer depends on it, with the reading before that.
   */
  async #settle(
    step: Step,
    facts: StepFacts,
    justSent?: { readonly before: UserReading | undefined },
  ): Promise<Settled> {
    this.#startPolling()
    try {
      const settled = await step.settle(facts)
      if (settled === 'DONE') return (await this.#mayPredate(step, justSent?.before)) ? 'UNKNOWN' : 'DONE'
      if (settled === 'UNKNOWN') return settled
      return this.#wasCut || (justSent && (await this.#isOutOfDate())) ? 'UNKNOWN' : 'NOT_DONE'
    } catch (error) {
      if (!(error instanceof WriteFailedError)) throw error
      const isDoubtful = error.failure.failure === 'VendorFailure' || this.#wasCut || (await this.#isOutOfDate())
      if (isDoubtful) return 'UNKNOWN'
      throw error
    }
  }

  /**
   * Returns whether the latest reading lacks an earlier accepted write. Such a reading proves nothing about a later
   * step either.
   */
  async #isOutOfDate(): Promise<boolean> {
    return this.#latest !== undefined && !(await this.isUpToDate(this.#latest))
  }

  /**
   * Returns whether the latest reading may show the state before an earlier write that the step reverts: neither it nor
   * the reading before the step shows that write. For example, the removal from a group that the user has just joined.
   * Accounts are recognized by their own proofs.
   */
  async #mayPredate({ writes }: Step, before: UserReading | undefined): Promise<boolean> {
    const latest = this.#latest
    if (!writes || !latest) return false
    const fields = new Set(writes.fields.map(({ field }) => field))
    const recent = await readRecentWrites(this.sql, this.organizationId, this.primaryEmail)
    const earlier = recent.filter(({ field }) => field !== 'account' && fields.has(field))
    return [before, latest].every((reading) => !reading || !showsWrites(earlier, copyIn(reading)))
  }

  /** Makes a call with the remaining patience of the write. */
  async call<T>(send: (options: CallOptions) => Promise<T>): Promise<T> {
    const { patience, priority, caller } = this.#options
    return await patience.spend((options) => send({ ...options, priority, caller }))
  }

  /**
   * `leftMs`: how long the reading may take. `spellings`: how many of the most likely spellings are tried. Defaults to
   * all.
   */
  async #read(
    origin: 'REFRESH' | 'WRITE',
    ifMissing: 'END' | 'KEEP',
    limits: { readonly leftMs?: number | undefined; readonly spellings?: number | undefined } = {},
  ): Promise<UserReading> {
    const { leftMs } = limits
    this.#reads += 1
    const { stop } = this.#options
    const caller = this.sent ? undefined : this.#options.signal
    const deadline = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const beforeSending = async () => {
      timer ??= setTimeout(() => deadline.abort(new Error('The reading took too long')), leftMs ?? longestReadingMs)
    }
    const signal = AbortSignal.any([deadline.signal, ...[caller, stop].filter((one) => one !== undefined)])
    try {
      const spellings = this.#spellings.slice(0, limits.spellings)
      for (const [i, spelled] of spellings.entries()) {
        // Only the readings of all spellings together prove that the user is gone.
        const ifMissingSo = i === spellings.length - 1 ? ifMissing : 'KEEP'
        this.#latest = await this.#readAs(spelled, origin, ifMissingSo, { signal, beforeSending }, leftMs)
        if (!this.#latest.found) continue
        if (this.sent) for (const field of this.#latest.applied.changed) this.#changed.add(field)
        this.#spellings = [this.#latest.wire.primaryEmail]
        break
      }
      return this.#latest as UserReading
    } catch (error) {
      if (caller?.aborted) throw caller.reason
      if (stop?.aborted) throw error
      if (!(error instanceof EssentialsError)) throw error
      // An accepted account whose reading is inconclusive counts as not shown yet.
      if (isOddAnswer(error) && this.#isCreatedHere()) {
        this.#latest = { found: false, userId: undefined }
        return this.#latest
      }
      // After a step, a failed reading leaves its outcome unknown. Before one, nothing has happened.
      if (this.sent) {
        await wishFor(this.sql, this.organizationId, this.primaryEmail)
        const problem = `The write was sent, and the user could not be read after it: ${error.message}`
        throw lost(problem, error.status ?? null, 'UNKNOWN', error)
      }
      throw new WriteFailedError(failureOfError(error), { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  async #readAs(
    spelled: string,
    origin: 'REFRESH' | 'WRITE',
    ifMissing: 'END' | 'KEEP',
    options: Pick<CallOptions, 'signal' | 'beforeSending'>,
    leftMs: number | undefined,
  ): Promise<UserReading> {
    // If the vendor accepted a creation or a deletion at the address, the earlier account in the mirror is gone.
    const decides = this.sentAccount
    const about = { origin, actor: this.actor, cleared: this.#cleared, decides }
    return await this.call((call) => {
      const maxWaitMs = leftMs === undefined ? call.maxWaitMs : Math.min(leftMs, call.maxWaitMs ?? leftMs)
      const whole = { ...call, ...options, maxWaitMs }
      return readUser(this.sql, this.client, this.organizationId, spelled, about, whole, ifMissing)
    })
  }
}

function copyIn(reading: UserReading): WireUser | undefined {
  return reading.found ? reading.wire : undefined
}

/** The signal ends the wait for a slot, but not a request in progress, whose answer would be lost. */
async function sendUnlessStopped(
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

function doubtOf({ unseen }: StepFacts): string {
  return unseen
    ? 'The vendor accepted it in an earlier attempt, and a reading after that did not show it'
    : 'The process that sent it ended before the answer was there'
}

/**
 * The request was not carried out, and the vendor did not evaluate it: no slot, no connection, a 429, or a client that
 * is closing.
 */
function isAsIfUnsent({ outcomeUnknown, retryable, code }: EssentialsError): boolean {
  return !outcomeUnknown && (retryable || code === 'ABORTED')
}

function lost(problem: string, status: number | null, settled: Settled, cause?: unknown): WriteFailedError {
  const outcomeUnknown = settled === 'UNKNOWN'
  const verdict = outcomeUnknown ? 'Whether it was carried out is not known' : 'Read afterwards, it was not carried out'
  const message = `${problem}. ${verdict}.`
  return new WriteFailedError({ failure: 'VendorFailure', message, status, outcomeUnknown }, { cause })
}
