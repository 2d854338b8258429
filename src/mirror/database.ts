/**
 * The mirror's database, in pools by purpose, so that none can starve another (docs/architecture.md, "Pools and cancellation"):
 * `read` answers callers and only reads; `vital` serves what every caller depends on; `control` serves locks, the allowance, idempotency and
 * audit; `sql` does the work: it applies pulls and carries operations on. What a caller causes is sent as that caller (`asCaller`).
 */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { type DriverOverrides, drizzleClient } from '../db/drizzle-client.ts'
import { ExclusivePool, type PoolCounts, type PoolSettings } from '../db/exclusive-pool.ts'
import type { Asker } from '../db/fair-queue.ts'
import { type Listen, openListener } from '../db/listener.ts'
import { type Queryable, type Send, type Sql, sqlOfPool, sqlOfTransaction, type Transaction } from '../db/sql.ts'
import { StatementFrequency } from '../db/statement-frequency.ts'
import { array } from './array.ts'
import { type DatabaseConnection, settingsForPostgresJs } from './connection-settings.ts'
import { relations } from './relations.ts'
import { SettledMoments } from './settled-moments.ts'

export type { Asker, DatabaseConnection, Listen, Queryable, Sql, Transaction }
export type Drizzle = PostgresJsDatabase<typeof relations>

/** The schema whose views show what the tables of the same names held at a moment (past-views.ts). */
export const pastSchema = 'past'

/** The mirror as one caller reads it. */
export interface Reader {
  readonly sql: Queryable
  readonly drizzle: Drizzle
}

export interface Database {
  readonly connection: DatabaseConnection
  readonly sql: Sql
  readonly control: Sql
  readonly vital: Vital
  readonly listen: Listen
  /** Each statement takes a connection for itself, and ends with the asker's signal. */
  read(asker: Asker): Reader
  /** One read-only transaction, which sees one state and ends with the asker's signal. */
  readSnapshot<T>(asker: Asker, work: (reader: Reader) => Promise<T>): Promise<T>
  /** The moments about which answers are final. */
  readonly settled: SettledMoments
  readonly counts: Readonly<Record<keyof PoolSizes | 'vital', PoolCounts>>
  close(): Promise<void>
}

/** Two connections that no caller's statements can hold. One of them is always left to `tokens`. */
export interface Vital {
  readonly tokens: Sql
  readonly health: Sql
  /** Renewals of leases. */
  readonly leases: Sql
}

/** The most connections of each pool whose size can be set. */
export interface PoolSizes {
  readonly reads: number
  readonly control: number
  readonly work: number
}

export const defaultPoolSizes: PoolSizes = { reads: 8, control: 4, work: 4 }
/** Cancels statements of `reads`. Its statements take a moment, so two connections serve any number. */
const cancellerSize = 2
/** Readings of tokens, health and renewals are few and small. */
const vitalSize = 2
/** The pools' connections, the canceller's, and the one that listens for notifications. */
export function connectionsOf(sizes: PoolSizes): number {
  return sizes.reads + sizes.control + sizes.work + vitalSize + cancellerSize + 1
}

/** The statements that a caller causes, apart from those of others. No name of a caller is that of a purpose: they have a prefix. */
export function asCaller(sql: Sql, caller: string): Sql {
  return sql.as(`caller ${caller}`)
}

export interface StatementLog {
  /** Called with each statement as it is sent: tests count them. */
  onStatement?: (statement: string) => void
}

export interface DatabaseOptions extends StatementLog {
  readonly sizes?: PoolSizes
  /** The same size for every pool, for tools and tests. */
  readonly connections?: number
  readonly name?: string
}

/** The server's own limits for a pool's connections, in milliseconds. */
interface ServerLimits {
  /** The longest that one statement may run. */
  readonly statement: number
  /** The longest wait for one lock. */
  readonly lock: number
  /** The longest that a transaction may stay open without a statement. */
  readonly idleInTransaction: number
}

const limits: Readonly<Record<keyof PoolSizes | 'vital' | 'cancel', ServerLimits>> = {
  // An operation may take 30 s in all (OPERATION_TIMEOUT of the server): its signal comes first.
  reads: { statement: 35_000, lock: 5_000, idleInTransaction: 60_000 },
  // A renewal that waits for a lock is tried again; meanwhile others go on.
  vital: { statement: 5_000, lock: 1_000, idleInTransaction: 5_000 },
  control: { statement: 10_000, lock: 5_000, idleInTransaction: 15_000 },
  // Findings over a million users and the end of a large pull take tens of seconds.
  work: { statement: 300_000, lock: 10_000, idleInTransaction: 60_000 },
  cancel: { statement: 1_000, lock: 1_000, idleInTransaction: 1_000 },
}

/** The server looks this often whether the client of a running statement is still there. */
const checkClientMs = 1_000
/** Behind the server's `statement_timeout`: an answer that takes longer is lost on its way. */
const networkMarginMs = 5_000
const connectMs = 3_000

/**
 * Opens the pools; nothing is sent before the first statement.
 * Ids are numbers (they stay below 2^53), times are strings as Postgres prints them in UTC with microseconds.
 */
export function openDatabase(connection: DatabaseConnection, options: DatabaseOptions = {}): Database {
  const every = options.connections
  const sizes =
    options.sizes ?? (every === undefined ? defaultPoolSizes : { reads: every, control: every, work: every })
  const where = settingsForPostgresJs(connection)
  const name = options.name ?? 'essentials-graph'
  const overrides: DriverOverrides = { parsers: {}, serializers: {} }
  const drizzleOf = (send: Send, frequency: StatementFrequency) =>
    drizzle({ client: drizzleClient(overrides, send, frequency), relations })
  const [frequencyNow, frequencyPast] = [new StatementFrequency(), new StatementFrequency()]
  // Drizzle puts its parsers of times and serializers of JSON into the overrides, and wants times as strings throughout.
  drizzleOf(() => Promise.reject(new Error('This client is for its overrides alone')), frequencyNow)

  const open = (purpose: keyof typeof limits, size: number, own: Partial<PoolSettings> = {}) => {
    const server = limits[purpose]
    return new ExclusivePool({
      name: purpose,
      size,
      shares: { perCaller: size, heavy: size },
      waitMs: 30_000,
      unreachableMs: 1_000,
      settleMs: 2_000,
      idleMs: 60_000,
      lifetimeMs: 30 * 60_000 * (1 + Math.random()),
      onStatement: options.onStatement,
      session: {
        options: {
          ...where,
          ...driverOptions,
          connection: {
            ...where.connection,
            ...startupParameters(`${name} ${purpose}`, server),
            ...startupOf(purpose),
          },
        },
        ...overrides,
        serializeArray: array,
        connectMs,
        answerMs: server.statement + networkMarginMs,
      },
      ...own,
    })
  }
  const canceller = open('cancel', cancellerSize, { onStatement: undefined, waitMs: 1_000 })
  const reads = open('reads', sizes.reads, {
    // One caller leaves some connections to others, and costly work leaves half of them to light work.
    shares: { perCaller: Math.max(1, sizes.reads - 2), heavy: Math.max(1, Math.floor(sizes.reads / 2)) },
    cancel: (pid) =>
      canceller.run({ caller: '', signal: AbortSignal.timeout(limits.cancel.statement) }, (lease) =>
        lease.send('select pg_cancel_backend($1::int)', [pid], { prepare: true }),
      ),
  })
  const vital = open('vital', vitalSize, { shares: { perCaller: vitalSize, heavy: vitalSize - 1 } })
  const control = open('control', sizes.control, {
    shares: { perCaller: Math.max(1, sizes.control - 2), heavy: sizes.control },
  })
  // One caller, and all who wait for an organization's lock, leave one connection to everything else.
  const allButOne = Math.max(1, sizes.work - 1)
  const work = open('work', sizes.work, { shares: { perCaller: allButOne, heavy: allButOne } })
  const listening = listenerOptions(name)
  const listener = openListener(undefined, {
    ...where,
    ...listening,
    connection: { ...where.connection, ...listening.connection },
  })

  return {
    connection,
    sql: sqlOfPool(work, { caller: '' }),
    control: sqlOfPool(control, { caller: '' }),
    vital: {
      tokens: sqlOfPool(vital, { caller: 'tokens' }),
      health: sqlOfPool(vital, { caller: 'health', isHeavy: true }),
      leases: sqlOfPool(vital, { caller: 'leases', isHeavy: true }),
    },
    listen: listener.listen,
    read: (asker) => ({
      sql: sqlOfPool(reads, asker),
      drizzle: drizzleOf((...statement) => reads.run(asker, (lease) => lease.send(...statement)), frequencyNow),
    }),
    readSnapshot: (asker, answer) =>
      reads.snapshot(asker, (lease) => {
        // The same text means other tables behind another search path: marked, it is prepared apart.
        const send: Send = (text, ...rest) => lease.send(`${text} /* snapshot */`, ...rest)
        return answer({ sql: sqlOfTransaction(send), drizzle: drizzleOf(send, frequencyPast) })
      }),
    settled: new SettledMoments(),
    get counts() {
      return { reads: reads.counts, vital: vital.counts, control: control.counts, work: work.counts }
    },
    async close() {
      await Promise.all([reads, vital, control, work, listener].map((one) => one.close()))
      await canceller.close()
    },
  }
}

const driverOptions: postgres.Options<{ bigint: postgres.PostgresType<number> }> = {
  onnotice: () => {},
  types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
}

function startupParameters(name: string, server: ServerLimits) {
  return {
    application_name: name,
    TimeZone: 'UTC',
    statement_timeout: server.statement,
    lock_timeout: server.lock,
    idle_in_transaction_session_timeout: server.idleInTransaction,
    client_connection_check_interval: checkClientMs,
    // A client's machine that is gone without a word is noticed within a minute, and its locks are freed. Unix sockets ignore these.
    tcp_keepalives_idle: 30,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 3,
  }
}

function startupOf(purpose: keyof typeof limits) {
  if (purpose !== 'reads') return {}
  return {
    default_transaction_read_only: true,
    // How alike words must be for search: what resembles well, and what resembles at all (src/analysis/search.ts).
    'pg_trgm.word_similarity_threshold': 0.45,
    'pg_trgm.strict_word_similarity_threshold': 0.3,
  }
}

function listenerOptions(name: string) {
  return {
    onnotice: () => {},
    connection: {
      application_name: `${name} listen`,
      tcp_keepalives_idle: 30,
      tcp_keepalives_interval: 10,
      tcp_keepalives_count: 3,
    },
  }
}
