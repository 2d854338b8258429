/** DATABASE_URL in the forms that hosting providers print, and what readers see if the queue does not work. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { pino } from 'pino'
import { afterAll, expect, test, vi } from 'vitest'
import { PreferringClient, settingsForPg } from '../../src/db/connection/connection-settings.ts'
import { openDatabase } from '../../src/db/database.ts'
import { everySection } from '../../src/simulator/options.ts'
import { openQueue } from '../../src/sync/queue.ts'
import { migrateQueue } from '../../src/sync/queue-tables.ts'
import { startVendor } from '../simulator/vendor.ts'
import { testDatabase } from '../support/database.ts'
import { ask, databaseVariables, startProgram, token } from '../support/program.ts'
import { startSync } from '../support/sync.ts'
import { until } from '../support/until.ts'

const opened = new AsyncDisposableStack()
afterAll(() => opened.disposeAsync())

const vendor = opened.use(await startVendor({ switches: { listCarries: everySection } }, { clock: Date.now }))
const variables = {
  ESSENTIALS_API_KEY: 'key',
  ESSENTIALS_API_SECRET: 'secret',
  ESSENTIALS_BASE_URL: vendor.simulator.url,
  ADMIN_TOKEN: token,
  PORT: '0',
  PULL_INTERVAL_SECONDS: '2',
}

async function mirrorOf(origin: string): Promise<{ state: string; problem: string | null }> {
  const { data } = await ask(origin, '{ organization { mirror { state problem } } }')
  return data?.organization?.mirror
}

/** Postgres on a TCP port, as at a provider. The tests' own Postgres listens only on a Unix socket. */
async function portOf(socket: string) {
  const server = createServer((inbound) => {
    const outbound = connect(socket)
    inbound.pipe(outbound).pipe(inbound)
    for (const one of [inbound, outbound])
      one.on('error', () => {}).on('close', () => [inbound, outbound].map((s) => s.destroy()))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: (server.address() as { port: number }).port, [Symbol.asyncDispose]: async () => void server.close() }
}

test.each([
  ['options=-c%20statement_timeout%3D60000'],
  [
    `options=${encodeURIComponent('-c DateStyle=German -c IntervalStyle=iso_8601 -c TimeZone=Asia/Kolkata -c bytea_output=escape -c default_transaction_isolation=serializable')}`,
  ],
  [
    [
      'options=-c%20search_path%3Delsewhere&schema=elsewhere&pgbouncer=true&connection_limit=5&pool_timeout=0',
      'sslmode=prefer&channel_binding=require&gssencmode=prefer&target_session_attrs=any&supa=base-pooler.x',
      'keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=9000',
      'application_name=of-the-provider&connect_timeout=10&client_encoding=UTF8',
    ].join('&'),
  ],
])('database address: the mirror becomes current under ?%s', { timeout: 240_000 }, async (parameters) => {
  await using database = await testDatabase()
  const {
    host,
    port,
    user,
    database: name,
  } = database.connection as Exclude<typeof database.connection, { url: string }>
  await using proxy = await portOf(`${host}/.s.PGSQL.${port}`)
  const url = `postgres://${user}@127.0.0.1:${proxy.port}/${name}?${parameters}`
  await using program = startProgram(['serve'], { ...variables, DATABASE_URL: url })
  const origin = await program.origin()
  const mirror = await until(async () => {
    const one = await mirrorOf(origin)
    return (one.state !== 'EMPTY' || one.problem !== null) && one
  })
  expect(mirror).toEqual({ state: 'CURRENT', problem: null })
  const { data: shown } = await ask(origin, '{ users(first: 1) { nodes { createdAt freshness { profileAt } } } }')
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  expect(shown.users.nodes).toEqual([{ createdAt: time, freshness: { profileAt: time } }])
  // Pulls continue by the queue's clock.
  const { data } = await ask(origin, '{ organization { mirror { completeAsOf } } }')
  await until(async () => {
    const next = await ask(origin, '{ organization { mirror { completeAsOf } } }')
    return next.data.organization.mirror.completeAsOf !== data.organization.mirror.completeAsOf
  })
})

test('database address: no setting of the address or of the database changes what sessions rely on', async () => {
  await using database = await testDatabase()
  const {
    host,
    port,
    user,
    database: name,
  } = database.connection as Exclude<typeof database.connection, { url: string }>
  const others = [
    'DateStyle=German',
    'IntervalStyle=iso_8601',
    'TimeZone=Asia/Kolkata',
    'bytea_output=escape',
    'array_nulls=off',
  ]
  await database.sql.unsafe(`alter database "${name}" set extra_float_digits = -3`, [])
  await database.sql.unsafe(`alter database "${name}" set default_transaction_isolation = serializable`, [])
  const query = new URLSearchParams({
    host,
    port: String(port),
    user,
    options: others.map((one) => `-c ${one}`).join(' '),
  })
  const url = `postgres:///${name}?${query}`
  const expected = ['UTC', 'ISO, MDY', 'postgres', 'hex', 'on', '1', 'read committed']
  const question = `select array[${['TimeZone', 'DateStyle', 'IntervalStyle', 'bytea_output', 'array_nulls', 'extra_float_digits', 'default_transaction_isolation'].map((one) => `current_setting('${one}')`).join(', ')}]::text[] as settings`
  const client = new PreferringClient(settingsForPg({ url }))
  await client.connect()
  const { rows } = await client.query(question)
  await client.end()
  expect(rows).toEqual([{ settings: expected }])
  const opened = openDatabase({ url })
  try {
    expect(await opened.sql.unsafe(question, [])).toEqual([{ settings: expected }])
    expect(await opened.read({ caller: '' }).sql.unsafe(question, [])).toEqual([{ settings: expected }])
  } finally {
    await opened.close()
  }
})

test('queue: an unreachable store is a problem of the mirror within 30 s', { timeout: 120_000 }, async () => {
  await using database = await testDatabase()
  await using program = startProgram(['serve'], {
    ...variables,
    ...databaseVariables(database),
    REDIS_URL: 'redis://127.0.0.1:1',
  })
  const origin = await program.origin()
  const problem = await until(async () => (await mirrorOf(origin)).problem ?? undefined)
  expect(problem).toBe('The job queue does not work: its store did not respond within 10 s')
})

test('queue: missing tables are a problem of the mirror until they are back', { timeout: 60_000 }, async () => {
  await using sync = await startSync({ store: 'postgres', healMs: 50 })
  const worker = await sync.startWorker()
  await sync.pull()
  const problem = async () => {
    const [row] = await sync.sql<{ problem: string | null }[]>`select queue_problem as problem from organizations`
    return row?.problem ?? null
  }
  expect(await problem()).toBeNull()
  await sync.sql.unsafe('alter schema bullmq rename to elsewhere', [])
  expect(await until(async () => (await problem()) ?? undefined)).toBe(
    'The job queue does not work: its store fails; see the log',
  )
  expect(JSON.stringify(sync.lines)).toContain('does not exist')
  await sync.sql.unsafe('alter schema elsewhere rename to bullmq', [])
  await until(async () => (await problem()) === null)
  // The last worker removes its problem, because no process would check it any more.
  await sync.sql.unsafe('alter schema bullmq rename to elsewhere', [])
  await until(async () => (await problem()) !== null)
  await worker.stop()
  expect(await problem()).toBeNull()
})

test('queue: the delay of workers does not depend on the clocks of two machines', async () => {
  await using sync = await startSync()
  await migrateQueue(sync.database.connection)
  const queue = openQueue({ postgres: sync.database.connection }, pino({ level: 'silent' }))
  try {
    await queue.schedule(10)
    const begun = performance.now()
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
    await queue.schedule(10)
    const lateMs = await queue.schedule(10)
    now.mockRestore()
    expect(lateMs).toBeLessThanOrEqual(performance.now() - begun)
  } finally {
    await queue.close()
  }
})
