/**
 * What each index adds to the cost of inserting users, in Postgres' CPU time. For each table and index, the rows of a
 * seeded organization are inserted into a copy of the table that has only the primary key and that index. Linux only:
 * CPU times come from /proc.
 *
 *   npm run bench:indexes -- [USERS=50000] [ROUNDS=3]
 */
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { type Database, openDatabase, type Transaction } from '../src/db/database.ts'
import { migrateMirror } from '../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { dataFolder } from '../test/support/postgres.ts'
import { seedOrganization } from './analysis-seed.ts'
import { percentile } from './served.ts'

const [users = 50_000, rounds = 3] = process.argv.slice(2).map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)

/** The order in which a pull inserts the rows. */
const tables = {
  users: 'id',
  aliases: 'id',
  memberships: 'user_id',
  role_grants: 'user_id',
  change_sets: 'last_position',
}

interface Index {
  readonly name: string
  readonly isPrimary: boolean
  /** The statement that creates it on the table `copied`. */
  readonly definition: string
}

const dataDir = await dataFolder('bench')
const settings = { shared_buffers: '512MB', autovacuum: 'off', fsync: 'off', max_wal_size: '8GB' }
const postgres = await startEmbeddedPostgres({ dataDir, settings })
try {
  const migrating = openDatabase(postgres.connection)
  await migrateMirror(migrating)
  await migrating.close()
  const database = openDatabase(postgres.connection, { connections: 1 })
  await seedOrganization(database.sql, { users, groups: users / 50 })
  for (const [table, order] of Object.entries(tables)) await measure(database, table, order)
  await database.close()
} finally {
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}
process.exit(0)

async function measure({ sql }: Database, table: string, order: string): Promise<void> {
  const indexes = await sql<Index[]>`
    select relname as name, indisprimary as "isPrimary",
      regexp_replace(pg_get_indexdef(indexrelid), 'INDEX \\S+ ON \\S+', 'INDEX ON copied') as definition
    from pg_index join pg_class on oid = indexrelid where indrelid = ${table}::regclass order by 1`
  const primary = indexes.filter(({ isPrimary }) => isPrimary)
  const others = indexes.filter(({ isPrimary }) => !isPrimary)
  const variants: readonly (readonly [string, readonly Index[]])[] = [
    ['only the primary key', []],
    ...others.map((index) => [index.name, [index]] as const),
    ['all indexes', others],
  ]
  const times = new Map<string, number[]>(variants.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, more] of variants) {
      times.get(name)?.push(await sql.begin((tx) => insertInto(tx, table, order, [...primary, ...more])))
    }
  }
  const median = (name: string) => percentile(times.get(name) ?? [], 0.5) / (users / 1_000)
  const least = median('only the primary key')
  say(`\n${table}: ${least.toFixed(1)} ms of CPU per 1,000 users with only the primary key`)
  for (const [name] of variants.slice(1))
    say(`  ${name.padEnd(26)}${`+${(median(name) - least).toFixed(1)}`.padStart(8)} ms`)
}

/** The CPU time of inserting all rows into a copy of the table, in milliseconds. */
async function insertInto(tx: Transaction, table: string, order: string, indexes: readonly Index[]): Promise<number> {
  const [session] = await tx<[{ pid: number; columns: string }]>`
    select pg_backend_pid() as pid, string_agg(quote_ident(attname), ', ' order by attnum) as columns
    from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`
  await tx.unsafe(`create table copied (like ${table} including defaults including generated including storage)`)
  for (const { definition } of indexes) await tx.unsafe(definition)
  const before = cpuOf(session.pid)
  await tx.unsafe(`insert into copied (${session.columns}) select ${session.columns} from ${table} order by ${order}`)
  const used = cpuOf(session.pid) - before
  await tx`drop table copied`
  return used
}

/** User and system time of a process, in milliseconds. The kernel counts in hundredths of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}
