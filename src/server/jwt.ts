/** Tokens of an identity provider: JWTs, checked against the keys that it publishes. */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Scope, Viewer } from '../graph/context.ts'
import type { Authenticate, Refused } from './authenticate.ts'

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

/** Rejects where the keys cannot be fetched. What is no JWT at all is left to others. */
export function jwtAuthenticator(options: JwtOptions): Authenticate {
  const keys = createRemoteJWKSet(new URL(options.jwksUrl), { timeoutDuration: 5_000 })
  return async (token) => {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined
    const payload = await verify(token, keys, options)
    if ('refusal' in payload) return payload as Refused
    return isName(payload.sub) ? viewerOf(payload, payload.sub, options) : nameless
  }
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: JwtOptions,
): Promise<JWTPayload | Refused> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: 5,
    })
    return payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { refusal: 'This token has expired.' }
    if (error instanceof errors.JWTClaimValidationFailed) {
      return { refusal: `This token is not meant for this service: its claim "${error.claim}" is missing or another.` }
    }
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError) || isKeyServerFault(error)) {
      throw new KeysUnavailable({ cause: error })
    }
    return { refusal: 'This token is not known here.' }
  }
}

/** The keys of the identity provider cannot be fetched for now, so that no token of its can be checked. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'

  constructor(options: ErrorOptions) {
    super('The keys of the identity provider cannot be fetched', options)
  }
}

/** jose says so of an answer that is no key set, and of a status other than 200. */
function isKeyServerFault(error: errors.JOSEError): boolean {
  return error.code === 'ERR_JOSE_GENERIC' || error instanceof errors.JWKSInvalid
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
  const scopes = wordsOf(payload.scope).filter((word): word is Scope => ['read', 'write', 'admin'].includes(word))
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
