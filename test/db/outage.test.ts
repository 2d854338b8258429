import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Outage } from '../../src/db/connection/outage.ts'
import { openDatabase } from '../../src/db/database.ts'
import { reusedDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

test('outage: waiting callers of all pools are rejected, and new ones at once, until a connection is open', async () => {
  const outage = new Outage(1)
  const rejected: string[] = []
  let open = 1
  outage.join(
    () => open,
    () => rejected.push('first'),
  )
  outage.join(
    () => 0,
    () => rejected.push('second'),
  )
  outage.failed(new Error('one backend'))
  expect(outage.isUnderWay).toBe(false)
  open = 0
  outage.failed(new Error('refused'))
  expect(outage.isUnderWay).toBe(true)
  // Callers wait a little: the server may only be restarting.
  expect(outage.error).toBeUndefined()
  await until(() => outage.error !== undefined)
  expect(rejected).toEqual(['first', 'second'])
  expect(outage.error).toMatchObject({ name: 'ConnectionUnavailableError', cause: { message: 'refused' } })
  outage.succeeded()
  expect(outage.error).toBeUndefined()
  expect(outage.isUnderWay).toBe(false)
})

test('outage: a single failed attempt is not reported', async () => {
  const outage = new Outage(0)
  outage.join(
    () => 0,
    () => {},
  )
  outage.failed(new Error('one backend'))
  await new Promise((resolve) => setTimeout(resolve, 1))
  expect(outage.error).toBeUndefined()
  outage.failed(new Error('refused'))
  expect(outage.error).toBeDefined()
  outage.succeeded()
})

test('pool: during an outage it tries to connect although no caller waits', async () => {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  await once(free, 'close')
  const database = openDatabase({ url: `postgres://user@127.0.0.1:${port}/app` })
  try {
    await expect(database.sql`select 1`).rejects.toThrow('The database cannot be reached')
    const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1')
    await once(server, 'connection')
    server.close()
  } finally {
    await database.close()
  }
})

test('outage: while the server does not respond callers are rejected at once, until a connection is open', () => {
  const outage = new Outage(60_000)
  const rejected: Error[] = []
  outage.join(
    () => 1,
    (error) => rejected.push(error),
  )
  outage.silent()
  expect(rejected).toMatchObject([{ name: 'ConnectionUnavailableError', message: 'The database does not respond' }])
  expect(outage.isUnderWay).toBe(true)
  expect(outage.error).toBe(rejected[0])
  outage.succeeded()
  expect(outage.isUnderWay).toBe(false)
  expect(outage.error).toBeUndefined()
})

test('pool: a server that accepts connections and goes silent is reported to all waiting callers, and one that answers again is used', async () => {
  await using proxy = await silentProxy(await reusedDatabase())
  const database = openDatabase({ url: proxy.url }, { connections: 2 })
  try {
    const read = () => database.read({ caller: 'one' }).sql`select 1 as one`
    expect([...(await read())]).toEqual([{ one: 1 }])
    proxy.silence(true)
    const outcomes = await Promise.allSettled([read(), read(), read(), database.control`select 1`])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: expect.stringMatching(/^CONNECTION_/) } })
    await expect(read()).rejects.toThrow('The database does not respond')
    proxy.silence(false)
    await until(() =>
      read().then(
        (rows) => rows[0]?.one === 1,
        () => false,
      ),
    )
  } finally {
    await database.close()
  }
})

/** A way to Postgres on which nothing passes while it is silent. */
async function silentProxy(database: Awaited<ReturnType<typeof reusedDatabase>>) {
  const { connection } = database
  if ('url' in connection) throw new Error('The tests connect to a socket')
  const sockets = new Set<Socket>()
  let isSilent = false
  const server = createServer((near) => {
    const far = connect(`${connection.host}/.s.PGSQL.${connection.port}`)
    const pairs = [near, far] as const
    for (const [i, socket] of pairs.entries()) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        if (!isSilent) pairs[1 - i]?.write(bytes)
      })
      socket.on('close', () => {
        sockets.delete(socket)
        pairs[1 - i]?.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `postgres://${connection.user}@127.0.0.1:${port}/${connection.database}`,
    silence(silent: boolean) {
      isSilent = silent
      // What was lost is not sent again.
      if (!silent) for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await database[Symbol.asyncDispose]()
    },
  }
}
