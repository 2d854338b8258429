/** Identifies the caller by the bearer token of the request. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Scope, Viewer } from '../../graph/context.ts'

/** A token that was valid once, or is invalid in a way that its caller may know. */
export interface Refused {
  readonly refusal: string
}

/** Facts about an attempt other than its token. */
export interface Attempt {
  /**
   * The client's address exceeds its limit of failures. Valid tokens still get in; unknown ones wait for work that
   * other requests cause.
   */
  readonly beyondLimit: boolean
}

/** The token's viewer; undefined if the token is unknown. Rejects only if the token cannot be checked at present. */
export type Authenticate = (token: string, attempt?: Attempt) => Promise<Viewer | Refused | undefined>

/** The keys of the identity provider cannot be fetched at present, so its tokens cannot be checked. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'

  constructor(options?: ErrorOptions) {
    super('The keys of the identity provider cannot be fetched', options)
  }
}

/** Tries the authenticators in order until one knows the token. */
export function anyOf(authenticators: readonly Authenticate[]): Authenticate {
  return async (token, attempt) => {
    for (const authenticate of authenticators) {
      const verdict = await authenticate(token, attempt)
      if (verdict) return verdict
    }
    return undefined
  }
}

/** No other token can have this name. */
export const adminName = 'admin'

/** Accepts the administrator's token only. Without a configured token, it accepts none. */
export function adminTokenAuthenticator(adminToken: string | undefined): Authenticate {
  if (!adminToken) return async () => undefined
  const expected = digest(adminToken)
  const admin: Viewer = { name: adminName, scopes: new Set(['read', 'write', 'admin']), organizations: 'all' }
  // Digests have equal lengths and are compared in constant time, so neither reveals anything about the token.
  return async (token) => (timingSafeEqual(digest(token), expected) ? admin : undefined)
}

/** A token as stored in the database. */
export interface StoredToken {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Slugs; null: every organization. */
  readonly organizations: readonly string[] | null
  readonly state: 'GOOD' | 'EXPIRED' | 'REVOKED'
}

export interface StoredTokens {
  find(token: string, attempt?: Attempt): Promise<StoredToken | undefined>
  /** Called for each use of a token that is no longer valid. The audit groups identical uses. */
  onRefused(token: StoredToken): Promise<void>
}

/** Accepts the tokens created by the command `token`. */
export function storedTokenAuthenticator(tokens: StoredTokens): Authenticate {
  return async (token, attempt) => {
    const found = await tokens.find(token, attempt)
    if (!found) return undefined
    if (found.state !== 'GOOD') {
      await tokens.onRefused(found)
      return { refusal: found.state === 'EXPIRED' ? 'This token has expired.' : 'This token was revoked.' }
    }
    return {
      name: found.name,
      scopes: new Set(found.scopes),
      organizations: found.organizations === null ? 'all' : new Set(found.organizations),
    }
  }
}

/** The token of an `Authorization: Bearer …` header (RFC 6750); undefined if the header holds anything else. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer +([^\s]+) *$/i)?.[1]
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
