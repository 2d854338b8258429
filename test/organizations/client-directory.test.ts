/** Organizations that are added, removed and changed while processes run. */
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setPaused } from '../../src/mirror/control-organizations.ts'
import { readDueWork } from '../../src/mirror/due-work.ts'
import { takeDuePulls } from '../../src/mirror/pulls/due-pulls.ts'
import { beginPull, readRunningPulls } from '../../src/mirror/pulls/pulls.ts'
import { readOrganizationStates } from '../../src/mirror/read-organizations.ts'
import {
  type ClientDirectory,
  type OrganizationSettings,
  openClientDirectory,
} from '../../src/organizations/client-directory.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { openSharedPools } from '../../src/vendor/client.ts'
import { testDatabase } from '../support/database.ts'
import { until } from '../support/until.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let simulator: Simulator
const pools = openSharedPools()
const lines: string[] = []
const logger = pino({ base: null }, { write: (line: string) => lines.push(line) })
beforeAll(async () => {
  database = await testDatabase()
  const data = { users: [], groups: [] }
  simulator = await startSimulator({
    organizations: [{ apiKey: 'key-a', apiSecret: 'secret', domains: ['a.example'], data }],
  })
})
beforeEach(async () => {
  await database.sql`delete from operations`
  await database.sql`delete from pulls`
  await database.sql`delete from organizations`
  lines.length = 0
})
afterAll(async () => {
  await pools.close()
  await simulator.close()
  await database[Symbol.asyncDispose]()
})

type KeySettings = Extract<OrganizationSettings, { api: 'v2' }>

function settingsOf(slug: string, more: Partial<KeySettings> = {}): OrganizationSettings {
  const own = { slug, name: slug, api: 'v2' as const, apiKey: `key-${slug}`, apiSecret: 'secret' }
  return { ...own, requestsPerMinute: 100, baseUrl: simulator.url, privilegedRoles: undefined, ...more }
}

/** A process with these organizations. */
async function open(...organizations: OrganizationSettings[]): Promise<ClientDirectory> {
  return await openAs('worker', organizations)
}

async function openAs(role: 'api' | 'worker', organizations: OrganizationSettings[]): Promise<ClientDirectory> {
  const { sql, control } = database
  const options = { sql, control, logger, pullIntervalSeconds: 300, runsOperations: role === 'worker', pools }
  return await openClientDirectory(organizations, options)
}

async function idOf(slug: string): Promise<number> {
  const [row] = await database.sql<{ id: number }[]>`select id from organizations where slug = ${slug}`
  return row?.id ?? 0
}

const statesOf = async () =>
  Object.fromEntries(
    (await readOrganizationStates(database.sql, { all: true })).map(({ slug, state, isRetiring }) => [
      slug,
      isRetiring ? 'RETIRING' : state,
    ]),
  )

async function insertOperation(slug: string): Promise<void> {
  await database.sql`
    insert into operations (id, organization_id, kind, created_by)
    values (nextval('node_ids'), ${await idOf(slug)}, 'ONBOARDING', 'test')`
}

test('organizations: an added one has a client and is due, and a removed one is hidden with its history', async () => {
  const directory = await open(settingsOf('a'))
  await database.sql`update organizations set next_pull_at = clock_timestamp() + interval '1 hour'`
  await directory.apply([settingsOf('a'), settingsOf('b')])
  expect(directory.clientOf(await idOf('b'))).toBeDefined()
  expect(await takeDuePulls(database.sql, () => true)).toEqual([{ organizationId: await idOf('b'), trigger: 'START' }])
  await directory.apply([settingsOf('b')])
  expect(await statesOf()).toEqual({ a: 'RETIRED', b: 'EMPTY' })
  expect(directory.clientOf(await idOf('a'))).toBeUndefined()
  const before = await idOf('a')
  await directory.apply([settingsOf('a'), settingsOf('b')])
  expect(await statesOf()).toEqual({ a: 'EMPTY', b: 'EMPTY' })
  expect(await idOf('a')).toBe(before)
  expect(lines.flatMap((line) => (line.includes('"added"') ? [JSON.parse(line).added] : []))).toEqual([
    ['b'],
    [],
    ['a'],
  ])
  expect(lines.join('')).not.toMatch(/key-|secret/)
})

test('organizations: a rotated key keeps the client, uses the allowance of the new key, and repeats a failed pull', async () => {
  const directory = await open(settingsOf('a', { apiKey: 'wrong' }), settingsOf('b'))
  const client = directory.clientOf(await idOf('a'))
  await database.sql`
    update organizations set failures_running = 3, next_pull_at = clock_timestamp() + interval '1 hour'`
  await directory.apply([settingsOf('a'), settingsOf('b')])
  expect(directory.clientOf(await idOf('a'))).toBe(client)
  const before = simulator.requests.length
  await client?.listUsers({ page: 1, pageSize: 1 }, { priority: 'interactive' })
  expect(simulator.requests).toHaveLength(before + 1)
  const [used] = await database.sql<{ count: number }[]>`
    select count(*)::int from allowance_slots s join organizations o on o.allowance_key = s.key where o.slug = 'a'`
  expect(used?.count).toBe(1)
  // Only that of the organization whose key changed.
  const due = await takeDuePulls(database.sql, () => true)
  expect(due.map(({ organizationId }) => organizationId)).toEqual([await idOf('a')])
})

test('organizations: a removed one ends its operations first, and meanwhile is shown but not pulled', async () => {
  const directory = await open(settingsOf('a'), settingsOf('b'))
  const id = await idOf('a')
  await beginPull(database.sql, id, 'REQUEST')
  await insertOperation('a')
  await directory.apply([settingsOf('b')])
  expect(await statesOf()).toEqual({ a: 'RETIRING', b: 'EMPTY' })
  expect(directory.clientOf(id)).toBeDefined()
  expect(await readRunningPulls(database.sql)).toEqual([])
  expect((await takeDuePulls(database.sql, () => true)).map(({ organizationId }) => organizationId)).not.toContain(id)
  await directory.continueRetiring()
  expect(await statesOf()).toMatchObject({ a: 'RETIRING' })
  // A process that starts without it leaves it to the one that has its key.
  await open(settingsOf('b'))
  expect(await statesOf()).toMatchObject({ a: 'RETIRING' })
  await database.sql`update operations set finished_at = clock_timestamp()`
  await directory.continueRetiring()
  expect(await statesOf()).toMatchObject({ a: 'RETIRED' })
  expect(directory.clientOf(id)).toBeUndefined()
})

test('organizations: one whose process died before its operations ended is hidden by the next start', async () => {
  const directory = await open(settingsOf('a'), settingsOf('b'))
  await insertOperation('a')
  await directory.apply([settingsOf('b')])
  await database.sql`update organizations set retiring_until = clock_timestamp() - interval '1 second' where slug = 'a'`
  await open(settingsOf('b'))
  expect(await statesOf()).toEqual({ a: 'RETIRED', b: 'EMPTY' })
})

test('organizations: an API waits for the worker that ends the operations, and a worker without the key does not wait forever', async () => {
  const api = await openAs('api', [settingsOf('a'), settingsOf('b')])
  await insertOperation('a')
  await api.apply([settingsOf('b')])
  const { sql } = database
  const late = () =>
    sql`update organizations set retiring_until = clock_timestamp() - interval '1 second' where slug = 'a'`
  await late()
  await api.continueRetiring()
  expect(await statesOf()).toMatchObject({ a: 'RETIRING' })
  await sql`update organizations set retiring_until = clock_timestamp() + interval '1 hour' where slug = 'a'`
  const other = await open(settingsOf('b'))
  await other.continueRetiring()
  expect(await statesOf()).toMatchObject({ a: 'RETIRING' })
  await late()
  await other.continueRetiring()
  expect(await statesOf()).toEqual({ a: 'RETIRED', b: 'EMPTY' })
})

test('organizations: processes follow the list that was read last, and one that has not read it yet does not restore its own', async () => {
  const [first, second] = [await open(settingsOf('a')), await open(settingsOf('a'))]
  await first.apply([settingsOf('b')])
  expect(await statesOf()).toEqual({ a: 'RETIRED', b: 'EMPTY' })
  // The second process checks its unchanged file.
  await second.apply([settingsOf('a')])
  expect(await statesOf()).toEqual({ a: 'RETIRED', b: 'EMPTY' })
  expect(second.clientOf(await idOf('b'))).toBeUndefined()
  await second.apply([settingsOf('b')])
  expect(second.clientOf(await idOf('b'))).toBeDefined()
  expect(second.clientOf(await idOf('a'))).toBeUndefined()
})

test('organizations: a change without a database changes nothing, and can be repeated', async () => {
  const closed = await testDatabase()
  const options = {
    sql: closed.sql,
    control: closed.control,
    logger,
    pullIntervalSeconds: 300,
    runsOperations: true,
    pools,
  }
  const directory = await openClientDirectory([settingsOf('a')], options)
  const [row] = await closed.sql<{ id: number }[]>`select id from organizations`
  await closed[Symbol.asyncDispose]()
  await expect(directory.apply([settingsOf('b')])).rejects.toThrow()
  expect(directory.clientOf(row?.id ?? 0)).toBeDefined()
  await expect(directory.apply([settingsOf('b')])).rejects.toThrow()
})

test('organizations: a paused one is not pulled, its running pull rests, and both continue after it is resumed', async () => {
  await open(settingsOf('a'), settingsOf('b'))
  const id = await idOf('a')
  const { sql } = database
  expect(await setPaused(sql, ['a'], true)).toEqual(['a'])
  expect(await setPaused(sql, ['a'], true)).toEqual([])
  expect((await takeDuePulls(sql, () => true)).map(({ organizationId }) => organizationId)).toEqual([await idOf('b')])
  await sql`update organizations set next_pull_at = 'infinity' where slug = 'b'`
  expect((await readDueWork(sql)).pulls).toBe(false)
  await beginPull(sql, id, 'REQUEST')
  expect(await readRunningPulls(sql)).toEqual([])
  // Also after a restart.
  await open(settingsOf('a'), settingsOf('b'))
  expect(await readRunningPulls(sql)).toEqual([])
  expect(await setPaused(sql, ['a', 'b'], false)).toEqual(['a'])
  expect((await readRunningPulls(sql)).map(({ organizationId }) => organizationId)).toEqual([id])
})

test('organizations: changes of children are heard once the database accepts a listener again', async () => {
  const { sql, control } = database
  let attempts = 0
  const listen = async (_channel: string, _onPayload: (payload: string) => void, onListening: () => void) => {
    attempts += 1
    if (attempts === 1) throw new Error('no connection')
    onListening()
    return { unlisten: async () => {} }
  }
  const directory = await openClientDirectory([interfaceSettings()], {
    sql,
    control,
    logger,
    pullIntervalSeconds: 300,
    runsOperations: false,
    pools,
    listen,
  })
  await until(() => lines.some((line) => line.includes('cannot be heard')))
  await directory.continueRetiring()
  expect(attempts).toBe(2)
  await directory.continueRetiring()
  expect(attempts).toBe(2)
  await directory.close()
})

test('organizations: changes of children are read again if that failed after an earlier read of them succeeded', async () => {
  const { control } = database
  let reads = 0
  let isOpen = false
  const sql = new Proxy(database.sql, {
    apply: (target, self, of) => {
      const isRead = isOpen && String(of[0]).includes('select id from organizations')
      if (isRead) reads += 1
      return isRead && reads === 2 ? Promise.reject(new Error('no connection')) : Reflect.apply(target, self, of)
    },
  })
  let hear = () => {}
  const listen = async (_channel: string, onPayload: (payload: string) => void) => {
    hear = () => onPayload('1')
    return { unlisten: async () => {} }
  }
  const options = { sql, control, logger, pullIntervalSeconds: 300, runsOperations: false, pools, listen }
  const directory = await openClientDirectory([interfaceSettings()], options)
  isOpen = true
  hear()
  hear()
  await until(() => lines.some((line) => line.includes('cannot be read')))
  expect(reads).toBe(2)
  await directory.continueRetiring()
  expect(reads).toBe(3)
  await directory.continueRetiring()
  expect(reads).toBe(3)
  await directory.close()
})

function interfaceSettings(): OrganizationSettings {
  const own = { slug: 'v1', name: 'v1', domain: 'a.example', user: 'key-a', password: 'secret' }
  const privilegedRoles = undefined
  return { ...own, api: 'v1', requestsPerMinute: 100, baseUrl: simulator.origin, privilegedRoles }
}
