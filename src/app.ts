/** Opens the resources of a process, and closes them in reverse order. */
import type { Logger } from 'pino'
import { type Audit, openAudit } from './access/audit.ts'
import { acceptFinding, withdrawAcceptance } from './analysis/findings/evaluate.ts'
import { checkSecretKey } from './check-secret-key.ts'
import type { Config } from './config/env.ts'
import { secretKeyOf } from './config/secret-key.ts'
import { checkConnectionBudget } from './db/connection/connection-budget.ts'
import { connectionsOf, type Database, type DatabaseConnection, openDatabase } from './db/database.ts'
import { CannotMigrate, DatabaseUnusable } from './db/database-errors.ts'
import { migrateMirror } from './db/migrations/migrate.ts'
import { workerName } from './db/sessions.ts'
import { type GraphContext, readingContext, type Viewer } from './graph/context.ts'
import { mostLookups } from './graph/core/lookups.ts'
import { openWriteLimit, type WithWriteLimit, type WriteLimit } from './graph/core/write-limit.ts'
import type { Metrics } from './metrics/open-metrics.ts'
import { openMemory } from './mirror/count-cache.ts'
import { openWakes } from './mirror/feed/notifications.ts'
import { declareGone } from './mirror/pulls/declare-gone.ts'
import { beginPull } from './mirror/pulls/pulls.ts'
import { resolveQuarantine } from './mirror/pulls/resolve-quarantine.ts'
import { databaseObserver, vendorObserver } from './observers.ts'
import { openWrites } from './operations/write-service.ts'
import { openClientDirectory } from './organizations/client-directory.ts'
import { watchOrganizationFiles } from './organizations/watch-files.ts'
import { keepPruned } from './prune-rows.ts'
import { ScimError } from './scim/protocol/scim-error.ts'
import { openScim, type ScimService } from './scim/scim-service.ts'
import { liftGuard } from './scim/writes/removal-guard.ts'
import type { SyncDeps } from './sync/deps.ts'
import { refreshUserWith } from './sync/point-read/refresh-user.ts'
import type { QueueTimes } from './sync/queue.ts'
import { migrateQueue, queueConnections } from './sync/queue-tables.ts'
import type { SyncVerbs } from './sync/sync-service.ts'
import type { Tracing } from './tracing/tracing.ts'
import { openSharedPools } from './vendor/client.ts'
import { addressPolicy } from './webhooks/address-policy.ts'
import type { WebhookDeps } from './webhooks/deliver.ts'
import { dnsResolve } from './webhooks/send-message.ts'
import { openWebhooks } from './webhooks/webhook-service.ts'
import type { WriteDeps } from './writes/deps.ts'
import { openSecrets, type Secrets } from './writes/secrets.ts'

export interface AppContext extends AsyncDisposable {
  readonly database: Database
  readonly sync: SyncDeps
  readonly audit: Audit
  readonly scim: ScimService
  /** Processes jobs until the context is closed. */
  startWorker(): Promise<void>
  graphContext(operation: { viewer: Viewer; signal: AbortSignal }): GraphContext & WithWriteLimit
  /** Reads the files of the organizations again. Undefined: there are none. */
  readonly rereadOrganizations: (() => void) | undefined
  /** Stops the polling of running writes: each is answered with the state that was last read. */
  endPolling(): void
  close(): Promise<void>
}

export interface Hooks {
  readonly metrics?: Metrics | undefined
  readonly tracing?: Tracing | undefined
  /** Called with each statement that the graph sends. */
  readonly onStatement?: (statement: string) => void
}

export interface ContextOptions extends Hooks {
  /** Whether `startWorker` may be called, which opens the queue. Defaults to true. */
  readonly withWorker?: boolean
  /** Of the queue's locks. Defaults to those for operation. */
  readonly queueTimes?: QueueTimes | undefined
}

/**
 * The configured database, migrated to this version. The embedded one is started, or joined if it is already running.
 */
export async function openMigratedDatabase(
  config: Config,
  logger: Logger,
  options: { mayJoin?: boolean; withWorker?: boolean } & Hooks = {},
): Promise<{ database: Database } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack()
  const connection: DatabaseConnection = config.databaseUrl
    ? { url: config.databaseUrl }
    : opening.use(await openEmbedded(config, logger, options.mayJoin ?? false)).connection
  await migrateDatabase(config, connection, logger)
  const { onStatement } = options
  const sizes = config.databaseConnections
  const database = openDatabase(connection, {
    sizes,
    ...(options.withWorker && { name: workerName }),
    observer: databaseObserver(options),
    ...(onStatement && { onStatement }),
  })
  opening.defer(() => database.close())
  const owned = opening.move()
  return { database, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

export async function migrateDatabase(
  config: Pick<Config, 'databaseUrl'>,
  connection: DatabaseConnection,
  logger: Logger,
): Promise<void> {
  try {
    await migrateMirror({ connection }, { log: (message, facts) => logger.info(facts, message) })
    await migrateQueue(connection)
  } catch (error) {
    throw config.databaseUrl && !(error instanceof CannotMigrate) ? new DatabaseUnusable(error) : error
  }
}

async function openEmbedded({ dataDir }: Config, logger: Logger, mayJoin: boolean) {
  const { openEmbeddedDatabase } = await import('./db/embedded-database.ts')
  return await openEmbeddedDatabase(dataDir, logger, mayJoin)
}

export async function openContext(
  config: Config,
  logger: Logger,
  { withWorker = true, queueTimes, ...hooks }: ContextOptions = {},
): Promise<AppContext> {
  await using opening = new AsyncDisposableStack()
  const { database } = opening.use(await openMigratedDatabase(config, logger, { ...hooks, withWorker }))
  const ofQueue = withWorker && !config.redisUrl ? queueConnections : 0
  const wanted = connectionsOf(config.databaseConnections) + ofQueue
  const budget = await checkConnectionBudget(database.control, wanted)
  if (budget.inUse + wanted > budget.available) {
    logger.warn(
      { ...budget, wanted },
      'Postgres may run out of connections: raise max_connections or reduce the pool sizes',
    )
  }
  const { metrics, tracing } = hooks
  const pools = openSharedPools()
  opening.defer(() => pools.close())
  const directory = await openClientDirectory(config.organizations, {
    sql: database.sql,
    control: database.control,
    logger,
    pullIntervalSeconds: config.pullIntervalSeconds,
    runsOperations: withWorker,
    pools,
    listen: database.listen,
    observer: vendorObserver(hooks),
  })
  opening.defer(() => directory.close())
  const { organizationFiles } = config
  const watch = organizationFiles && opening.use(watchOrganizationFiles(organizationFiles, directory, logger))
  const sync: SyncDeps = {
    sql: database.sql,
    logger,
    historyDays: config.historyDays,
    clientOf: directory.clientOf,
    organizationsOf: directory.organizationsOf,
    onPullEnd: metrics?.pullEnded,
    onJob: metrics?.jobStarted,
    tracing,
  }
  const secretKey = await secretKeyOf(config)
  const closing = new AbortController()
  const writing: WriteDeps = {
    ...sync,
    closing: closing.signal,
    control: database.control,
    leases: database.vital.leases,
    secrets: secretKey && openSecrets(secretKey),
  }
  await checkSecretKey(database.sql, writing.secrets, logger)
  const writes = openWrites(writing)
  const delivering = webhookDepsOf(config, database, writing.secrets, logger)
  const webhooks = openWebhooks({ ...delivering, sql: database.sql.as('requests about webhooks') })
  // Requests of callers queue separately from the worker's own statements.
  const requested = database.sql.as('requests about pulls')
  const verbs: SyncVerbs = {
    refreshUser: refreshUserWith({ ...sync, sql: database.sql.as('refreshes') }),
    startPull: (organizationId) => beginPull(requested, organizationId, 'REQUEST'),
    resolveQuarantine: (pullId, accept) => resolveQuarantine(requested, pullId, accept),
    declareGone: (userId, actor) => declareGone(requested, userId, actor),
  }
  const audit = openAudit(database.control.as('audit'), {
    onOutcome: metrics?.wrote,
    onError: (error) => logger.warn({ err: error }, 'counted rejections could not be written to the audit'),
  })
  opening.defer(() =>
    audit.close().catch((error: unknown) => logger.warn({ err: error }, 'counted rejections were lost')),
  )
  const memory = openMemory()
  const writeLimit = openWriteLimit(config.writesPerCaller)
  const scim = openScim({
    sql: database.sql,
    reader: (asker) => database.read(asker).sql,
    writes,
    refreshUser: verbs.refreshUser,
    audit,
    enterWrite: (caller) => enterWrite(writeLimit, caller),
    ownAccountOf: (organizationId) => sync.clientOf(organizationId)?.account,
    settings: config.scim,
    logger,
  })
  const wakes = openWakes(database.listen)
  opening.defer(() => wakes.close())
  const owned = opening.move()
  const endPolling = () => closing.abort(new Error('the process is shutting down'))
  const close = () => {
    endPolling()
    return owned.disposeAsync()
  }
  return {
    database,
    sync,
    audit,
    scim,
    async startWorker() {
      const [
        { keepFindings, pruneFindings },
        { operationWork },
        { openQueue },
        { startSyncWorker },
        { dispatchWebhooks },
        { prepareDirectories },
      ] = await loadWorker()
      const store = config.redisUrl ? { redisUrl: config.redisUrl } : { postgres: database.connection }
      const worker = await startSyncWorker(sync, openQueue(store, logger, queueTimes), {
        operations: operationWork(writing),
        listen: database.listen,
        concurrency: config.workerConcurrency,
      })
      owned.defer(() => worker.stop())
      const findings = keepFindings(database.sql, logger, wakes)
      owned.defer(() => findings.stop())
      const directories = prepareDirectories(database.sql.as('users of SCIM'), logger, wakes)
      owned.defer(() => directories.stop())
      const dispatcher = dispatchWebhooks(delivering, database.listen)
      owned.defer(() => dispatcher.stop())
      owned.use(keepPruned(config, database, logger, pruneFindings))
    },
    graphContext: ({ viewer, signal }) => ({
      ...readingContext(database, viewer, signal),
      sync: verbs,
      acceptFinding: (acceptance) => acceptFinding(requested, acceptance),
      withdrawAcceptance: (findingId) => withdrawAcceptance(requested, findingId),
      memory,
      audit,
      wakes,
      writes,
      webhooks,
      liftScimGuard: (lift) => liftGuard(database.sql.as('requests about SCIM'), lift),
      writeLimit,
      lookups: { left: mostLookups },
    }),
    rereadOrganizations: watch && (() => void watch.reread()),
    endPolling,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** A client of SCIM counts as a caller of mutations, in the same limit. */
function enterWrite(limit: WriteLimit, caller: string): () => void {
  try {
    return limit.enter(caller)
  } catch (error) {
    throw new ScimError(429, error instanceof Error ? error.message : 'Too many writes', { retryAfter: 1 })
  }
}

/** The parts that webhooks need. They queue separately from everything else. */
export function webhookDepsOf(
  config: Config,
  { sql }: Pick<Database, 'sql'>,
  secrets: Secrets | undefined,
  logger: Logger,
): WebhookDeps {
  const policy = addressPolicy(config.webhooks.allowedNetworks)
  return { sql: sql.as('webhooks'), logger, secrets, policy, resolve: dnsResolve() }
}

/** The modules of a worker, which the API alone does not need. */
async function loadWorker() {
  return await Promise.all([
    import('./analysis/findings/keep-findings.ts'),
    import('./operations/operation-work.ts'),
    import('./sync/queue.ts'),
    import('./sync/worker.ts'),
    import('./webhooks/dispatch-webhooks.ts'),
    import('./scim/resources/prepare-directories.ts'),
  ])
}
