/** What the vendor's interface of an organization can do. The only place that knows. */
export interface Capabilities {
  /** Whether groups exist, and their members can be changed. */
  readonly hasGroups: boolean
  /** How a user is turned off. INACTIVE: by its status. */
  readonly leaving: 'INACTIVE'
  /** The account by which we call the interface. It is never turned off. Undefined: a key that belongs to no account. */
  readonly ownAccount?: string
}

/** The REST API, version 2. */
export const restApi: Capabilities = { hasGroups: true, leaving: 'INACTIVE' }
