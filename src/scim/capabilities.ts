/** What SCIM can do with an organization. The only place that knows which capability it takes. */
export interface Capabilities {
  /** Whether groups exist, and their members can be changed. */
  readonly hasGroups: boolean
  /**
   * How a user is turned off. INACTIVE: by its status. FUNCTIONAL: by its only role, because mail to an inactive account
   * is returned to its sender.
   */
  readonly leaving: 'INACTIVE' | 'FUNCTIONAL'
}

/** `names`: those of `Organization.capabilities`. */
export function capabilitiesOf(names: readonly string[]): Capabilities {
  return {
    hasGroups: names.includes('groups'),
    leaving: names.includes('accountKinds') ? 'FUNCTIONAL' : 'INACTIVE',
  }
}
