/**
 * Distinguishes access tokens from ID tokens. A provider signs both with the same keys. An ID token only proves to an
 * application who signed in; a service that accepts it as an access token lets every application act for its users.
 */
import type { JWTPayload } from 'jose'

/** The OpenID Connect claims that bind an ID token to the tokens or codes issued with it. */
const bindings = ['at_hash', 'c_hash', 's_hash'] as const

/**
 * Whether a verified JWT is an access token:
 * 1. `typ: at+jwt` is an access token (RFC 9068). Any type other than that and `JWT` is not.
 * 2. A token that declares another kind is not: the claim `typ` (Keycloak) must be `Bearer`, the claim `token_use`
 *    (Cognito) must be `access`.
 * 3. A token with `at_hash`, `c_hash` or `s_hash` is not. Neither is one with `nonce`, unless it is a Keycloak bearer
 *    token: older versions add it to access tokens.
 * 4. Of the rest, a token with scopes is an access token: `scope`, `scp` (Okta, Entra ID), or the `roles` of an
 *    application that acts for itself (Entra ID).
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

/**
 * The claims that hold the token's scopes, as the provider writes them: each a string or an array. Empty if there are
 * none.
 */
export function scopeClaimsOf(payload: JWTPayload): unknown[] {
  const scopes = [payload.scope, payload.scp].filter((claim) => claim !== undefined && claim !== null)
  if (scopes.length > 0 || !isOfApplication(payload)) return scopes
  return [payload.roles].filter((claim) => claim !== undefined && claim !== null)
}

/**
 * Entra ID states only in access tokens how the application authenticated. In an ID token, `roles` are those of the
 * user.
 */
function isOfApplication({ azpacr, appidacr }: JWTPayload): boolean {
  return azpacr !== undefined || appidacr !== undefined
}

function isText(claim: unknown, text: string): boolean {
  return typeof claim === 'string' && claim.toLowerCase() === text
}
