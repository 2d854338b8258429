/** What every adapter of the vendor's APIs offers. Other modules ask for capabilities, never which adapter it is. */
import type { Call } from './http/classify-response.ts'
import type { Access, CallOptions, Observed } from './http/connection.ts'
import type { GroupsPage, JsonObject, Parsed, SenderLists, UsersPage, WireUser } from './wire/wire.ts'

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
  /**
   * An account has a kind, which is its only role, and can be made a functional account. Its billing and its sender
   * lists can be read and changed.
   */
  readonly accountKinds: boolean
  /** Mailbox sizes, spam policies and alias accounts can be read and changed. */
  readonly mailSettings: boolean
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

export interface DirectorySync {
  /** Hours between two runs; 0: off. */
  readonly everyHours: number
}

/** The requests that would be sent, in that order. */
export interface WriteRequests {
  createUser(body: NewUser): readonly Call<unknown>[]
  updateUser(primaryEmail: string, body: JsonObject): readonly Call<unknown>[]
  deleteUser(primaryEmail: string): readonly Call<unknown>[]
  addSenders(primaryEmail: string, lists: Partial<SenderLists>): readonly Call<unknown>[]
  replaceSenders(primaryEmail: string, lists: Partial<SenderLists>): readonly Call<unknown>[]
}

/** What the vendor says of an organization. A field that it does not say, or not readably, is undefined. */
export interface OrganizationFacts {
  /** The vendor's number of the organization. */
  readonly eid: string | undefined
  readonly name: string | undefined
  /** The primary one first. */
  readonly domains: readonly string[]
  /** Whether organizations may be below it. */
  readonly isPartner: boolean
  readonly licenseCount: number | undefined
  readonly licensedUsers: number | undefined
  readonly licensePackage: string | undefined
}

/** Reads of organizations: the connection's own, and those that its credentials also open. */
export interface OrganizationReader {
  /** Where the organizations are. Numbers and domains of other hosts are others. */
  readonly host: string
  /** Without a domain: the connection's own organization. */
  read(domain: string | undefined, options: CallOptions): Promise<Observed<OrganizationFacts>>
  /** The organization with the domain and those below it, in any order. */
  list(domain: string | undefined, options: CallOptions): Promise<Observed<readonly OrganizationFacts[]>>
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
  /** The roles that the API documents. Empty: an organization has its own roles. */
  readonly documentedRoles: readonly string[]
  /** The roles that administer nothing. */
  readonly ordinaryRoles: readonly string[]
  /** The requests of a write, for plans. */
  readonly requests: WriteRequests
  /** Undefined: the connection cannot tell anything of organizations. */
  readonly organizations: OrganizationReader | undefined
  /** The address of the account by which the vendor is called. Undefined: a key that belongs to no account. */
  readonly account?: string
  /** Needs the capability `pagedList`. */
  listUsers(page: PageRequest, options: CallOptions): Promise<ObservedPage<UsersPage>>
  /** Without the capability `pagedList`: delivers the rows of the whole list in pages of at most 1,000. */
  streamUsers(sink: ListSink, options: CallOptions): Promise<Observed<{ readonly rows: number }>>
  /** Needs the capability `groups`. */
  listGroups(page: PageRequest, options: CallOptions): Promise<ObservedPage<GroupsPage>>
  /** Parses the stored text of a page. Pure; never throws. */
  parseUsers(text: string): Parsed<UsersPage>
  parseGroups(text: string): Parsed<GroupsPage>
  /** Parses `raw` of a user of this connection, as JSON. Pure; never throws. */
  parseStoredUser(text: string): Parsed<WireUser>
  /** A cheap request that any organization answers: resolves if the vendor serves this connection now. */
  probe(options: CallOptions): Promise<void>
  /** The returned user may have the address as an alias only. Callers that need a primary address must compare it. */
  getUser(primaryEmail: string, options: CallOptions): Promise<Observed<WireUser>>
  /**
   * Resolves to the abbreviated user in the response, or null if it holds none. This is not an observation: read the
   * user.
   */
  createUser(body: NewUser, options: CallOptions): Promise<Observed<WireUser | null>>
  /** Replaces the whole user. The body has the names that `raw` has. Resolves to the same as `createUser`. */
  updateUser(primaryEmail: string, body: JsonObject, options: CallOptions): Promise<Observed<WireUser | null>>
  deleteUser(primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  addGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  removeGroupMember(groupId: string, primaryEmail: string, options: CallOptions): Promise<Observed<null>>
  /**
   * The registered domains, read at most once an hour. Needs the capability `domains`. Null: the vendor does not list all
   * of them.
   */
  readDomains(options: CallOptions): Promise<readonly string[] | null>
  /** Needs the capability `directorySync`, as the next two. NotFound: no directory sync is set up. */
  readDirectorySync(options: CallOptions): Promise<Observed<DirectorySync>>
  /** The addresses that the directory sync neither adds nor deletes. */
  readExemptions(options: CallOptions): Promise<Observed<readonly string[]>>
  /** `addresses`: all exemptions, also those that are there already. */
  putExemptions(addresses: readonly string[], options: CallOptions): Promise<Observed<null>>
  /** Adds entries to the user's own sender lists. Needs the capability `accountKinds`, as the next one. */
  addSenders(primaryEmail: string, lists: Partial<SenderLists>, options: CallOptions): Promise<Observed<null>>
  /** Replaces each list that is given. */
  replaceSenders(primaryEmail: string, lists: Partial<SenderLists>, options: CallOptions): Promise<Observed<null>>
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
