import { join } from 'node:path'
import { writeAccessRules } from './access-rules.ts'
import { isRoot } from './account.ts'
import { findBinariesPackage, prepareBinaries } from './binaries.ts'
import { createCluster, SUPERUSER } from './cluster.ts'
import { choosePlaces, findPlaces, makeDataDir, makeMachineFolder, preparePlaces } from './data-dir.ts'
import { EmbeddedPostgresFailed } from './errors.ts'
import { lockFolder } from './lock.ts'
import { until } from './poll.ts'
import type { Log } from './postmaster/bounded-log.ts'
import { keepLogBounded } from './postmaster/bounded-log.ts'
import { type Connection, createDatabase, ensureDatabase } from './postmaster/first-query.ts'
import { clearOrphan } from './postmaster/orphan-cleanup.ts'
import { identifyProcess, readPostmasterFile } from './postmaster/postmaster-file.ts'
import { makeSocketFolder, removeSocketFolder } from './postmaster/socket-folder.ts'
import { keepUp } from './supervisor.ts'

const DATABASE = 'app'
const JOIN_LIMIT_MS = 120_000

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly connection: Readonly<Connection>
  /** Stops Postgres and waits until it has ended. May be called more than once. */
  stop(): Promise<void>
}

/**
 * Starts an embedded Postgres on `<dataDir>/postgres-<major>`, which is created if it does not exist, and returns it
 * with a database `app` that answers. It listens only on a Unix socket, and its log is `<dataDir>/postgres.log`.
 *
 * One process at a time runs it (EmbeddedPostgresInUse otherwise); other processes join it. The remains of a killed
 * process are cleaned up. If this process is root, Postgres runs as `postgres` or `nobody`, and keeps its data below
 * /var/lib if that user cannot reach dataDir. `settings` are Postgres settings by name, and override ours.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string
  log?: Log
  settings?: Readonly<Record<string, string>>
}): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {})
  const found = findBinariesPackage()
  await using undo = new AsyncDisposableStack()

  await makeDataDir(options.dataDir)
  const first = await choosePlaces(options.dataDir, found.major)
  undo.use(lockFolder(first.home, first.dataDir))
  // Another process may have created the database and exited between the first check and the lock.
  const places = await choosePlaces(options.dataDir, found.major)
  if (places.home !== first.home)
    throw new EmbeddedPostgresFailed(`The database of ${options.dataDir} was moved meanwhile. Start again.`)
  const { account, data, dataDir } = places
  await clearOrphan(data, log)
  await preparePlaces(places, log)

  const copies = async (): Promise<string> => (isRoot() ? makeMachineFolder(account) : dataDir)
  const binaries = await prepareBinaries(found, account, copies)
  if (!places.found) await createCluster(data, binaries, account, log)
  await writeAccessRules(data, account, SUPERUSER)

  const logFile = join(dataDir, 'postgres.log')
  undo.use(await keepLogBounded(logFile))
  const socketFolder = await makeSocketFolder(account)
  undo.defer(() => removeSocketFolder(socketFolder))
  const settings = options.settings ?? {}
  const { port } = undo.use(await keepUp({ binaries, account, data, socketFolder, logFile, settings }, log))
  const connection = { host: socketFolder, port, user: SUPERUSER, database: DATABASE }
  if (!places.found) await createDatabase(connection)
  await ensureDatabase(connection)

  const owned = undo.move()
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= owned.disposeAsync()
    return stopped
  }
  return { connection, stop, [Symbol.asyncDispose]: stop }
}

/** Whether the folder has a database, and whether a process runs it. Changes nothing. */
export async function findRunningPostgres(dataDir: string): Promise<'NO_DATABASE' | 'STOPPED' | 'RUNNING'> {
  const places = await findPlaces(dataDir, findBinariesPackage().major)
  if (places === undefined) return 'NO_DATABASE'
  const file = await readPostmasterFile(places.data)
  const runs = file !== undefined && (await identifyProcess(file.pid, places.data)) === 'postmaster'
  return runs ? 'RUNNING' : 'STOPPED'
}

/**
 * Returns the Postgres that another process runs on this folder, once it answers; undefined if none is running.
 * Stopping it has no effect, because it belongs to the other process.
 */
export async function joinEmbeddedPostgres(options: { dataDir: string }): Promise<EmbeddedPostgres | undefined> {
  const places = await findPlaces(options.dataDir, findBinariesPackage().major)
  if (places === undefined) return undefined
  const file = await until(async () => {
    const read = await readPostmasterFile(places.data)
    if (read === undefined || (await identifyProcess(read.pid, places.data)) !== 'postmaster') return 'none'
    return read.ready ? read : undefined
  }, JOIN_LIMIT_MS)
  if (file === 'none') return undefined
  if (file === undefined) {
    throw new EmbeddedPostgresFailed(
      `The embedded Postgres on ${places.data} was still starting or stopping after ${JOIN_LIMIT_MS / 1000} seconds.`,
      { logFile: join(places.dataDir, 'postgres.log') },
    )
  }
  const connection = { host: file.socketFolder, port: file.port, user: SUPERUSER, database: DATABASE }
  await ensureDatabase(connection)
  const stop = async (): Promise<void> => {}
  return { connection, stop, [Symbol.asyncDispose]: stop }
}
