/** The part of the environment that controls authentication and access. Read by env.ts. */
import { readFileSync } from 'node:fs'

export type Openness = 'public' | 'token' | 'off'

export interface JwtConfig {
  readonly issuer: string
  readonly jwksUrl: string
  readonly audience: string
  readonly organizationsClaim: string
  /** Whether a token without that claim sees every organization. */
  readonly allWithoutClaim: boolean
}

export interface AccessConfig {
  readonly adminToken: string | undefined
  /** Undefined: no identity provider. */
  readonly jwt: JwtConfig | undefined
  /** Who can open the query editor, and who may introspect. */
  readonly explorer: Openness
  readonly introspection: Openness
  /** Per caller except the bearer of ADMIN_TOKEN, over all processes. */
  readonly callerRequestsPerMinute: number
  readonly streamsPerCaller: number
  /** The concurrent mutations of each caller in one process. */
  readonly writesPerCaller: number
  /** The number of proxies in front that are trusted to name the client in X-Forwarded-For. */
  readonly trustProxy: number
  /** Per client address, in one process. */
  readonly authFailuresPerMinute: number
  readonly maxOperationCost: number
  readonly maxResponseBytes: number
  /** The prefix of type names in the served schema; undefined: no prefix. */
  readonly federationPrefix: string | undefined
  /** Whether Query.node and Query.nodes are part of the subgraph. */
  readonly federationNode: boolean
  /** Documents by `sha256:` and their digest; undefined if no manifest is configured. */
  readonly trustedDocuments: { readonly manifest: ReadonlyMap<string, string>; readonly only: boolean } | undefined
}

/** The functions with which env.ts reads variables. */
export interface Reader {
  text(name: string): string | undefined
  token(name: string): string | undefined
  url(name: string, protocols: readonly string[]): string | undefined
  integer(name: string, byDefault: number, from: number, to: number): number
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined
}

export function readAccess(read: Reader, problems: string[]): AccessConfig {
  return {
    adminToken: readAdminToken(read, problems),
    jwt: readJwt(read, problems),
    explorer: read.oneOf('EXPLORER', openness) ?? 'token',
    introspection: read.oneOf('INTROSPECTION', openness) ?? 'token',
    callerRequestsPerMinute: read.integer('CALLER_REQUESTS_PER_MINUTE', 6_000, 1, 10_000_000),
    streamsPerCaller: read.integer('STREAMS_PER_CALLER', 1_000, 1, 1_000_000),
    writesPerCaller: read.integer('WRITES_PER_CALLER', 200, 1, 1_000_000),
    trustProxy: read.integer('TRUST_PROXY', 0, 0, 100),
    authFailuresPerMinute: read.integer('AUTH_FAILURES_PER_MINUTE', 60, 1, 1_000_000),
    maxOperationCost: read.integer('MAX_OPERATION_COST', 100_000, 1, 1_000_000_000),
    maxResponseBytes: read.integer('MAX_RESPONSE_BYTES', 8_000_000, 10_000, 500_000_000),
    federationPrefix: readPrefix(read, problems),
    federationNode: read.oneOf('FEDERATION_NODE', ['true', 'false']) !== 'false',
    trustedDocuments: readTrustedDocuments(read, problems),
  }
}

const shortestAdminToken = 16

/** The value is a secret: no message quotes it. */
function readAdminToken(read: Reader, problems: string[]): string | undefined {
  const token = read.token('ADMIN_TOKEN')
  // White space has already been reported, and may come from a value that was split in two.
  if (token === undefined || /\s/.test(token)) return token
  if (token.length < shortestAdminToken) {
    problems.push(
      `ADMIN_TOKEN is shorter than ${shortestAdminToken} characters and could be guessed: use the output of \`openssl rand -base64 32\`.`,
    )
  }
  if (token.includes(':'))
    problems.push('ADMIN_TOKEN must not contain a colon: browsers send it as the password of HTTP Basic.')
  return token
}

function readPrefix(read: Reader, problems: string[]): string | undefined {
  const prefix = read.text('FEDERATION_PREFIX')
  if (prefix !== undefined && !/^[A-Z][A-Za-z0-9]{0,39}$/.test(prefix)) {
    problems.push(
      `FEDERATION_PREFIX is "${prefix}", but must be a capital letter followed by letters and digits, at most 40 characters in all.`,
    )
  }
  return prefix
}

const openness = ['public', 'token', 'off'] as const

function readTrustedDocuments(read: Reader, problems: string[]): AccessConfig['trustedDocuments'] {
  const path = read.text('TRUSTED_DOCUMENTS')
  const only = read.oneOf('TRUSTED_DOCUMENTS_ONLY', ['true', 'false']) === 'true'
  if (path === undefined) {
    if (only)
      problems.push(
        'TRUSTED_DOCUMENTS_ONLY is true, but TRUSTED_DOCUMENTS names no manifest: every request would be rejected.',
      )
    return undefined
  }
  try {
    const documents: unknown = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
    const entries = typeof documents === 'object' && documents !== null ? Object.entries(documents) : []
    const manifest = new Map(
      entries.filter(([id, text]) => /^sha256:[0-9a-f]{64}$/.test(id) && typeof text === 'string'),
    )
    if (manifest.size > 0 && manifest.size === entries.length) return { manifest, only }
    problems.push(
      `The file of TRUSTED_DOCUMENTS, ${path}, must contain a JSON object of documents by "sha256:…", as \`npm run codegen\` writes it.`,
    )
  } catch {
    problems.push(`The file of TRUSTED_DOCUMENTS, ${path}, cannot be read as JSON.`)
  }
  return undefined
}

function readJwt(read: Reader, problems: string[]): JwtConfig | undefined {
  const needed = {
    AUTH_ISSUER: read.text('AUTH_ISSUER'),
    AUTH_JWKS_URL: read.url('AUTH_JWKS_URL', ['https:', 'http:']),
    AUTH_AUDIENCE: read.text('AUTH_AUDIENCE'),
  }
  const claim = read.text('AUTH_ORGANIZATIONS_CLAIM')
  const byDefault = read.oneOf('AUTH_ORGANIZATIONS_DEFAULT', ['none', 'all'])
  const names = Object.keys(needed) as (keyof typeof needed)[]
  const missing = names.filter((name) => needed[name] === undefined)
  if (missing.length === names.length) {
    for (const [name, value] of [
      ['AUTH_ORGANIZATIONS_CLAIM', claim],
      ['AUTH_ORGANIZATIONS_DEFAULT', byDefault],
    ]) {
      if (value) problems.push(`${name} is set, but ${names.join(', ')} are not.`)
    }
    return undefined
  }
  if (missing.length > 0) {
    const set = names.filter((name) => needed[name] !== undefined)
    problems.push(
      `${set.join(' and ')} ${isOrAre(set)} set, but ${missing.join(' and ')} ${isOrAre(missing)} not: an identity provider needs all three.`,
    )
  }
  return {
    issuer: needed.AUTH_ISSUER ?? '',
    jwksUrl: needed.AUTH_JWKS_URL ?? '',
    audience: needed.AUTH_AUDIENCE ?? '',
    organizationsClaim: claim ?? 'organizations',
    allWithoutClaim: byDefault === 'all',
  }
}

function isOrAre(names: readonly string[]): string {
  return names.length > 1 ? 'are' : 'is'
}
