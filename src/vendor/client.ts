import { createRequire } from 'node:module'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Dispatcher, Pool } from 'undici'
import type { Allowance } from './allowance.ts'
import * as endpoints from './endpoints.ts'
import { type CallOptions, type Connection, type Observed, sendCall } from './http/execute-request.ts'
import type { Observer } from './http/http-exchange.ts'
import { splitBaseUrl } from './http/path.ts'
import { defaultRetryPolicy, type RetryPolicy } from './http/retry.ts'
import { kindOfWarning } from './wire/fields.ts'
import type { GroupsPage, JsonObject, UsersPage, WireUser } from './wire/wire.ts'

/** The module of undici that is needed: the whole package would take 13 MB and 0.2 s of every start. */
const PoolOfUndici: typeof Pool = createRequire(import.meta.url)('undici/lib/dispatcher/pool.js')

export interface Timeouts {
  readonly connectMs: number
  /** Maximum time until the response headers arrive. */
  readonly headersMs: number
  /** Maximum time between two chunks of the response body. */
  readonly bodyMs: number
  /** Maximum time for the whole request. The lease of a slot must be longer. */
  readonly totalMs: number
}

const defaultTimeouts: Timeouts = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000, totalMs: 30_000 }

export interface ClientOptions {
  /** For example https://api.proofpoint.com/v2. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly apiSecret: string
  /** The organization's slug, for errors and logs. */
  readonly organization: string
  readonly allowance: Allowance
  readonly logger: Logger
  /**
   * Replaces the client's own connection pool. The client does not close it and does not set its timeouts or redirects.
   */
  readonly dispatcher?: Dispatcher | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  readonly retry?: RetryPolicy | undefined
  readonly maxAnswerBytes?: number | undefined
  readonly observer?: Observer | undefined
  readonly random?: (() => number) | undefined
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<void>) | undefined
  /**
   * The local clock in milliseconds. Used for durations, and as the reference time if a response has no `Date` header.
   */
  readonly now?: (() => number) | undefined
}

/** A page and the text it was parsed from. `parseUsersPage` or `parseGroupsPage` of the text returns the same value. */
export type ObservedPage<T> = Observed<T> & { readonly text: string }

/**
 * The endpoints of one organization.
 *
 * Every method rejects with a subclass of EssentialsError, with two exceptions: a TypeError if an address or id cannot
 * be part of a path, and any error that the caller's `beforeSending` rejects with. Reads are retried according to the
 * retry policy. A write is retried only if it was certainly not carried out.
 */
export interface EssentialsClient extends AsyncDisposable {
  /** The organization's slug. */
  readonly organization: string
  listUsers(page: endpoints.PageRequest, options: CallOptions): Promise<ObservedPage<UsersPage>>
  listGroups(page: endpoints.PageRequest, options: CallOptions): Promise<ObservedPage<GroupsPage>>
  /** The returned user may have the address as an alias only. Callers that need a primary address must compare it. */
  getUser(primaryEmail: string, options: CallOptions): Promise<Observed<WireUser>>
  /**
   * Resolves to the abbreviated user in the response, or null if it holds none. This is not an observation: read the
   * user.
   */
  createUser(body: endpoints.NewUser, options: CallOptions): Promise<Observed<WireUser | null>>
  /** Replaces the whole user. Resolves to the same as `createUser`. */
  updateUser(primaryEmail: string, body: JsonObject, options: CallOptions): Promise<Observed<WireUser | null>>
  deleteUser(primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  addGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  removeGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  /** How long background calls are rejected because the vendor asked for it (`Retry-After`), in milliseconds. */
  askedToWaitMs(): number
  /** Waits for requests in progress to finish. */
  close(): Promise<void>
}

const maxConnections = 10
/** Maximum number of distinct warnings logged per organization. */
const maxReported = 200

/** Opens no connection before the first call. Throws a TypeError if the base URL is invalid. */
export function createEssentialsClient(options: ClientOptions): EssentialsClient {
  const { origin, basePath } = splitBaseUrl(options.baseUrl)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const dispatcher = options.dispatcher ?? createPool(origin, timeouts, maxConnections)
  const basic = Buffer.from(`${options.apiKey}:${options.apiSecret}`).toString('base64')
  const connection: Connection = {
    origin,
    basePath,
    authorization: `Basic ${basic}`,
    secrets: [options.apiSecret, basic].filter((secret) => secret !== ''),
    organization: options.organization,
    allowance: options.allowance,
    logger: options.logger,
    observer: options.observer,
    dispatcher,
    limits: { totalMs: timeouts.totalMs, maxBytes: options.maxAnswerBytes ?? 64 * 2 ** 20 },
    retry: options.retry ?? defaultRetryPolicy,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? ((milliseconds, signal) => wait(milliseconds, undefined, signal && { signal })),
    now: options.now ?? Date.now,
    quiet: { untilMs: 0 },
  }
  const close = async () => {
    if (options.dispatcher === undefined) await dispatcher.close()
  }

  const reported = new Set<string>()
  /** Users are read one at a time, so a warning that concerns all of them is logged only once. */
  const report = <T>(observed: Observed<T>): Observed<T> => {
    for (const warning of observed.warnings) {
      const kind = kindOfWarning(warning)
      if (reported.has(kind) || reported.size >= maxReported) continue
      reported.add(kind)
      options.logger.warn(
        { ...warning, organization: options.organization },
        'the vendor sent an unexpected value in a user',
      )
    }
    return observed
  }

  return {
    organization: options.organization,
    listUsers: async (page, callOptions) => sendCall(connection, endpoints.listUsers(page), callOptions),
    listGroups: async (page, callOptions) => sendCall(connection, endpoints.listGroups(page), callOptions),
    getUser: async (primaryEmail, callOptions) =>
      report(withoutText(await sendCall(connection, endpoints.getUser(primaryEmail), callOptions))),
    createUser: async (body, callOptions) =>
      withoutText(await sendCall(connection, endpoints.createUser(body), callOptions)),
    updateUser: async (primaryEmail, body, callOptions) =>
      withoutText(await sendCall(connection, endpoints.updateUser(primaryEmail, body), callOptions)),
    deleteUser: async (primaryEmail, callOptions) =>
      withoutText(await sendCall(connection, endpoints.deleteUser(primaryEmail), callOptions)),
    addGroupMember: async (groupId, primaryEmail, callOptions) =>
      withoutText(await sendCall(connection, endpoints.addGroupMember(groupId, primaryEmail), callOptions)),
    removeGroupMember: async (groupId, primaryEmail, callOptions) =>
      withoutText(await sendCall(connection, endpoints.removeGroupMember(groupId, primaryEmail), callOptions)),
    askedToWaitMs: () => Math.max(0, connection.quiet.untilMs - connection.now()),
    close,
    [Symbol.asyncDispose]: close,
  }
}

export interface SharedPools {
  /** For the clients of one base URL. */
  dispatcherOf(baseUrl: string): Dispatcher
  /** Waits for requests in progress to finish. */
  close(): Promise<void>
}

/**
 * One connection pool for each vendor. A thousand organizations would otherwise keep a thousand idle connections open.
 * A request that finds no idle connection opens one, so no organization waits for another.
 */
export function openSharedPools(): SharedPools {
  const pools = new Map<string, Pool>()
  return {
    dispatcherOf(baseUrl) {
      const { origin } = splitBaseUrl(baseUrl)
      const pool = pools.get(origin) ?? createPool(origin, defaultTimeouts, null)
      pools.set(origin, pool)
      return pool
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()))
    },
  }
}

/** HTTP/1.1 only: with HTTP/2 it is not certain that a failed request was never sent. */
function createPool(origin: string, { connectMs, headersMs, bodyMs }: Timeouts, connections: number | null): Pool {
  return new PoolOfUndici(origin, {
    connections,
    allowH2: false,
    connectTimeout: connectMs,
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
  })
}

function withoutText<T>({ text: _text, ...observed }: ObservedPage<T>): Observed<T> {
  return observed
}
