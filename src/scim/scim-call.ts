/** One request of a client, and what answers it. */
import type { Logger } from 'pino'
import type { Audit } from '../access/audit.ts'
import type { Queryable, Sql } from '../db/database.ts'
import type { WriteService } from '../operations/write-service.ts'
import type { RefreshUser } from '../sync/point-read/refresh-user.ts'
import type { Capabilities } from './capabilities.ts'

export interface ScimSettings {
  /** Without a slash at the end. Undefined: the address at which the server listens. */
  readonly publicUrl: string | undefined
  readonly deletes: 'deactivate' | 'delete'
  readonly userNameChange: 'refuse' | 'email-change'
  /** The roles that clients may set. None of them is privileged. */
  readonly roles: readonly string[]
  readonly password: 'ignore' | 'set'
  readonly media: 'scim' | 'json'
}

export interface ScimDeps {
  /** Changes what SCIM stores. */
  readonly sql: Sql
  /** Reads the mirror for a caller. */
  readonly reader: (asker: { caller: string; signal: AbortSignal; isHeavy: boolean }) => Queryable
  readonly writes: WriteService
  readonly refreshUser: RefreshUser
  readonly audit: Audit
  /** Counts a write of the caller until the returned function is called. Throws if the caller has too many. */
  readonly enterWrite: (caller: string) => () => void
  /** The account by which the vendor's interface is called. It is never turned off. Undefined: none. */
  readonly ownAccountOf: (organizationId: number) => string | undefined
  readonly settings: ScimSettings
  readonly logger: Logger
  /** How long a client waits for the vendor. Defaults to 25 s: Okta gives up after 60 s. */
  readonly longestMs?: number
}

export function longestMsOf({ longestMs = 25_000 }: ScimDeps): number {
  return longestMs
}

export interface ScimRequest {
  readonly method: string
  /** The path after `/scim/v2/`, not decoded. */
  readonly path: string
  readonly query: URLSearchParams
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
  /** Undefined: none was sent. */
  readonly body: string | undefined
  readonly viewer: ScimViewer
  readonly signal: AbortSignal
}

export interface ScimViewer {
  /** The name of the token. */
  readonly name: string
  readonly scopes: ReadonlySet<string>
  readonly organizations: 'all' | ReadonlySet<string>
}

export interface ScimAnswer {
  readonly status: number
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** A request whose organization is known, and which may use it. */
export interface ScimCall {
  readonly deps: ScimDeps
  readonly request: ScimRequest
  readonly viewer: string
  readonly slug: string
  readonly organizationId: number
  readonly capabilities: Capabilities
  /** The address of the organization's SCIM service, without a slash at the end. */
  readonly base: string
  /** Statements that read. */
  readonly read: Queryable
  /** Statements that change what SCIM stores. */
  readonly sql: Sql
}
