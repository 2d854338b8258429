/** The verdicts of the doctor about what the configuration names, and its exit codes. */
import { expect, test } from 'vitest'
import { createToken } from '../../src/access/tokens.ts'
import { startVendor } from '../simulator/vendor.ts'
import { answer, startVendor as startHttp } from '../vendor/support.ts'
import { database, doctorForTests, found, startWorker, stopWorker, vendor, visit } from './doctor-harness.ts'

doctorForTests()

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

test('doctor: a password that the API v1 refused is not sent again, and the error says until when', async () => {
  const own = {
    ESSENTIALS_API: 'v1',
    ESSENTIALS_API_KEY: undefined,
    ESSENTIALS_API_SECRET: undefined,
    ESSENTIALS_BASE_URL: vendor.simulator.origin,
    ESSENTIALS_DOMAIN: 'example.com',
    ESSENTIALS_USER: 'key',
    ESSENTIALS_PASSWORD: 'wrong',
  }
  expect(found(await visit(own), 'error')).toEqual([
    expect.stringMatching(/^vendor: default: The vendor refused the user or the password \(401\)/),
  ])
  const before = vendor.simulator.requests.length
  for (const args of [[], ['--ask-again']]) {
    const again = await visit(own, { args })
    expect(found(again, 'error')).toEqual([
      expect.stringMatching(/^vendor: default: .* No request is sent with them until \d{4}-\d\d-\d\d \d\d:\d\dZ/),
    ])
    expect(again.code).toBe(1)
  }
  expect(vendor.simulator.requests).toHaveLength(before)
  expect(found(await visit({ ...own, ESSENTIALS_PASSWORD: 'secret' }), 'error')).toEqual([])
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
  await stopWorker()
  const visited = await visit()
  expect(found(visited, 'error')).toEqual([expect.stringMatching(/^worker: No worker seems to run/)])
  expect(visited.checks.find(({ check }) => check === 'worker')?.action).toContain('npm start -- worker')
  await startWorker()
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
