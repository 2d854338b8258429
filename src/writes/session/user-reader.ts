/** Reads the user of a write from the vendor into the mirror, and polls until the vendor shows the write. */

import { addressKey } from '../../addresses/address-key.ts'
import { spellingsOf } from '../../addresses/spellings.ts'
import type { Sql } from '../../db/database.ts'
import { requestRefresh } from '../../mirror/point-read-queue.ts'
import { type ClearableField, readUser, type UserReading } from '../../sync/point-read/read-user.ts'
import type { EssentialsClient } from '../../vendor/adapter.ts'
import { EssentialsError } from '../../vendor/errors/essentials-error.ts'
import type { CallOptions } from '../../vendor/http/connection.ts'
import { isOddAnswer } from '../../vendor/odd-answer.ts'
import { WriteFailedError } from '../failure.ts'
import { failureOfError } from '../failure-of-error.ts'
import type { SentSteps } from './sent-steps.ts'
import {
  type Clock,
  OutOfTimeError,
  pollUntilShown,
  requestSettling,
  type SettlingPolicy,
  type Shown,
  systemClock,
  type Verdict,
} from './settle.ts'
import { stepFailure } from './step.ts'
import type { WaitBudget } from './wait-budget.ts'

export interface ReaderOptions {
  readonly sql: Sql
  readonly client: EssentialsClient
  readonly organizationId: number
  readonly primaryEmail: string
  /** The caller, as recorded in the changes. */
  readonly actor: string
  readonly priority: CallOptions['priority']
  /** The caller whose share of the allowance an interactive request uses. */
  readonly caller?: CallOptions['caller']
  readonly waitBudget: WaitBudget
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

/** How long a reading is retried, not counting waits for the allowance. */
const longestReadingMs = 60_000

export class UserReader {
  readonly #options: ReaderOptions
  readonly #sent: SentSteps
  /**
   * The possible spellings of the user's address, the most likely first. Only one remains once the vendor has shown its
   * own spelling.
   */
  #spellings: readonly string[]
  #latest: UserReading | undefined
  #cleared: readonly ClearableField[] = []
  readonly #changed = new Set<string>()
  #reads = 0
  /** The polling used since the last step was sent. */
  #polled = { reads: 0, ms: 0 }
  #wasCut = false

  constructor(options: ReaderOptions, sent: SentSteps) {
    this.#options = options
    this.#sent = sent
    this.#spellings = spellingsOf(options.primaryEmail)
  }

  /** The address in the vendor's spelling, as far as known. */
  get primaryEmail(): string {
    return this.#spellings[0] as string
  }

  /** Adopts the vendor's own spelling of the address. */
  adoptSpelling(spelled: string): void {
    if (addressKey(spelled) === addressKey(this.primaryEmail)) this.#spellings = [spelled]
  }

  /** The GraphQL fields of User that readings changed in the mirror since something was sent. */
  get changed(): readonly string[] {
    return [...this.#changed]
  }

  /** Undefined if there was no reading since the last step was sent. */
  get latest(): UserReading | undefined {
    return this.#latest
  }

  /** Whether polling ended before its policy's limit since the last step was sent. */
  get wasCut(): boolean {
    return this.#wasCut
  }

  /** Discards the latest reading, because a step is sent. `cleared`: see `clears` of the step. */
  beginStep(cleared: readonly ClearableField[]): void {
    this.startPolling()
    this.#latest = undefined
    this.#cleared = cleared
  }

  /** Grants the next polling the time and the reads of a whole policy. */
  startPolling(): void {
    this.#polled = { reads: 0, ms: 0 }
    this.#wasCut = false
  }

  /**
   * Reads the user before anything is sent, so this write did not cause the differences that the reading shows, except
   * after a crash. A 404 does not end the user in the mirror.
   */
  async readBefore(): Promise<UserReading> {
    return this.#latest ?? (await this.#read(this.#sent.any ? 'WRITE' : 'REFRESH', 'KEEP'))
  }

  /** Reads the user again, regardless of earlier readings. */
  async readAgain(): Promise<UserReading> {
    return await this.#read('REFRESH', 'KEEP')
  }

  /** Returns the user as it is after the last step. `ifMissing`: END if the step was to delete it. */
  async readAfter(ifMissing: 'END' | 'KEEP' = 'KEEP'): Promise<UserReading> {
    return this.#latest ?? (await this.#read('WRITE', ifMissing))
  }

  /** Undefined if no reading meets the condition in time. */
  async readUntil(
    first: UserReading,
    isSo: (reading: UserReading) => Promise<boolean>,
  ): Promise<UserReading | undefined> {
    const { value, shown } = await this.#poll(
      async (leftMs) => (leftMs === undefined ? first : await this.#read('REFRESH', 'KEEP', { leftMs })),
      async (reading) => ((await isSo(reading)) ? 'WRITTEN' : 'BEFORE'),
    )
    return shown === 'WRITTEN' ? value : undefined
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
    const caller = this.#sent.any ? undefined : this.#options.signal
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

  /** Makes a call with the remaining patience of the write. */
  async call<T>(send: (options: CallOptions) => Promise<T>): Promise<T> {
    const { waitBudget, priority, caller } = this.#options
    return await waitBudget.spend((options) => send({ ...options, priority, caller }))
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
    const caller = this.#sent.any ? undefined : this.#options.signal
    const deadline = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const beforeSending = async () => {
      timer ??= setTimeout(
        () => deadline.abort(new Error('The reading took too long')),
        Math.max(1, leftMs ?? longestReadingMs),
      )
    }
    const signal = AbortSignal.any([deadline.signal, ...[caller, stop].filter((one) => one !== undefined)])
    try {
      const spellings = this.#spellings.slice(0, limits.spellings)
      for (const [i, spelled] of spellings.entries()) {
        // Only the readings of all spellings together prove that the user is gone.
        const ifMissingSo = i === spellings.length - 1 ? ifMissing : 'KEEP'
        this.#latest = await this.#readAs(spelled, origin, ifMissingSo, { signal, beforeSending }, leftMs)
        if (!this.#latest.found) continue
        if (this.#sent.any) for (const field of this.#latest.applied.changed) this.#changed.add(field)
        this.#spellings = [this.#latest.wire.primaryEmail]
        break
      }
      return this.#latest as UserReading
    } catch (error) {
      if (caller?.aborted) throw caller.reason
      if (stop?.aborted) throw error
      if (!(error instanceof EssentialsError)) throw error
      if (leftMs !== undefined && deadline.signal.aborted)
        throw new OutOfTimeError('The reading took too long', { cause: error })
      // An accepted account whose reading is inconclusive counts as not shown yet.
      if (isOddAnswer(error) && this.#sent.hasCreatedAccount) {
        this.#latest = { found: false, userId: undefined }
        return this.#latest
      }
      // After a step, a failed reading leaves its outcome unknown. Before one, nothing has happened.
      if (this.#sent.any) {
        const { sql, organizationId } = this.#options
        await requestRefresh(sql, organizationId, this.primaryEmail)
        const problem = `The write was sent, and the user could not be read after it: ${error.message}`
        throw stepFailure(problem, error.status ?? null, 'UNKNOWN', error)
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
    const decides = this.#sent.account
    const { sql, client, organizationId, actor } = this.#options
    const about = { origin, actor, cleared: this.#cleared, decides }
    return await this.call((call) => {
      const maxWaitMs = leftMs === undefined ? call.maxWaitMs : Math.min(leftMs, call.maxWaitMs ?? leftMs)
      const whole = { ...call, ...options, maxWaitMs }
      return readUser(sql, client, organizationId, spelled, about, whole, ifMissing)
    })
  }
}
