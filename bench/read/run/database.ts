/**
 * The database of all contenders: an embedded Postgres with one organization. BENCH_DATA_DIR keeps it for the next run.
 * The last checkout uses the seeded database. Each other one uses a copy, which its own migrations may change.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, type Sql } from '../../../src/db/database.ts'
import { startEmbeddedPostgres } from '../../../src/embedded/embedded-postgres.ts'
import { seedOrganization } from '../../analysis-seed.ts'
import type { Parameters, Query } from '../queries/query.ts'
import { runProgram } from './child-process.ts'

export interface BenchDatabase extends AsyncDisposable {
  /** The URL of each checkout's database. The peers and the limit use the first. */
  readonly urls: readonly string[]
  readonly postmaster: number
  /** Executes statements in the first database. */
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

export async function openBenchDatabase(
  folder: string,
  users: number,
  checkouts: readonly string[],
): Promise<BenchDatabase> {
  const kept = process.env.BENCH_DATA_DIR
  const dataDir = kept ? join(kept, `read-${users}`) : join(folder, 'postgres')
  await using opened = new AsyncDisposableStack()
  if (!kept) opened.defer(() => rm(dataDir, { recursive: true, force: true }))
  const { connection } = opened.use(await startEmbeddedPostgres({ dataDir, settings }))
  const { host, port, user } = connection
  const seeded = connection.database
  const names = checkouts.map((_checkout, i) => (i === checkouts.length - 1 ? seeded : `copy_${i}`))
  const urlOf = (name: string) => `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`
  const open = (database: string) => openDatabase({ ...connection, database }, { connections: 1 })
  const migrate = (i: number) =>
    runProgram(checkouts[i] ?? '', ['migrate'], { DATABASE_URL: urlOf(names[i] ?? ''), DATA_DIR: folder })

  await migrate(checkouts.length - 1)
  const original = open(seeded)
  const [organization] = await original.sql`select from organizations`
  if (!organization) await seed(original.sql, users)
  await original.close()
  for (const [i, name] of names.slice(0, -1).entries()) {
    const admin = open('postgres')
    await admin.sql.unsafe(`drop database if exists ${name}`)
    await admin.sql.unsafe(`create database ${name} template ${seeded} strategy file_copy`)
    await admin.close()
    await migrate(i)
    const copy = open(name)
    await copy.sql`vacuum analyze`
    await copy.close()
  }
  const database = open(names[0] ?? seeded)
  opened.defer(() => database.close())
  const [file] = await database.sql<{ text: string }[]>`select pg_read_file('postmaster.pid') as text`
  const owned = opened.move()
  return {
    urls: names.map(urlOf),
    postmaster: Number(file?.text.split('\n')[0]),
    execute: async (statements) => {
      await database.sql.unsafe(statements)
    },
    parametersOf: async ({ parameters }) =>
      await database.sql.unsafe<Parameters[]>(parameters, [requests], { prepare: false }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function seed(sql: Sql, users: number): Promise<void> {
  await seedOrganization(sql, { users, groups: Math.max(50, users / 50) })
  // The slug of the only organization of a program that is configured by ESSENTIALS_ORGANIZATION.
  await sql`update organizations set slug = 'default', name = 'bench'`
}
