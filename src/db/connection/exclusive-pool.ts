/**
 * A connection pool in which each connection serves one caller at a time (docs/architecture.md, "Pools and
 * cancellation").
 *
 * Invariants:
 * - A session belongs to one lease, and never has two statements in flight.
 * - A statement is cancelled only while its lease holds the session. The session is passed on only after both the
 *   cancel request and the statement have completed, so a cancellation cannot affect another caller.
 * - A session in doubt is closed and never passed on. It is in doubt if it is lost or out of step, if an error other
 *   than a plain Postgres error occurred, or if its transaction cannot be rolled back.
 * - A caller that leaves is released immediately; the session is settled in the background.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionUnavailableError, PoolBusyError } from './errors.ts'
import { type Asker, FairQueue } from './fair-queue.ts'
import { Lease } from './lease.ts'
import type { Outage } from './outage.ts'
import type { PoolCounts, PoolSettings } from './pool-settings.ts'
import { Session } from './session.ts'
import { settle } from './settle.ts'
import { Turns } from './turns.ts'

interface Waiter {
  readonly asker: Asker
  take(session: Session): void
  fail(error: Error): void
}

interface Wait {
  end(): void
}

const retryOpeningMs = 100

export class ExclusivePool {
  /** Serializes work that must not run concurrently. */
  readonly turns = new Turns()
  readonly #settings: PoolSettings
  readonly #queue: FairQueue<Waiter>
  readonly #sessions = new Set<Session>()
  readonly #leases = new Set<Promise<void>>()
  readonly #idleSince = new Map<Session, number>()
  readonly #sweeper: NodeJS.Timeout
  #opening = 0
  /** Pauses in progress after failed connection attempts. During a pause no connection is opened for any caller. */
  #pauses = 0
  readonly #outage: Outage
  #isClosed = false

  constructor(settings: PoolSettings) {
    this.#settings = settings
    this.#queue = new FairQueue(settings.shares)
    this.#outage = settings.outage
    this.#outage.join(() => this.counts.open, this.#failAll)
    this.#sweeper = setInterval(() => this.#closeIdle(), Math.max(1_000, settings.idleMs / 4))
    this.#sweeper.unref()
  }

  get counts(): PoolCounts {
    return { open: this.#sessions.size - this.#opening, idle: this.#idleSince.size, waiting: this.#queue.waiting }
  }

  /**
   * Runs `work` on a connection of its own. If the signal is aborted, rejects immediately with its reason; the
   * connection is settled afterwards. Rejects with ConnectionUnavailableError, PoolBusyError, ConnectionLostError or a
   * Postgres error.
   */
  async run<T>(whose: Asker, work: (lease: Lease) => Promise<T>): Promise<T> {
    // A copy: the caller must not change while it holds a connection.
    const asker = { ...whose }
    const { signal } = asker
    signal?.throwIfAborted()
    const { name, onStatement, observer } = this.#settings
    const from = performance.now()
    const session = await this.#take(asker)
    observer?.waited(name, performance.now() - from)
    const lease = new Lease(session, onStatement, observer && ((...of) => observer.statement(name, ...of)))
    const gone = Promise.withResolvers<never>()
    gone.promise.catch(() => {})
    const leave = () => {
      lease.hasEnded = true
      gone.reject(signal?.reason)
    }
    signal?.addEventListener('abort', leave, { once: true })
    if (signal?.aborted) leave()
    try {
      return await Promise.race([work(lease), gone.promise])
    } finally {
      signal?.removeEventListener('abort', leave)
      lease.hasEnded = true
      const given = this.#giveBack(lease, asker)
      this.#leases.add(given)
      given.finally(() => this.#leases.delete(given))
    }
  }

  /** Runs `work` in a transaction that is committed when `work` resolves. */
  transaction<T>(asker: Asker, work: (lease: Lease) => Promise<T>): Promise<T> {
    return this.run(asker, async (lease) => {
      lease.inTransaction = true
      await lease.send('begin')
      // If this throws, the transaction is rolled back when the lease ends.
      const result = await work(lease)
      const committed = await lease.send('commit')
      // Statements that `work` did not await must not be sent outside the transaction.
      lease.hasEnded = true
      lease.inTransaction = false
      if (committed.command !== 'COMMIT')
        throw new Error('The transaction was rolled back: one of its statements failed')
      return result
    })
  }

  /**
   * Runs `work` in a read-only transaction. It is rolled back in the background, also if one of its statements failed.
   */
  snapshot<T>(asker: Asker, work: (lease: Lease) => Promise<T>): Promise<T> {
    return this.run(asker, async (lease) => {
      await lease.session.planGenerically(false)
      lease.inTransaction = true
      await lease.send('begin isolation level repeatable read read only')
      return await work(lease)
    })
  }

  /** Whether a caller waits for a connection or for a result. */
  get isAwaited(): boolean {
    return this.#queue.waiting > 0 || [...this.#sessions].some(({ busy }) => busy !== undefined)
  }

  /** Closes every connection, because the server does not respond on them. New ones show when it responds again. */
  giveUp(): void {
    for (const session of [...this.#sessions]) session.close()
  }

  /** Rejects new work, waits up to `graceMs` milliseconds for current work to end, and closes every connection. */
  async close(graceMs = 5_000): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    this.#outage.succeeded()
    this.#failAll(this.#closedError())
    const ended = (async () => {
      while (this.#leases.size > 0 || this.#busy > 0) {
        await Promise.allSettled(this.#leases)
        if (this.#busy > 0) await sleep(5, undefined, { ref: false })
      }
    })()
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })])
    await Promise.all([...this.#sessions].map((session) => session.end()))
  }

  readonly #failAll = (error: Error): void => {
    for (const waiter of this.#queue.drain()) waiter.fail(error)
  }

  get #busy(): number {
    return this.#sessions.size - this.#opening - this.#idleSince.size
  }

  /** Never rejects. */
  async #giveBack(lease: Lease, asker: Asker): Promise<void> {
    const { session } = lease
    try {
      await settle(session, this.#settings)
      if (lease.inTransaction) await session.send('rollback')
      await session.clean()
    } catch {
      session.close()
    }
    this.#queue.release(asker)
    this.#put(session)
  }

  #put(session: Session): void {
    const { lifetimeMs } = this.#settings
    const isOld = performance.now() - session.openedAt > lifetimeMs
    if (this.#isClosed || isOld || session.isWorn) void session.end()
    if (!session.isLost) this.#idleSince.set(session, performance.now())
    this.#serve()
  }

  #take(asker: Asker): Promise<Session> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
    if (this.#outage.error) return Promise.reject(this.#outage.error)
    return new Promise((resolve, reject) => {
      let wait: Wait | undefined
      const waiter: Waiter = {
        asker,
        take: (session) => {
          wait?.end()
          resolve(session)
        },
        fail: (error) => {
          wait?.end()
          reject(error)
        },
      }
      this.#queue.push(waiter)
      this.#serve()
      if (this.#queue.has(waiter)) wait = this.#waitFor(waiter)
    })
  }

  /** Ends a wait that exceeds its limit or whose caller leaves. */
  #waitFor(waiter: Waiter): Wait {
    const { waitMs, name } = this.#settings
    const { signal } = waiter.asker
    const give = (error: unknown) => {
      if (this.#queue.remove(waiter)) waiter.fail(error as Error)
    }
    const leave = () => give(signal?.reason)
    const timer = setTimeout(
      () => give(new PoolBusyError(`All connections for ${name} were in use for ${waitMs / 1_000} s`)),
      waitMs,
    )
    signal?.addEventListener('abort', leave, { once: true })
    return {
      end: () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', leave)
      },
    }
  }

  /** Assigns idle sessions to waiters, and opens more sessions if there are not enough. */
  #serve(): void {
    while (this.#idleSince.size > 0) {
      // The most recently used session, so that surplus sessions stay idle and are closed.
      const session = [...this.#idleSince.keys()].at(-1) as Session
      const waiter = this.#queue.next()
      if (!waiter) break
      this.#idleSince.delete(session)
      waiter.take(session)
    }
    // During an outage attempts follow each other, so that its end is noticed before a caller comes.
    const needed = this.#queue.eligible || Number(this.#outage.isUnderWay)
    const wanted = this.#isClosed || this.#pauses > 0 ? 0 : needed
    while (this.#opening < wanted && this.#sessions.size < this.#settings.size) void this.#open()
  }

  async #open(): Promise<void> {
    let isOpen = false
    let session: Session | undefined
    let failure: unknown
    this.#opening += 1
    try {
      session = new Session(this.#settings.session, (lost) => {
        this.#sessions.delete(lost)
        this.#idleSince.delete(lost)
        // After a failed connection attempt, the next one waits for the pause.
        if (isOpen) this.#serve()
      })
      this.#sessions.add(session)
      await session.open()
      isOpen = true
      this.#outage.succeeded()
    } catch (error) {
      failure = error
    }
    this.#opening -= 1
    if (session && isOpen) return this.#put(session)
    if (!this.#isClosed) this.#outage.failed(failure)
    this.#pauses += 1
    setTimeout(() => {
      this.#pauses -= 1
      this.#serve()
    }, retryOpeningMs).unref()
  }

  #closeIdle(): void {
    const { idleMs } = this.#settings
    for (const [session, since] of [...this.#idleSince]) {
      if (performance.now() - since < idleMs) continue
      this.#idleSince.delete(session)
      void session.end()
    }
  }

  #closedError(): Error {
    return new ConnectionUnavailableError(`The pool for ${this.#settings.name} is closed`)
  }
}
