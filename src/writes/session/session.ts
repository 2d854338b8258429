/**
 * One write to one user, from its first reading to its last. The session tracks what was sent and what was last seen;
 * the verbs decide what to do.
 */

import type { Sql } from '../../db/database.ts'
import type { UserReading } from '../../sync/point-read/read-user.ts'
import {
  adoptCopy,
  lacksAccount,
  readRecentWrites,
  recordWrite,
  type WrittenField,
} from '../../sync/point-read/recent-writes.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { CallOptions } from '../../vendor/http/connection.ts'
import type { WireUser } from '../../vendor/wire/wire.ts'
import { notFound, WriteFailedError } from '../failure.ts'
import type { Journal, StepFacts } from './journal.ts'
import { type OpenWrite, SentSteps } from './sent-steps.ts'
import type { Shown, Verdict } from './settle.ts'
import { copyIn, isUpToDate, mayPredate } from './stale-readings.ts'
import {
  doubtOf,
  earlierWriteNotShown,
  isAsIfUnsent,
  type Settled,
  type Step,
  sendUnlessStopped,
  stepFailure,
} from './step.ts'
import type { SettingsLock, UserLock } from './user-lock.ts'
import { type ReaderOptions, UserReader } from './user-reader.ts'

export interface SessionOptions extends ReaderOptions {
  readonly lock: UserLock
  readonly journal: Journal
  /** Called with each copy of the user that a write is based on. Throws to end the write before anything is sent. */
  readonly checkCopy?: ((copy: WireUser) => void) | undefined
  /** Does work while no other process does it: on settings that all users of the organization share. */
  readonly settingsLock?: SettingsLock
}

/** Requests after the first step may wait for a whole window: ending the write would leave it half done. */
const patienceOnceSentMs = 60_000

export class WriteSession {
  readonly sql: Sql
  readonly client: EssentialsClient
  readonly organizationId: number
  readonly actor: string
  readonly #options: SessionOptions
  readonly #sent: SentSteps
  readonly #reader: UserReader

  constructor(options: SessionOptions) {
    this.sql = options.sql
    this.client = options.client
    this.organizationId = options.organizationId
    this.actor = options.actor
    this.#options = options
    this.#sent = new SentSteps(options.journal)
    this.#reader = new UserReader(options, this.#sent)
  }

  /** The address in the vendor's spelling, as far as known. */
  get primaryEmail(): string {
    return this.#reader.primaryEmail
  }

  /** Adopts the vendor's own spelling of the address. */
  adoptSpelling(spelled: string): void {
    this.#reader.adoptSpelling(spelled)
  }

  /** Does work on settings that all users of the organization share, while no other process does. */
  async withSettings<T>(work: (lock: UserLock) => Promise<T>): Promise<T> {
    const { settingsLock } = this.#options
    if (!settingsLock) throw new TypeError('this session changes no settings')
    return await settingsLock(work)
  }

  /** Whether a changing request was sent, now or before a crash. */
  get sent(): boolean {
    return this.#sent.any
  }

  /** The GraphQL fields of User that readings changed in the mirror since something was sent. */
  get changed(): readonly string[] {
    return this.#reader.changed
  }

  /** Whether a creation or a deletion of the account was sent. */
  get sentAccount(): boolean {
    return this.#sent.account
  }

  /** Undefined if the outcomes of all sent steps are known. Until then, a failure is not a final answer. */
  get openWrite(): OpenWrite | undefined {
    return this.#sent.openWrite
  }

  /** Returns the facts of the step if an earlier process sent it, or in an operation, if this process did. */
  wasStepSent(step: string): StepFacts | undefined {
    return this.#sent.before(step)?.facts
  }

  /** Returns whether the step is known to have been carried out, under the same conditions. */
  wasStepDone(step: string): boolean {
    return this.#sent.before(step)?.done ?? false
  }

  /** Reads the user before anything is sent. See `UserReader.readBefore`. */
  async readBefore(): Promise<UserReading> {
    return await this.#reader.readBefore()
  }

  /** Reads the user again, regardless of earlier readings. */
  async readAgain(): Promise<UserReading> {
    return await this.#reader.readAgain()
  }

  /** Returns the user as it is after the last step. `ifMissing`: END if the step was to delete it. */
  async readAfter(ifMissing: 'END' | 'KEEP' = 'KEEP'): Promise<UserReading> {
    return await this.#reader.readAfter(ifMissing)
  }

  /**
   * Returns the latest copy of the user as the base of a PUT. It shows the last write that the vendor accepted from any
   * process of this system, or is newer. Waits for such a copy, and rejects if the vendor does not show it in time.
   */
  async readCopy(): Promise<UserReading> {
    const first = await this.readBefore()
    const copy = await this.#reader.readUntil(first, (reading) => this.isUpToDate(reading))
    if (copy?.found && !this.sent) this.#options.checkCopy?.(copy.wire)
    if (copy) return copy
    throw earlierWriteNotShown('a change of the copy that it shows would undo that write', this.openWrite !== undefined)
  }

  /**
   * Returns the user before anything is sent. Waits for an account whose creation the vendor accepted less than a
   * minute ago. Rejects with NotFound if there is none.
   */
  async requireUser(): Promise<Extract<UserReading, { found: true }>> {
    const first = await this.readBefore()
    if (first.found && !this.sent) this.#options.checkCopy?.(first.wire)
    if (first.found) return first
    if (!(await this.lacksAccount())) throw notFound(`The vendor has no user ${this.primaryEmail}`)
    const shown = await this.#reader.readUntil(first, async ({ found }) => found)
    if (shown?.found) this.#options.checkCopy?.(shown.wire)
    if (shown?.found) return shown
    throw earlierWriteNotShown('it has no such user yet', this.openWrite !== undefined)
  }

  /**
   * For a reading that shows no account: returns whether the vendor accepted the creation of one at the address less
   * than a minute ago.
   */
  async lacksAccount(): Promise<boolean> {
    return lacksAccount(await readRecentWrites(this.sql, this.organizationId, this.primaryEmail))
  }

  /** Returns whether a copy shows the last write that the vendor accepted, or is newer. */
  async isUpToDate(reading: UserReading): Promise<boolean> {
    return await isUpToDate(this, reading)
  }

  /**
   * Records the copy as the state after the last write. `contradicted`: fields that the write set and that the copy
   * does not fully hold.
   */
  async adopt(reading: UserReading, contradicted: readonly WrittenField[] = []): Promise<void> {
    await adoptCopy(this.sql, this.organizationId, this.primaryEmail, copyIn(reading), contradicted)
  }

  /** Reads the user until it shows the write, or until the limit of the settling policy. See `UserReader.poll`. */
  async poll(
    judge: (reading: UserReading) => Shown | Promise<Shown>,
    ifMissing: 'END' | 'KEEP' = 'KEEP',
  ): Promise<Verdict<UserReading>> {
    return await this.#reader.poll(judge, ifMissing)
  }

  /** Retries an attempt that the vendor refuses for now, within the same limits. */
  async retry<T>(attempt: () => Promise<T>, mayPass: (error: unknown) => Promise<boolean>): Promise<T> {
    return await this.#reader.retry(attempt, mayPass)
  }

  /**
   * Settles a step that was sent before, by reading. The step may be sent again only if the reading shows that it was
   * not carried out. Rejects if the outcome is unknown.
   */
  async resume(step: Step): Promise<'DONE' | 'NOT_DONE'> {
    const before = this.#sent.before(step.name)
    if (!before) return 'NOT_DONE'
    if (before.done) return 'DONE'
    const settled = await this.#settle(step, before.facts)
    if (settled === 'UNKNOWN') throw stepFailure(doubtOf(before.facts), null, settled)
    if (settled === 'NOT_DONE') await this.#sent.withdraw(step.name)
    else await this.#done(step)
    return settled
  }

  /**
   * Carries out a step once. If its answer is unknown, `settle` decides. Rejects with the EssentialsError of a refusal,
   * and with a WriteFailedError if the step was not carried out or the outcome is unknown. Returns the refusal that
   * `isDoneBy` took to mean that the requested state already exists.
   */
  async take(step: Step): Promise<EssentialsError | undefined> {
    const { lock, waitBudget, signal, stop } = this.#options
    if ((await this.resume(step)) === 'DONE') return undefined
    if (!this.sent) signal?.throwIfAborted()
    const facts = step.facts ?? {}
    const before = this.#reader.latest
    let refusal: EssentialsError | undefined
    const beforeSending = async () => {
      await lock.confirm()
      await this.#sent.sending(step.name, facts)
      this.#reader.beginStep(step.clears ?? [])
    }
    try {
      await this.call((options) => sendUnlessStopped(step, { ...options, beforeSending }, stop))
    } catch (error) {
      if (!(error instanceof EssentialsError)) throw error
      if (isAsIfUnsent(error)) await this.#sent.withdraw(step.name)
      if (!error.outcomeUnknown && !step.isDoneBy?.(error)) {
        if (!isAsIfUnsent(error)) await this.#sent.refused(step.name)
        throw error
      }
      waitBudget.atLeast(patienceOnceSentMs)
      if (!error.outcomeUnknown) refusal = error
      const settled = error.outcomeUnknown ? await this.#settle(step, facts, { before }) : 'DONE'
      if (settled !== 'DONE') throw stepFailure(error.message, error.status ?? null, settled, error)
      if (refusal) await this.#sent.alreadyDone(step.name)
      else await this.#done(step)
      return refusal
    }
    waitBudget.atLeast(patienceOnceSentMs)
    await this.#done(step, { answered: true })
    return undefined
  }

  /** Records that the vendor accepted the step without an effect. A later attempt may send it again. */
  async forgetStep(step: string): Promise<void> {
    await this.#sent.forgetStep(step)
  }

  /**
   * Records that the vendor accepted the step and shows nothing of it, possibly because it is late. The next attempt
   * settles it by reading before it sends it again.
   */
  async doubt(step: string): Promise<void> {
    await this.#sent.doubt(step)
  }

  /** Records the written fields first, because a process that takes over relies on the journal. */
  async #done({ name, writes }: Step, facts?: StepFacts): Promise<void> {
    if (writes) await recordWrite(this.sql, this.organizationId, this.primaryEmail, writes.fields, writes)
    await this.#sent.done(name, facts)
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
    this.#reader.startPolling()
    try {
      const settled = await step.settle(facts)
      if (settled === 'DONE')
        return (await mayPredate(this, step, justSent?.before, this.#reader.latest)) ? 'UNKNOWN' : 'DONE'
      if (settled === 'UNKNOWN') return settled
      return this.#reader.wasCut || (justSent && (await this.#isOutOfDate())) ? 'UNKNOWN' : 'NOT_DONE'
    } catch (error) {
      if (!(error instanceof WriteFailedError)) throw error
      const isDoubtful = error.failure.failure === 'VendorFailure' || this.#reader.wasCut || (await this.#isOutOfDate())
      if (isDoubtful) return 'UNKNOWN'
      throw error
    }
  }

  /**
   * Returns whether the latest reading lacks an earlier accepted write. Such a reading proves nothing about a later
   * step either.
   */
  async #isOutOfDate(): Promise<boolean> {
    const { latest } = this.#reader
    return latest !== undefined && !(await this.isUpToDate(latest))
  }

  /** Makes a call with the remaining patience of the write. */
  async call<T>(send: (options: CallOptions) => Promise<T>): Promise<T> {
    return await this.#reader.call(send)
  }
}
