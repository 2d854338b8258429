/**
 * A pull of a large organization from full list rows, and a second one without changes: requests, users per second,
 * memory, and the rows that each wrote. The vendor is the simulator in a separate process on the same machine.
 *
 *   node bench/pull.ts [USERS=100000] [GROUPS=2000] [API=v2]
 *
 * With the API v1, one response holds all users.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openContext } from '../src/app.ts'
import { readConfig } from '../src/config/env.ts'
import type { Sql } from '../src/db/database.ts'
import { dataFolder } from '../test/support/postgres.ts'

const [users = '100000', groups = '2000', api = 'v2'] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

const vendor = spawn(process.execPath, ['src/main.ts', 'simulator'], {
  env: { ...process.env, SIMULATOR_USERS: users, SIMULATOR_GROUPS: groups, SIMULATOR_REQUESTS_PER_MINUTE: '0' },
  stdio: ['ignore', 'pipe', 'ignore'],
})
const [line] = (await once(createInterface(vendor.stdout), 'line')) as [string]
const dataDir = await dataFolder('bench')
const config = readConfig(
  {
    ...(api === 'v1'
      ? {
          ESSENTIALS_API: 'v1',
          ESSENTIALS_DOMAIN: 'example.com',
          ESSENTIALS_USER: 'simulated-key',
          ESSENTIALS_PASSWORD: 'simulated-secret',
          ESSENTIALS_BASE_URL: new URL(line.replace('simulating on ', '')).origin,
        }
      : {
          ESSENTIALS_API_KEY: 'simulated-key',
          ESSENTIALS_API_SECRET: 'simulated-secret',
          ESSENTIALS_BASE_URL: line.replace('simulating on ', ''),
        }),
    ESSENTIALS_REQUESTS_PER_MINUTE: '1000000',
    PULL_INTERVAL_SECONDS: '86400',
    DATA_DIR: dataDir,
    DATABASE_URL: process.env.DATABASE_URL,
  },
  'vendor',
)
const context = await openContext(config, pino({ level: 'warn' }))
try {
  const sql = context.database.sql
  globalThis.gc?.()
  const rest = process.memoryUsage().rss
  let peak = rest
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
  }, 20)
  await context.startWorker()
  const first = await pullEnds(sql, 0)
  report('first pull', first, await rowsWritten(sql))
  const before = await rowsWritten(sql)
  const { startPull } = context.graphContext({
    viewer: { name: 'bench', scopes: new Set(), organizations: 'all' },
    signal: new AbortController().signal,
  }).sync
  await startPull(first.organizationId)
  const second = await pullEnds(sql, first.id)
  const after = await rowsWritten(sql)
  report(
    'second pull',
    second,
    Object.fromEntries(Object.entries(after).map(([table, rows]) => [table, rows - (before[table] ?? 0)])),
  )
  clearInterval(watch)
  say(`second : first     ${(second.seconds / first.seconds).toFixed(2)} of the time`)
  say(`memory             ${mb(rest)} at rest, ${mb(peak)} at most: ${mb(peak - rest)} more`)
} finally {
  await context.close()
  vendor.kill()
  await rm(dataDir, { recursive: true, force: true })
}
process.exit(0)

interface Pull {
  id: number
  organizationId: number
  state: string
  seconds: number
  requests: number
  users: number
  error: string | null
}

async function pullEnds(sql: Sql, after: number): Promise<Pull> {
  for (;;) {
    const [pull] = await sql<Pull[]>`
      select id, organization_id as "organizationId", state, requests, users_seen as users, error,
        extract(epoch from finished_at - first_sent_at)::float8 as seconds
      from pulls where id > ${after} and finished_at is not null order by id limit 1`
    if (pull) return pull
    await sleep(50)
  }
}

/** Rows inserted, updated and deleted since the database was created. */
async function rowsWritten(sql: Sql): Promise<Record<string, number>> {
  await sql`select pg_stat_force_next_flush()`
  // Sessions report their writes to the statistics after a second of idleness.
  await sleep(2_000)
  const rows = await sql<{ table: string; rows: number }[]>`
    select relname as table, n_tup_ins + n_tup_upd + n_tup_del as rows from pg_stat_user_tables
    where relname in ('users', 'aliases', 'memberships', 'role_grants', 'roles', 'groups', 'user_versions', 'change_sets') order by 1`
  return Object.fromEntries(rows.map((row) => [row.table, row.rows]))
}

function report(name: string, pull: Pull, written: Record<string, number>): void {
  say(
    `${name.padEnd(18)} ${pull.state}${pull.error ? ` ${pull.error}` : ''}: ${pull.users} users in ${pull.requests} requests and ${pull.seconds.toFixed(2)} s`,
  )
  say(`                   ${Math.round(pull.users / pull.seconds)} users a second`)
  say(
    `                   rows written: ${Object.entries(written)
      .map(([table, rows]) => `${table} ${rows}`)
      .join(', ')}`,
  )
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}
