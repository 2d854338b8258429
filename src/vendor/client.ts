import { createRequire } from 'node:module'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Dispatcher, Pool } from 'undici'
import type { Capabilities, EssentialsClient, ObservedPage, WriteRequests } from './adapter.ts'
import type { Allowance } from './allowance.ts'
import * as endpoints from './endpoints.ts'
import type { Access, Connection, Observed } from './http/connection.ts'
import { sendCall } from './http/execute-request.ts'
import type { Observer } from './http/http-exchange.ts'
import { splitBaseUrl } from './http/path.ts'
import { defaultRetryPolicy, type RetryPolicy } from './http/retry.ts'
import { kindOfWarning } from './wire/fields.ts'
import { parseGroupsPage, parseUser, parseUsersPage } from './wire/wire.ts'

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

/** What the adapters of both APIs need. */
export interface ConnectionOptions {
  readonly baseUrl: string
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

export interface ClientOptions extends ConnectionOptions {
  /** For example https://api.proofpoint.com/v2. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly apiSecret: string
}

export const capabilitiesOfV2: Capabilities = {
  groups: true,
  timestamps: true,
  pagedList: true,
  passwordOnCreate: true,
  domains: false,
  directorySync: false,
  accountKinds: false,
  mailSettings: true,
}

export const ordinaryRolesOfV2 = ['USER']

export const requestsOfV2: WriteRequests = {
  createUser: (body) => [endpoints.createUser(body)],
  updateUser: (primaryEmail, body) => [endpoints.updateUser(primaryEmail, body)],
  deleteUser: (primaryEmail) => [endpoints.deleteUser(primaryEmail)],
  addSenders: () => [],
  replaceSenders: () => [],
}

const maxConnections = 10
/** Maximum number of distinct warnings logged per organization. */
const maxReported = 200

/** What distinguishes the connections of one API from those of another. */
interface Identity {
  readonly access: Access
  readonly advice: Connection['advice']
  readonly verification?: Connection['verification']
  readonly correlationHeader?: string
}

/** Opens no connection before the first call. Throws a TypeError if the base URL is invalid. */
export function openConnection(
  options: ConnectionOptions,
  identity: Identity,
): { readonly connection: Connection; close(): Promise<void> } {
  const { origin, basePath } = splitBaseUrl(options.baseUrl)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const dispatcher = options.dispatcher ?? createPool(origin, timeouts, maxConnections)
  const connection: Connection = {
    advice: identity.advice,
    verification: identity.verification,
    correlationHeader: identity.correlationHeader,
    origin,
    basePath,
    access: identity.access,
    organization: options.organization,
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
  return { connection, close }
}

/** Users are read one at a time, so a warning that concerns all of them is logged only once. */
export function openReport({ organization, logger }: Connection): <T>(observed: Observed<T>) => Observed<T> {
  const reported = new Set<string>()
  return (observed) => {
    for (const warning of observed.warnings) {
      const kind = kindOfWarning(warning)
      if (reported.has(kind) || reported.size >= maxReported) continue
      reported.add(kind)
      logger.warn({ ...warning, organization }, 'the vendor sent an unexpected value in a user')
    }
    return observed
  }
}

/** The adapter of the API v2. Opens no connection before the first call. */
export function createEssentialsClient(options: ClientOptions): EssentialsClient {
  const { connection, close } = openConnection(options, {
    access: accessOf(options, options.allowance),
    advice: {
      unauthorized: 'an API key and secret of this organization whose owner has the admin role that the call needs',
      unexpected: 'a documented status; check that the base URL is that of the Essentials API v2',
    },
  })
  const report = openReport(connection)
  return {
    organization: options.organization,
    capabilities: capabilitiesOfV2,
    documentedRoles: [],
    ordinaryRoles: ordinaryRolesOfV2,
    requests: requestsOfV2,
    parseStoredUser: parseUser,
    organizations: undefined,
    parseUsers: parseUsersPage,
    parseGroups: parseGroupsPage,
    streamUsers: () => Promise.reject(new TypeError('users are listed page by page with this connection')),
    probe: async (callOptions) => {
      await sendCall(connection, endpoints.listUsers({ page: 1, pageSize: 1 }), callOptions)
    },
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
    readDomains: notOffered,
    readDirectorySync: notOffered,
    readExemptions: notOffered,
    putExemptions: notOffered,
    addSenders: notOffered,
    replaceSenders: notOffered,
    rotate: (access) => rotate(connection, access),
    askedToWaitMs: () => Math.max(0, connection.quiet.untilMs - connection.now()),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** For requests that need a capability which the connection lacks. */
export function notOffered(): Promise<never> {
  return Promise.reject(new TypeError('this request is not offered by this connection'))
}

/** Responses to requests with former credentials may still quote them. */
const mostSecrets = 6

/** Uses other credentials from the next request on, also for calls that wait. */
export function rotate(connection: Connection, access: Access): void {
  const secrets = [...access.secrets, ...connection.access.secrets].slice(0, mostSecrets)
  connection.access = { ...access, secrets }
}

/** The credentials of the API v2, and the allowance of the key. */
export function accessOf({ apiKey, apiSecret }: { apiKey: string; apiSecret: string }, allowance: Allowance): Access {
  const basic = Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')
  const secrets = [apiSecret, basic].filter((secret) => secret !== '')
  return { credentials: { authorization: `Basic ${basic}` }, secrets, allowance }
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

export function withoutText<T>({ text: _text, ...observed }: ObservedPage<T>): Observed<T> {
  return observed
}
