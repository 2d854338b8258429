/** Tokens of an identity provider: JWTs, checked against the keys that it publishes. */
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
import type { Scope, Viewer } from '../graph/context.ts'
import { isAccessToken, scopeClaimsOf } from './access-token.ts'
import type { Authenticate, Refused } from './authenticate.ts'
import { type KeySet, KeysUnavailable, openKeySet } from './jwks.ts'

export interface JwtOptions {
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience: string
  /** The claim that lists the slugs of the organizations that the bearer may see: an array, or words between spaces; `*` is all. */
  readonly organizationsClaim: string
  /** Whether a token without that claim may see every organization. */
  readonly allWithoutClaim: boolean
}

/** Signatures that need no secret of ours: with a shared one, whoever can check a token could make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** How long a verified token is not verified again: less than keys are kept after the provider withdrew them. */
const verifiedForMs = 30_000
const mostVerified = 10_000
const clockToleranceSeconds = 5

interface Verified {
  readonly viewer: Viewer
  readonly until: number
  /** By the wall clock. */
  readonly expiresAt: number
}

/** Rejects where the keys cannot be fetched. What is no JWT at all is left to others. */
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
      // Made-up signatures from a client that sends many of them take one turn at a time.
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

/** The header, where the token may be meant for this service at all: others cause no fetch of keys and no check of a signature. */
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
      return { refusal: `This token is not meant for this service: its claim "${error.claim}" is missing or another.` }
    }
    // decodeProtectedHeader and decodeJwt throw a TypeError where a part is no JSON.
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      return { refusal: 'This token is not known here.' }
    throw error instanceof KeysUnavailable ? error : new KeysUnavailable({ cause: error })
  }
}

/** Runs one task at a time, in their order. */
function openQueue() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task, task)
    last = turn.catch(() => {})
    return turn
  }
}

const noAccessToken: Refused = {
  refusal: 'This is not an access token: ID tokens are not accepted. Send the access token for this API.',
}

/** As much as an index of Postgres takes for a key. */
const longestNameInBytes = 2_048

const nameless: Refused = {
  refusal: `This token names nobody: its claim "sub" must be a text of 1 to ${longestNameInBytes} bytes without control characters.`,
}

/** Whether the text can stand for somebody in rows and log lines: Postgres takes neither NUL nor half of a surrogate pair. */
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
    .filter((word): word is Scope => ['read', 'write', 'admin'].includes(word))
  return {
    // The names of our own tokens hold no colon, so that no subject can pass for one.
    name: `jwt:${subject}`,
    scopes: new Set(scopes),
    organizations: organizationsOf(payload[options.organizationsClaim], options),
  }
}

function organizationsOf(claim: unknown, { allWithoutClaim }: JwtOptions): Viewer['organizations'] {
  if (claim === undefined && allWithoutClaim) return 'all'
  // No organization is called otherwise, and the names go into statements.
  const slugs = wordsOf(claim).filter(isStorable)
  return slugs.includes('*') ? 'all' : new Set(slugs)
}

function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '')
  return Array.isArray(claim) ? claim.filter((word): word is string => typeof word === 'string') : []
}
