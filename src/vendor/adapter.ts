/** What every adapter of the vendor's APIs offers. Other modules ask for capabilities, never which adapter it is. */
import type { Access, CallOptions, Observed } from './http/connection.ts'
import type { GroupsPage, JsonObject, Parsed, UsersPage, WireUser } from './wire/wire.ts'

/** What a connection to the vendor can tell and do. Public as `Organization.capabilities`. */
export interface Capabilities {
  /** Groups and memberships can be read and changed. */
  readonly groups: boolean
  /** Accounts have times of creation and of the last change. */
  readonly timestamps: boolean
  /** Users are listed page by page. Otherwise one response holds all of them. */
  readonly pagedList: boolean
  /** A user can be created together with its password. */
  readonly passwordOnCreate: boolean
  /** The registered domains can be read. */
  readonly domains: boolean
  /** The settings of a directory sync can be read. */
  readonly directorySync: boolean
}

/** The names of the capabilities that the connection has. */
export function capabilityNames(capabilities: Capabilities): string[] {
  return Object.entries(capabilities).flatMap(([name, isOffered]) => (isOffered ? [name] : []))
}

export interface PageRequest {
  /** Starts at 1. */
  readonly page: number
  /** At most 1000. */
  readonly pageSize: number
}

export interface NewUser extends JsonObject {
  readonly primaryEmail: string
  readonly type: string
}

/** A page and the text it was parsed from. `parseUsers` or `parseGroups` of the text returns the same value. */
export type ObservedPage<T> = Observed<T> & { readonly text: string }

/** Receives the rows of a list while its response arrives. */
export interface ListSink {
  /** Called before the rows of each attempt. What earlier attempts delivered is void. */
  begin(sentAt: string): Promise<void>
  /** `text`: the rows as a page that `parseUsers` reads. */
  add(page: UsersPage, text: string): Promise<void>
}

/**
 * The endpoints of one organization.
 *
 * Every method rejects with a subclass of EssentialsError, with three exceptions: a TypeError if an address or id
 * cannot be part of a path, and any error that the caller's `beforeSending` or `ListSink` rejects with. Reads are
 * retried according to the retry policy. A write is retried only if it was certainly not carried out.
 */
export interface EssentialsClient extends AsyncDisposable {
  /** The organization's slug. */
  readonly organization: string
  readonly capabilities: Capabilities
  /** The address of the account by which the vendor is called. Undefined: a key that belongs to no account. */
  readonly account?: string
  /** Why no write is possible with this connection, as a sentence. Undefined: writes are possible. */
  readonly readOnly: string | undefined
  /** Needs the capability `pagedList`. */
  listUsers(page: PageRequest, options: CallOptions): Promise<ObservedPage<UsersPage>>
  /** Without the capability `pagedList`: delivers the rows of the whole list in pages of at most 1,000. */
  streamUsers(sink: ListSink, options: CallOptions): Promise<Observed<{ readonly rows: number }>>
  /** Needs the capability `groups`. */
  listGroups(page: PageRequest, options: CallOptions): Promise<ObservedPage<GroupsPage>>
  /** Parses the stored text of a page. Pure; never throws. */
  parseUsers(text: string): Parsed<UsersPage>
  parseGroups(text: string): Parsed<GroupsPage>
  /** A cheap request that any organization answers: resolves if the vendor serves this connection now. */
  probe(options: CallOptions): Promise<void>
  /** The returned user may have the address as an alias only. Callers that need a primary address must compare it. */
  getUser(primaryEmail: string, options: CallOptions): Promise<Observed<WireUser>>
  /**
   * Resolves to the abbreviated user in the response, or null if it holds none. This is not an observation: read the
   * user.
   */
  createUser(body: NewUser, options: CallOptions): Promise<Observed<WireUser | null>>
  /** Replaces the whole user. Resolves to the same as `createUser`. */
  updateUser(primaryEmail: string, body: JsonObject, options: CallOptions): Promise<Observed<WireUser | null>>
  deleteUser(primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  addGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  removeGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  /**
   * Uses other credentials from the next request on, also for calls that wait. A request that the vendor refuses with 401
   * because it was sent with the former ones is repeated.
   */
  rotate(access: Access): void
  /** How long background calls are rejected because the vendor asked for it (`Retry-After`), in milliseconds. */
  askedToWaitMs(): number
  /** Waits for requests in progress to finish. */
  close(): Promise<void>
}
