/**
 * The schema of the environment: each variable with its default and limits, then the rules among them. A message about
 * one variable follows its name, and quotes no value that may be secret. docs/operations.md documents the variables.
 */
import { z } from 'zod'
import { databaseUrlProblem } from './database-url.ts'
import { networkProblem } from './networks.ts'
import { needsOrganization } from './organization-rules.ts'

const text = z.string('must be a string.')

function integer(byDefault: number, from: number, to: number) {
  return number(from, to).default(byDefault)
}

function number(from: number, to: number) {
  const isValid = (value: string) => /^\d+$/.test(value) && Number(value) >= from && Number(value) <= to
  return text
    .refine(isValid, { error: ({ input }) => `is "${input}", but must be an integer between ${from} and ${to}.` })
    .transform(Number)
}

function oneOf<const T extends readonly string[]>(...allowed: T) {
  return z.enum(allowed, { error: ({ input }) => `is "${input}", but must be one of ${allowed.join(', ')}.` })
}

const openness = oneOf('public', 'token', 'off').default('token')

function flag(byDefault: boolean) {
  return oneOf('true', 'false')
    .transform((value) => value === 'true')
    .default(byDefault)
}

/** `problemOf` returns the message, or undefined if the value is valid. */
function checked(problemOf: (value: string) => string | undefined) {
  return text.superRefine((value, context) => {
    const problem = problemOf(value)
    if (problem !== undefined) context.addIssue(problem)
  })
}

export function url(...protocols: readonly string[]) {
  return checked((value) => urlProblem(value, protocols))
}

/** Does not quote the value, because it may contain a password. */
function urlProblem(value: string, protocols: readonly string[]): string | undefined {
  const expected = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`
  const url = URL.parse(value)
  if (!url) return expected
  if (!protocols.includes(url.protocol)) return `begins with ${url.protocol}, but ${expected}`
  if (!protocols.includes('https:')) return undefined
  const unwanted = [
    ...(url.search || url.hash ? ['without ? and #'] : []),
    ...(url.username || url.password ? ['without a user name and a password: the API key is sent'] : []),
  ]
  return unwanted.length > 0 ? `must be a URL ${unwanted.join(', and ')}.` : undefined
}

/** Values are percent-encoded, as OpenTelemetry specifies. */
function headerOf(pair: string): [name: string, value: string] {
  const [name = '', ...value] = pair.trim().split('=')
  try {
    return [name, decodeURIComponent(value.join('='))]
  } catch {
    return [name, value.join('=')]
  }
}
export const stack = z
  .string('must be a string.')
  .regex(/^[a-z]{2,4}[0-9]$/, 'must be the name of a stack, such as us1 or eu1.')
export const domain = z
  .string('must be a string.')
  .regex(/^[^\s/@:?#]+$/, 'must be a domain of the organization, such as nordwind.example.')
/** Sent as the value of a header. */
export const credential = z
  .string('must be a string.')
  .refine((value) => !/\p{Cc}/u.test(value), 'must not contain control characters: it is sent in a header.')

/** Problems are reported in this order. */
export const variables = z.object({
  ESSENTIALS_API_KEY: text.optional(),
  ESSENTIALS_API_KEY_FILE: text.optional(),
  ESSENTIALS_API_SECRET: text.optional(),
  ESSENTIALS_API_SECRET_FILE: text.optional(),
  /** The API of the single organization. */
  ESSENTIALS_API: oneOf('v1', 'v2').default('v2'),
  /** For the API v1: a domain of the organization, and an administrator. */
  ESSENTIALS_DOMAIN: domain.optional(),
  ESSENTIALS_USER: credential.optional(),
  ESSENTIALS_PASSWORD: credential.optional(),
  ESSENTIALS_PASSWORD_FILE: text.optional(),
  ESSENTIALS_STACK: stack.optional(),
  /** The name of the single organization. */
  ESSENTIALS_ORGANIZATION: text.default('default'),
  ESSENTIALS_ORGANIZATIONS_FILE: text.optional(),
  /** Unset: 100, and 60 for organizations of the API v1. */
  ESSENTIALS_REQUESTS_PER_MINUTE: number(1, 10_000_000).optional(),
  ESSENTIALS_BASE_URL: url('http:', 'https:').optional(),
  DATABASE_URL: checked(
    (value) => urlProblem(value, ['postgres:', 'postgresql:']) ?? databaseUrlProblem(value),
  ).optional(),
  DATABASE_URL_FILE: text.optional(),
  DATABASE_READ_CONNECTIONS: integer(8, 3, 1_000),
  DATABASE_CONTROL_CONNECTIONS: integer(4, 2, 1_000),
  DATABASE_WORK_CONNECTIONS: integer(4, 2, 1_000),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  REDIS_URL_FILE: text.optional(),
  DATA_DIR: text.default('.data'),
  SECRET_KEY: text
    .refine(
      (value) => /^[A-Za-z0-9+/]+=*$/.test(value) && Buffer.from(value, 'base64').length === 32,
      'must be 32 bytes in base64: use the output of `openssl rand -base64 32`.',
    )
    .transform((value) => Buffer.from(value, 'base64'))
    .optional(),
  SECRET_KEY_FILE: text.optional(),
  HISTORY_DAYS: integer(400, 1, 36_500),
  AUDIT_DAYS: integer(400, 1, 36_500),
  /** Retention of resolved findings. */
  FINDINGS_DAYS: integer(400, 1, 36_500),
  HOST: text.default('127.0.0.1'),
  PORT: integer(4000, 0, 65_535),
  /** Before a stop: how long requests are still answered while the process is not ready. */
  SHUTDOWN_DRAIN_SECONDS: integer(2, 0, 300),
  /** The names of the roles that count as privileged. Unset: every role but USER. */
  PRIVILEGED_ROLES: text
    .transform((names) => names.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => name !== '' && name.length <= 256), {
      error: 'must be names of roles, separated by commas, such as ADMINISTRATOR,HELPDESK.',
    })
    .optional(),
  /** The port of the metrics. 0: any free one. Unset: no metrics are served. */
  METRICS_PORT: number(0, 65_535).optional(),
  /** The receiver of traces, in the protocol OTLP over HTTP. Unset: there are no traces. */
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: text
    .refine((value) => value.split(',').every((one) => /^\s*[\w-]+=[^\s,]+\s*$/.test(one)), {
      error: 'must be headers in the form name=value, separated by commas.',
    })
    .transform((value) => Object.fromEntries(value.split(',').map(headerOf)))
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS_FILE: text.optional(),
  OTEL_SERVICE_NAME: text.default('essentials-graph'),
  /** The share of traces that are recorded. */
  OTEL_TRACES_SAMPLER_ARG: text
    .refine((value) => /^(0|1|[01]?\.\d+)$/.test(value) && Number(value) <= 1, {
      error: ({ input }) => `is "${input}", but must be a number between 0 and 1, such as 0.1.`,
    })
    .transform(Number)
    .default(1),
  PULL_INTERVAL_SECONDS: integer(300, 1, 7 * 86_400),
  /** Pages that a worker applies at the same time. */
  WORKER_CONCURRENCY: integer(4, 1, 1_000),
  /** Networks that webhooks may be sent to although their addresses are not public. */
  WEBHOOK_ALLOWED_NETWORKS: text
    .transform((value) => value.split(',').map((network) => network.trim()))
    .superRefine((networks, context) => {
      const problem = networks.map(networkProblem).find((one) => one !== undefined)
      if (problem !== undefined) context.addIssue(problem)
    })
    .optional(),
  WEBHOOK_DELIVERY_DAYS: integer(14, 1, 36_500),
  ADMIN_TOKEN: text
    // A value with white space may be one that was split in two: its other problems would mislead.
    .regex(/^\S*$/, { error: 'must not contain white space: it is sent in a header.', abort: true })
    .min(16, 'is shorter than 16 characters and could be guessed: use the output of `openssl rand -base64 32`.')
    .regex(/^[^:]*$/, 'must not contain a colon: browsers send it as the password of HTTP Basic.')
    .optional(),
  ADMIN_TOKEN_FILE: text.optional(),
  AUTH_ISSUER: text.optional(),
  AUTH_JWKS_URL: url('https:', 'http:').optional(),
  AUTH_AUDIENCE: text.optional(),
  AUTH_ORGANIZATIONS_CLAIM: text.default('organizations'),
  /** The organizations that a JWT without the claim sees. */
  AUTH_ORGANIZATIONS_DEFAULT: oneOf('none', 'all').default('none'),
  EXPLORER: openness,
  /** The client of the identity provider by which people sign in to the explorer. */
  EXPLORER_OIDC_CLIENT_ID: text.optional(),
  INTROSPECTION: openness,
  /** Over all processes. The bearer of ADMIN_TOKEN is exempt. */
  CALLER_REQUESTS_PER_MINUTE: integer(6_000, 1, 10_000_000),
  STREAMS_PER_CALLER: integer(1_000, 1, 1_000_000),
  /** Concurrent mutations, in one process. */
  WRITES_PER_CALLER: integer(200, 1, 1_000_000),
  /** The number of proxies in front that are trusted to name the client in X-Forwarded-For. */
  TRUST_PROXY: integer(0, 0, 100),
  /** Per client address, in one process. */
  AUTH_FAILURES_PER_MINUTE: integer(60, 1, 1_000_000),
  MAX_OPERATION_COST: integer(100_000, 1, 1_000_000_000),
  MAX_RESPONSE_BYTES: integer(8_000_000, 10_000, 500_000_000),
  /** The address by which identity providers reach this server. */
  SCIM_PUBLIC_URL: url('http:', 'https:').optional(),
  SCIM_DELETE: oneOf('deactivate', 'delete').default('deactivate'),
  SCIM_USERNAME_CHANGE: oneOf('refuse', 'email-change').default('refuse'),
  /** The roles that identity providers may set. */
  SCIM_ROLES: text
    .transform((names) => names.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => name !== '' && name.length <= 256), {
      error: 'must be names of roles, separated by commas, such as USER,AUDITOR.',
    })
    .optional(),
  SCIM_PASSWORD: oneOf('ignore', 'set').default('ignore'),
  SCIM_MEDIA: oneOf('scim', 'json').default('scim'),
  /** The prefix of type names in the served schema. */
  FEDERATION_PREFIX: text
    .regex(/^[A-Z][A-Za-z0-9]{0,39}$/, {
      error: ({ input }) =>
        `is "${input}", but must be a capital letter followed by letters and digits, at most 40 characters in all.`,
    })
    .optional(),
  /** Whether Query.node and Query.nodes are part of the subgraph. */
  FEDERATION_NODE: flag(true),
  TRUSTED_DOCUMENTS: text.optional(),
  TRUSTED_DOCUMENTS_ONLY: flag(false),
  LOG_LEVEL: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent').default('info'),
})

/** The variables of the simulator command. */
export const simulatorVariables = z.object({
  SIMULATOR_PORT: integer(0, 0, 65_535),
  /** 0: no limit. */
  SIMULATOR_REQUESTS_PER_MINUTE: integer(100, 0, 1_000_000),
  SIMULATOR_USERS: integer(2_500, 0, 1_000_000),
  SIMULATOR_GROUPS: integer(60, 0, 1_000_000),
})

/** The variables whose value may be in a file instead, which the variable of the same name with _FILE names. */
export const secretNames = [
  'ESSENTIALS_API_KEY',
  'ESSENTIALS_API_SECRET',
  'ESSENTIALS_PASSWORD',
  'DATABASE_URL',
  'REDIS_URL',
  'SECRET_KEY',
  'ADMIN_TOKEN',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const

export const variableNames = Object.keys({ ...variables.shape, ...simulatorVariables.shape })

/** A rule among variables sees them as they are set, without defaults, and whether or not each is valid. */
type Rule = (set: z.input<typeof variables>, context: { addIssue(message: string): void }) => void

const needsWholeIdentityProvider: Rule = (set, context) => {
  const needed = ['AUTH_ISSUER', 'AUTH_JWKS_URL', 'AUTH_AUDIENCE'] as const
  const given = needed.filter((name) => set[name] !== undefined)
  const missing = needed.filter((name) => set[name] === undefined)
  const are = (names: readonly string[]) => `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'}`
  if (given.length > 0 && missing.length > 0)
    context.addIssue(`${are(given)} set, but ${are(missing)} not: an identity provider needs all three.`)
  const dependent = ['AUTH_ORGANIZATIONS_CLAIM', 'AUTH_ORGANIZATIONS_DEFAULT', 'EXPLORER_OIDC_CLIENT_ID'] as const
  for (const name of dependent) {
    if (given.length === 0 && set[name] !== undefined)
      context.addIssue(`${name} is set, but ${needed.join(', ')} are not.`)
  }
}

const needsManifest: Rule = (set, context) => {
  if (set.TRUSTED_DOCUMENTS_ONLY === 'true' && set.TRUSTED_DOCUMENTS === undefined)
    context.addIssue(
      'TRUSTED_DOCUMENTS_ONLY is true, but TRUSTED_DOCUMENTS names no manifest: every request would be rejected.',
    )
}

/** An intersection, so that the rules are checked even if a variable is invalid. */
function withRules(...rules: readonly Rule[]) {
  const set = z.custom<z.input<typeof variables>>().superRefine((set, context) => {
    for (const rule of rules) rule(set, context)
  })
  return variables.and(set.transform(() => ({})))
}

export const environments = {
  database: withRules(needsWholeIdentityProvider, needsManifest),
  vendor: withRules(needsWholeIdentityProvider, needsManifest, needsOrganization),
}
