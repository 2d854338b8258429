/**
 * The only reader of the environment. All missing and invalid variables are reported together, one sentence each. A
 * variable that is empty or white space counts as not set.
 */
import type { z } from 'zod'
import { readManifest, readOrganizationsFile } from './json-files.ts'
import { misspeltVariables } from './near-misses.ts'
import { readSecretFiles } from './secret-files.ts'
import { environments, simulatorVariables, variableNames, type variables } from './variables.ts'

export type Config = Readonly<ReturnType<typeof configOf>>
export type LogLevel = Config['logLevel']

/** The environment is incomplete or invalid. The message contains no value that may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]
  /** Variables that are probably misspelt. */
  readonly warnings: readonly string[]
  /** Secrets whose files could not be read, by the names of their variables without _FILE. */
  readonly unread: readonly string[]

  constructor(problems: readonly string[], warnings: readonly string[], unread: readonly string[] = []) {
    super(problems.join('\n'))
    this.problems = problems
    this.warnings = warnings
    this.unread = unread
  }
}

type Environment = Readonly<Record<string, string | undefined>>
type Variables = z.output<typeof variables>

/**
 * Reads the configuration. `needs`: `vendor` for a program that uses the vendor's API, `database` for one that needs
 * only the database's variables. Throws a ConfigError.
 */
export function readConfig(environment: Environment, needs: 'vendor' | 'database'): Config {
  const { set, parsed, problems, warnings, unread } = parse(environments[needs], environment)
  const { ESSENTIALS_ORGANIZATIONS_FILE: file, TRUSTED_DOCUMENTS: documents } = set
  const manifest = documents === undefined ? undefined : readManifest(documents, problems)
  const listed = needs === 'vendor' && file !== undefined ? readOrganizationsFile(file, problems) : undefined
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems, warnings, unread)
  const organizations = needs === 'vendor' ? (listed ?? [singleOrganization(parsed.data)]) : []
  const files = needs === 'vendor' ? organizationFilesOf(environment, set) : undefined
  const config = configOf(parsed.data, organizations, files, manifest, warnings)
  const privileged = privilegedRoleProblems(config.organizations, config.scim.roles)
  if (privileged.length > 0) throw new ConfigError(privileged, warnings)
  return config
}

/** The files that contain the organizations or their keys. They are read again while the process runs. */
export interface OrganizationFiles {
  readonly paths: readonly string[]
  /** Reads the configuration again. The problems contain no value that may be a secret. */
  read(): { readonly organizations: Config['organizations'] } | { readonly problems: readonly string[] }
}

function organizationFilesOf(environment: Environment, set: Environment): OrganizationFiles | undefined {
  const names = ['ORGANIZATIONS', 'API_KEY', 'API_SECRET', 'PASSWORD']
  const paths = names.flatMap((name) => set[`ESSENTIALS_${name}_FILE`] ?? [])
  if (paths.length === 0) return undefined
  return {
    paths,
    read() {
      try {
        return { organizations: readConfig(environment, 'vendor').organizations }
      } catch (error) {
        if (error instanceof ConfigError) return { problems: error.problems }
        throw error
      }
    },
  }
}

/** Reads the configuration of the simulator command. Throws a ConfigError. */
export function readSimulatorConfig(environment: Environment) {
  const { parsed, problems, warnings } = parse(simulatorVariables, environment)
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems, warnings)
  return { ...parsed.data, warnings }
}

function parse<T extends z.ZodType>(schema: T, environment: Environment) {
  const trimmed = Object.entries(environment).map(([name, value = '']) => [name, value.trim()] as const)
  const given: Readonly<Record<string, string>> = Object.fromEntries(trimmed.filter(([, value]) => value !== ''))
  const { set, problems: unreadable, unread } = readSecretFiles(given)
  const parsed = schema.safeParse(set)
  const invalid = parsed.error?.issues.map(({ path, message }) => [...path, message].join(' ')) ?? []
  const problems = [...unreadable, ...invalid]
  return { set, parsed, problems, warnings: misspeltVariables(set, variableNames), unread }
}

/** Identity providers must not be able to grant a privileged role. */
function privilegedRoleProblems(
  organizations: readonly { readonly slug: string; readonly privilegedRoles?: readonly string[] | undefined }[],
  roles: readonly string[],
): string[] {
  const plain = (role: string) => role.toUpperCase().replaceAll(/[\s_-]/g, '')
  return organizations.flatMap(({ slug, privilegedRoles }) => {
    const found = roles.filter((role) =>
      privilegedRoles ? privilegedRoles.some((one) => plain(one) === plain(role)) : plain(role) !== 'USER',
    )
    if (found.length === 0) return []
    const are = found.length === 1 ? 'is' : 'are'
    return `SCIM_ROLES contains ${found.join(', ')}, which ${are} privileged in the organization ${slug}: remove it, or list the privileged roles in PRIVILEGED_ROLES.`
  })
}

type ListedOrganization = ReturnType<typeof readOrganizationsFile>[number]

function singleOrganization(values: Variables): ListedOrganization {
  const { ESSENTIALS_ORGANIZATION: name, ESSENTIALS_API: api } = values
  const slug = 'default'
  if (api === 'v1') {
    const { ESSENTIALS_DOMAIN: domain = '', ESSENTIALS_USER: user = '', ESSENTIALS_PASSWORD: password = '' } = values
    const { ESSENTIALS_STACK: stack, ESSENTIALS_BASE_URL: baseUrl } = values
    return { slug, name, api, domain, user, password, stack, baseUrl }
  }
  const { ESSENTIALS_API_KEY: apiKey = '', ESSENTIALS_API_SECRET: apiSecret = '' } = values
  return { slug, name, apiKey, apiSecret }
}

const addressOfV2 = 'https://api.proofpoint.com/v2'

/** An organization with what applies to it where its entry says nothing. */
function organizationOf(one: ListedOrganization, values: Variables) {
  const requestsPerMinute = one.requestsPerMinute ?? values.ESSENTIALS_REQUESTS_PER_MINUTE
  /** Undefined: every role but the ordinary ones is privileged. */
  const privilegedRoles = one.privilegedRoles ?? values.PRIVILEGED_ROLES
  if (one.api === 'v1') {
    const { stack, ...rest } = one
    const baseUrl = one.baseUrl ?? `https://${stack}.proofpointessentials.com`
    return { ...rest, baseUrl, privilegedRoles, requestsPerMinute: requestsPerMinute ?? 60 }
  }
  const baseUrl = one.baseUrl ?? values.ESSENTIALS_BASE_URL ?? addressOfV2
  return { ...one, api: 'v2' as const, baseUrl, privilegedRoles, requestsPerMinute: requestsPerMinute ?? 100 }
}

function configOf(
  values: Variables,
  organizations: readonly ListedOrganization[],
  organizationFiles: OrganizationFiles | undefined,
  manifest: ReadonlyMap<string, string> | undefined,
  warnings: readonly string[],
) {
  return {
    /** Empty only for commands that need none. */
    organizations: organizations.map((one) => organizationOf(one, values)),
    organizationFiles,
    /** Undefined: the embedded Postgres in `dataDir`. */
    databaseUrl: values.DATABASE_URL,
    /** The maximum size of each connection pool in this process. */
    databaseConnections: {
      reads: values.DATABASE_READ_CONNECTIONS,
      control: values.DATABASE_CONTROL_CONNECTIONS,
      work: values.DATABASE_WORK_CONNECTIONS,
    },
    /** Undefined: the queue is in Postgres. */
    redisUrl: values.REDIS_URL,
    dataDir: values.DATA_DIR,
    secretKey: values.SECRET_KEY,
    historyDays: values.HISTORY_DAYS,
    auditDays: values.AUDIT_DAYS,
    findingsDays: values.FINDINGS_DAYS,
    webhooks: {
      allowedNetworks: values.WEBHOOK_ALLOWED_NETWORKS ?? [],
      /** Retention of the records of deliveries. */
      deliveryDays: values.WEBHOOK_DELIVERY_DAYS,
    },
    host: values.HOST,
    port: values.PORT,
    drainSeconds: values.SHUTDOWN_DRAIN_SECONDS,
    /** Undefined: metrics are not served. */
    metricsPort: values.METRICS_PORT,
    tracing: tracingOf(values),
    pullIntervalSeconds: values.PULL_INTERVAL_SECONDS,
    workerConcurrency: values.WORKER_CONCURRENCY,
    adminToken: values.ADMIN_TOKEN,
    /** Undefined: no identity provider. */
    jwt: jwtOf(values),
    /** Whether the explorer is served, the client by which people sign in to it, and who may introspect. */
    explorer: values.EXPLORER,
    explorerClientId: values.EXPLORER_OIDC_CLIENT_ID,
    introspection: values.INTROSPECTION,
    callerRequestsPerMinute: values.CALLER_REQUESTS_PER_MINUTE,
    streamsPerCaller: values.STREAMS_PER_CALLER,
    writesPerCaller: values.WRITES_PER_CALLER,
    trustProxy: values.TRUST_PROXY,
    authFailuresPerMinute: values.AUTH_FAILURES_PER_MINUTE,
    maxOperationCost: values.MAX_OPERATION_COST,
    maxResponseBytes: values.MAX_RESPONSE_BYTES,
    scim: {
      /** Undefined: the address at which the server listens. */
      publicUrl: values.SCIM_PUBLIC_URL?.replace(/\/+$/, ''),
      deletes: values.SCIM_DELETE,
      userNameChange: values.SCIM_USERNAME_CHANGE,
      roles: values.SCIM_ROLES ?? [],
      password: values.SCIM_PASSWORD,
      media: values.SCIM_MEDIA,
    },
    federationPrefix: values.FEDERATION_PREFIX,
    federationNode: values.FEDERATION_NODE,
    trustedDocuments: manifest && { manifest, only: values.TRUSTED_DOCUMENTS_ONLY },
    logLevel: values.LOG_LEVEL,
    /** Variables that are probably misspelt, one sentence each. */
    warnings,
  }
}

/** Undefined: there are no traces. */
function tracingOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...values }: Variables) {
  if (endpoint === undefined) return undefined
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: values.OTEL_SERVICE_NAME,
    ratio: values.OTEL_TRACES_SAMPLER_ARG,
  }
}

function jwtOf(values: Variables) {
  const { AUTH_ISSUER: issuer, AUTH_JWKS_URL: jwksUrl, AUTH_AUDIENCE: audience } = values
  if (issuer === undefined || jwksUrl === undefined || audience === undefined) return undefined
  const allWithoutClaim = values.AUTH_ORGANIZATIONS_DEFAULT === 'all'
  return { issuer, jwksUrl, audience, organizationsClaim: values.AUTH_ORGANIZATIONS_CLAIM, allWithoutClaim }
}
