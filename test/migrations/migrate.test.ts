/** How migrating brings a database to this version's schema, and which databases are refused. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Sql } from '../../src/db/database.ts'
import { CannotMigrate } from '../../src/db/database-errors.ts'
import { migrateMirror, readMigrations } from '../../src/db/migrations/migrate.ts'
import type { Migration } from '../../src/db/migrations/pending-migrations.ts'
import { databaseVariables, runProgram } from '../support/program.ts'
import { until } from '../support/until.ts'
import { describeSchema } from './describe-schema.ts'
import { emptyDatabase } from './empty-database.ts'

const released = readMigrations()
const [first, second] = released as [Migration, Migration]

/** A migration of the test. */
function migration(name: string, ...statements: string[]): Migration {
  return { name, hash: createHash('sha256').update(statements.join()).digest('hex'), statements }
}

async function journal(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`select name from drizzle.__drizzle_migrations order by id`
  return rows.map(({ name }) => name)
}

/** The error that migrating rejects with. */
function refusal(migrating: Promise<void>): Promise<CannotMigrate> {
  return migrating.then(
    () => expect.fail('the database was migrated'),
    (error) => {
      expect(error).toBeInstanceOf(CannotMigrate)
      return error
    },
  )
}

test('migrate: an empty database gets every migration in the order of their names, and a second start changes nothing', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  expect(await journal(database.sql)).toEqual(released.map(({ name }) => name).sort())
  const [before, schema] = [
    await database.sql`select * from drizzle.__drizzle_migrations`,
    await describeSchema(database.sql),
  ]
  await migrateMirror(database)
  expect(await database.sql`select * from drizzle.__drizzle_migrations`).toEqual(before)
  expect(await describeSchema(database.sql)).toEqual(schema)
})

test('migrate: a database with a different stored hash is refused by the name of the migration, and stays unchanged', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  await database.sql`update drizzle.__drizzle_migrations set hash = ${'0'.repeat(64)} where name = ${first.name}`
  await database.sql`drop schema past cascade`
  const error = await refusal(migrateMirror(database))
  expect(error.message).toBe(
    `The database was made by a pre-release version (its migration ${first.name} is not the one that was released under this name) ` +
      'and cannot be upgraded: start with an empty database (another DATABASE_URL or DATA_DIR), or restore a backup made by a release.',
  )
  expect(error.migration).toBe(first.name)
  expect(await database.sql`select from pg_namespace where nspname = 'past'`).toHaveLength(0)
})

test('migrate: a database with a migration from before the first release is refused as made by a pre-release version', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  await database.sql`update drizzle.__drizzle_migrations set name = '20261124171704_mirror' where name = ${first.name}`
  const error = await refusal(migrateMirror(database))
  expect(error.message).toContain('pre-release version (its migration 20261124171704_mirror was never released)')
})

test('migrate: a database with an unknown migration is refused as upgraded by a newer version', async () => {
  await using database = await emptyDatabase()
  const newer = migration('29990101000000_newer', 'create table newer (id bigint)')
  await migrateMirror(database, { migrations: [...released, newer] })
  const error = await refusal(migrateMirror(database))
  expect(error.message).toBe(
    'The database was upgraded by a newer version (its migration 29990101000000_newer is unknown to this one): ' +
      'run that version or a later one, or restore a backup from before the upgrade.',
  )
})

test('migrate: a newer version is also recognized if its unknown migration is older than the newest known one', async () => {
  await using database = await emptyDatabase()
  const late = migration(`${first.name}_late`, 'create table late (id bigint)')
  await migrateMirror(database, { migrations: [...released, late] })
  expect((await refusal(migrateMirror(database))).message).toContain(
    `upgraded by a newer version (its migration ${late.name} is`,
  )
})

test('migrate: a migration that lands late is applied although it is older than the newest applied one', async () => {
  await using database = await emptyDatabase()
  const [early, late] = [
    migration('29990101000000_early', 'create table early (id bigint)'),
    migration('29990101000001_late', 'create table late (id bigint)'),
  ]
  await migrateMirror(database, { migrations: [...released, late] })
  await migrateMirror(database, { migrations: [...released, early, late] })
  expect(await journal(database.sql)).toEqual([...released.map(({ name }) => name), late.name, early.name])
  expect(await database.sql`select to_regclass('early') is not null as made`).toEqual([{ made: true }])
})

test('migrate: a partially migrated database gets the missing migrations', async () => {
  await using partial = await emptyDatabase()
  await using whole = await emptyDatabase()
  await migrateMirror(partial, { migrations: [first], putViews: async () => {} })
  expect(await journal(partial.sql)).toEqual([first.name])
  await migrateMirror(partial)
  await migrateMirror(whole)
  expect(await describeSchema(partial.sql)).toEqual(await describeSchema(whole.sql))
})

test('migrate: if one of several pending migrations fails, none is applied, and the next start can continue', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  const schema = await describeSchema(database.sql)
  const pending = [
    migration('29990101000000_fine', 'create table fine (id bigint)'),
    migration('29990101000001_wrong', 'create table wrong (id bigint)', 'create table wrong (id bigint)'),
  ]
  await expect(migrateMirror(database, { migrations: [...released, ...pending] })).rejects.toThrow(
    'relation "wrong" already exists',
  )
  expect(await describeSchema(database.sql)).toEqual(schema)
  await migrateMirror(database)
})

test('migrate: processes that start together migrate once, and those that wait log it', async () => {
  await using database = await emptyDatabase()
  const logged: string[] = []
  const log = (message: string) => void logged.push(message)
  const slow = migration('29990101000000_slow', 'select pg_sleep(0.3)', 'create table slow (id bigint)')
  const migrations = [...released, slow]
  await Promise.all([1, 2, 3].map(() => migrateMirror(database, { migrations, log, lockTimeoutMs: 50 })))
  expect(await journal(database.sql)).toEqual(migrations.map(({ name }) => name))
  expect(logged).toContain('another process is migrating the database; waiting')
})

test('migrate: a table that another session has locked is retried after a short wait, and the migration then succeeds', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  const change = migration('29990101000000_change', 'alter table users add column extra text')
  const retried = Promise.withResolvers<void>()
  const over = Promise.withResolvers<void>()
  const reader = database.sql.begin(async (tx) => {
    await tx`select from users limit 1`
    await over.promise
  })
  const migrating = migrateMirror(database, {
    migrations: [...released, change],
    lockTimeoutMs: 20,
    pauseMs: 5,
    tries: 10_000,
    log: () => retried.resolve(),
  })
  await retried.promise
  // Between two attempts no session waits behind the migration.
  await until(async () => (await database.sql`select from users limit 1`) !== undefined)
  over.resolve()
  await Promise.all([reader, migrating])
  expect((await journal(database.sql)).at(-1)).toBe(change.name)
})

test('migrate: tables that stay locked are reported in one sentence', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  const change = migration('29990101000000_change', 'alter table users add column extra text')
  await database.sql.begin(async (tx) => {
    await tx`select from users limit 1`
    const options = { migrations: [...released, change], lockTimeoutMs: 20, pauseMs: 1, tries: 2 }
    expect((await refusal(migrateMirror(database, options))).message).toBe(
      'The database could not be migrated because other sessions kept its tables locked for all 2 attempts: ' +
        'end their transactions (pg_stat_activity lists them), or stop the other processes, and start again.',
    )
  })
})

test('migrate: a migration that loses its connection rejects and applies nothing, and the next start continues', async () => {
  await using database = await emptyDatabase()
  const slow = migration('29990101000000_slow', 'create table slow (id bigint)', 'select pg_sleep(600)')
  const failed = migrateMirror(database, { migrations: [...released, slow] }).then(
    () => undefined,
    (error: Error) => error,
  )
  await until(async () => {
    const [row] = await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'essentials-graph migration' and query = 'select pg_sleep(600)'`
    return row !== undefined
  })
  expect(await failed).toBeInstanceOf(Error)
  await migrateMirror(database)
  expect(await database.sql`select to_regclass('slow') is null as absent`).toEqual([{ absent: true }])
})

test('migrate: a statement_timeout of the database does not end a migration', async () => {
  await using database = await emptyDatabase()
  const { database: name } = database.connection as { database: string }
  await database.sql.unsafe(`alter database ${name} set statement_timeout = '50ms'`)
  await database.sql.unsafe(`alter database ${name} set idle_in_transaction_session_timeout = '50ms'`)
  const slow = migration('29990101000000_slow', 'select pg_sleep(0.1)')
  await migrateMirror(database, { migrations: [...released, slow] })
  expect((await journal(database.sql)).at(-1)).toBe(slow.name)
})

test('migrate: a column that the views of the past use can be altered and dropped', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  // The views are created again afterwards and need the columns of this version, so the dropped column is added again.
  const change = migration(
    '29990101000000_change',
    'alter table groups alter column member_count type bigint',
    'alter table users drop column mailbox_size',
    'alter table users add column mailbox_size integer',
  )
  await migrateMirror(database, { migrations: [...released, change] })
  expect((await journal(database.sql)).at(-1)).toBe(change.name)
})

test('migrate: tables without a list of applied migrations are refused, not overwritten', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  await database.sql`drop schema drizzle cascade`
  expect((await refusal(migrateMirror(database))).message).toBe(
    'The database has tables but no list of applied migrations (the schema drizzle): ' +
      'use an empty database, or restore a backup with all of its schemas.',
  )
})

test('migrate: the program exits immediately on a database of a pre-release version, with one sentence', async () => {
  await using database = await emptyDatabase()
  await migrateMirror(database)
  await database.sql`update drizzle.__drizzle_migrations set hash = 'other' where name = ${second.name}`
  const ended = await runProgram(['migrate'], databaseVariables(database))
  expect(ended).toMatchObject({ code: 1, out: '' })
  expect(ended.err).toBe(
    `The database was made by a pre-release version (its migration ${second.name} is not the one that was released under this name) ` +
      'and cannot be upgraded: start with an empty database (another DATABASE_URL or DATA_DIR), or restore a backup made by a release.\n',
  )
})
