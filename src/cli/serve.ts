import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import type { Logger } from 'pino'
import { openTokenDirectory } from '../access/token-directory.ts'
import { type AppContext, openContext } from '../app.ts'
import type { Config } from '../config/env.ts'
import type { Sql } from '../db/database.ts'
import { buildSchema } from '../graph/schema.ts'
import type { Metrics } from '../metrics/open-metrics.ts'
import { vendorEndpoints } from '../observers.ts'
import { openCallerRequests } from '../rate-limit/caller-requests.ts'
import {
  type Authenticate,
  adminName,
  adminTokenAuthenticator,
  anyOf,
  storedTokenAuthenticator,
} from '../server/auth/authenticate.ts'
import { createHealth, type Health } from '../server/http/health.ts'
import { listen } from '../server/http/listen.ts'
import { type Server, startServer } from '../server/http/start-server.ts'
import type { QueueTimes } from '../sync/queue.ts'
import type { Tracing } from '../tracing/tracing.ts'

/** The parts of a running process that its starter in the same process may use. */
export interface Running {
  readonly context: AppContext
  readonly server: Server | undefined
}

/** With the default drain of 2 s, shuts down within the 10 s that a supervisor grants. */
const longestStopMs = 7_000
/** Of it, how long running requests are waited for. */
const longestRequestsMs = 5_500
/** How long a probe of readiness waits for the database. */
const probeMs = 2_000

/**
 * Runs the API, the worker or both until the signal fires, then stops them in reverse order. Calls `onRunning` once
 * everything is running.
 */
export async function runProcess(
  config: Config,
  logger: Logger,
  parts: { api: boolean; worker: boolean; queueTimes?: QueueTimes },
  signal: AbortSignal,
  onRunning: (running: Running) => void = () => {},
): Promise<void> {
  // A worker allocates much and keeps little. By default V8 lets its heap grow to several times what is alive. The young
  // generation is limited by the option --max-semi-space-size, which has no effect after the start.
  if (!parts.api) setFlagsFromString('--optimize-for-size')
  await using opened = new AsyncDisposableStack()
  const tracing = await openTracingOf(config, parts)
  if (tracing) opened.defer(() => tracing.close())
  const metrics = await openMetricsOf(config, () => context.database.control.as('metrics'))
  const context: AppContext = opened.use(
    await openContext(config, logger, { withWorker: parts.worker, queueTimes: parts.queueTimes, metrics, tracing }),
  )
  if (metrics) opened.use(await startMetrics(config, logger, metrics, healthOf(context, logger)))
  const server = parts.api ? await startApi(config, logger, context, { metrics, tracing }) : undefined
  if (server) opened.defer(() => server.stop())
  if (parts.worker) await context.startWorker()
  if (server) process.stdout.write(`listening on ${server.url}\n`)
  logger.info({ parts, organizations: config.organizations.map((one) => one.slug) }, 'started')
  onRunning({ context, server })

  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  logger.info('stopping')
  context.endPolling()
  // Work that does not finish in time can be aborted as safely as by a kill: the next start resumes from the rows.
  const late = setTimeout(
    () => {
      logger.warn('shutdown timed out; the remaining work was aborted')
      process.exit(0)
    },
    longestStopMs + config.drainSeconds * 1_000,
  )
  await opened.disposeAsync()
  clearTimeout(late)
  logger.info('stopped')
}

/** The library is loaded only if the metrics are served. */
async function openMetricsOf({ metricsPort }: Config, sql: () => Sql): Promise<Metrics | undefined> {
  if (metricsPort === undefined) return undefined
  const { openMetrics } = await import('../metrics/open-metrics.ts')
  return openMetrics(sql, { endpoints: vendorEndpoints })
}

/** The library is loaded only if traces are configured. */
async function openTracingOf(
  { tracing }: Config,
  { api, worker }: { api: boolean; worker: boolean },
): Promise<Tracing | undefined> {
  if (!tracing) return undefined
  const { openTracing } = await import('../tracing/open-tracing.ts')
  const { url, headers, serviceName, ratio } = tracing
  const process = api && worker ? 'serve' : api ? 'api' : 'worker'
  return openTracing({ serviceName, process, ratio, to: { url, headers } })
}

async function isReady({ database }: AppContext): Promise<void> {
  await database.vital.health`select 1 from organizations limit 1`
}

/** A worker has no other port that its supervisor could ask. */
function healthOf(context: AppContext, logger: Logger): Health {
  return createHealth({ ready: () => isReady(context), logger, readyTimeoutMs: probeMs })
}

async function startMetrics(
  { host, metricsPort }: Config,
  logger: Logger,
  metrics: Metrics,
  health: Health,
): Promise<AsyncDisposable> {
  const { serveMetrics } = await import('../metrics/serve-metrics.ts')
  const listenOn = (server: Parameters<typeof listen>[0]) => listen(server, host, metricsPort ?? 0, 'METRICS_PORT')
  const served = await serveMetrics(metrics, { host, listen: listenOn, logger, health })
  process.stdout.write(`metrics on ${served.url}\n`)
  return served
}

async function startApi(
  config: Config,
  logger: Logger,
  context: AppContext,
  { metrics, tracing }: { readonly metrics: Metrics | undefined; readonly tracing: Tracing | undefined },
): Promise<Server> {
  const unsupported = config.explorer === 'off' ? [] : unsupportedBy(config)
  if (unsupported.length > 0)
    logger.warn(`the explorer does not work with ${unsupported.join(' and ')}; set EXPLORER=off to stop this warning`)
  const callerRequests = openCallerRequests(context.database.control, config.callerRequestsPerMinute)
  return await startServer({
    schema: buildSchema({ withNode: config.federationNode, prefix: config.federationPrefix }),
    contextFor: (operation) => context.graphContext(operation),
    authenticate: await authenticatorOf(config, logger, context),
    trustedProxies: config.trustProxy,
    authFailuresPerMinute: config.authFailuresPerMinute,
    limits: {
      cost: config.maxOperationCost,
      responseBytes: config.maxResponseBytes,
      introspection: config.introspection,
    },
    scim: context.scim,
    explorer: config.explorer === 'off' ? 'off' : { signIn: signInOf(config), unsupported: unsupportedBy(config) },
    streamsPerCaller: config.streamsPerCaller,
    trustedDocuments: config.trustedDocuments,
    takeRequest: async ({ name }) => (name === adminName ? { granted: true } : await callerRequests.take(name)),
    ready: () => isReady(context),
    readyTimeoutMs: probeMs,
    logger,
    observer: metrics?.graphql,
    tracing,
    host: config.host,
    port: config.port,
    drained: () => sleep(config.drainSeconds * 1_000),
    stopTimeoutMs: longestRequestsMs,
  })
}

/** The settings of a subgraph that change the contract which the explorer uses. */
function unsupportedBy({ federationPrefix, federationNode }: Config): string[] {
  return [
    ...(federationPrefix === undefined ? [] : ['FEDERATION_PREFIX']),
    ...(federationNode ? [] : ['FEDERATION_NODE=false']),
  ]
}

function signInOf({ jwt, explorerClientId: clientId }: Config) {
  return jwt && clientId !== undefined ? { issuer: jwt.issuer, audience: jwt.audience, clientId } : undefined
}

async function authenticatorOf(config: Config, logger: Logger, { database, audit }: AppContext): Promise<Authenticate> {
  const directory = openTokenDirectory(database.vital.tokens, logger, undefined, database.control.as('uses of tokens'))
  // Reads the tokens before the first request, and warns about tokens that expire soon. If this fails, callers get the
  // error.
  directory.refresh().catch(() => {})
  return anyOf([
    adminTokenAuthenticator(config.adminToken),
    storedTokenAuthenticator({
      find: directory.find,
      onRefused: ({ name, state }) => audit.recordRefusal({ viewer: name, action: 'authenticate' }, state),
    }),
    ...(config.jwt ? [(await import('../server/auth/jwt.ts')).jwtAuthenticator(config.jwt)] : []),
  ])
}
