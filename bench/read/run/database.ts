/**
 * The database of all contenders: an embedded Postgres with one organization. BENCH_DATA_DIR keeps it for the next run.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type Sql } from '../../../src/db/database.ts'
import { migrateMirror } from '../../../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../../../src/embedded/embedded-postgres.ts'
import { migrateQueue } from '../../../src/sync/queue.ts'
import { seedOrganization } from '../../analysis-seed.ts'
import type { Parameters, Query } from '../queries/query.ts'

export interface BenchDatabase extends AsyncDisposable {
  readonly url: string
  readonly postmaster: number
  execute(statements: string): Promise<void>
  parametersOf(query: Query): Promise<Parameters[]>
}

/** Distinct requests of each query. */
const requests = 200

const settings = {
  max_connections: '200',
  shared_buffers: '1GB',
  // Statistics and visibility are final after the seed. Work in the background would count as a contender's.
  autovacuum: 'off',
}

export async function openBenchDatabase(folder: string, users: number): Promise<BenchDatabase> {
  const kept = process.env.BENCH_DATA_DIR
  const dataDir = kept ? join(kept, `read-${users}`) : join(folder, 'postgres')
  const postgres = await startEmbeddedPostgres({ dataDir, settings })
  const { host, port, user, database: name } = postgres.connection
  const database = openDatabase(postgres.connection, { connections: 1 })
  const close = async () => {
    await database.close()
    await postgres.stop()
    if (!kept) await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await migrateMirror(database)
    await migrateQueue(postgres.connection)
    const [seeded] = await database.sql`select from organizations`
    if (!seeded) await seed(database.sql, users)
    const [file] = await database.sql<{ text: string }[]>`select pg_read_file('postmaster.pid') as text`
    return {
      url: `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`,
      postmaster: Number(file?.text.split('\n')[0]),
      execute: async (statements) => {
        await database.sql.unsafe(statements)
      },
      parametersOf: async ({ parameters }) =>
        await database.sql.unsafe<Parameters[]>(parameters, [requests], { prepare: false }),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function seed(sql: Sql, users: number): Promise<void> {
  await seedOrganization(sql, { users, groups: Math.max(50, users / 50) })
  // The slug of the only organization of a program that is configured by ESSENTIALS_ORGANIZATION.
  await sql`update organizations set slug = 'default', name = 'bench'`
}
