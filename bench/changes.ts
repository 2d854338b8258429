/**
 * Measures the database time of a page of the feed: a million changes, each filter, at several depths. Each is measured
 * with current statistics, and with the statistics of a feed of a thousand changes and the generic plan of a prepared
 * statement. Planning time counts if the statement is planned for each execution.
 *
 *   node bench/changes.ts [CHANGES=1000000]
 */
import { rm } from 'node:fs/promises'
import { openDatabase, type Sql } from '../src/db/database.ts'
import { migrateMirror } from '../src/db/migrations/migrate.ts'
import { changeKind } from '../src/db/schema/tables.ts'
import { startEmbeddedPostgres } from '../src/embedded/embedded-postgres.ts'
import type { Direction } from '../src/mirror/feed/feed-progress.ts'
import { type ChangesWanted, readChanges } from '../src/mirror/feed/read-changes.ts'
import { dataFolder } from '../test/support/postgres.ts'
import { bigGroup, hotUser, momentAt, seedFeed, userIds } from './feed.ts'

const changes = Number(process.argv[2] ?? 1_000_000)
const allowedMs = 10
const say = (line: string) => process.stdout.write(`${line}\n`)
const depths = [0, 0.1, 0.5, 0.9, 0.999, 1]
const runs = 5

type Narrowing = Omit<ChangesWanted, 'visible' | 'organization' | 'window' | 'limit'>
const [early, late] = [momentAt(changes, 0.3), momentAt(changes, 0.95)]
const someone = { type: 'User', id: userIds(changes, 0.5) } as const
const everybody = { type: 'Group', id: bigGroup } as const
const narrowings: Record<string, Narrowing> = {
  'all of it': {},
  'a common kind': { kinds: ['MEMBER_ADDED'] },
  'a kind of the first pull': { kinds: ['USER_CREATED'] },
  'a rare kind': { kinds: ['USER_RECREATED'] },
  'a kind that never was': { kinds: ['GROUP_CREATED'] },
  'a common and a rare kind': { kinds: ['FIELD_CHANGED', 'GROUP_RENAMED'] },
  'every kind': { kinds: changeKind.enumValues },
  'about a user': { about: someone },
  'about a user with very many': { about: { type: 'User', id: hotUser } },
  'about that user, a rare kind': { about: { type: 'User', id: hotUser }, kinds: ['USER_RECREATED'] },
  'about everybody’s group': { about: everybody },
  'about that group, a kind': { about: everybody, kinds: ['MEMBER_REMOVED'] },
  'about that group, a rare kind': { about: everybody, kinds: ['GROUP_RENAMED'] },
  'about that group, in a span': { about: everybody, since: early, until: late },
  'about a small group': { about: { type: 'Group', id: bigGroup + 7 } },
  'about everybody’s role': { about: { type: 'Role', id: 2 } },
  'about an alias': { about: { type: 'Alias', id: someone.id + 10_000_000 } },
  since: { since: late },
  until: { until: early },
  'a span': { since: early, until: late },
  'a rare kind in a span': { since: early, until: late, kinds: ['USER_RECREATED'] },
  'every kind in a span': { since: early, until: late, kinds: changeKind.enumValues },
}

const dataDir = await dataFolder('bench')
const postgres = await startEmbeddedPostgres({ dataDir, settings: { autovacuum: 'off', jit: 'off' } })
const migrated = openDatabase(postgres.connection)
await migrateMirror(migrated)
await migrated.close()
// A single connection, so that settings apply to all later statements.
const database = openDatabase(postgres.connection, { connections: 1 })
try {
  const { sql } = database
  await seedFeed(sql, 1_000, 1_000)
  await sql`analyze`
  await sql`truncate change_sets, change_places, aliases, organizations`
  await seedFeed(sql, changes, 20_000)
  await sql`vacuum`
  await report('stale statistics, generic plans', sql, 'force_generic_plan')
  await report('stale statistics', sql, 'force_custom_plan')
  await report('stale statistics, read backward', sql, 'force_custom_plan', 'backward')
  await sql`analyze`
  await report('fresh statistics, generic plans', sql, 'force_generic_plan')
  await report('fresh statistics', sql, 'force_custom_plan')
  await report('fresh statistics, generic plans, read backward', sql, 'force_generic_plan', 'backward')
} finally {
  await database.close()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}

async function report(title: string, sql: Sql, mode: string, direction: Direction = 'forward'): Promise<void> {
  await sql.unsafe(`set plan_cache_mode = ${mode}`)
  say(`\n${title}: ms of the database for the 100 next to each depth (${depths.join(', ')})`)
  let worst = 0
  for (const [name, narrowing] of Object.entries(narrowings)) {
    const times: number[] = []
    for (const depth of depths) {
      const after = Math.floor(changes * depth)
      const window = {
        direction,
        after: 0,
        before: null,
        steps: [],
        [direction === 'forward' ? 'after' : 'before']: after,
      }
      times.push(await measure(sql, { organization: null, window, limit: 101, visible: null, ...narrowing }))
    }
    worst = Math.max(worst, ...times)
    say(`  ${name.padEnd(32)} ${times.map((ms) => ms.toFixed(2).padStart(8)).join('')}`)
  }
  say(`  worst ${worst.toFixed(2)} ms: ${(worst / allowedMs).toFixed(2)} of the ${allowedMs} ms allowed`)
}

/** The median of planning and execution time, as Postgres measures it. */
async function measure(sql: Sql, wanted: ChangesWanted): Promise<number> {
  const times: number[] = []
  const explaining = {
    async unsafe(text: string, parameters: readonly (string | number | null)[]) {
      await sql.unsafe(`prepare page as ${text}`)
      const literals = parameters.map((value) => (value === null ? 'null' : `'${value}'`)).join(', ')
      for (let run = 0; run < runs; run += 1) {
        const [row] = await sql.unsafe<{ 'QUERY PLAN': [{ 'Planning Time': number; 'Execution Time': number }] }[]>(
          `explain (analyze, timing off, format json) execute page (${literals})`,
        )
        const [plan] = row?.['QUERY PLAN'] ?? []
        if (plan) times.push(plan['Planning Time'] + plan['Execution Time'])
      }
      await sql`deallocate page`
      return []
    },
  }
  await readChanges(explaining as unknown as Sql, wanted)
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN
}
