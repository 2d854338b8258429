/**
 * The graph's questions over organizations of 10,000, 100,000 and 1,000,000 users put straight into the mirror: how long the database takes
 * for each, now and as of thirty days ago. Beside the figures stands what they are to stay under at 1,000,000.
 *
 *   node bench/analysis.ts [USERS=10000,100000,1000000]
 *
 * A question's time is what its operation takes from the parsed text to the answer in memory, over one connection, without HTTP: a little more
 * than the database's own. As of a past moment, the transaction's begin, setting and end are in it. BENCH_DATA_DIR keeps the databases for the
 * next run.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute, type GraphQLArgs, parse } from 'graphql'
import { evaluateFindings } from '../src/analysis/findings/evaluate.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { executeAsOf } from '../src/graph/as-of.ts'
import type { GraphContext } from '../src/graph/context.ts'
import { encodeGlobalId } from '../src/graph/global-id.ts'
import { buildSchema } from '../src/graph/schema.ts'
import { openAudit } from '../src/mirror/audit.ts'
import { type Database, openDatabase } from '../src/mirror/database.ts'
import { migrateMirror } from '../src/mirror/migrate.ts'
import { readPast } from '../src/mirror/read-past.ts'
import { openMemory } from '../src/mirror/remembered.ts'
import { openWakes } from '../src/mirror/wakes.ts'
import { questions } from './analysis-questions.ts'
import { seedOrganization } from './analysis-seed.ts'

const sizes = (process.argv[2] ?? '10000,100000,1000000').split(',').map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)
const schema = buildSchema()
const memory = openMemory()
const samples = 60
/** Of one question. */
const longestMs = 4_000

say(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}; ${samples} samples each, after as many that are not counted`,
)
for (const users of sizes) {
  const dataDir = process.env.BENCH_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'essentials-graph-bench-')))
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
  say(
    `${'question'.padEnd(44)} ${'p50'.padStart(8)} ${'p95'.padStart(8)} ${'then p50'.padStart(10)} ${'ratio'.padStart(6)}   to stay under`,
  )
  for (const { name, ask, bound } of questions) {
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
    say(
      `${name.padEnd(44)} ${ms(now.p50)} ${ms(now.p95)} ${ms(then.p50).padStart(10)} ${(then.p50 / now.p50).toFixed(1).padStart(6)}   ${bound}`,
    )
  }
  await measureFindings(database)
  await database.close()
}

async function measureFindings(database: Database): Promise<void> {
  const once = async (name: string, bound: string, prepare: () => PromiseLike<unknown>) => {
    await prepare()
    const begun = performance.now()
    await evaluateFindings(database.sql, 1)
    say(`${name.padEnd(44)} ${ms(performance.now() - begun)} ${''.padStart(26)}   ${bound}`)
  }
  const { sql } = database
  await once('findings after a full pull', '60 s', () => sql`truncate findings, finding_runs`)
  const learn = () =>
    sql`update organizations set learnt_at = clock_timestamp(), profile_as_of = clock_timestamp() - interval '1 minute'`
  await once('findings after a quiet pull', '5 s', learn)
  await once(
    'findings after a write',
    'seconds',
    () => sql`
    with u as (update users set version_from = clock_timestamp() where id = (select max(id) from users where deleted_at is null))
    update organizations set learnt_at = clock_timestamp()`,
  )
}

/** The middle, and what one in twenty exceeds, of the second half; the first half warms up. A slow question is asked less often. */
async function time(runs: number, run: (i: number) => Promise<void>): Promise<{ p50: number; p95: number }> {
  const times: number[] = []
  const begun = performance.now()
  for (let i = 0; i < runs && (i < 4 || performance.now() - begun < longestMs); i += 1) {
    const since = performance.now()
    await run(i)
    times.push(performance.now() - since)
  }
  const counted = times.slice(times.length >> 1).sort((a, b) => a - b)
  return { p50: counted[counted.length >> 1] ?? 0, p95: counted[Math.floor(counted.length * 0.95)] ?? 0 }
}

async function answer(database: Database, question: string): Promise<void> {
  const args: GraphQLArgs = { schema, source: question, contextValue: contextOf(database) }
  const result = (await executeAsOf({ ...args, document: parse(question) }, execute)) as { errors?: Error[] }
  const [error] = result.errors ?? []
  if (error && !error.message.startsWith('No answer was found within')) throw error
}

function contextOf(database: Database): GraphContext {
  const refuse = () => Promise.reject(new Error('nothing is asked of the sync'))
  return {
    drizzle: database.drizzle,
    sql: database.sql,
    readPast: (moment, run) => readPast(database, moment, run),
    memory,
    audit: openAudit(database.sql),
    wakes: openWakes(database.sql),
    viewer: { name: 'bench', scopes: new Set(['read']), organizations: 'all' },
    sync: { refreshUser: refuse, startPull: refuse, resolveQuarantine: refuse },
    writes: {
      createUser: refuse,
      updateUser: refuse,
      deleteUser: refuse,
      addUserToGroup: refuse,
      removeUserFromGroup: refuse,
      startOnboarding: refuse,
      startDeprovisioning: refuse,
      startEmailChange: refuse,
      cancelOperation: refuse,
      retryOperation: refuse,
    },
    signal: new AbortController().signal,
  }
}

function ms(time: number): string {
  return `${time < 100 ? time.toFixed(1) : time.toFixed(0)} ms`.padStart(8)
}
