/**
 * Measures the graph queries over organizations of 10,000, 100,000 and 1,000,000 users that are inserted directly into
 * the mirror: the database time of each query, now and as of thirty days ago, beside its limit at 1,000,000 users.
 *
 *   npm run bench:analysis -- [USERS=10000,100000,1000000] [QUESTIONS]
 *
 * QUESTIONS selects queries by the beginning of their names, such as `search`; `findings` selects those after a pull
 * and a write. The time of a query is how long its operation waits for the database, from the parsed text to the result
 * in memory, over one connection, without HTTP. The total time, which includes the work of this process, is printed
 * beside it. Times of as-of queries include the transaction's begin, settings and end. BENCH_DATA_DIR keeps the
 * databases for the next run.
 */
import { rm } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { execute, type GraphQLArgs, parse } from 'graphql'
import { evaluateFindings } from '../src/analysis/findings/evaluate.ts'
import { type Database, openDatabase } from '../src/db/database.ts'
import { migrateMirror } from '../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { executeAsOf } from '../src/graph/as-of/as-of.ts'
import { encodeGlobalId } from '../src/graph/core/global-id.ts'
import { buildSchema } from '../src/graph/schema.ts'
import { openMemory } from '../src/mirror/count-cache.ts'
import { contextOf, reader } from '../test/graph/harness/context.ts'
import { dataFolder } from '../test/support/postgres.ts'
import { questions } from './analysis-questions.ts'
import { seedOrganization } from './analysis-seed.ts'
import { percentile } from './served.ts'

const wanted = process.argv[3] ?? ''
const sizes = (process.argv[2] ?? '10000,100000,1000000').split(',').map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)
const schema = buildSchema()
const memory = openMemory()
const samples = 60
/** Of one query. */
const longestMs = 4_000

say(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}; ${samples} samples each, after as many that are not counted`,
)
for (const users of sizes) {
  const dataDir = process.env.BENCH_DATA_DIR ?? (await dataFolder('bench'))
  const postgres = await startEmbeddedPostgres({
    dataDir: join(dataDir, String(users)),
    settings: { shared_buffers: '1GB' },
  })
  try {
    await measure(postgres.connection, users)
  } finally {
    await postgres.stop()
    if (!process.env.BENCH_DATA_DIR) await rm(dataDir, { recursive: true, force: true })
  }
}
process.exit(0)

async function measure(connection: Parameters<typeof openDatabase>[0], users: number): Promise<void> {
  const migrating = openDatabase(connection)
  await migrateMirror(migrating)
  await migrating.close()
  const database = openDatabase(connection, { connections: 1 })
  const groups = Math.max(50, users / 50)
  const [seeded] = await database.sql`select from organizations`
  if (!seeded) await seedOrganization(database.sql, { users, groups })
  const [counts] = await database.sql`
    select (select count(*) from users) as users, (select count(*) from memberships where valid_to is null) as memberships,
      (select max(member_count) from groups) as largest`
  say(
    `\n${counts?.users} users, ${groups} groups, the largest of ${counts?.largest}, ${counts?.memberships} memberships`,
  )
  const people = await database.sql<{ id: number; email: string; first: string; last: string; group: string | null }[]>`
    select u.id, u.primary_email as email, u.first_name as first, u.last_name as last, g.group_id as "group"
    from (select * from users where deleted_at is null order by hashint8(id) limit ${2 * samples}) u
    left join lateral (select group_id from memberships m where m.user_id = u.id and m.valid_to is null limit 1) m on true
    left join groups g on g.id = m.group_id order by hashint8(u.id)`
  const past = `@asOf(time: "${new Date(Date.now() - 30 * 86_400_000).toISOString()}")`
  say(line('question', ['p50', 'p95', 'whole p50', 'then p50', 'then p95', 'ratio'], 'the database is to stay under'))
  for (const { name, ask, bound } of questions.filter((question) => question.name.startsWith(wanted))) {
    const run = (asOf: string) =>
      time(people.length, async (i) => {
        const [one, other] = [people[i], people[(i + 41) % people.length]]
        if (!one || !other) return
        await answer(
          database,
          ask({ ...one, globalId: encodeGlobalId('User', one.id) }, encodeGlobalId('User', other.id), asOf),
        )
      })
    const now = await run('')
    const then = await run(past)
    const times = [now.waited.p50, now.waited.p95, now.whole.p50, then.waited.p50, then.waited.p95].map(ms)
    say(line(name, [...times, (then.waited.p50 / now.waited.p50).toFixed(1)], bound))
  }
  if ('findings'.startsWith(wanted)) await measureFindings(database)
  await database.close()
}

async function measureFindings(database: Database): Promise<void> {
  const once = async (name: string, bound: string, prepare: () => PromiseLike<unknown>) => {
    await prepare()
    const begun = performance.now()
    await evaluateFindings(database.sql, 1)
    say(line(`findings after ${name}`, [ms(performance.now() - begun)], bound))
  }
  const { sql } = database
  const pulled = () => sql`update organizations set profile_as_of = clock_timestamp() - interval '1 minute'`
  const changed = () => sql`
    with t as materialized (select clock_timestamp() as now),
    u as (update users set version_from = now from t where id = (select max(id) from users where deleted_at is null))
    update organizations set learnt_at = now from t`
  await once('a full pull', '60 s', () => sql`truncate findings, finding_runs`)
  await sql`analyze findings`
  await once('a quiet pull', '5 s', pulled)
  await once('a pull with a change', '5 s', () => changed().then(pulled))
  await once('a write', 'seconds', changed)
}

interface Spread {
  readonly p50: number
  readonly p95: number
}

/** Times of the second half of the runs; the first half warms up. Slow queries run fewer times. */
async function time(runs: number, run: (i: number) => Promise<void>): Promise<{ waited: Spread; whole: Spread }> {
  const times: { waited: number; whole: number }[] = []
  const begun = performance.now()
  for (let i = 0; i < runs && (i < 4 || performance.now() - begun < longestMs); i += 1) {
    const [since, used] = [performance.now(), process.threadCpuUsage()]
    await run(i)
    const { user, system } = process.threadCpuUsage(used)
    const whole = performance.now() - since
    // Nothing else runs in this process: while this thread is idle, it waits for the database.
    times.push({ waited: whole - (user + system) / 1_000, whole })
  }
  const counted = times.slice(times.length >> 1)
  return { waited: spreadOf(counted.map(({ waited }) => waited)), whole: spreadOf(counted.map(({ whole }) => whole)) }
}

/** The median and the 95th percentile. */
function spreadOf(times: readonly number[]): Spread {
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) }
}

async function answer(database: Database, question: string): Promise<void> {
  const args: GraphQLArgs = { schema, source: question, contextValue: contextOf(database, reader, memory) }
  const result = (await executeAsOf({ ...args, document: parse(question) }, execute)) as { errors?: Error[] }
  const [error] = result.errors ?? []
  if (error && !error.message.startsWith('No answer was found within')) throw error
}

function line(name: string, figures: readonly string[], bound: string): string {
  const columns = Array.from({ length: 6 }, (_, i) => (figures[i] ?? '').padStart(10))
  return `${name.padEnd(46)}${columns.join('')}   ${bound}`
}

function ms(time: number): string {
  return `${time < 100 ? time.toFixed(1) : time.toFixed(0)} ms`
}
