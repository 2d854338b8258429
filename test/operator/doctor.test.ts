/** The verdicts of the doctor, and its exit codes. The test's own connections are those of a running server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createToken } from '../../src/access/tokens.ts'
import { diagnosed } from '../../src/cli/commands.ts'
import type { Check } from '../../src/cli/doctor/check.ts'
import { runDoctor } from '../../src/cli/doctor/run-doctor.ts'
import { readConfig } from '../../src/config/env.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { workerName } from '../../src/db/sessions.ts'
import { openClientDirectory } from '../../src/organizations/client-directory.ts'
import { openSharedPools } from '../../src/vendor/client.ts'
import { startVendor, type Vendor } from '../simulator/vendor.ts'
import { testDatabase } from '../support/database.ts'
import { answer, startVendor as startHttp } from '../vendor/support.ts'

const secretKey = Buffer.alloc(32, 7).toString('base64')
let database: Awaited<ReturnType<typeof testDatabase>>
let worker: Database
let vendor: Vendor
let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  database = await testDatabase()
  worker = await openWorker()
  vendor = await startVendor({}, { clock: Date.now })
  folder = await mkdtemp(join(tmpdir(), 'doctor-'))
  const { connection } = database
  if (!('host' in connection)) throw new Error('The tests connect by host and port')
  const where = new URLSearchParams({ host: connection.host, port: String(connection.port), user: connection.user })
  environment = {
    DATABASE_URL: `postgres:///${connection.database}?${where}`,
    ESSENTIALS_API_KEY: 'key',
    ESSENTIALS_API_SECRET: 'secret',
    ESSENTIALS_BASE_URL: vendor.simulator.url,
    SECRET_KEY: secretKey,
    ADMIN_TOKEN: 'a-token-of-the-tests',
  }
  await serve()
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await vendor[Symbol.asyncDispose]()
  await worker.close()
  await database[Symbol.asyncDispose]()
})

/** Sessions as those of a process with a worker. */
async function openWorker(): Promise<Database> {
  const opened = openDatabase(database.connection, { connections: 2, name: workerName })
  await opened.sql`select 1`
  return opened
}

/** As a server does at its start. */
async function serve(): Promise<void> {
  const { sql, control } = database
  const pools = openSharedPools()
  const options = {
    sql,
    control,
    logger: pino({ level: 'silent' }),
    pullIntervalSeconds: 300,
    runsOperations: false,
    pools,
  }
  await openClientDirectory(readConfig(environment, 'vendor').organizations, options)
  await pools.close()
}

interface Visit {
  readonly code: number
  readonly status: string
  readonly checks: readonly Check[]
  readonly output: string
}

/** Variables that are undefined are not set. */
async function visit(
  changes: Record<string, string | undefined> = {},
  { args = [], now }: { readonly args?: readonly string[]; readonly now?: () => number } = {},
): Promise<Visit> {
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  const code = await runDoctor(['--json', ...args], diagnosed({ ...environment, ...changes }), terminal, now)
  return { code, output, ...(JSON.parse(output) as { status: string; checks: Check[] }) }
}

function found({ checks }: Visit, status: Check['status']): string[] {
  return checks.flatMap((one) =>
    one.status === status ? [[one.check, one.organization, one.message].filter((part) => part).join(': ')] : [],
  )
}

test('doctor: a good setup has neither errors nor warnings, and costs one request within the allowance', async () => {
  const before = vendor.simulator.requests.length
  const visited = await visit()
  expect([found(visited, 'error'), found(visited, 'warning')]).toEqual([[], []])
  expect(visited).toMatchObject({ code: 0, status: 'ok' })
  expect(new Set(visited.checks.map(({ check }) => check))).toEqual(
    new Set([
      'configuration',
      'database',
      'extensions',
      'migrations',
      'connections',
      'redis',
      'worker',
      'clock',
      'secrets',
      'tokens',
      'vendor',
      'mirror',
    ]),
  )
  expect(found(visited, 'ok')).toContainEqual(expect.stringMatching(/^vendor: default: The vendor answered .* 2 users/))
  expect(vendor.simulator.requests).toHaveLength(before + 1)
  expect(visited.output).not.toMatch(/a-token-of-the-tests|"secret"/)
})

test('doctor: a wrong key is an error that names the organization, and is not used again once a pull met it', async () => {
  const wrong = await visit({ ESSENTIALS_API_SECRET: 'hunter2' })
  expect(found(wrong, 'error')).toEqual([
    expect.stringMatching(/^vendor: default: The vendor rejected the API key \(401\)/),
  ])
  expect(wrong).toMatchObject({ code: 1, status: 'error' })
  expect(wrong.output).not.toContain('hunter2')
  const { sql } = database
  await sql`update organizations set problem = 'GET /users of organization "default": the vendor returned 401; expected a key'`
  const before = vendor.simulator.requests.length
  const refused = await visit()
  expect(refused.code).toBe(1)
  expect(found(refused, 'error')).toEqual([expect.stringMatching(/^vendor: default: .*Nothing was sent now/)])
  expect(vendor.simulator.requests).toHaveLength(before)
  // Another key, or a person who insists.
  expect(found(await visit({}, { args: ['--ask-again'] }), 'error')).toEqual([])
  expect(vendor.simulator.requests).toHaveLength(before + 1)
  await visit({ ESSENTIALS_API_KEY: 'another' })
  expect(vendor.simulator.requests).toHaveLength(before + 2)
  const without = await visit({ ESSENTIALS_API_KEY: undefined, ESSENTIALS_API_SECRET: undefined })
  expect(found(without, 'error')).toEqual([expect.stringMatching(/^mirror: default: .*returned 401/)])
  await sql`update organizations set problem = null`
})

test('doctor: a vendor that is away and one that is not the API are errors', async () => {
  const closed = await startVendor()
  await closed[Symbol.asyncDispose]()
  const away = await visit({ ESSENTIALS_BASE_URL: closed.simulator.url })
  expect(found(away, 'error')).toEqual([
    expect.stringMatching(/^vendor: default: The vendor at 127\.0\.0\.1:\d+ does not answer/),
  ])
  const other = await visit({ ESSENTIALS_BASE_URL: `${new URL(vendor.simulator.url).origin}/v1` })
  expect(found(other, 'error')).toEqual([expect.stringMatching(/^vendor: default: The vendor's answer cannot be used/)])
})

test('doctor: without free slots in the allowance the vendor is not asked, and that is a warning', async () => {
  const { sql } = database
  await sql`
    insert into allowance_slots (key, slot, free_at) select key, slot, clock_timestamp() + interval '1 hour'
    from allowances, generate_series(0, 99) as slot on conflict (key, slot) do update set free_at = excluded.free_at`
  await sql`update allowances set slots = 100, takes = takes + 1`
  const before = vendor.simulator.requests.length
  const spent = await visit()
  expect(found(spent, 'warning')).toEqual([
    expect.stringMatching(/^vendor: default: The vendor was not asked: the allowance/),
  ])
  expect(spent.code).toBe(0)
  expect(vendor.simulator.requests).toHaveLength(before)
  await sql`delete from allowance_slots`
  await sql`update allowances set slots = 0, takes = takes + 1`
})

test('doctor: no running worker is an error beside an API, and the action says how to start one', async () => {
  await worker.close()
  const visited = await visit()
  expect(found(visited, 'error')).toEqual([expect.stringMatching(/^worker: No worker seems to run/)])
  expect(visited.checks.find(({ check }) => check === 'worker')?.action).toContain('npm start -- worker')
  worker = await openWorker()
  expect(found(await visit(), 'ok')).toContain('worker: 1 worker runs.')
})

test('doctor: a Redis that cannot be reached is an error', async () => {
  const closed = await startVendor()
  await closed[Symbol.asyncDispose]()
  const visited = await visit({ REDIS_URL: `redis://:hunter2@127.0.0.1:${new URL(closed.simulator.url).port}` })
  expect(found(visited, 'error')).toEqual([expect.stringMatching(/^redis: Redis cannot be used: ECONNREFUSED/)])
  expect(visited.code).toBe(1)
  expect(visited.output).not.toContain('hunter2')
})

test('doctor: a database that lacks migrations, is newer, or cannot be reached is an error', async () => {
  const { sql } = database
  const [last] = await sql<{ name: string; hash: string }[]>`
    delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning name, hash`
  const stale = await visit()
  expect(stale.code).toBe(1)
  expect(found(stale, 'error')).toEqual([
    expect.stringContaining(`lacks 1 migration of this version, the first of them ${last?.name}`),
  ])
  const actions = stale.checks.filter(({ check }) => check === 'migrations').map(({ action }) => action)
  expect(actions).toEqual([expect.stringContaining('npm start -- migrate')])
  await sql`insert into drizzle.__drizzle_migrations (name, hash) values (${last?.name ?? ''}, ${last?.hash ?? ''})`
  await sql`insert into drizzle.__drizzle_migrations (name, hash) values ('29991231000000_later', 'x')`
  const newer = await visit()
  expect(found(newer, 'error')).toEqual([expect.stringMatching(/^migrations: .*newer version/)])
  await sql`delete from drizzle.__drizzle_migrations where name like '2999%'`
  const away = await visit({ DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/app' })
  expect(away.code).toBe(1)
  expect(found(away, 'error')).toEqual([
    expect.stringMatching(/^database: The database of DATABASE_URL cannot be used/),
  ])
  expect(away.output).not.toContain('hunter2')
})

test.each([
  [-120_000, 'error', 1],
  [-20_000, 'warning', 0],
  [120_000, 'error', 1],
  [-1_000, 'ok', 0],
] as const)('doctor: a clock that differs by %d ms from that of the database gives %s', async (ms, status, code) => {
  const visited = await visit({}, { now: () => Date.now() + ms })
  const clocks = visited.checks.filter(({ check, message }) => check === 'clock' && message.includes('machine'))
  expect(clocks.map((one) => one.status)).toEqual([status])
  expect(visited.code).toBe(code)
  const side = ms < 0 ? 'behind' : 'ahead of'
  if (status !== 'ok')
    expect(clocks[0]?.message).toBe(
      `The clock of this machine is ${Math.abs(ms) / 1_000} s ${side} that of the database.`,
    )
})

test('doctor: a vendor whose clock differs gives an error that names the organization', async () => {
  const date = new Date(Date.now() - 300_000).toUTCString()
  await using slow = await startHttp(answer(200, { users: [], total: 0 }, { date }))
  const visited = await visit({ ESSENTIALS_BASE_URL: slow.baseUrl })
  expect(found(visited, 'error')).toEqual([
    expect.stringMatching(/^clock: The clock of the vendor \(default\) is 3\d\d s behind/),
  ])
})

test('doctor: missing ADMIN_TOKEN, SECRET_KEY and credentials beside a running server are warnings', async () => {
  const visited = await visit({
    ADMIN_TOKEN: undefined,
    SECRET_KEY: undefined,
    ESSENTIALS_API_KEY: undefined,
    ESSENTIALS_API_SECRET: undefined,
  })
  expect(found(visited, 'error')).toEqual([])
  expect(found(visited, 'warning')).toEqual([
    expect.stringMatching(/^configuration: The vendor's credentials .* are not set here/),
    expect.stringMatching(/^secrets: SECRET_KEY is not set here/),
    expect.stringMatching(/^tokens: ADMIN_TOKEN is not set here/),
  ])
  expect(visited.code).toBe(0)
})

test('doctor: a key that does not decrypt a webhook is an error, and an expiring token is a warning', async () => {
  const { sql } = database
  await sql`insert into webhooks (url, events, secret, created_by) values ('https://a.example', '{}', 'sealed', 'test')`
  await createToken(sql, { name: 'nightly', scopes: ['read'], organizations: null, expiresInSeconds: 3_600 })
  const visited = await visit()
  expect(found(visited, 'error')).toEqual([
    expect.stringMatching(/^secrets: .*1 signing secrets of webhooks cannot be decrypted/),
  ])
  expect(found(visited, 'warning')).toEqual([expect.stringMatching(/^tokens: The token "nightly" expires on/)])
  await sql`delete from webhooks`
  await sql`delete from api_tokens`
})

test('doctor: an invalid file of organizations is an error that quotes none of its content, and the rest is still checked', async () => {
  const file = join(folder, 'organizations.json')
  await writeFile(file, '[{"slug": "a", "apiSecret": "hunter2')
  const own = { ESSENTIALS_API_KEY: undefined, ESSENTIALS_API_SECRET: undefined, ESSENTIALS_ORGANIZATIONS_FILE: file }
  const visited = await visit(own)
  expect(visited.code).toBe(1)
  expect(found(visited, 'error')).toEqual([expect.stringMatching(/^configuration: The file of .* is not JSON\.$/)])
  expect(visited.checks.map(({ check }) => check)).toContain('migrations')
  expect(visited.output).not.toContain('hunter2')
  // A valid one that differs from the list of the database.
  await writeFile(file, JSON.stringify([{ slug: 'a', name: 'a', apiKey: 'key', apiSecret: 'secret' }]))
  const differing = await visit(own)
  expect(found(differing, 'warning').sort()).toEqual([
    'organizations: a: It is configured here, but no running process mirrors it.',
    'organizations: default: It is mirrored, but not configured here.',
  ])
  expect(differing.code).toBe(0)
})

test('doctor: a secret file that cannot be read is an error that names it, and everything else is checked', async () => {
  const absent = join(folder, 'absent')
  const names = ['REDIS_URL', 'SECRET_KEY', 'ADMIN_TOKEN']
  const files = Object.fromEntries(
    names.flatMap((name) => [
      [name, undefined],
      [`${name}_FILE`, absent],
    ]),
  )
  const visited = await visit(files)
  expect(visited.code).toBe(1)
  expect(found(visited, 'error')).toEqual(
    names.map((name) => `configuration: The file of ${name}_FILE, ${absent}, cannot be read (ENOENT).`),
  )
  // Nothing is said of them that is not known, such as that they are not set.
  expect(found(visited, 'warning')).toEqual([])
  const ofOthers = ['database', 'migrations', 'worker', 'tokens', 'vendor', 'mirror']
  expect(visited.checks.map(({ check }) => check)).toEqual(expect.arrayContaining(ofOthers))
  const key = { ESSENTIALS_API_KEY: undefined, ESSENTIALS_API_KEY_FILE: absent }
  const ofKey = await visit(key)
  expect(found(ofKey, 'error')).toEqual([expect.stringContaining('ESSENTIALS_API_KEY_FILE')])
  expect(ofKey.checks.map(({ check }) => check)).toEqual(expect.arrayContaining(['migrations', 'secrets', 'mirror']))
  // Not the folder that is the default without DATABASE_URL.
  const ofDatabase = await visit({ DATABASE_URL: undefined, DATABASE_URL_FILE: absent })
  expect(new Set(ofDatabase.checks.map(({ check }) => check))).toEqual(new Set(['configuration']))
})

test('doctor: invalid variables are errors, also if not even the database can be found', async () => {
  const visited = await visit({ DATABASE_URL: 'mysql://app:hunter2@db/app', PORT: 'x' })
  expect(visited.checks.map(({ check, status }) => [check, status])).toEqual([
    ['configuration', 'error'],
    ['configuration', 'error'],
  ])
  expect(visited.code).toBe(1)
  expect(visited.output).not.toContain('hunter2')
})

test('doctor: people get one line for each check, and below it what to do', async () => {
  let output = ''
  const terminal = { stdout: { write: (text: string) => (output += text) } }
  const code = await runDoctor([], diagnosed({ ...environment, ADMIN_TOKEN: undefined }), terminal)
  expect(code).toBe(0)
  expect(output).toMatch(/^warning {2}tokens {9}ADMIN_TOKEN is not set here\..*\n +→ If the API has no ADMIN_TOKEN/m)
  expect(output).toMatch(/\n0 errors, 1 warning, \d+ ok\n$/)
})
