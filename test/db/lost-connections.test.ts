/** Connections that are lost at any moment. Only their users get an error, and the process survives. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { type DatabaseConnection, openDatabase, type Sql, type Transaction } from '../../src/db/database.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())
const database = opened.use(await testDatabase())
await database.sql`create table written (round int, part text)`
const proxy = opened.use(await openProxy(database.connection))
const pool = openDatabase(
  { url: `postgres://${proxy.user}@127.0.0.1:${proxy.port}/${proxy.database}` },
  { connections: 3 },
)
opened.defer(() => pool.close())
const { sql } = pool

const rounds = Array.from({ length: 8 }, (_, round) => round)
const endings = {
  'is closed': (socket: Socket) => socket.destroy(),
  'is reset': (socket: Socket) => socket.resetAndDestroy(),
}
/** The work of a transaction at the time of the loss. */
const works: Readonly<Record<string, (tx: Transaction, round: number, lose: () => void) => Promise<unknown>>> = {
  'waits for a result': async (tx, _round, lose) => {
    lose()
    await tx`select pg_sleep(5)`
  },
  'sends more statements while it waits for several results': async (tx, round, lose) => {
    const first = tx`insert into written values (${round}, 'first')`
    first.catch(() => {})
    await turn()
    lose()
    const second = tx`select pg_sleep(5)`
    second.catch(() => {})
    for (let i = 0; i < 5; i += 1) {
      await turn()
      tx`insert into written values (${round}, 'on')`.catch(() => {})
    }
    await second
  },
  'is idle and then continues': async (tx, round, lose) => {
    lose()
    for (let i = 0; i < 50; i += 1) await turn()
    await tx`insert into written values (${round}, 'after')`
  },
  'runs beside a statement whose connection is lost too': async (tx, _round, lose) => {
    const other = sql`select pg_sleep(5)`
    other.catch(() => sql`select 1`.catch(() => {}))
    await turn()
    lose()
    await tx`select pg_sleep(5)`
    await other
  },
}

test.each(Object.keys(endings).flatMap((ending) => Object.keys(works).map((work) => ({ ending, work }))))(
  'pool: a transaction fails and the pool recovers if the connection $ending while the transaction $work',
  async ({ ending, work }) => {
    const lose = () => proxy.lose(endings[ending as keyof typeof endings])
    for (const round of rounds) {
      const transaction = sql.begin(async (tx) => {
        await tx`insert into written values (${round}, 'begun')`
        await works[work]?.(tx, round, lose)
      })
      await expect(transaction).rejects.toThrow(/CONNECTION_CLOSED|ECONNRESET|EPIPE|connection was lost/)
      // Statements on a connection that has not noticed the loss fail. After that, every connection of the pool works.
      await until(async () => {
        const answers = await Promise.allSettled([1, 2, 3, 4, 5, 6].map((number) => asked(sql, number)))
        return answers.every((answer, i) => answer.status === 'fulfilled' && answer.value === i + 1)
      })
    }
    expect([...(await database.sql`select * from written`)]).toEqual([])
  },
)

async function asked(of: Sql, number: number): Promise<number | undefined> {
  const [row] = await of<{ number: number }[]>`select ${number}::int as number`
  return row?.number
}

/** A proxy to the database that can drop its connections. */
async function openProxy(connection: DatabaseConnection) {
  const open = new Set<Socket>()
  const to = 'url' in connection ? new URL(connection.url) : undefined
  const server = createServer((near) => {
    const far =
      'url' in connection
        ? connect(Number(to?.port || 5432), to?.hostname)
        : connect(join(connection.host, `.s.PGSQL.${connection.port}`))
    open.add(near)
    near.on('close', () => {
      open.delete(near)
      far.destroy()
    })
    for (const socket of [near, far]) socket.on('error', () => {})
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    user: 'url' in connection ? `${to?.username}:${to?.password}` : connection.user,
    database: 'url' in connection ? to?.pathname.slice(1) : connection.database,
    lose(end: (socket: Socket) => void) {
      for (const socket of open) end(socket)
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}
