import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  maxPreparedStatements,
  mostPerConnection,
  StatementFrequency,
} from '../../src/db/connection/statement-frequency.ts'
import { type Database, openDatabase, type Reader } from '../../src/db/database.ts'
import { readPast } from '../../src/db/history/read-as-of.ts'
import { testDatabase } from '../support/database.ts'

const reader = { caller: 'reader' }
let database: Database & AsyncDisposable
let pool: Database
let now: Reader

beforeAll(async () => {
  database = await testDatabase()
  pool = openDatabase(database.connection, { connections: 1 })
  now = pool.read(reader)
})
afterAll(async () => {
  await pool.close()
  await database[Symbol.asyncDispose]()
})

const prepared = sql`select statement from pg_prepared_statements where statement like '%as marked_%'`
const ask = (door: Pick<Reader, 'drizzle'>, mark: string, value: number) =>
  door.drizzle().execute<{ value: number }>(sql`select ${value}::int + 1 as ${sql.raw(`marked_${mark}`)}`)

test('prepared statements: a repeated statement is prepared and accepts other values each time', async () => {
  for (const value of [1, 2, 3, 4]) {
    expect([...(await ask(now, 'again', value))]).toEqual([{ marked_again: value + 1 }])
  }
  await ask(now, 'once', 1)
  const statements = await now.drizzle().execute<{ statement: string }>(prepared)
  expect(statements.map(({ statement }) => statement)).toEqual([expect.stringContaining('marked_again')])
})

test('prepared statements: a repeated statement of a query of the past is prepared', async () => {
  await database.sql`insert into organizations (id, slug, name, history_from) values (1, 'acme', 'Acme', now() - interval '1 day')`
  const past = openDatabase(database.connection, { connections: 1 })
  const moment = new Date(Date.now() - 60_000).toISOString()
  for (const value of [1, 2, 3]) await readPast(past, reader, moment, (door) => ask(door, 'past', value))
  const statements = await readPast(past, reader, moment, (door) => door.drizzle().execute(prepared))
  expect([...statements]).toEqual([{ statement: expect.stringContaining('marked_past') }])
  await past.close()
})

test('prepared statements: the number of prepared statements per connection is limited', async () => {
  const counts: number[] = []
  for (let i = 0; i < mostPerConnection + 20; i += 1) {
    for (let time = 0; time < 3; time += 1) await ask(now, `many_${i}`, time)
    counts.push((await now.drizzle().execute(prepared)).length)
  }
  expect(Math.max(...counts)).toBeLessThanOrEqual(mostPerConnection)
  // The connection was replaced.
  expect(counts.at(-1)).toBeLessThan(mostPerConnection)
  const last = `many_${mostPerConnection + 19}`
  expect([...(await ask(now, last, 7))]).toEqual([{ [`marked_${last}`]: 8 }])
})

test('prepared statements: a statement that is not used any more makes room for one that is', () => {
  const frequency = new StatementFrequency()
  const repeat = (statement: string) => [1, 2, 3].map(() => frequency.count(statement)).at(-1)
  for (let i = 0; i < maxPreparedStatements; i += 1) expect(repeat(`old ${i}`)).toBe(true)
  expect(frequency.count('old 0')).toBe(true)
  expect(repeat('new')).toBe(true)
  expect(frequency.count('old 0')).toBe(true)
  expect(frequency.count('old 1')).toBe(false)
})
