/** One Postgres for the whole run, with a migrated template that every test's database is cloned from. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../../src/db/database.ts'
import { migrateMirror } from '../../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { migrateQueue } from '../../src/sync/queue.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { host: string; port: number; user: string }
  }
}

export const template = 'test_template'

/**
 * A new folder for an embedded Postgres. If this process is root, the account that runs Postgres can reach it, so that
 * the data stays in it, and is removed with it.
 */
export async function dataFolder(purpose: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), `essentials-graph-${purpose}-`))
  await chmod(path, 0o755)
  return path
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await dataFolder('test')
  // The data of a test run need not survive a power failure. Autovacuum runs at random moments: its snapshots let a table
  // grow that would not, and its statistics change plans between two runs.
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    autovacuum: 'off',
    max_connections: '400',
  }
  const postgres = await startEmbeddedPostgres({ dataDir, settings })
  const { host, port, user, database } = postgres.connection
  const admin = openDatabase({ host, port, user, database }, { connections: 1 })
  await admin.sql`create database ${admin.sql(template)}`
  await admin.close()
  const connection = { host, port, user, database: template }
  const migrated = openDatabase(connection)
  await migrateMirror(migrated)
  await migrateQueue(connection)
  await migrated.close()
  project.provide('postgres', { host, port, user })
  return async () => {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
