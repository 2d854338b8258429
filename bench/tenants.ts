/**
 * Many organizations on one worker: whether each is pulled once per interval although some vendors are slow, the memory
 * of the worker, and the statements that it sends while all wait for their vendors and while nothing is due.
 *
 *   npm run bench:tenants -- [--organizations 1000] [--slow 8] [--interval 300] [--rounds 3] [--latency 200]
 *
 * A quick trial in about two minutes: --organizations 100 --slow 4 --interval 30
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openDatabase } from '../src/db/database.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { everySection } from '../src/simulator/options.ts'
import { startSimulator } from '../src/simulator/simulator.ts'
import { end } from './read/run/child-process.ts'

const { values } = parseArgs({
  options: {
    organizations: { type: 'string', default: '1000' },
    slow: { type: 'string', default: '8' },
    interval: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '3' },
    latency: { type: 'string', default: '200' },
    'slow-latency': { type: 'string', default: '20000' },
    users: { type: 'string', default: '30' },
  },
})
const count = Number(values.organizations)
const slow = Number(values.slow)
const interval = Number(values.interval)
const rounds = Number(values.rounds)
/** How long the statements of an idle worker, and of one whose pulls all wait, are counted. */
const countedSeconds = 60
/** Those of `npm start`. */
const startFlags = ['--max-semi-space-size=16', '--import', './src/cli/quick-start.js']
const say = (line: string) => process.stdout.write(`${line}\n`)

const slugs = Array.from({ length: count }, (_, i) => `org-${i}`)
const isSlow = (slug: string) => Number(slug.slice(4)) < slow

await using opened = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'bench-tenants-'))
opened.defer(() => rm(folder, { recursive: true, force: true }))
const simulator = opened.use(
  await startSimulator({
    switches: { listCarries: everySection, groupsTotal: 'right' },
    organizations: slugs.map((slug) => ({
      apiKey: slug,
      apiSecret: 'secret',
      domains: [`${slug}.example`],
      data: { users: Number(values.users), groups: 3 },
      switches: { latencyMs: isSlow(slug) ? Number(values['slow-latency']) : Number(values.latency) },
    })),
  }),
)
const file = join(folder, 'organizations.json')
await writeFile(file, JSON.stringify(slugs.map((slug) => ({ slug, name: slug, apiKey: slug, apiSecret: 'secret' }))))
const { connection } = opened.use(
  await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    settings: { shared_preload_libraries: 'pg_stat_statements' },
  }),
)
const database = openDatabase(connection, { connections: 2, name: 'bench' })
opened.defer(() => database.close())
const { sql } = database
await sql.unsafe('create extension pg_stat_statements', [])

const worker = startWorker()
opened.defer(() => end(worker))
const memory = watchMemory(worker.pid ?? 0)
opened.defer(() => memory.stop())

say(`${count} organizations of ${values.users} users, ${slow} of them slow; ${rounds} rounds of ${interval} s`)
// The worker migrates the database first.
await until(async () => (await sql`select from organizations`.catch(() => [])).length === count)
const begun = Date.now()
// The first round spreads the starts, so the intervals are measured from the second pull of each organization on.
await until(async () => {
  const [row] = await sql<[{ least: number }]>`
    select coalesce(min(pulls), 0)::int as least from (
      select count(p.id) as pulls from organizations o
      left join pulls p on p.organization_id = o.id and p.state = 'COMPLETE'
      where substr(o.slug, 5)::int >= ${slow} group by o.id) t`
  return row.least > rounds || Date.now() - begun > (rounds + 3) * interval * 1_000
})
await report()
await idle()
await backlog()
say(`memory: ${memory.peak().toFixed(0)} MB at most; load of the machine ${loadavg()[0]?.toFixed(1)}`)

function startWorker(): ChildProcess {
  const { host, port, user, database: name } = connection
  const log = openSync(join(folder, 'worker.log'), 'w')
  const child = spawn(process.execPath, [...startFlags, 'src/main.ts', 'worker'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: `postgres://${user}@localhost/${name}?host=${encodeURIComponent(host)}&port=${port}`,
      ESSENTIALS_ORGANIZATIONS_FILE: file,
      ESSENTIALS_BASE_URL: simulator.url,
      PULL_INTERVAL_SECONDS: String(interval),
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.once('exit', (code) => {
    if (code !== 0 && code !== null)
      say(`the worker ended:\n${readFileSync(join(folder, 'worker.log'), 'utf8').slice(-2_000)}`)
  })
  return child
}

/** Intervals between the starts of successive pulls of one organization, as multiples of the configured interval. */
async function report(): Promise<void> {
  const gaps = await sql<{ slow: boolean; gap: number }[]>`
    select substr(o.slug, 5)::int < ${slow} as slow, (extract(epoch from p.started_at - p.before) / ${interval})::float8 as gap
    from (select organization_id, started_at, lag(started_at) over (partition by organization_id order by id) as before,
      row_number() over (partition by organization_id order by id) as nth from pulls) p
    join organizations o on o.id = p.organization_id
    where p.before is not null and p.nth <= ${rounds + 1}`
  const [states] = await sql<[Record<string, number>]>`
    select count(*) filter (where state = 'COMPLETE') as complete, count(*) filter (where state = 'FAILED') as failed from pulls`
  say(`pulls: ${JSON.stringify(states)}`)
  for (const which of [false, true]) {
    const own = gaps.filter((row) => row.slow === which).map(({ gap }) => gap)
    const sorted = own.toSorted((a, b) => a - b)
    const at = (share: number) =>
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3)
    const late = own.filter((gap) => gap > 1.1).length
    say(
      `${which ? 'slow ' : 'quick'}: ${own.length} intervals, p50 ${at(0.5)}, p95 ${at(0.95)}, longest ${at(1)}; ${late} over 1.1`,
    )
  }
  const took = await sql<{ seconds: number }[]>`
    select extract(epoch from percentile_cont(0.5) within group (order by finished_at - started_at))::float8 as seconds
    from pulls where state = 'COMPLETE'`
  say(
    `a pull takes ${took[0]?.seconds.toFixed(2)} s (median); memory now ${memory.now().toFixed(0)} MB, at most ${memory.peak().toFixed(0)} MB`,
  )
}

/** Counts statements while no pull is due. */
async function idle(): Promise<void> {
  await sql`update organizations set next_pull_at = clock_timestamp() + interval '1 day', pruned_at = clock_timestamp()`
  await until(async () => {
    await sql`update organizations set next_pull_at = clock_timestamp() + interval '1 day' where next_pull_at < now() + interval '1 hour'`
    return (await sql`select from pulls where state = 'RUNNING'`).length === 0
  })
  await sleep(5_000)
  await countStatements('idle')
}

/** Counts statements while every organization has a pull that waits for its allowance. */
async function backlog(): Promise<void> {
  await sql`
    insert into allowance_slots (key, slot, free_at) select key, slot, clock_timestamp() + interval '1 hour'
    from allowances, generate_series(0, requests_per_window) as slot
    on conflict (key, slot) do update set free_at = excluded.free_at`
  await sql`update allowances set slots = requests_per_window + 1, takes = takes + 1`
  await sql`insert into pulls (id, organization_id, trigger) select nextval('node_ids'), id, 'REQUEST' from organizations`
  await sleep(20_000)
  await countStatements('all waiting')
}

async function countStatements(what: string): Promise<void> {
  await sql`select pg_stat_statements_reset()`
  await sleep(countedSeconds * 1_000)
  const rows = await sql<{ query: string; calls: number; ms: number }[]>`
    select query, calls::int, total_exec_time::float8 as ms from pg_stat_statements
    where query not like '%pg_stat_statements%' order by calls desc`
  const calls = rows.reduce((sum, row) => sum + row.calls, 0)
  const ms = rows.reduce((sum, row) => sum + row.ms, 0)
  say(
    `${what}: ${((calls * 60) / countedSeconds).toFixed(0)} statements a minute, ${ms.toFixed(0)} ms of database time`,
  )
  for (const row of rows.slice(0, 8)) say(`  ${row.calls}  ${row.query.replace(/\s+/g, ' ').slice(0, 120)}`)
}

function watchMemory(pid: number) {
  let peak = 0
  const now = () => {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) / 1_024
  }
  const look = () => {
    try {
      peak = Math.max(peak, now())
    } catch {
      clearInterval(timer)
    }
  }
  const timer = setInterval(look, 500)
  return { now, peak: () => peak, stop: () => clearInterval(timer) }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    if (worker.exitCode !== null) throw new Error(`the worker ended with ${worker.exitCode}`)
    await sleep(1_000)
  }
}
