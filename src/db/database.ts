/**
 * The mirror's database, with one pool per purpose so that none can starve another (docs/architecture.md, "Pools and
 * cancellation"): `read` serves read-only queries of callers; `vital` serves what every caller depends on; `control`
 * serves locks, the allowance, idempotency and the audit log; `sql` applies pulls and runs operations. Statements
 * caused by a caller are sent on behalf of that caller (`asCaller`).
 */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { type DatabaseConnection, settingsForPostgresJs } from './connection/connection-settings.ts'
import { type DriverOverrides, drizzleClient } from './connection/drizzle-client.ts'
import { ExclusivePool } from './connection/exclusive-pool.ts'
import type { Asker } from './connection/fair-queue.ts'
import { type Listen, openListener } from './connection/listener.ts'
import { Outage } from './connection/outage.ts'
import type { PoolCounts, PoolObserver, PoolSettings } from './connection/pool-settings.ts'
import { Pulse } from './connection/pulse.ts'
import type { Rows } from './connection/session.ts'
import { type Queryable, type Send, type Sql, sqlOfPool, sqlOfTransaction, type Transaction } from './connection/sql.ts'
import { StatementFrequency } from './connection/statement-frequency.ts'
import { array } from './pg-array.ts'
import { programName } from './sessions.ts'
import { SettledMoments } from './settled-moments.ts'

export type { Asker, DatabaseConnection, Listen, Queryable, Sql, Transaction }
export type Drizzle = PostgresJsDatabase

/** The schema whose views show the content of the tables of the same names at a past moment (views.ts). */
export const pastSchema = 'past'

/** Read access to the mirror for one caller. */
export interface Reader {
  readonly sql: Queryable
  /** Creates Drizzle's client, which few operations need. */
  readonly drizzle: () => Drizzle
  /** Sends a planned statement (src/planner), and returns the values of its rows as Postgres sends them. */
  readonly answer: (text: string, parameters: readonly unknown[]) => Promise<Rows<(Buffer | null)[][]>>
}

export interface Database {
  readonly connection: DatabaseConnection
  readonly sql: Sql
  readonly control: Sql
  readonly vital: Vital
  readonly listen: Listen
  /** Each statement takes its own connection, and is cancelled by the asker's signal. */
  read(asker: Asker): Reader
  /** One read-only transaction, which sees one state and is cancelled by the asker's signal. */
  readSnapshot<T>(asker: Asker, work: (reader: Reader) => Promise<T>): Promise<T>
  /** The moments whose state is final. */
  readonly settled: SettledMoments
  readonly counts: Readonly<Record<keyof PoolSizes | 'vital', PoolCounts>>
  close(): Promise<void>
}

/** Two connections that no caller's statements can hold. One of them is always reserved for `tokens`. */
export interface Vital {
  readonly tokens: Sql
  readonly health: Sql
  /** Renews leases. */
  readonly leases: Sql
}

/** Maximum number of connections of each configurable pool. */
export interface PoolSizes {
  readonly reads: number
  readonly control: number
  readonly work: number
}

export const defaultPoolSizes: PoolSizes = { reads: 8, control: 4, work: 4 }
/**
 * Connections for cancelling statements of `reads`. Cancel requests are short, so two connections are always enough.
 */
const cancellerSize = 2
/** Reads of tokens, health checks and lease renewals are few and short. */
const vitalSize = 2
/** Total number of connections: the pools, the canceller, and the listener for notifications. */
export function connectionsOf(sizes: PoolSizes): number {
  return sizes.reads + sizes.control + sizes.work + vitalSize + cancellerSize + 1
}

/**
 * Sends statements on behalf of a caller, queued separately from those of others. The prefix keeps callers' names apart
 * from purposes.
 */
export function asCaller(sql: Sql, caller: string): Sql {
  return sql.as(`caller ${caller}`)
}

export interface StatementLog {
  /** Called with each statement when it is sent. Tests count statements with it. */
  onStatement?: (statement: string) => void
}

export interface DatabaseOptions extends StatementLog {
  readonly sizes?: PoolSizes
  /** One size for all pools, for tools and tests. */
  readonly connections?: number
  readonly name?: string
  readonly observer?: PoolObserver | undefined
}

/** Server-side limits for a pool's connections, in milliseconds. */
interface ServerLimits {
  /** Maximum run time of one statement. */
  readonly statement: number
  /** Maximum wait for one lock. */
  readonly lock: number
  /** Maximum time that a transaction may stay open without a statement. */
  readonly idleInTransaction: number
}

const limits: Readonly<Record<keyof PoolSizes | 'vital' | 'cancel', ServerLimits>> = {
  // Longer than the server's OPERATION_TIMEOUT of 30 s, so that the operation's signal fires first.
  reads: { statement: 35_000, lock: 5_000, idleInTransaction: 60_000 },
  // A renewal blocked by a lock is retried, so that others can proceed.
  vital: { statement: 5_000, lock: 1_000, idleInTransaction: 5_000 },
  control: { statement: 10_000, lock: 5_000, idleInTransaction: 15_000 },
  // Evaluating findings over a million users and completing a large pull take tens of seconds.
  work: { statement: 300_000, lock: 10_000, idleInTransaction: 60_000 },
  cancel: { statement: 1_000, lock: 1_000, idleInTransaction: 1_000 },
}

/** How often the server checks whether the client of a running statement is still connected. */
const checkClientMs = 1_000
/** Added to the server's `statement_timeout`: a result that takes longer was lost in transit. */
const networkMarginMs = 5_000
const connectMs = 3_000
/** Callers wait this long for an unreachable server, so that they are answered within a second. */
const unreachableMs = 800

/**
 * Opens the pools. Sends nothing before the first statement. Ids are numbers (below 2^53). Times are strings as
 * Postgres prints them, in UTC with microseconds.
 */
export function openDatabase(connection: DatabaseConnection, options: DatabaseOptions = {}): Database {
  const every = options.connections
  const sizes =
    options.sizes ?? (every === undefined ? defaultPoolSizes : { reads: every, control: every, work: every })
  const where = settingsForPostgresJs(connection)
  const name = options.name ?? programName
  const overrides: DriverOverrides = { parsers: {}, serializers: {} }
  const drizzleOf = (send: Send, frequency: StatementFrequency) =>
    drizzle({ client: drizzleClient(overrides, send, frequency) })
  const [frequencyNow, frequencyPast] = [new StatementFrequency(), new StatementFrequency()]
  const answerOf =
    (send: Send, frequency: StatementFrequency): Reader['answer'] =>
    (text, parameters) =>
      send(text, parameters, { prepare: frequency.count(text), rows: 'bytes', generic: true }) as never
  // Creating this client makes Drizzle store its parsers (times as strings) and JSON serializers in `overrides`.
  drizzleOf(() => Promise.reject(new Error('This client exists only for its overrides')), frequencyNow)

  const outage = new Outage(unreachableMs)
  const open = (purpose: keyof typeof limits, size: number, own: Partial<PoolSettings> = {}) => {
    const server = limits[purpose]
    return new ExclusivePool({
      name: purpose,
      size,
      shares: { perCaller: size, heavy: size },
      waitMs: 30_000,
      outage,
      settleMs: 2_000,
      idleMs: 60_000,
      lifetimeMs: 30 * 60_000 * (1 + Math.random()),
      onStatement: options.onStatement,
      observer: options.observer,
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
        onSign: () => pulse.sign(),
      },
      ...own,
    })
  }
  const canceller = open('cancel', cancellerSize, { onStatement: undefined, waitMs: 1_000 })
  const reads = open('reads', sizes.reads, {
    // A caller leaves at least two connections to others, and heavy work leaves half of them to light work.
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
  // A caller, or all work that waits for an organization's lock, leaves one connection to everything else.
  const allButOne = Math.max(1, sizes.work - 1)
  const work = open('work', sizes.work, { shares: { perCaller: allButOne, heavy: allButOne } })
  // Work in the background waits longer: closing its connections would repeat it.
  const awaited = [reads, vital, control]
  const pulse = new Pulse({
    isAwaited: () => awaited.some((pool) => pool.isAwaited),
    ping: () => vital.run({ caller: 'health', isHeavy: true }, (lease) => lease.session.send('select 1')),
    onSilent() {
      outage.silent()
      for (const pool of awaited) pool.giveUp()
    },
  })
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
      drizzle: () => drizzleOf((...statement) => reads.run(asker, (lease) => lease.send(...statement)), frequencyNow),
      answer: answerOf((...statement) => reads.run(asker, (lease) => lease.send(...statement)), frequencyNow),
    }),
    readSnapshot: (asker, answer) =>
      reads.snapshot(asker, (lease) => {
        // The same text refers to other tables under another search path. The comment makes it a separate prepared
        // statement.
        const send: Send = (text, ...rest) => lease.send(`${text} /* snapshot */`, ...rest)
        return answer({
          sql: sqlOfTransaction(send),
          drizzle: () => drizzleOf(send, frequencyPast),
          answer: answerOf(send, frequencyPast),
        })
      }),
    settled: new SettledMoments(),
    get counts() {
      return { reads: reads.counts, vital: vital.counts, control: control.counts, work: work.counts }
    },
    async close() {
      pulse.close()
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
    statement_timeout: server.statement,
    lock_timeout: server.lock,
    idle_in_transaction_session_timeout: server.idleInTransaction,
    client_connection_check_interval: checkClientMs,
    // Detect within a minute that a client machine has disappeared, and free its locks. Unix sockets ignore these
    // settings.
    tcp_keepalives_idle: 30,
    tcp_keepalives_interval: 10,
    tcp_keepalives_count: 3,
  }
}

function startupOf(purpose: keyof typeof limits) {
  if (purpose !== 'reads') return {}
  return {
    default_transaction_read_only: true,
    // Similarity thresholds of the search: good matches and weak matches (src/analysis/search.ts).
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
