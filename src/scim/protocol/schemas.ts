/** The URNs of SCIM schemas, and attribute names that they qualify. */
export const schemas = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  essentials: 'urn:essentials-graph:scim:schemas:extension:essentials:2.0:User',
  providerConfig: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  resourceType: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
} as const

/** Prefixes that qualify our own attributes. OneLogin also sends the URN of SCIM 1. */
const ownPrefixes = [schemas.user, schemas.group, 'urn:scim:schemas:core:1.0'].map((urn) => `${urn.toLowerCase()}:`)

/**
 * Returns the name of an attribute in lower case, without the URN of the core schema. An attribute of another schema
 * keeps its URN, so it is the name of no attribute that is supported.
 */
export function attributeName(name: string): string {
  const lower = name.toLowerCase()
  const prefix = ownPrefixes.find((one) => lower.startsWith(one))
  return prefix === undefined ? lower : lower.slice(prefix.length)
}

/** Whether the text is a qualified or plain attribute name, with at most one sub-attribute. Reads it once. */
export function isAttributeName(name: string): boolean {
  if (name === '' || name.length > 300) return false
  for (const sign of name) if (!isNameSign(sign)) return false
  const plain = attributeName(name)
  if (plain.startsWith('urn:')) return true
  const parts = plain.split('.')
  return parts.length <= 2 && parts.every((part) => isLetter(part[0] ?? '') || part === '$ref') && !isForbidden(parts)
}

/** Names of properties of every JavaScript object. No path may contain them, although none is ever looked up. */
function isForbidden(parts: readonly string[]): boolean {
  return parts.some((part) => part === '__proto__' || part === 'constructor' || part === 'prototype')
}

function isNameSign(sign: string): boolean {
  return isLetter(sign) || (sign >= '0' && sign <= '9') || '_-$:.'.includes(sign)
}

function isLetter(sign: string): boolean {
  return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z')
}
