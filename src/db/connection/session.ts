/**
 * One connection to Postgres, with at most one statement in flight.
 *
 * Only one function of the driver `postgres` is used: sending a statement and receiving its result. Each session has
 * its own driver instance and a socket that this module opens, so the driver cannot open a second socket, pipeline, or
 * move a statement to another connection. A session in doubt is closed and never reused.
 */
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { parse as parseArray } from 'postgres-array'
import { ConnectionLostError } from './errors.ts'
import { mostPerConnection } from './statement-frequency.ts'

export type Row = postgres.Row
/** Rows as the driver returns them, with `count`, `command` and `columns`. */
export type Rows<T extends readonly object[] = Row[]> = postgres.RowList<T>

export interface SendOptions {
  /** Whether to prepare the statement and keep it prepared on its connection. */
  readonly prepare?: boolean
  /** Whether to return rows as arrays of values, or of values as Postgres sends them, instead of objects. */
  readonly rows?: 'values' | 'bytes'
  /**
   * Whether Postgres plans the statement once for all values of its parameters, and without parallel workers and
   * compilation to machine code, which would be done for branches that are never executed. Has no effect in a transaction.
   */
  readonly generic?: boolean
}

/** Settings shared by all sessions of a pool. */
export interface SessionSettings {
  readonly options: postgres.Options<{ bigint: postgres.PostgresType<number> }>
  readonly url?: string
  /** Overrides of the driver's parsers and serializers, by type oid. */
  readonly parsers: Readonly<Record<string, (text: string) => unknown>>
  readonly serializers: Readonly<Record<string, (value: never) => unknown>>
  /** Formats an array in Postgres syntax. */
  readonly serializeArray: (values: readonly Scalar[]) => string
  /** Maximum time to connect and run the first statement, in milliseconds. */
  readonly connectMs: number
  /**
   * Maximum wait for a result, in milliseconds. Longer than the server's `statement_timeout`, so that it takes effect
   * only if the network fails.
   */
  readonly answerMs: number
  /** Called when anything arrives from the server. */
  readonly onSign?: (() => void) | undefined
}

export type Scalar = string | number | boolean | null | undefined

interface Introduction {
  readonly pid: number
  readonly arrays: readonly (readonly [array: number, element: number])[]
}

/**
 * Reads the backend's pid, and the array types of scalars and enums: the driver's own lookup of these cannot be
 * awaited.
 */
const introduction = `
  select pg_backend_pid() as pid, (
    select json_agg(json_build_array(oid, typelem)) from pg_catalog.pg_type
    where typcategory = 'A' and typelem <> 0 and typsubscript = 'array_subscript_handler'::regproc and typrelid = 0
  ) as arrays`

const politeCloseMs = 500

export class Session {
  readonly openedAt = performance.now()
  /** The backend's process id. 0 until the session is open. */
  pid = 0
  isLost = false
  /** Resolves when the statement in flight completes. Never rejects. */
  busy: Promise<void> | undefined
  #isDirty = false
  readonly #prepared = new Set<string>()
  /** Undefined if it is not known. */
  #isGeneric: boolean | undefined = false
  #socket: net.Socket | undefined
  readonly #settings: SessionSettings
  readonly #client: postgres.Sql<{ bigint: number }>
  /** Rejects the statement that is under way. One for each statement: a promise that lives longer keeps all results. */
  #failStatement: ((error: ConnectionLostError) => void) | undefined
  readonly #onLost: (session: Session) => void

  constructor(settings: SessionSettings, onLost: (session: Session) => void) {
    this.#settings = settings
    this.#onLost = onLost
    const options = {
      ...settings.options,
      max: 1,
      idle_timeout: 0,
      max_lifetime: null,
      connect_timeout: 0,
      fetch_types: false,
      onclose: () => this.#lose('the connection was closed'),
      socket: (parsed: SocketTarget) => this.#connect(parsed),
    } as postgres.Options<{ bigint: postgres.PostgresType<number> }>
    this.#client = settings.url === undefined ? postgres(options) : postgres(settings.url, options)
    Object.assign(this.#client.options.parsers, settings.parsers)
    Object.assign(this.#client.options.serializers, settings.serializers)
  }

  /** Connects. If that fails or takes too long, rejects with the reason and closes the session. */
  async open(): Promise<void> {
    const late = setTimeout(() => this.close(), this.#settings.connectMs)
    try {
      const [row] = (await this.send(introduction)) as unknown as Introduction[]
      if (!row) throw new ConnectionLostError('The server did not report its backend pid')
      this.pid = row.pid
      for (const [array, element] of row.arrays) this.#learnArray(array, element)
    } catch (error) {
      this.close()
      throw error
    } finally {
      clearTimeout(late)
    }
  }

  /** Whether the connection has more prepared statements than it may keep. */
  get isWorn(): boolean {
    return this.#prepared.size >= mostPerConnection
  }

  /** Sends a statement and returns its rows. Any error other than a plain Postgres error closes the session. */
  async send(text: string, parameters: readonly unknown[] = [], options: SendOptions = {}): Promise<Rows> {
    if (this.isLost) throw new ConnectionLostError('The connection was lost')
    if (this.busy) {
      this.close()
      throw new ConnectionLostError('Two statements were sent concurrently on one connection')
    }
    const { prepare = false } = options
    if (prepare) this.#prepared.add(text)
    // Text without parameters may contain several statements, which only the simple protocol accepts.
    const how = { prepare, simple: parameters.length === 0 && !prepare }
    const query = this.#client.unsafe(text, parameters as never[], how)
    const late = setTimeout(() => this.#lose('the result did not arrive in time'), this.#settings.answerMs)
    // The driver drops statements that are sent between a socket error and its close. `lost` rejects those.
    const lost = Promise.withResolvers<never>()
    this.#failStatement = lost.reject
    const { rows } = options
    const rowsOf = rows === 'bytes' ? query.raw() : rows === 'values' ? query.values() : query
    const answer = Promise.race([rowsOf as unknown as Promise<Rows>, lost.promise])
    this.busy = answer.then(
      () => {
        this.#settings.onSign?.()
        clearTimeout(late)
        this.busy = undefined
      },
      (error: unknown) => {
        if (error instanceof postgres.PostgresError) this.#settings.onSign?.()
        clearTimeout(late)
        this.busy = undefined
        this.#isDirty = true
        if (!isPlain(error)) this.close()
      },
    )
    return await answer
  }

  /**
   * Makes sure that the driver is in step after a failed statement. A statement that fails after its first rows leaves
   * the row count behind (postgres 3.4.9, connection.js resets `rows` only after a completed command), which would
   * misplace the rows of the next result.
   */
  async clean(): Promise<void> {
    if (!this.#isDirty) return
    const nonce = Math.random().toString(36).slice(2)
    const rows = await this.send(`select '${nonce}' as nonce`)
    if (rows.at(-1)?.nonce !== nonce) {
      this.close()
      throw new ConnectionLostError('The connection is out of step')
    }
    this.#isDirty = false
  }

  /** Changes how Postgres plans the next statements. Must not be called in a transaction, which could undo it. */
  async planGenerically(isGeneric: boolean): Promise<void> {
    if (this.#isGeneric === isGeneric) return
    this.#isGeneric = undefined
    await this.send(isGeneric ? planOnce : planAsUsual)
    this.#isGeneric = isGeneric
  }

  /** Drops the connection immediately. The server ends its remaining work within `client_connection_check_interval`. */
  close(): void {
    this.#lose('the connection was closed')
  }

  /** Closes the connection after notifying the server. Only for an unused session. */
  async end(): Promise<void> {
    if (this.isLost || this.busy) return this.close()
    this.isLost = true
    this.#onLost(this)
    const ended = this.#client.end().catch(() => {})
    await Promise.race([ended, sleep(politeCloseMs, undefined, { ref: false })])
    this.#drop()
  }

  #learnArray(array: number, element: number): void {
    const { parsers, serializers } = this.#client.options
    // Drizzle expects some arrays as text, like their elements.
    if (array in this.#settings.parsers) return
    const parse = parsers[element]
    parsers[array] = (text: string) => (parse ? parseArray(text, parse) : parseArray(text))
    serializers[array] = (value: unknown) =>
      Array.isArray(value) ? this.#settings.serializeArray(value as Scalar[]) : value
  }

  #lose(why: string, cause?: unknown): void {
    if (this.isLost) return
    this.isLost = true
    this.#failStatement?.(new ConnectionLostError(`The database connection was lost: ${why}`, { cause }))
    this.#drop()
    this.#onLost(this)
  }

  #drop(): void {
    this.#socket?.destroy()
    this.#client.end({ timeout: 0 }).catch(() => {})
  }

  /** The session's only socket. */
  async #connect({ host, port, path }: SocketTarget): Promise<net.Socket> {
    if (this.#socket || this.isLost) throw new ConnectionLostError('A session connects only once')
    let reason: unknown
    for (const [index, name] of (path ? [''] : host).entries()) {
      const socket = path ? net.connect(path) : net.connect(port[index % port.length] as number, name)
      this.#socket = socket
      try {
        await new Promise<void>((resolve, reject) => {
          socket.once('connect', resolve)
          socket.once('error', reject)
          socket.once('close', () => reject(new ConnectionLostError('The socket was closed')))
        })
        socket.removeAllListeners()
        if (this.isLost) break
        // The driver reads the server name for TLS from these properties.
        return Object.assign(socket, path ? {} : { host: name, port: port[index % port.length] })
      } catch (error) {
        reason = error
        if (this.isLost) break
      }
    }
    // The driver reports no failure while it has other hosts to try. They are tried here instead.
    this.#lose('it could not be opened', reason)
    throw reason ?? new ConnectionLostError('The connection was closed')
  }
}

const planOnce = 'set plan_cache_mode = force_generic_plan; set max_parallel_workers_per_gather = 0; set jit = off'
const planAsUsual = 'reset plan_cache_mode; reset max_parallel_workers_per_gather; reset jit'

interface SocketTarget {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

/** Whether the error ends only the statement and leaves the connection usable. */
function isPlain(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.severity === 'ERROR'
}
