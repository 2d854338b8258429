/**
 * Reads the environment of every command but the simulator's own numbers. `readConfig` checks all of it, and reports all missing and invalid
 * variables together, one sentence each.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type AccessConfig, readAccess } from './access.ts'
import { databaseUrlProblem } from './database-url.ts'

export interface OrganizationConfig {
  readonly slug: string
  readonly name: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly baseUrl: string
  readonly requestsPerMinute: number
}

export interface Config extends AccessConfig {
  /** Empty only for commands that need none. */
  readonly organizations: readonly OrganizationConfig[]
  /** Undefined: the embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | undefined
  /** The maximum size of each connection pool in this process. */
  readonly databaseConnections: { readonly reads: number; readonly control: number; readonly work: number }
  /** Undefined: the queue is in Postgres. */
  readonly redisUrl: string | undefined
  readonly dataDir: string
  /** 32 bytes; undefined if not set. */
  readonly secretKey: Buffer | undefined
  readonly historyDays: number
  readonly auditDays: number
  readonly host: string
  readonly port: number
  readonly pullIntervalSeconds: number
  readonly logLevel: LogLevel
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** The environment is incomplete or invalid. The message contains no value that may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration. `needs`: `vendor` for a program that uses the vendor's API, `database` for one that needs
 * only the database's variables. Throws a ConfigError.
 */
export function readConfig(environment: Environment, needs: 'vendor' | 'database'): Config {
  const problems: string[] = []
  const read = reader(environment, problems)
  const requestsPerMinute = read.integer('ESSENTIALS_REQUESTS_PER_MINUTE', 100, 1, 10_000_000)
  const baseUrl = read.url('ESSENTIALS_BASE_URL', ['http:', 'https:']) ?? 'https://api.proofpoint.com/v2'
  const config = {
    databaseUrl: readDatabaseUrl(read, problems),
    databaseConnections: {
      reads: read.integer('DATABASE_READ_CONNECTIONS', 8, 3, 1_000),
      control: read.integer('DATABASE_CONTROL_CONNECTIONS', 4, 2, 1_000),
      work: read.integer('DATABASE_WORK_CONNECTIONS', 4, 2, 1_000),
    },
    redisUrl: read.url('REDIS_URL', ['redis:', 'rediss:']),
    dataDir: read.text('DATA_DIR') ?? '.data',
    secretKey: read.key('SECRET_KEY'),
    historyDays: read.integer('HISTORY_DAYS', 400, 1, 36_500),
    auditDays: read.integer('AUDIT_DAYS', 400, 1, 36_500),
    host: read.text('HOST') ?? '127.0.0.1',
    port: read.integer('PORT', 4000, 0, 65_535),
    pullIntervalSeconds: read.integer('PULL_INTERVAL_SECONDS', 300, 1, 7 * 86_400),
    ...readAccess(read, problems),
    logLevel: read.oneOf('LOG_LEVEL', logLevels) ?? 'info',
    organizations: needs === 'vendor' ? readOrganizations(environment, { baseUrl, requestsPerMinute }, problems) : [],
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return config
}

/** One method for each kind of value. A variable that is empty or white space counts as not set. */
function reader(environment: Environment, problems: string[]) {
  const text = (name: string) => environment[name]?.trim() || undefined
  return {
    text,
    integer(name: string, byDefault: number, from: number, to: number): number {
      const value = text(name)
      if (value === undefined) return byDefault
      const number = Number(value)
      if (/^\d+$/.test(value) && number >= from && number <= to) return number
      problems.push(`${name} is "${value}", but must be an integer between ${from} and ${to}.`)
      return byDefault
    },
    url(name: string, protocols: readonly string[]): string | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      const problem = urlProblem(value, protocols)
      if (problem) problems.push(`${name} ${problem}`)
      return value
    },
    key(name: string): Buffer | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      const key = Buffer.from(value, 'base64')
      if (key.length !== 32 || !/^[A-Za-z0-9+/]+=*$/.test(value)) {
        problems.push(`${name} must be 32 bytes in base64: use the output of \`openssl rand -base64 32\`.`)
      }
      return key
    },
    token(name: string): string | undefined {
      const value = text(name)
      if (value !== undefined && /\s/.test(value))
        problems.push(`${name} must not contain white space: it is sent in a header.`)
      return value
    },
    oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
      const value = text(name)
      const found = allowed.find((one) => one === value)
      if (value !== undefined && !found)
        problems.push(`${name} is "${value}", but must be one of ${allowed.join(', ')}.`)
      return found
    },
  }
}

function readDatabaseUrl(read: ReturnType<typeof reader>, problems: string[]): string | undefined {
  const before = problems.length
  const url = read.url('DATABASE_URL', ['postgres:', 'postgresql:'])
  const problem = url !== undefined && problems.length === before ? databaseUrlProblem(url) : undefined
  if (problem !== undefined) problems.push(`DATABASE_URL ${problem}`)
  return url
}

/**
 * Why the value is not an accepted URL, in words that follow its name. The value is not quoted, because it may contain
 * a password.
 */
function urlProblem(value: string, protocols: readonly string[]): string | undefined {
  const expected = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`
  try {
    const url = new URL(value)
    if (!protocols.includes(url.protocol)) return `begins with ${url.protocol}, but ${expected}.`
    if (!protocols.includes('https:')) return undefined
    const unwanted = [
      ...(url.search || url.hash ? ['without ? and #'] : []),
      ...(url.username || url.password ? ['without a user name and a password: the API key is sent'] : []),
    ]
    return unwanted.length > 0 ? `must be a URL ${unwanted.join(', and ')}.` : undefined
  } catch {
    return `${expected}.`
  }
}

interface Defaults {
  readonly baseUrl: string
  readonly requestsPerMinute: number
}

function readOrganizations(environment: Environment, defaults: Defaults, problems: string[]): OrganizationConfig[] {
  const set = (name: string) => environment[name]?.trim() || undefined
  const file = set('ESSENTIALS_ORGANIZATIONS_FILE')
  const apiKey = set('ESSENTIALS_API_KEY')
  const apiSecret = set('ESSENTIALS_API_SECRET')
  const name = set('ESSENTIALS_ORGANIZATION')
  if (file !== undefined) {
    for (const other of ['ESSENTIALS_API_KEY', 'ESSENTIALS_API_SECRET', 'ESSENTIALS_ORGANIZATION']) {
      if (set(other)) problems.push(`${other} and ESSENTIALS_ORGANIZATIONS_FILE are both set: set only one of them.`)
    }
    return readOrganizationsFile(file, defaults, problems)
  }
  if (apiKey?.includes(':'))
    problems.push('ESSENTIALS_API_KEY must not contain a colon: it is sent as the user name of HTTP Basic.')
  if (!apiKey && !apiSecret) {
    problems.push(
      'ESSENTIALS_API_KEY and ESSENTIALS_API_SECRET are not set, and neither is ESSENTIALS_ORGANIZATIONS_FILE: there is no organization to mirror. To try it without credentials, run `npm run demo`.',
    )
  } else if (!apiKey) problems.push('ESSENTIALS_API_SECRET is set, but ESSENTIALS_API_KEY is not.')
  else if (!apiSecret) problems.push('ESSENTIALS_API_KEY is set, but ESSENTIALS_API_SECRET is not.')
  return [{ slug: 'default', name: name ?? 'default', apiKey: apiKey ?? '', apiSecret: apiSecret ?? '', ...defaults }]
}

const text = (what: string) => z.string(`${what} must be a string`).min(1, `${what} must not be empty`)
const organizationShape = z.strictObject({
  slug: z
    .string('slug must be a string')
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'slug must be 1 to 63 lower-case letters, digits and hyphens, and begin with a letter or digit',
    ),
  name: text('name').max(200, 'name must have at most 200 characters'),
  apiKey: text('apiKey').regex(/^[^:]*$/, 'apiKey must not contain a colon: it is sent as the user name of HTTP Basic'),
  apiSecret: text('apiSecret'),
  baseUrl: z
    .string('baseUrl must be a string')
    .refine(
      (value) => urlProblem(value, ['http:', 'https:']) === undefined,
      'baseUrl must be a URL that begins with http:// or https://, without ?, # or a user name',
    )
    .optional(),
  requestsPerMinute: z
    .int('requestsPerMinute must be an integer')
    .min(1, 'requestsPerMinute must be at least 1')
    .max(10_000_000, 'requestsPerMinute must be at most 10,000,000')
    .optional(),
})

function readOrganizationsFile(path: string, defaults: Defaults, problems: string[]): OrganizationConfig[] {
  const file = `The file of ESSENTIALS_ORGANIZATIONS_FILE, ${path},`
  const rows = readJson(path, file, problems)
  if (rows === undefined) return []
  if (!Array.isArray(rows) || rows.length === 0) {
    problems.push(
      `${file} must contain a JSON array of at least one organization: [{"slug", "name", "apiKey", "apiSecret"}].`,
    )
    return []
  }
  const organizations = rows.flatMap((row: unknown, i) => {
    const parsed = organizationShape.safeParse(row)
    if (parsed.success) return [parsed.data]
    for (const issue of parsed.error.issues) {
      const known =
        issue.code === 'unrecognized_keys'
          ? `has unknown fields: ${issue.keys.map((key) => `"${key}"`).join(', ')}`
          : issue.message
      problems.push(
        `${file} organization ${i + 1}: ${issue.code === 'invalid_type' && issue.path.length === 0 ? 'must be an object' : known}.`,
      )
    }
    return []
  })
  for (const [key, what] of [
    ['slug', 'slug'],
    ['apiKey', 'API key'],
  ] as const) {
    const values = rows.map((row: unknown) => fieldOf(row, key))
    for (const [i, value] of values.entries()) {
      const first = values.indexOf(value)
      if (typeof value === 'string' && value !== '' && first < i)
        problems.push(
          `${file} organization ${i + 1}: has the same ${what} as organization ${first + 1}, but each must have its own.`,
        )
    }
  }
  return organizations.map((one) => ({
    ...one,
    baseUrl: one.baseUrl ?? defaults.baseUrl,
    requestsPerMinute: one.requestsPerMinute ?? defaults.requestsPerMinute,
  }))
}

function fieldOf(row: unknown, key: string): unknown {
  return typeof row === 'object' && row !== null ? (row as Readonly<Record<string, unknown>>)[key] : undefined
}

function readJson(path: string, file: string, problems: string[]): unknown {
  let content: string
  try {
    content = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    problems.push(`${file} cannot be read (${code}).`)
    return undefined
  }
  try {
    return JSON.parse(content) as unknown
  } catch {
    problems.push(`${file} is not JSON.`)
    return undefined
  }
}
