/**
 * The time that reads by SCIM spend in the database, in an organization of many users.
 *
 *   npm run bench:scim -- [USERS=100000] [ROUNDS=50]
 */
import { rm } from 'node:fs/promises'
import { openDatabase } from '../src/db/database.ts'
import { migrateMirror } from '../src/db/migrations/migrate.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import { parseFilter } from '../src/scim/protocol/filter-parser.ts'
import { keepDirectory, keepSlice, readDirectory } from '../src/scim/resources/keep-directory.ts'
import { listResources } from '../src/scim/resources/list-resources.ts'
import { readGroups, readUsers } from '../src/scim/resources/resource-rows.ts'
import { dataFolder } from '../test/support/postgres.ts'
import { seedOrganization } from './analysis-seed.ts'
import { percentile } from './served.ts'

const [users = 100_000, rounds = 50] = process.argv.slice(2).map(Number)
const say = (line: string) => process.stdout.write(`${line}\n`)

const dataDir = await dataFolder('bench')
const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } })
try {
  const migrating = openDatabase(postgres.connection)
  await migrateMirror(migrating)
  await migrating.close()
  const database = openDatabase(postgres.connection, { connections: 2 })
  const { sql } = database
  await seedOrganization(sql, { users, groups: users / 50 })
  const [organization] = await sql<{ id: number; slug: string }[]>`select id, slug from organizations limit 1`
  const { id, slug } = organization ?? { id: 0, slug: '' }
  const slices: number[] = []
  for (let isUpToDate = false; !isUpToDate; ) {
    const startedAt = performance.now()
    isUpToDate = await keepSlice(sql, id)
    slices.push(performance.now() - startedAt)
  }
  const whole = slices.reduce((sum, one) => sum + one, 0)
  say(
    `first use: ${Math.round(whole)} ms for the resources of all users and groups, in ${slices.length} slices of at most ${Math.round(Math.max(...slices))} ms`,
  )
  await sql`update scim_resources set external_id = 'ext-' || node_id where kind = 'User'`
  await sql`vacuum analyze scim_resources`
  const [some] = await sql<{ email: string; external: string }[]>`
    select u.primary_email as email, r.external_id as external from scim_resources r join users u on u.id = r.node_id
    where r.kind = 'User' offset ${Math.floor(users / 2)} limit 1`
  const read = database.read({ caller: 'bench', signal: new AbortController().signal }).sql
  const page = (kind: 'User' | 'Group', filter: string | undefined, startIndex: number, count: number) => async () => {
    await readDirectory(read, slug)
    const found = await listResources(read, id, kind, filter === undefined ? undefined : parseFilter(filter), {
      startIndex,
      count,
    })
    if (kind === 'User') await readUsers(read, id, found.ids)
    else await readGroups(read, id, found.ids)
  }
  const questions = {
    'userName eq': page('User', `userName eq "${some?.email}"`, 1, 100),
    'userName eq, no hit': page('User', 'userName eq "none@example.com"', 1, 100),
    'externalId eq': page('User', `externalId eq "${some?.external}"`, 1, 100),
    'first page of 100': page('User', undefined, 1, 100),
    'page of 100 in the middle': page('User', undefined, users / 2, 100),
    'last page of 100': page('User', undefined, users - 100, 100),
    'groups without members': page('Group', undefined, 1, 100),
    'group displayName eq': page('Group', 'displayName eq "head office"', 1, 100),
    'familyName sw (a scan)': page('User', 'name.familyName sw "mü"', 1, 100),
    'keep the directory, nothing new': () => keepDirectory(sql, id),
  }
  for (const [name, ask] of Object.entries(questions)) {
    await ask()
    const times: number[] = []
    for (let i = 0; i < rounds; i += 1) {
      const from = performance.now()
      await ask()
      times.push(performance.now() - from)
    }
    times.sort((a, b) => a - b)
    say(`${name}: median ${percentile(times, 0.5).toFixed(1)} ms, p95 ${percentile(times, 0.95).toFixed(1)} ms`)
  }
  await database.close()
} finally {
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}
process.exit(0)
