/** The part of the environment that says who may ask. Read by config.ts. */
import type { JwtOptions } from './server/jwt.ts'

export interface AccessConfig {
  readonly adminToken: string | undefined
  /** Undefined: no identity provider. */
  readonly jwt: JwtOptions | undefined
}

/** What config.ts reads variables with. */
export interface Reader {
  text(name: string): string | undefined
  token(name: string): string | undefined
  url(name: string, protocols: readonly string[]): string | undefined
}

export function readAccess(read: Reader, problems: string[]): AccessConfig {
  return { adminToken: read.token('ADMIN_TOKEN'), jwt: readJwt(read, problems) }
}

function readJwt(read: Reader, problems: string[]): JwtOptions | undefined {
  const needed = {
    AUTH_ISSUER: read.text('AUTH_ISSUER'),
    AUTH_JWKS_URL: read.url('AUTH_JWKS_URL', ['https:', 'http:']),
    AUTH_AUDIENCE: read.text('AUTH_AUDIENCE'),
  }
  const claim = read.text('AUTH_ORGANIZATIONS_CLAIM')
  const names = Object.keys(needed) as (keyof typeof needed)[]
  const missing = names.filter((name) => needed[name] === undefined)
  if (missing.length === names.length) {
    if (claim) problems.push(`AUTH_ORGANIZATIONS_CLAIM is set, but ${names.join(', ')} are not.`)
    return undefined
  }
  if (missing.length > 0) {
    problems.push(
      `${names.filter((name) => needed[name]).join(' and ')} is set, but ${missing.join(' and ')} is not: an identity provider needs all three.`,
    )
  }
  return {
    issuer: needed.AUTH_ISSUER ?? '',
    jwksUrl: needed.AUTH_JWKS_URL ?? '',
    audience: needed.AUTH_AUDIENCE ?? '',
    organizationsClaim: claim ?? 'organizations',
    allWithoutClaim: claim === undefined,
  }
}
