/**
 * Tells access tokens from ID tokens, both of which a provider signs with the same keys. An ID token says to an application who signed in;
 * whoever takes it for an access token lets every application act for its users.
 */
import type { JWTPayload } from 'jose'

/** The claims of OpenID Connect that bind an ID token to what was issued along with it. */
const bindings = ['at_hash', 'c_hash', 's_hash'] as const

/**
 * Whether a verified JWT is an access token:
 * 1. one of `typ: at+jwt` is (RFC 9068); one of a type other than that and `JWT` is not;
 * 2. what says otherwise of itself is not: the claim `typ` of Keycloak (`Bearer` is one), `token_use` of Cognito (`access` is one);
 * 3. what holds `at_hash`, `c_hash` or `s_hash` is not, nor what holds `nonce`, which older Keycloaks put into access tokens too;
 * 4. of the rest, what holds scopes is: `scope`, `scp` (Okta, Entra ID), or the `roles` of an application by itself (Entra ID).
 */
export function isAccessToken(header: { readonly typ?: unknown }, payload: JWTPayload): boolean {
  const type = typeof header.typ === 'string' ? header.typ.toLowerCase().replace(/^application\//, '') : header.typ
  if (type === 'at+jwt') return true
  if (type !== undefined && type !== 'jwt') return false
  const isBearer = isText(payload.typ, 'bearer')
  if (payload.typ !== undefined && !isBearer) return false
  if (payload.token_use !== undefined && !isText(payload.token_use, 'access')) return false
  if (bindings.some((claim) => payload[claim] !== undefined)) return false
  if (payload.nonce !== undefined && !isBearer) return false
  return isBearer || scopeClaimsOf(payload).length > 0
}

/** The claims that hold the token's scopes, as the provider writes them: a string or an array each; none where it has none. */
export function scopeClaimsOf(payload: JWTPayload): unknown[] {
  const scopes = [payload.scope, payload.scp].filter((claim) => claim !== undefined && claim !== null)
  if (scopes.length > 0 || !isOfApplication(payload)) return scopes
  return [payload.roles].filter((claim) => claim !== undefined && claim !== null)
}

/** Entra ID says in access tokens alone how the application authenticated; in an ID token, `roles` are the user's. */
function isOfApplication({ azpacr, appidacr }: JWTPayload): boolean {
  return azpacr !== undefined || appidacr !== undefined
}

function isText(claim: unknown, text: string): boolean {
  return typeof claim === 'string' && claim.toLowerCase() === text
}
