/**
 * The effects of one caller on the connection that the next caller gets. Every pool here has one connection, so both
 * callers get the same one.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, expect, test } from 'vitest'
import { type Database, openDatabase, type Sql } from '../../src/db/database.ts'
import { readPast } from '../../src/db/history/read-as-of.ts'
import { verdict } from '../../src/server/graphql/mask-errors.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())
const own = opened.use(await testDatabase())
await own.sql`create table written (n int)`
const single = (): Database & AsyncDisposable => {
  const database = openDatabase(own.connection, { connections: 1 })
  return Object.assign(database, { [Symbol.asyncDispose]: () => database.close() })
}
/** The number of backends of this database that are running a statement like the pattern. */
const active = async (pattern: string): Promise<number> => {
  const rows = await own.control`
    select from pg_stat_activity where datname = current_database() and state = 'active' and query like ${pattern} and pid <> pg_backend_pid()`
  return rows.length
}
const whose = async (sql: Pick<Sql, 'unsafe'>, name: string) =>
  (await sql.unsafe(`select '${name}' as whose`))[0]?.whose

test('pool: a caller that disconnects while others wait for its connection does not shift their results', async () => {
  await using database = single()
  const leaving = new AbortController()
  const read = (caller: string, signal?: AbortSignal) => database.read({ caller, signal }).sql
  const first = read('first', leaving.signal).unsafe("select 'first' as whose, pg_sleep(1000)")
  const left = expect(first).rejects.toThrow('left')
  await until(async () => (await active("select 'first'%")) === 1)
  const others = ['second', 'third', 'fourth'].map((name) => whose(read(name), name))
  leaving.abort(new Error('left'))
  await left
  expect(await Promise.all(others)).toEqual(['second', 'third', 'fourth'])
  expect(await active("select 'first'%")).toBe(0)
})

test('pool: a caller that disconnects while it waits is not served and does not affect other callers', async () => {
  await using database = single()
  const leaving = new AbortController()
  const slow = database
    .read({ caller: 'slow' })
    .sql.unsafe("select 'slow' as whose from pg_sleep(0.05)")
    .then((r) => r)
  const gone = database.read({ caller: 'gone', signal: leaving.signal }).sql.unsafe("select 'gone' as whose")
  const left = expect(gone).rejects.toThrow('left')
  const last = whose(database.read({ caller: 'last' }).sql, 'last')
  leaving.abort(new Error('left'))
  await left
  expect([(await slow)[0]?.whose, await last]).toEqual(['slow', 'last'])
})

test('pool: cancelling the statements of disconnected callers never cancels a write', async () => {
  await using database = single()
  await own.sql`truncate written`
  for (let round = 0; round < 100; round += 1) {
    const leaving = new AbortController()
    const { sql } = database.read({ caller: 'leaves', signal: leaving.signal })
    const read = sql`select pg_sleep(0.003)`.then(
      () => 'answered',
      () => 'left',
    )
    const next = database.read({ caller: 'next' }).sql`select ${round}::int as n, pg_sleep(0.002)`.then(
      (rows) => rows[0]?.n,
    )
    setTimeout(() => leaving.abort(new Error('left')), round % 5)
    await database.sql.begin(async (tx) => {
      await tx`insert into written values (${round})`
      await tx`select pg_sleep(0.001)`
    })
    expect(await next).toBe(round)
    await read
  }
  expect(await own.sql`select count(*)::int as kept from written`).toEqual([{ kept: 100 }])
})

test('pool: an aborted query of the past leaves no open transaction for the next caller', async () => {
  await using database = single()
  const moment = new Date(Date.now() - 1_000).toISOString()
  for (let round = 0; round < 20; round += 1) {
    const leaving = new AbortController()
    const broken = readPast(database, { caller: 'leaves', signal: leaving.signal }, moment, async ({ sql }) => {
      const all = [
        sql.unsafe("select 'broken', pg_sleep(10)"),
        ...Array.from({ length: 3 }, (_, i) => whose(sql, `broken ${i}`)),
      ]
      await Promise.all(all)
    })
    const left = expect(broken).rejects.toThrow('left')
    await until(async () => (await active("select 'broken'%")) === 1)
    leaving.abort(new Error('left'))
    await left
    const next = await readPast(database, { caller: 'next' }, moment, async ({ sql }) => await whose(sql, 'next'))
    expect(next).toBe('next')
  }
  // The transaction of the last caller is rolled back after its answer.
  await until(async () => {
    const rows =
      await own.sql`select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`
    return rows.length === 0
  })
})

test('pool: a statement that fails after its first rows does not affect the rows of the next result', async () => {
  await using database = single()
  const { sql } = database.read({ caller: 'reader' })
  await expect(sql`select 1 / (5 - n) as n from generate_series(1, 10) n`).rejects.toMatchObject({ code: '22012' })
  const rows = await sql<{ n: number }[]>`select n from generate_series(1, 3) n`
  expect([rows.length, [...rows]]).toEqual([3, [{ n: 1 }, { n: 2 }, { n: 3 }]])
})

test('pool: a connection does not keep the results of its statements', async () => {
  await using database = single()
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const rows: WeakRef<object>[] = []
  for (let i = 0; i < 50; i += 1) rows.push(new WeakRef((await database.sql`select ${i}::int as n`)[0] as object))
  // A WeakRef keeps its target until the current task ends.
  await new Promise(setImmediate)
  collect()
  const kept = rows.filter((row) => row.deref() !== undefined)
  // The latest may still be on the stack.
  expect(kept.length).toBeLessThan(5)
})

test('pool: a statement of a finished transaction is not sent', async () => {
  await using database = single()
  let late: (() => PromiseLike<unknown>) | undefined
  await database.sql.begin(async (tx) => {
    late = () => tx`insert into written values (-1)`
  })
  await expect(Promise.resolve(late?.())).rejects.toMatchObject({ code: 'LEASE_ENDED' })
  expect(await own.sql`select from written where n = -1`).toHaveLength(0)
})

test('pool: an error that is caught inside a transaction still rolls it back, and the commit reports it', async () => {
  await using database = single()
  const committed = database.sql.begin(async (tx) => {
    await tx`insert into written values (-2)`
    await tx`select 1 / 0`.catch(() => {})
  })
  await expect(committed).rejects.toThrow('rolled back')
  expect(await own.sql`select from written where n = -2`).toHaveLength(0)
})

test('pool: after a failure in a snapshot, the statements after it fail with the same error', async () => {
  await using database = single()
  const answers = await database.readSnapshot({ caller: 'reader' }, ({ sql }) =>
    Promise.allSettled([sql`select 1 / 0`, sql`select 1`, sql`select 2`]),
  )
  expect(answers).toMatchObject(Array(3).fill({ status: 'rejected', reason: { code: '22012' } }))
})

test('pool: a backend that is terminated while idle is replaced without an error for any caller', async () => {
  await using database = single()
  const pid = async () => (await database.sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid
  const before = await pid()
  await own.sql`select pg_terminate_backend(${before ?? 0})`
  await until(() => database.counts.work.open === 0)
  expect(await pid()).not.toBe(before)
})

test('pool: read connections cannot write', async () => {
  await using database = single()
  const { sql } = database.read({ caller: 'reader' })
  await expect(sql`insert into written values (0)`).rejects.toMatchObject({ code: '25006' })
})

test('pool: if a server closes every connection, reconnects are limited and callers fail within seconds', async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.on('error', () => {})
    socket.end()
  }).listen(0, '127.0.0.1')
  opened.defer(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const database = openDatabase({ url: `postgres://missing@127.0.0.1:${port}/none` })
  const from = performance.now()
  const error = await database.sql`select 1`.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(verdict(error).code).toBe('SERVICE_UNAVAILABLE')
  // One attempt per 100 ms for each waiting caller.
  expect(connections).toBeLessThan(((performance.now() - from) / 1_000) * 20 + 10)
  await database.close()
})

test('pool: every connection has the timeouts of its purpose', async () => {
  const settings = async (sql: Pick<Sql, 'unsafe'>) => {
    const rows = await sql.unsafe(
      `select name, setting from pg_settings where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
        'client_connection_check_interval', 'default_transaction_read_only') order by name`,
    )
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
  }
  const common = { client_connection_check_interval: '1000' }
  expect({
    reads: await settings(own.read({ caller: 'reader' }).sql),
    control: await settings(own.control),
    work: await settings(own.sql),
  }).toMatchObject({
    reads: { ...common, statement_timeout: '35000', lock_timeout: '5000', default_transaction_read_only: 'on' },
    control: { ...common, statement_timeout: '10000', lock_timeout: '5000', default_transaction_read_only: 'off' },
    work: { ...common, statement_timeout: '300000', lock_timeout: '10000', default_transaction_read_only: 'off' },
  })
})

test('sql: templates can be nested, quote names, and accept arrays, nulls and JSON unchanged', async () => {
  const condition = own.sql`n > ${1} and n < ${5}`
  const rows = await own.sql<{ n: number }[]>`
    select n from generate_series(1, 9) as ${own.sql('odd "name"')} (n) where ${condition} and n <> all(${[3]}::int[]) order by n`
  expect([...rows]).toEqual([{ n: 2 }, { n: 4 }])
  const [row] = await own.sql`
    select ${null}::text as nothing, ${['a', null, 'c"d\\']}::text[] as list, '{1,NULL}'::bigint[] as ids, '{{1,2},{3,4}}'::int[] as nested,
      '[1, "x"]'::jsonb as json, 7::bigint as big, '{INFO,null}'::text[] as words`
  expect(row).toEqual({
    nothing: null,
    list: ['a', null, 'c"d\\'],
    ids: [1, null],
    nested: [
      [1, 2],
      [3, 4],
    ],
    json: [1, 'x'],
    big: 7,
    words: ['INFO', null],
  })
  expect(() => own.sql`select * from (${own.sql.unsafe('select $1::int', [1])}) x`).toThrow(TypeError)
})
