/**
 * The dumps for the tests of upgrades. At a release, `DUMP_TO=first-release npx vitest run
 * test/migrations/dump.test.ts` adds one: the file of that name with `.sql`, and its companion with `.json`.
 */
import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { testDatabase } from '../support/database.ts'
import { describeSchema } from './describe-schema.ts'
import { dumpDatabase, readRows } from './dump-database.ts'
import { emptyDatabase, restore } from './empty-database.ts'
import { fill } from './fill.ts'

/**
 * Tables that fill.ts leaves empty: a doubt is stored only until its pull has decided. Keep this list short, because
 * upgrades are tested only with the rows of a dump.
 */
const mayBeEmpty: readonly string[] = ['user_doubts']

test('dump: a filled database has rows in every table, and its dump restores to the same schema and rows', {
  timeout: 600_000,
}, async () => {
  await using database = await testDatabase()
  const companion = await fill(database)
  const rows = await readRows(database.sql)
  const empty = Object.keys(rows).filter((name) => rows[name]?.length === 0 && !mayBeEmpty.includes(name))
  expect(empty, 'tables that fill.ts leaves empty').toEqual([])

  const text = await dumpDatabase(database.sql, new URL('../../drizzle/', import.meta.url))
  // A dump contains no passwords, except for encrypted ones.
  expect(text).not.toContain('Planted-')
  await using restored = await emptyDatabase()
  await restore(restored, text)
  expect(await readRows(restored.sql)).toEqual(rows)
  expect(await describeSchema(restored.sql)).toEqual(await describeSchema(database.sql))

  const name = process.env.DUMP_TO
  if (!name) return
  await writeFile(new URL(`${name}.sql`, import.meta.url), text)
  await writeFile(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(companion)}\n`)
})
