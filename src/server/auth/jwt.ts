/** Verifies the JWTs of an identity provider against the keys that it publishes. */
import { createHash } from 'node:crypto'
import {
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyResult,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { LRUCache } from 'lru-cache'
import type { Scope, Viewer } from '../../graph/context.ts'
import { isAccessToken, scopeClaimsOf } from './access-token.ts'
import { type Authenticate, KeysUnavailable, type Refused } from './authenticate.ts'
import { type KeySet, openKeySet } from './jwks.ts'

export interface JwtOptions {
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience: string
  /**
   * The claim that lists the slugs of the organizations that the caller may see: an array, or words separated by
   * spaces; `*` means all.
   */
  readonly organizationsClaim: string
  /** Whether a token without that claim may see every organization. */
  readonly allWithoutClaim: boolean
}

/** Asymmetric algorithms only: with a shared secret, everyone who can check a token could also create one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/**
 * How long a verified token is not verified again. Shorter than the time that keys are kept after the provider
 * withdraws them.
 */
const verifiedForMs = 30_000
const mostVerified = 10_000
const clockToleranceSeconds = 5

interface Verified {
  readonly viewer: Viewer
  readonly until: number
  /** Wall-clock time. */
  readonly expiresAt: number
}

/** Rejects if the keys cannot be fetched. Tokens that are not JWTs are left to other authenticators. */
export function jwtAuthenticator(
  options: JwtOptions,
  keys: KeySet = openKeySet(options.jwksUrl),
  now: () => number = () => performance.now(),
): Authenticate {
  const verified = new LRUCache<string, Verified>({ max: mostVerified })
  const oneByOne = openQueue()
  return async (token, attempt = { beyondLimit: false }) => {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined
    const digest = createHash('sha256').update(token).digest('base64')
    const known = verified.get(digest)
    if (known && now() < known.until && Date.now() < known.expiresAt) return known.viewer
    const check = (key: CryptoKey) => verify(token, key, options)
    const result = await refusing(async () => {
      const key = await keys.find(headerOf(token, options), attempt)
      // Signatures from a client with many failures are checked one at a time.
      return attempt.beyondLimit ? await oneByOne(() => check(key)) : await check(key)
    })
    if ('refusal' in result) return result
    const { payload, protectedHeader } = result
    if (!isAccessToken(protectedHeader, payload)) return noAccessToken
    if (!isName(payload.sub)) return nameless
    const viewer = viewerOf(payload, payload.sub, options)
    const expiresAt = ((payload.exp ?? 0) + clockToleranceSeconds) * 1_000
    verified.set(digest, { viewer, expiresAt, until: now() + verifiedForMs })
    return viewer
  }
}

/**
 * The header of a token that may be intended for this service. Other tokens trigger neither a fetch of keys nor a check
 * of a signature.
 */
function headerOf(token: string, { issuer, audience }: JwtOptions): ProtectedHeaderParameters & { alg: string } {
  const { alg, ...header } = decodeProtectedHeader(token)
  const payload = decodeJwt(token)
  if (alg === undefined || !algorithms.includes(alg)) throw new errors.JOSEAlgNotAllowed()
  if (payload.iss !== issuer) throw new errors.JWTClaimValidationFailed('unexpected "iss"', payload, 'iss')
  if (![payload.aud].flat().includes(audience))
    throw new errors.JWTClaimValidationFailed('unexpected "aud"', payload, 'aud')
  return { ...header, alg }
}

async function verify(token: string, key: CryptoKey, { issuer, audience }: JwtOptions): Promise<JWTVerifyResult> {
  return await jwtVerify(token, key, {
    issuer,
    audience,
    algorithms,
    requiredClaims: ['sub', 'exp'],
    clockTolerance: clockToleranceSeconds,
  })
}

async function refusing(check: () => Promise<JWTVerifyResult>): Promise<JWTVerifyResult | Refused> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { refusal: 'This token has expired.' }
    if (error instanceof errors.JWTClaimValidationFailed) {
      return {
        refusal: `This token is not valid for this service: the claim "${error.claim}" is missing or has another value.`,
      }
    }
    // decodeProtectedHeader and decodeJwt throw a TypeError if a part is not JSON.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return { refusal: 'Unknown token.' }
    throw error instanceof KeysUnavailable ? error : new KeysUnavailable({ cause: error })
  }
}

/** Runs tasks one at a time, in order. */
function openQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task, task)
    last = turn.catch(() => {})
    return turn
  }
}

const noAccessToken: Refused = {
  refusal: 'This is not an access token: ID tokens are not accepted. Send an access token for this API.',
}

/** The longest key that a Postgres index accepts. */
const longestNameInBytes = 2_048

const nameless: Refused = {
  refusal: `This token has no usable subject: the claim "sub" must be a string of 1 to ${longestNameInBytes} bytes without control characters.`,
}

/** Whether the text can name a caller in rows and log lines. Postgres accepts neither NUL nor a lone surrogate. */
function isName(text: unknown): text is string {
  return (
    typeof text === 'string' && text.trim() !== '' && isStorable(text) && Buffer.byteLength(text) <= longestNameInBytes
  )
}

function isStorable(text: string): boolean {
  return !/\p{Cc}/u.test(text) && text.isWellFormed()
}

function viewerOf(payload: JWTPayload, subject: string, options: JwtOptions): Viewer {
  const scopes = scopeClaimsOf(payload)
    .flatMap(wordsOf)
    .filter((word): word is Scope => ['read', 'write', 'admin', 'scim'].includes(word))
  return {
    // The names of our own tokens contain no colon, so no subject can impersonate one.
    name: `jwt:${subject}`,
    scopes: new Set(scopes),
    organizations: organizationsOf(payload[options.organizationsClaim], options),
  }
}

function organizationsOf(claim: unknown, { allWithoutClaim }: JwtOptions): Viewer['organizations'] {
  if (claim === undefined && allWithoutClaim) return 'all'
  // Slugs never contain other characters, and the names are used in statements.
  const slugs = wordsOf(claim).filter(isStorable)
  return slugs.includes('*') ? 'all' : new Set(slugs)
}

function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '')
  return Array.isArray(claim) ? claim.filter((word): word is string => typeof word === 'string') : []
}
