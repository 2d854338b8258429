/** Who asks, by the bearer token of the request. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Viewer } from '../graph/context.ts'

/** Whose token it is; undefined where it is nobody's. */
export type Authenticate = (token: string) => Viewer | undefined

/** Knows one token, the administrator's. Where none is configured, nobody gets in. */
export function adminTokenAuthenticator(adminToken: string | undefined): Authenticate {
  if (!adminToken) return () => undefined
  const expected = digest(adminToken)
  const admin: Viewer = { name: 'admin', scopes: new Set(['read', 'write', 'admin']), organizations: 'all' }
  // Digests are of one length, and comparing them takes one time: neither tells anything about the token.
  return (token) => (timingSafeEqual(digest(token), expected) ? admin : undefined)
}

/** The token of an `Authorization: Bearer …` header (RFC 6750); undefined where the header holds something else. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer +([^\s]+) *$/i)?.[1]
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
