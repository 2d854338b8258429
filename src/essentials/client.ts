import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Dispatcher, Pool } from 'undici'
import type { Allowance } from './allowance.ts'
import * as endpoints from './endpoints.ts'
import { splitBaseUrl } from './path.ts'
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts'
import { type CallOptions, type Connection, type Observed, sendCall } from './send-call.ts'
import type { GroupsPage, JsonObject, UsersPage, WireUser } from './wire.ts'
import { kindOfWarning } from './wire-fields.ts'

export interface Timeouts {
  readonly connectMs: number
  /** Until the answer's headers. */
  readonly headersMs: number
  /** Between two pieces of the answer's body. */
  readonly bodyMs: number
  /** All of it. A slot's lease must be longer than this. */
  readonly totalMs: number
}

const defaultTimeouts: Timeouts = { connectMs: 10_000, headersMs: 30_000, bodyMs: 30_000, totalMs: 30_000 }

export interface ClientOptions {
  /** Such as https://api.proofpoint.com/v2. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly apiSecret: string
  /** The slug, for errors and logs. */
  readonly organization: string
  readonly allowance: Allowance
  readonly logger: Logger
  /** Used in place of a pool of the client's own, and not closed by it. Its time-outs and redirects are its owner's. */
  readonly dispatcher?: Dispatcher | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
  readonly retry?: RetryPolicy | undefined
  readonly maxAnswerBytes?: number | undefined
  readonly random?: (() => number) | undefined
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<void>) | undefined
  /** The local clock in ms, for durations and where the vendor sends no Date. */
  readonly now?: (() => number) | undefined
}

/** A page with the text that it was read from: `parseUsersPage` or `parseGroupsPage` of the text gives the value again. */
export type ObservedPage<T> = Observed<T> & { readonly text: string }

/**
 * The endpoints of one organization. Each method rejects with a subclass of EssentialsError and nothing else, except for a TypeError where an
 * address or id cannot be in a path, and for what the caller's own `beforeSending` rejects with. Reads are repeated as the retry policy says; a write only while it certainly was not carried out.
 */
export interface EssentialsClient extends AsyncDisposable {
  listUsers(page: endpoints.PageRequest, options: CallOptions): Promise<ObservedPage<UsersPage>>
  listGroups(page: endpoints.PageRequest, options: CallOptions): Promise<ObservedPage<GroupsPage>>
  /** Whether the user that comes back bears the address asked for, and not as an alias, is for the caller to compare. */
  getUser(primaryEmail: string, options: CallOptions): Promise<Observed<WireUser>>
  /** The answer's user, in short, or null where it held none. No observation: read the user. */
  createUser(body: endpoints.NewUser, options: CallOptions): Promise<Observed<WireUser | null>>
  /** A full replace. The answer is as createUser's. */
  updateUser(primaryEmail: string, body: JsonObject, options: CallOptions): Promise<Observed<WireUser | null>>
  deleteUser(primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  addGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  removeGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  /** For how long background calls are refused, since the vendor asked for that (`Retry-After`). */
  askedToWaitMs(): number
  /** Lets requests under way end. */
  close(): Promise<void>
}

const maxConnections = 10
/** Kinds of warnings that are logged of one organization. */
const maxReported = 200

/** Opens nothing before the first call. Throws a TypeError for a base URL that is none. */
export function createEssentialsClient(options: ClientOptions): EssentialsClient {
  const { origin, basePath } = splitBaseUrl(options.baseUrl)
  const timeouts = { ...defaultTimeouts, ...options.timeouts }
  const dispatcher = options.dispatcher ?? createPool(origin, timeouts)
  const basic = Buffer.from(`${options.apiKey}:${options.apiSecret}`).toString('base64')
  const connection: Connection = {
    origin,
    basePath,
    authorization: `Basic ${basic}`,
    secrets: [options.apiSecret, basic].filter((secret) => secret !== ''),
    organization: options.organization,
    allowance: options.allowance,
    logger: options.logger,
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
  /** Users are read one by one: what is odd about all of them is logged once. */
  const report = <T>(observed: Observed<T>): Observed<T> => {
    for (const warning of observed.warnings) {
      const kind = kindOfWarning(warning)
      if (reported.has(kind) || reported.size >= maxReported) continue
      reported.add(kind)
      options.logger.warn(
        { ...warning, organization: options.organization },
        'the vendor sent something unexpected about one user',
      )
    }
    return observed
  }

  return {
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

/** HTTP/1.1 only: over HTTP/2 it cannot be told for sure that a request was not sent. */
function createPool(origin: string, { connectMs, headersMs, bodyMs }: Timeouts): Pool {
  return new Pool(origin, {
    connections: maxConnections,
    allowH2: false,
    connectTimeout: connectMs,
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
  })
}

function withoutText<T>({ text: _text, ...observed }: ObservedPage<T>): Observed<T> {
  return observed
}
