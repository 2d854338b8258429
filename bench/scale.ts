/**
 * The unit costs of docs/scaling.md: storage and write-ahead log for each user, of a first pull, of one without changes and
 * of changed users, and memory, storage and statements for each organization.
 *
 *   npm run bench:scale -- [--users 20000] [--organizations 1000]
 */
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { type AppContext, openContext } from '../src/app.ts'
import { readConfig } from '../src/config/env.ts'
import type { Sql } from '../src/db/database.ts'
import { openClientDirectory } from '../src/organizations/client-directory.ts'
import { everySection } from '../src/simulator/options.ts'
import { startSimulator } from '../src/simulator/simulator.ts'
import { openSharedPools } from '../src/vendor/client.ts'
import { dataFolder } from '../test/support/postgres.ts'

const { values } = parseArgs({
  options: { users: { type: 'string', default: '20000' }, organizations: { type: 'string', default: '1000' } },
})
const users = Number(values.users)
const organizations = Number(values.organizations)
/** The share of the users that are changed before the third pull. */
const changed = Math.round(users / 100)
const say = (name: string, value: string) => process.stdout.write(`${name.padEnd(42)} ${value}\n`)
const perUser = (bytes: number, count = users) => `${Math.round(bytes / count).toLocaleString('en')} bytes per user`

await using opened = new AsyncDisposableStack()
const simulator = opened.use(
  await startSimulator({
    organizations: [
      {
        apiKey: 'key',
        apiSecret: 'secret',
        domains: ['example.com'],
        requestsPerMinute: 1_000_000,
        data: { users, groups: Math.ceil(users / 50) },
        switches: { listCarries: everySection },
      },
    ],
  }),
)
const dataDir = await dataFolder('scale')
opened.defer(() => rm(dataDir, { recursive: true, force: true }))
const config = readConfig(
  {
    ESSENTIALS_API_KEY: 'key',
    ESSENTIALS_API_SECRET: 'secret',
    ESSENTIALS_BASE_URL: simulator.url,
    ESSENTIALS_REQUESTS_PER_MINUTE: '1000000',
    PULL_INTERVAL_SECONDS: '86400',
    DATA_DIR: dataDir,
  },
  'vendor',
)
const logger = pino({ level: 'warn' })
const context = opened.use(await openContext(config, logger))
const { sql } = context.database
const empty = await sizes(sql)
const beforeFirst = await position(sql)
await context.startWorker()
const first = await pullEnds(sql, 0)
const afterFirst = await position(sql)
say('users, groups', `${users.toLocaleString('en')}, ${Math.ceil(users / 50)}`)
say(
  'first pull',
  `${first.requests} requests, ${first.seconds.toFixed(1)} s, ${Math.round(users / first.seconds)} users a second`,
)
say('  write-ahead log', perUser(afterFirst - beforeFirst))
const filled = await sizes(sql)
let total = 0
for (const { name, heap, indexes } of filled) {
  const before = empty.find((one) => one.name === name)
  const [ownHeap, ownIndexes] = [heap - (before?.heap ?? 0), indexes - (before?.indexes ?? 0)]
  total += ownHeap + ownIndexes
  if (ownHeap + ownIndexes > 20 * users)
    say(`  ${name}`, `${perUser(ownHeap)} and ${Math.round(ownIndexes / users)} in indexes`)
}
say('  all tables and indexes', perUser(total))

const second = await pull(context, first.id)
say('second pull, nothing changed', `${second.pull.requests} requests, ${second.pull.seconds.toFixed(1)} s`)
say('  write-ahead log', perUser(second.wal))

const organization = simulator.organization('key')
for (const user of organization.snapshot().users.slice(0, changed))
  organization.updateUser(user.primaryEmail, { firstName: `${user.firstName ?? ''}x` })
const third = await pull(context, second.pull.id)
say(`third pull, ${changed} users changed`, `${third.pull.seconds.toFixed(1)} s`)
say('  write-ahead log beyond the second', perUser(Math.max(0, third.wal - second.wal), changed))

await measureOrganizations()

/** The clients of a process, as a worker has them, for organizations that have not been pulled. */
async function measureOrganizations(): Promise<void> {
  const pools = openSharedPools()
  const settings = Array.from({ length: organizations }, (_, i) => ({
    slug: `org-${i}`,
    name: `org-${i}`,
    api: 'v2' as const,
    apiKey: `key-${i}`,
    apiSecret: 'secret',
    baseUrl: simulator.url,
    requestsPerMinute: 100,
    privilegedRoles: undefined,
  }))
  const before = await sizes(sql)
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed
  const from = performance.now()
  const { control } = context.database
  const directory = await openClientDirectory(settings, {
    sql,
    control,
    logger,
    pullIntervalSeconds: 300,
    runsOperations: false,
    pools,
  })
  const seconds = (performance.now() - from) / 1_000
  globalThis.gc?.()
  const grown = process.memoryUsage().heapUsed - heap
  const after = await sizes(sql)
  const sum = (all: typeof before) => all.reduce((bytes, one) => bytes + one.heap + one.indexes, 0)
  say('organizations', organizations.toLocaleString('en'))
  say('  start of a process', `${seconds.toFixed(1)} s`)
  say('  memory of a process', `${Math.round(grown / organizations).toLocaleString('en')} bytes per organization`)
  say(
    '  storage',
    `${Math.round((sum(after) - sum(before)) / organizations).toLocaleString('en')} bytes per organization`,
  )
  const again = performance.now()
  await directory.apply([...settings, { ...(settings[0] as (typeof settings)[0]), slug: 'added', apiKey: 'added' }])
  say('  one more, at run time', `${((performance.now() - again) / 1_000).toFixed(2)} s`)
  await pools.close()
}

async function pull({ graphContext }: AppContext, after: number) {
  const { signal } = new AbortController()
  const viewer = { name: 'bench', scopes: new Set<never>(), organizations: 'all' } as const
  const [row] = await sql<[{ id: number }]>`select id from organizations where slug = 'default'`
  const from = await position(sql)
  await graphContext({ viewer, signal }).sync.startPull(row.id)
  const ended = await pullEnds(sql, after)
  return { pull: ended, wal: (await position(sql)) - from }
}

interface Pull {
  readonly id: number
  readonly requests: number
  readonly seconds: number
}

/** Waits for the end of the pull, and of the evaluation of findings that follows. */
async function pullEnds(sql: Sql, after: number): Promise<Pull> {
  for (;;) {
    const [pull] = await sql<(Pull & { state: string })[]>`
      select id, state::text, requests, extract(epoch from finished_at - first_sent_at)::float8 as seconds
      from pulls where id > ${after} and finished_at is not null order by id limit 1`
    if (pull && pull.state !== 'COMPLETE') throw new Error(`the pull is ${pull.state}`)
    await sleep(pull ? 3_000 : 50)
    if (pull) return pull
  }
}

async function position(sql: Sql): Promise<number> {
  const [row] = await sql<[{ bytes: number }]>`select (pg_current_wal_insert_lsn() - '0/0')::float8 as bytes`
  return row.bytes
}

async function sizes(sql: Sql) {
  return await sql<{ name: string; heap: number; indexes: number }[]>`
    select c.relname as name, (pg_table_size(c.oid))::float8 as heap, pg_indexes_size(c.oid)::float8 as indexes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname = 'public' order by 2 desc`
}
