/** The upgrade from every dump to this version: the schema, the data, and the program. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { migrateMirror, readMigrations } from '../../src/db/migrations/migrate.ts'
import { ask, startProgram } from '../support/program.ts'
import { until } from '../support/until.ts'
import { describeSchema } from './describe-schema.ts'
import { readRows } from './dump-database.ts'
import { emptyDatabase, restore } from './empty-database.ts'
import { answersOf, companionSchema, startVendorOf, variablesOf } from './fill.ts'
import { landedPath, parseLanded, problemsOf, recorded } from './landed.ts'

const root = new URL('../../', import.meta.url)
const folder = new URL('drizzle', root).pathname
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const landed = parseLanded(read(landedPath))
const dumps = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.sql'))

/**
 * Columns whose values a migration changes on purpose, as `table.column`, with the migration. A dropped column needs no
 * entry.
 */
const rewritten: readonly string[] = []

test('migrations: every migration is on the list of landed ones, unedited', () => {
  expect(problemsOf(folder, landed)).toEqual([])
  expect(dumps).toContain('first-release.sql')
})

test('migrations: applied in the order in which they landed, one per start, they give the schema of a fresh database', async () => {
  await using fresh = await emptyDatabase()
  await using followed = await emptyDatabase()
  await migrateMirror(fresh)
  const migrations = new Map(readMigrations().map((one) => [one.name, one]))
  for (const [i] of landed.entries()) {
    const migrated = landed.slice(0, i + 1).flatMap(({ name }) => migrations.get(name) ?? [])
    await migrateMirror(followed, { migrations: migrated, putViews: async () => {} })
  }
  await migrateMirror(followed)
  expect(await describeSchema(followed.sql)).toEqual(await describeSchema(fresh.sql))
})

test('migrations: an edited, a missing, an unlisted and a reordered migration are each reported', () => {
  const [first, second] = landed as [(typeof landed)[0], (typeof landed)[0]]
  const edited = landed.map((one) => (one === first ? { ...one, hash: '0'.repeat(64) } : one))
  expect(problemsOf(folder, edited)).toEqual([
    `drizzle/${first.name}/migration.sql was edited. A migration that landed is frozen: restore it and append a new one. ` +
      'If it has not landed, run `npm run migrations:record`.',
  ])
  expect(problemsOf(folder, [...landed, { name: '29990101000000_gone', hash: '0'.repeat(64) }])).toEqual([
    'drizzle/29990101000000_gone is gone, but a migration that landed is never removed or renamed.',
  ])
  expect(
    problemsOf(
      folder,
      landed.filter((one) => one !== second),
    ),
  ).toEqual([`drizzle/${second.name} is not listed in ${landedPath}: run \`npm run migrations:record\`.`])
  expect(problemsOf(folder, [second, first, ...landed.slice(2)], landed)).toEqual([
    `${landedPath} is only appended to, but its earlier lines differ: restore them.`,
  ])
})

test('migrations: recording adds new migrations at the end of the list and leaves landed ones unchanged', () => {
  const [first, second] = landed as [(typeof landed)[0], (typeof landed)[0]]
  const stale = { ...second, hash: '0'.repeat(64) }
  expect(recorded(folder, [first, stale], [first]).slice(0, 2)).toEqual([first, second])
  expect(recorded(folder, [first, stale], [first, stale]).slice(0, 2)).toEqual([first, stale])
  expect(recorded(folder, [second], [second])).toEqual([second, first, ...landed.slice(2)])
})

describe.each(dumps)('upgrade from %s', (dump) => {
  const text = read(`test/migrations/${dump}`)
  const companion = companionSchema.parse(JSON.parse(read(`test/migrations/${dump.replace(/sql$/, 'json')}`)))

  test(`upgrade: ${dump} gets the schema of a fresh database, and keeps its data`, async () => {
    await using fresh = await emptyDatabase()
    await migrateMirror(fresh)
    await using upgraded = await emptyDatabase()
    await restore(upgraded, text)
    const before = await readRows(upgraded.sql)
    await migrateMirror(upgraded)
    expect(await describeSchema(upgraded.sql)).toEqual(await describeSchema(fresh.sql))

    const after = await readRows(upgraded.sql)
    for (const [table, rows] of Object.entries(before)) {
      if (table === '__drizzle_migrations' || !after[table]) continue
      const kept = Object.keys(rows[0] ?? {}).filter(
        (column) => column in (after[table]?.[0] ?? {}) && !rewritten.includes(`${table}.${column}`),
      )
      const values = (row: Record<string, unknown>) => JSON.stringify(kept.map((column) => row[column]))
      expect(after[table].map(values).sort(), table).toEqual(rows.map(values).sort())
    }
  })

  test(`upgrade: the program answers on ${dump} as before, and resumes the interrupted work`, {
    timeout: 600_000,
  }, async () => {
    await using database = await emptyDatabase()
    await restore(database, text)
    await using simulator = await startVendorOf(companion.vendor)
    const variables = variablesOf(database, simulator.url)
    {
      await using api = startProgram(['api'], variables)
      const asked = companion.answers.map(({ question }) => question)
      expect(await answersOf(api, asked)).toEqual(companion.answers)
    }
    await using served = startProgram(['serve'], variables)
    const origin = await served.origin()
    // The operation whose items waited is carried out, with the encrypted passwords.
    await until(async () => (await database.sql`select from operations where finished_at is null`).length === 0)
    const [waiting] = await database.sql`select state from operations order by id desc limit 1`
    expect(waiting?.state).toBe('SUCCEEDED')
    expect(simulator.organization('key').passwordOf('waits.1@example.com')).toBe('Planted-Waiting-1!')
    // The interrupted pull ends, and so does a new one. Its deletions exceed the threshold and wait for a decision.
    await until(async () => (await database.sql`select from pulls where state = 'RUNNING'`).length === 0)
    const { data, errors } = await ask(origin, 'mutation { startPull { id } }')
    expect(errors).toBeUndefined()
    const state = await until(async () => {
      const answer = await ask(origin, 'query ($id: ID!) { node(id: $id) { ... on Pull { state } } }', data.startPull)
      return answer.data?.node.state !== 'RUNNING' && answer.data?.node.state
    })
    expect(state).toBe('QUARANTINED')
    const found = await ask(origin, '{ search(text: "renamed") { node { __typename } } }')
    expect(found.errors).toBeUndefined()
    expect(found.data?.search.length).toBeGreaterThan(0)
    const shown = await ask(
      origin,
      '{ users(filter: { primaryEmail: { endsWith: "waits.1@example.com" } }) { nodes { primaryEmail groups { totalCount } } } }',
    )
    expect(shown.data?.users.nodes).toEqual([{ primaryEmail: 'waits.1@example.com', groups: { totalCount: 3 } }])
  })
})
