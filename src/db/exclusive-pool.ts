/**
 * A pool of connections that one caller at a time has to itself (docs/architecture.md, "Pools and cancellation").
 *
 * Invariants:
 * - A session is held by one lease, and never has two statements in flight.
 * - A statement is cancelled only while its lease holds the session, and the session is handed on only once both the request to cancel and
 *   the statement are answered: a cancellation can strike nobody else.
 * - A session in doubt (lost, out of step, an error that is not a plain one of Postgres', a transaction that cannot be rolled back) is
 *   closed, never handed on.
 * - A caller that leaves is answered at once; the session is settled behind its back.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionUnavailableError, PoolBusyError } from './errors.ts'
import { type Asker, FairQueue, type Shares } from './fair-queue.ts'
import { Lease } from './lease.ts'
import { Session, type SessionSettings } from './session.ts'
import { settle } from './settle.ts'
import { Turns } from './turns.ts'

export interface PoolSettings {
  /** For messages. */
  readonly name: string
  readonly session: SessionSettings
  /** The most connections. */
  readonly size: number
  readonly shares: Shares
  /** The longest wait for a connection while all are in use. */
  readonly waitMs: number
  /** The longest wait while the server cannot be reached. */
  readonly unreachableMs: number
  /** Asks the server to cancel what a backend does. Without it, a statement whose caller left is dropped together with its connection. */
  readonly cancel?: ((pid: number) => Promise<unknown>) | undefined
  /** How long a cancelled statement may take to end, before its connection is closed. */
  readonly settleMs: number
  /** Connections that were idle for so long are closed. */
  readonly idleMs: number
  /** Connections older than this are replaced: their prepared statements and caches go with them. */
  readonly lifetimeMs: number
  /** Called with each statement as it is sent. */
  readonly onStatement?: ((statement: string) => void) | undefined
}

export interface PoolCounts {
  readonly open: number
  readonly idle: number
  readonly waiting: number
}

interface Waiter {
  readonly asker: Asker
  take(session: Session): void
  fail(error: Error): void
}

interface Wait {
  end(): void
}

const retryOpeningMs = 100
/** One failure may be a backend's alone. */
const failuresBeforeUnavailable = 2

export class ExclusivePool {
  /** For work that must not run at the same time. */
  readonly turns = new Turns()
  readonly #settings: PoolSettings
  readonly #queue: FairQueue<Waiter>
  readonly #sessions = new Set<Session>()
  readonly #leases = new Set<Promise<void>>()
  readonly #idleSince = new Map<Session, number>()
  readonly #sweeper: NodeJS.Timeout
  #opening = 0
  /** Pauses under way after failures to connect: nobody connects meanwhile, whoever asks. */
  #pauses = 0
  /** Why the last attempts to connect failed, one after the other; empty since one succeeded. */
  #failures: unknown[] = []
  #isClosed = false

  constructor(settings: PoolSettings) {
    this.#settings = settings
    this.#queue = new FairQueue(settings.shares)
    this.#sweeper = setInterval(() => this.#closeIdle(), Math.max(1_000, settings.idleMs / 4))
    this.#sweeper.unref()
  }

  get counts(): PoolCounts {
    return { open: this.#sessions.size - this.#opening, idle: this.#idleSince.size, waiting: this.#queue.waiting }
  }

  /**
   * Runs `work` on a connection of its own. Rejects at once with the signal's reason when that is aborted; the connection is settled
   * afterwards. Rejects with ConnectionUnavailableError, PoolBusyError, ConnectionLostError or Postgres' own error.
   */
  async run<T>(whose: Asker, work: (lease: Lease) => Promise<T>): Promise<T> {
    // What it counts for must not change while it holds a connection.
    const asker = { ...whose }
    const { signal } = asker
    signal?.throwIfAborted()
    const lease = new Lease(await this.#take(asker), this.#settings.onStatement)
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

  /** Runs `work` in a transaction, which is committed when it resolves. */
  transaction<T>(asker: Asker, work: (lease: Lease) => Promise<T>): Promise<T> {
    return this.run(asker, async (lease) => {
      lease.inTransaction = true
      await lease.send('begin')
      // Where it throws, the transaction is rolled back as the lease ends.
      const result = await work(lease)
      const committed = await lease.send('commit')
      // What the work left unawaited must not be sent outside of the transaction.
      lease.hasEnded = true
      lease.inTransaction = false
      if (committed.command !== 'COMMIT')
        throw new Error('The transaction was rolled back: one of its statements failed')
      return result
    })
  }

  /** Runs `work` in a transaction that only reads: it is rolled back behind the caller's back, also where a statement of it failed. */
  snapshot<T>(asker: Asker, work: (lease: Lease) => Promise<T>): Promise<T> {
    return this.run(asker, async (lease) => {
      lease.inTransaction = true
      await lease.send('begin isolation level repeatable read read only')
      return await work(lease)
    })
  }

  /** Refuses new work, lets what is under way end for so long, and closes every connection. */
  async close(graceMs = 5_000): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    for (const waiter of this.#queue.drain()) waiter.fail(this.#closedError())
    const ended = (async () => {
      while (this.#leases.size > 0 || this.#busy > 0) {
        await Promise.allSettled(this.#leases)
        if (this.#busy > 0) await sleep(5, undefined, { ref: false })
      }
    })()
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })])
    await Promise.all([...this.#sessions].map((session) => session.end()))
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
    if (this.#isClosed || isOld) void session.end()
    if (!session.isLost) this.#idleSince.set(session, performance.now())
    this.#serve()
  }

  #take(asker: Asker): Promise<Session> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
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

  /** Ends a wait that takes too long, or whose caller leaves. */
  #waitFor(waiter: Waiter): Wait {
    const { unreachableMs, waitMs, name } = this.#settings
    const { signal } = waiter.asker
    const begun = performance.now()
    const give = (error: unknown) => {
      if (this.#queue.remove(waiter)) waiter.fail(error as Error)
    }
    const leave = () => give(signal?.reason)
    const lookAgain = () => {
      const left = waitMs - (performance.now() - begun)
      if (this.counts.open === 0 && this.#failures.length >= failuresBeforeUnavailable) {
        give(new ConnectionUnavailableError('The database cannot be reached', { cause: this.#failures.at(-1) }))
      } else if (left <= 0) {
        give(new PoolBusyError(`Every connection for ${name} was in use for ${waitMs / 1_000} s`))
      } else timer = setTimeout(lookAgain, Math.min(left, unreachableMs))
    }
    let timer = setTimeout(lookAgain, Math.min(waitMs, unreachableMs))
    signal?.addEventListener('abort', leave, { once: true })
    return {
      end: () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', leave)
      },
    }
  }

  /** Hands idle sessions to who waits, and opens more where that is not enough. */
  #serve(): void {
    while (this.#idleSince.size > 0) {
      // The one used last: those that nobody needs grow old, and are closed.
      const session = [...this.#idleSince.keys()].at(-1) as Session
      const waiter = this.#queue.next()
      if (!waiter) break
      this.#idleSince.delete(session)
      waiter.take(session)
    }
    const wanted = this.#isClosed || this.#pauses > 0 ? 0 : this.#queue.eligible
    while (this.#opening < wanted && this.#sessions.size < this.#settings.size) void this.#open()
  }

  async #open(): Promise<void> {
    let isOpen = false
    let session: Session | undefined
    this.#opening += 1
    try {
      session = new Session(this.#settings.session, (lost) => {
        this.#sessions.delete(lost)
        this.#idleSince.delete(lost)
        // After a failure to connect not at once again.
        if (isOpen) this.#serve()
      })
      this.#sessions.add(session)
      await session.open()
      isOpen = true
      this.#failures = []
    } catch (error) {
      this.#failures = [...this.#failures, error].slice(-failuresBeforeUnavailable)
    }
    this.#opening -= 1
    if (session && isOpen) return this.#put(session)
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
