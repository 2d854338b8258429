import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { Outage } from '../../src/db/connection/outage.ts'
import { openDatabase } from '../../src/db/database.ts'
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
