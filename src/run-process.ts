import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { type AppContext, openContext } from './context.ts'
import { servedSchema } from './graph/prefixed.ts'
import { openCallerRequests } from './mirror/caller-requests.ts'
import { openTokenDirectory } from './mirror/token-directory.ts'
import {
  type Authenticate,
  adminName,
  adminTokenAuthenticator,
  anyOf,
  storedTokenAuthenticator,
} from './server/authenticate.ts'
import { jwtAuthenticator } from './server/jwt.ts'
import { type Server, startServer } from './server/start-server.ts'

/** What a running process gives to who started it in the same process. */
export interface Running {
  readonly context: AppContext
  readonly server: Server | undefined
}

/** Drains in time for the 10 s that a supervisor grants. */
const longestStopMs = 9_000

/**
 * Runs the API, the worker or both until the signal fires, then stops them in the reverse order. `onRunning` is called once it is up.
 */
export async function runProcess(
  config: Config,
  logger: Logger,
  parts: { api: boolean; worker: boolean },
  signal: AbortSignal,
  onRunning: (running: Running) => void = () => {},
): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const context = opened.use(await openContext(config, logger, { withWorker: parts.worker }))
  const server = parts.api ? await startApi(config, logger, context) : undefined
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
  // What does not end in time is as safe to cut as it is to kill: the next start goes on from the rows.
  const late = setTimeout(() => {
    logger.warn('not everything ended in time')
    process.exit(0)
  }, longestStopMs)
  await opened.disposeAsync()
  clearTimeout(late)
  logger.info('stopped')
}

function startApi(config: Config, logger: Logger, context: AppContext): Promise<Server> {
  const callerRequests = openCallerRequests(context.database.control, config.callerRequestsPerMinute)
  return startServer({
    schema: servedSchema({ withNode: config.federationNode, prefix: config.federationPrefix }),
    contextFor: (operation) => context.graphContext(operation),
    authenticate: authenticatorOf(config, logger, context),
    trustedProxies: config.trustProxy,
    authFailuresPerMinute: config.authFailuresPerMinute,
    limits: {
      cost: config.maxOperationCost,
      responseBytes: config.maxResponseBytes,
      introspection: config.introspection,
    },
    explorer: config.explorer,
    streamsPerCaller: config.streamsPerCaller,
    trustedDocuments: config.trustedDocuments,
    takeRequest: async ({ name }) => (name === adminName ? { granted: true } : await callerRequests.take(name)),
    ready: async () => {
      await context.database.vital.health`select 1 from organizations limit 1`
    },
    logger,
    host: config.host,
    port: config.port,
  })
}

function authenticatorOf(config: Config, logger: Logger, { database, audit }: AppContext): Authenticate {
  const directory = openTokenDirectory(database.vital.tokens, logger, undefined, database.control.as('uses of tokens'))
  // Reads ahead of the first caller, and warns of tokens that expire soon; callers are told where it fails.
  directory.refresh().catch(() => {})
  return anyOf([
    adminTokenAuthenticator(config.adminToken),
    storedTokenAuthenticator({
      find: directory.find,
      onRefused: ({ name, state }) => audit.recordRefusal({ viewer: name, action: 'authenticate' }, state),
    }),
    ...(config.jwt ? [jwtAuthenticator(config.jwt)] : []),
  ])
}
