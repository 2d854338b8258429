import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { until } from '../../src/embedded/poll.ts'
import { answerOf, hold, kill, query, spawnHolder } from './holder.ts'
import { temporaryFolder } from './temporary-folder.ts'

test.concurrent('embedded Postgres: a second process gets an error, and the first keeps running', async () => {
  await using folder = await temporaryFolder()
  await using first = await hold(folder.path)
  await using second = spawnHolder(folder.path)
  expect(await answerOf(second)).toEqual({
    error: {
      name: 'EmbeddedPostgresInUse',
      message:
        `The embedded Postgres in ${folder.path} is already run by another process (pid ${first.process.pid}). ` +
        'Stop that process first, use another DATA_DIR, or set DATABASE_URL to one database for both.',
    },
  })
  expect(await query(first.connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: of two simultaneous starts on one new folder, exactly one succeeds', async () => {
  await using folder = await temporaryFolder()
  await using one = spawnHolder(folder.path)
  await using other = spawnHolder(folder.path)
  const answers = await Promise.all([answerOf(one), answerOf(other)])
  expect(answers.filter((answer) => answer.connection)).toHaveLength(1)
  expect(answers.filter((answer) => answer.error?.name === 'EmbeddedPostgresInUse')).toHaveLength(1)
})

test.concurrent('embedded Postgres: another process can join a running one', async () => {
  await using folder = await temporaryFolder()
  await using holder = await hold(folder.path)
  await using joined = await joinEmbeddedPostgres({ dataDir: folder.path })
  expect(joined?.connection).toEqual(holder.connection)
})

test.concurrent('embedded Postgres: after kill -9, the orphaned Postgres is restarted with all commits', async () => {
  await using folder = await temporaryFolder()
  await using holder = await hold(folder.path)
  await query(holder.connection, 'create table kept as select 1 as one')
  const orphan = await postmasterOf(folder.path)
  await kill(holder)
  expect(isAlive(orphan)).toBe(true)

  const log: object[] = []
  await using started = await startEmbeddedPostgres({
    dataDir: folder.path,
    log: (message, facts) => log.push({ message, ...facts }),
  })
  expect(log).toEqual([
    {
      message: 'stopping the embedded Postgres that a killed process left running',
      // `pid` is that of the process that logs, in each line.
      postmaster: orphan,
      data: expect.any(String),
    },
  ])
  expect(await query(started.connection, 'table kept')).toEqual([{ one: 1 }])
  expect(await postmasterOf(folder.path)).not.toBe(orphan)
})

test.concurrent('embedded Postgres: a start recovers after kill -9 of both the process and Postgres', async () => {
  await using folder = await temporaryFolder()
  await using holder = await hold(folder.path)
  await query(holder.connection, 'create table kept as select 1 as one')
  const orphan = await postmasterOf(folder.path)
  await kill(holder)
  process.kill(orphan, 'SIGKILL')
  await using started = await startEmbeddedPostgres({ dataDir: folder.path })
  expect(await query(started.connection, 'table kept')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: a killed Postgres is restarted on the same socket', async () => {
  await using folder = await temporaryFolder()
  await using holder = await hold(folder.path)
  const killed = await postmasterOf(folder.path)
  process.kill(killed, 'SIGKILL')
  const answer = await until(
    () => query(holder.connection, 'select pg_postmaster_start_time() is not null as up').catch(() => undefined),
    20_000,
  )
  expect(answer).toEqual([{ up: true }])
  expect(await postmasterOf(folder.path)).not.toBe(killed)
})

test.concurrent('embedded Postgres: the next start succeeds after kill -9 during initialization', async () => {
  await using folder = await temporaryFolder()
  await using holder = spawnHolder(folder.path)
  const draft = await until(
    async () => (await readdir(folder.path)).find((name) => name.startsWith('postgres-18.new-')),
    20_000,
  )
  expect(draft).toBeDefined()
  await kill(holder)
  await using started = await startEmbeddedPostgres({ dataDir: folder.path })
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(await readdir(folder.path)).not.toContain(draft)
})

test.concurrent('embedded Postgres: Ctrl-C reaches only the parent process', async () => {
  await using folder = await temporaryFolder()
  await using holder = await hold(folder.path)
  process.kill(-(holder.process.pid ?? 0), 'SIGINT')
  expect((await holder.lines.next()).value).toBe('interrupted')
  expect(await query(holder.connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: a process without further work exits and leaves no Postgres running', async () => {
  await using folder = await temporaryFolder()
  {
    await using _holder = await hold(folder.path, { mode: 'leave' })
  }
  await until(async () => (await joinEmbeddedPostgres({ dataDir: folder.path })) === undefined || undefined, 20_000)
  await using started = await startEmbeddedPostgres({ dataDir: folder.path })
  expect(await query(started.connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test.concurrent('embedded Postgres: unknown locales and the PG variables of another Postgres are ignored', async () => {
  await using folder = await temporaryFolder()
  const locale = { LC_ALL: 'nonsense', LANG: 'xx_YY.latin1' }
  const another = { PGDATA: '/nowhere', PGPORT: '1', PGHOST: '/nowhere', PGOPTIONS: '-c jit=on' }
  await using holder = await hold(folder.path, { env: { ...locale, ...another } })
  expect(await query(holder.connection, `select upper('é') as letter`)).toEqual([{ letter: 'É' }])
})

async function postmasterOf(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres-18', 'postmaster.pid'), 'utf8'), 10)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
