/**
 * The single interpretation of DATABASE_URL, for every client that connects to Postgres. The two drivers interpret a
 * URL differently, and neither follows libpq: one sends every unknown parameter to the server, the other lets `options`
 * replace its own options.
 */
import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

/** `prefer`: TLS if the server offers it, without verifying its certificate. Undefined: the driver's default. */
type Tls = false | 'prefer' | ConnectionOptions | undefined

export interface ConnectionSettings {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly ssl?: Exclude<Tls, undefined>
  /** Command-line options for the server process, such as `-c statement_timeout=60000`. */
  readonly options?: string
}

const modes = ['disable', 'allow', 'prefer', 'require', 'no-verify', 'verify-ca', 'verify-full'] as const
type Mode = (typeof modes)[number]

const tlsParameters = [
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  // Known to libpq or other clients, and without effect here.
  'sslaccept',
  'sslcertmode',
  'sslcompression',
  'sslcrl',
  'sslcrldir',
  'sslidentity',
  'sslnegotiation',
  'sslsni',
]

/**
 * Why the URL's parameters cannot be used, in words that follow its name. Quotes no value. Undefined if they can be
 * used.
 */
export function databaseUrlProblem(url: string): string | undefined {
  const names = [...new URL(url).searchParams.keys()]
  // A typo in these names would mean a connection without TLS. Other unknown parameters are harmless and ignored.
  const unknown = names.find((name) => name.startsWith('ssl') && !tlsParameters.includes(name))
  if (unknown !== undefined)
    return `has an unknown parameter that begins with ssl; expected one of: ${tlsParameters.join(', ')}.`
  try {
    settingsOfUrl(url)
    return undefined
  } catch (error) {
    return error instanceof UnusableParameter ? error.message : 'cannot be read.'
  }
}

class UnusableParameter extends Error {}

/** Throws an UnusableParameter if `databaseUrlProblem` finds a problem. */
export function settingsOfUrl(text: string): ConnectionSettings {
  const url = new URL(text)
  const query = url.searchParams
  const of = (name: string, part = '') => query.get(name) || decodeURIComponent(part) || undefined
  const host = of('hostaddr') ?? of('host', url.hostname.replace(/^\[(.*)\]$/, '$1'))
  const port = of('port', url.port)
  const user = of('user', url.username)
  const password = of('password', url.password)
  const database = of('dbname', url.pathname.slice(1))
  const options = of('options')
  const ssl = tlsOf(query)
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: Number(port) }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ...(options !== undefined && { options }),
    ...(ssl !== undefined && { ssl }),
  }
}

function tlsOf(query: URLSearchParams): Tls {
  const mode = modeOf(query)
  if (mode === undefined || mode === 'disable') return mode && false
  if (mode === 'allow' || mode === 'prefer') return 'prefer'
  const root = query.get('sslrootcert') || undefined
  const own = {
    ...fileOf(query, 'sslcert', 'cert'),
    ...fileOf(query, 'sslkey', 'key'),
    ...(query.get('sslpassword') && { passphrase: query.get('sslpassword') as string }),
  }
  if (root === 'system') return { ...own, rejectUnauthorized: true }
  const ca = fileOf(query, 'sslrootcert', 'ca')
  if (mode === 'verify-full') return { ...own, ...ca, rejectUnauthorized: true }
  // As in libpq: a given root certificate is used for verification.
  if (mode === 'verify-ca' || (mode === 'require' && root !== undefined))
    return { ...own, ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  return { ...own, rejectUnauthorized: false }
}

function modeOf(query: URLSearchParams): Mode | undefined {
  const given = query.get('sslmode') || undefined
  const mode = modes.find((one) => one === given)
  if (given !== undefined && mode === undefined)
    throw new UnusableParameter(`has an unknown sslmode; expected one of: ${modes.join(', ')}.`)
  if (mode !== undefined) return mode
  if (query.get('sslrootcert') === 'system') return 'verify-full'
  const ssl = query.get('ssl')
  if (ssl === null || ssl === '') return undefined
  return ssl === 'false' || ssl === '0' ? 'disable' : (modes.find((one) => one === ssl) ?? 'verify-full')
}

function fileOf(query: URLSearchParams, name: string, field: 'ca' | 'cert' | 'key'): ConnectionOptions {
  const path = query.get(name)
  if (!path) return {}
  try {
    return { [field]: readFileSync(path, 'utf8') }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new UnusableParameter(`names a file in ${name} that cannot be read (${code}).`, { cause })
  }
}
