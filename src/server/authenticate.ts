/** Who asks, by the bearer token of the request. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Scope, Viewer } from '../graph/context.ts'

/** A token that was known once, or is wrong in a way that its bearer may be told. */
export interface Refused {
  readonly refusal: string
}

/** What is known of an attempt besides its token. */
export interface Attempt {
  /** The client's address is beyond its limit of failures: valid tokens get in as ever, unknown ones wait for work that others cause. */
  readonly beyondLimit: boolean
}

/** Whose token it is; undefined where it is nobody's. Rejects only where that cannot be found out at present. */
export type Authenticate = (token: string, attempt?: Attempt) => Promise<Viewer | Refused | undefined>

/** Asks one after the other, until one knows the token. */
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

/** Knows one token, the administrator's. Where none is configured, nobody gets in by it. */
export function adminTokenAuthenticator(adminToken: string | undefined): Authenticate {
  if (!adminToken) return async () => undefined
  const expected = digest(adminToken)
  const admin: Viewer = { name: adminName, scopes: new Set(['read', 'write', 'admin']), organizations: 'all' }
  // Digests are of one length, and comparing them takes one time: neither tells anything about the token.
  return async (token) => (timingSafeEqual(digest(token), expected) ? admin : undefined)
}

/** A token as it is kept. */
export interface StoredToken {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Slugs; null: every organization. */
  readonly organizations: readonly string[] | null
  readonly state: 'GOOD' | 'EXPIRED' | 'REVOKED'
}

export interface StoredTokens {
  find(token: string, attempt?: Attempt): Promise<StoredToken | undefined>
  /** Called with each use of a token that is no longer valid; the audit counts uses that are alike. */
  onRefused(token: StoredToken): Promise<void>
}

/** Knows the tokens that were made by the command `token`. */
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

/** The token of an `Authorization: Bearer …` header (RFC 6750); undefined where the header holds something else. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer +([^\s]+) *$/i)?.[1]
}

/** The password of an `Authorization: Basic …` header (RFC 7617), which is how a browser can send a token. */
export function basicPassword(authorization: string | undefined): string | undefined {
  const encoded = authorization?.match(/^Basic +([A-Za-z0-9+/=]+) *$/i)?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8').split(':')[1]
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
