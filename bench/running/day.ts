/**
 * A day in fast motion: pulls, edits at the vendor, queries and writes, with every interval and every retention
 * shortened by the same factor. Reports whether memory, connections, tables, indexes and WAL per pull are the same at
 * the end as after the warm-up.
 *
 *   npm run bench:day -- [--seconds 600] [--organizations 4] [--users 300] [--retention 6]
 *
 * `--seconds`: how long 24 hours take. `--retention`: of history, audit, findings and deliveries, in simulated hours.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pino from 'pino'
import { pruneFindings } from '../../src/analysis/findings/keep-findings.ts'
import { runProcess } from '../../src/cli/serve.ts'
import { readConfig } from '../../src/config/env.ts'
import { openDatabase } from '../../src/db/database.ts'
import { startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { keepPruned } from '../../src/prune-rows.ts'
import { editALittle } from '../../src/simulator/data/edits.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { everySection } from '../../src/simulator/options.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { end } from '../read/run/child-process.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    organizations: { type: 'string', default: '4' },
    users: { type: 'string', default: '300' },
    retention: { type: 'string', default: '6' },
    program: { type: 'boolean', default: false },
  },
})
const hourMs = (Number(values.seconds) * 1_000) / 24
/** In simulated time about 5 minutes, in whole seconds. */
const interval = Math.max(1, Math.round(hourMs / 12 / 1_000))
const days = (Number(values.retention) * hourMs) / 86_400_000
/** Hours that are compared: the retention has taken effect in all of them. */
const [early, late] = [
  [10, 14],
  [20, 24],
] as const
const token = 'a-token-of-the-benchmark'
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Retentions of whole days are too long here. */
const shortened = () => {
  const config = readConfig(process.env, 'vendor')
  const webhooks = { ...config.webhooks, deliveryDays: days }
  return { ...config, historyDays: days, auditDays: days, findingsDays: days, pullIntervalSeconds: interval, webhooks }
}

if (values.program) await runItself()
else await measure()

async function runItself(): Promise<void> {
  const stopping = new AbortController()
  process.once('SIGTERM', () => stopping.abort())
  await runProcess(
    shortened(),
    pino({ level: 'warn' }, pino.destination(2)),
    { api: true, worker: true },
    stopping.signal,
  )
  process.exit(0)
}

interface Sample {
  readonly hour: number
  readonly figures: Readonly<Record<string, number>>
}

async function measure(): Promise<void> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'bench-day-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const slugs = Array.from({ length: Number(values.organizations) }, (_, i) => `org-${i}`)
  const simulator = opened.use(
    await startSimulator({
      switches: { listCarries: everySection, groupsTotal: 'right' },
      organizations: slugs.map((slug) => ({
        apiKey: slug,
        apiSecret: 'secret',
        domains: [`${slug}.example`],
        data: { users: Number(values.users), groups: 10 },
        limiter: 'none' as const,
      })),
    }),
  )
  const file = join(folder, 'organizations.json')
  const listed = slugs.map((slug) => ({
    slug,
    name: slug,
    apiKey: slug,
    apiSecret: 'secret',
    requestsPerMinute: 100_000,
  }))
  await writeFile(file, JSON.stringify(listed))
  // Whole pages in the WAL would depend on when checkpoints happen. Vacuum keeps up as it would over a day.
  const settings = {
    full_page_writes: 'off',
    autovacuum_naptime: '1s',
    autovacuum_vacuum_cost_delay: '0',
    autovacuum_vacuum_insert_threshold: '100000',
  }
  const { connection } = opened.use(await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings }))
  const database = openDatabase(connection, { connections: 2, name: 'bench' })
  opened.defer(() => database.close())
  const { sql } = database
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: `postgres://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.host)}&port=${connection.port}`,
    ESSENTIALS_ORGANIZATIONS_FILE: file,
    ESSENTIALS_BASE_URL: simulator.url,
    ADMIN_TOKEN: token,
    PORT: '0',
    SHUTDOWN_DRAIN_SECONDS: '0',
  }
  Object.assign(process.env, env)
  const child = startProgram(folder, env)
  opened.defer(() => end(child))
  const url = await addressOf(child)

  let isOver = false
  const random = createRandom('a day')
  const vendor = (async () => {
    for (let i = 0; !isOver; i += 1) {
      editALittle(simulator.organization(slugs[i % slugs.length] ?? ''), random)
      await sleep(hourMs / 60)
    }
  })()
  const callers = (async () => {
    for (let i = 0; !isOver; i += 1) {
      const slug = slugs[i % slugs.length]
      const [first] = simulator.organization(slug ?? '').snapshot().users
      const query =
        i % 5 === 4
          ? `mutation { updateUser(input: { organization: "${slug}", primaryEmail: "${first?.primaryEmail}", set: { firstName: "Name ${i % 10}" } }) { __typename } }`
          : `{ users(organization: "${slug}", first: 20) { totalCount nodes { primaryEmail groups { totalCount } roles { name } } } }`
      await ask(url, query)
      await sleep(hourMs / 120)
    }
  })()

  const samples: Sample[] = []
  let before = await readTotals(sql)
  for (let hour = 1; hour <= 24; hour += 1) {
    await sleep(hourMs)
    // What the program does once an hour.
    await sql`update organizations set pruned_at = pruned_at - interval '1 hour'`
    const pruning = keepPruned(shortened(), database, pino({ level: 'silent' }), pruneFindings)
    await sleep(Math.min(1_000, hourMs / 10))
    await pruning[Symbol.asyncDispose]()
    const now = await readTotals(sql)
    const figures = {
      'memory MB': memoryOf(child.pid ?? 0),
      connections: now.connections,
      'tables MB': now.tables,
      'indexes MB': now.indexes,
      'WAL kB per pull': (now.wal - before.wal) / now.pulls,
      'pulls an hour': now.pulls,
    }
    before = now
    samples.push({ hour, figures })
    say(
      `${String(hour).padStart(2)} h  ${Object.entries(figures)
        .map(([name, value]) => `${name} ${value.toFixed(1)}`)
        .join(', ')}`,
    )
  }
  isOver = true
  await Promise.all([vendor, callers])
  report(samples)
  const largest = await sql<{ table: string; rows: number; mb: number }[]>`
    select relname as table, n_live_tup::int as rows, (pg_total_relation_size(relid) / 1048576.0)::float8 as mb
    from pg_stat_user_tables order by pg_total_relation_size(relid) desc limit 8`
  for (const { table, rows, mb } of largest) say(`  ${table}: ${rows} rows, ${mb.toFixed(1)} MB`)
}

function report(samples: readonly Sample[]): void {
  const meanOf = (name: string, [from, to]: readonly [number, number]) => {
    const own = samples
      .filter(({ hour }) => hour > from && hour <= to)
      .flatMap(({ figures: { [name]: value = 0 } }) => (Number.isFinite(value) ? [value] : []))
    return own.reduce((sum, value) => sum + value, 0) / own.length
  }
  for (const name of Object.keys(samples[0]?.figures ?? {})) {
    const [was, is] = [meanOf(name, early), meanOf(name, late)]
    const growth = (is / was - 1) * 100
    const verdict = growth > 10 ? 'GROWS' : 'flat'
    if (growth > 10) process.exitCode = 1
    say(
      `${name}: ${was.toFixed(1)} in hours ${early.join(' to ')}, ${is.toFixed(1)} in hours ${late.join(' to ')}: ${growth.toFixed(1)} %, ${verdict}`,
    )
  }
}

async function readTotals(sql: ReturnType<typeof openDatabase>['sql']) {
  const [row] = await sql<[{ pulls: number; connections: number; tables: number; indexes: number; wal: number }]>`
    select (select count(*) from pulls where state = 'COMPLETE'
        and finished_at > clock_timestamp() - ${hourMs}::float8 * interval '1 millisecond')::float8 as pulls,
      (select count(*) from pg_stat_activity where backend_type = 'client backend')::float8 as connections,
      (select sum(pg_table_size(relid)) / 1048576 from pg_stat_user_tables)::float8 as tables,
      (select sum(pg_indexes_size(relid)) / 1048576 from pg_stat_user_tables)::float8 as indexes,
      (pg_current_wal_lsn() - '0/0') / 1024 as wal`
  return row
}

function memoryOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes ?? 0) / 1_024
}

function startProgram(folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(join(folder, 'program.log'), 'w')
  const args = ['--import', './src/cli/quick-start.js', 'bench/running/day.ts', '--program', ...process.argv.slice(2)]
  const child = spawn(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    env,
    stdio: ['ignore', 'pipe', log],
  })
  child.once('exit', (code) => {
    if (code) say(`the program ended:\n${readFileSync(join(folder, 'program.log'), 'utf8').slice(-2_000)}`)
  })
  return child
}

async function addressOf(child: ChildProcess): Promise<string> {
  let text = ''
  for (;;) {
    const [part] = await once(child.stdout ?? child, 'data')
    text += String(part)
    const [, url] = /^listening on (\S+)$/m.exec(text) ?? []
    if (url !== undefined) return url
  }
}

async function ask(url: string, query: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
  await response.text()
}
