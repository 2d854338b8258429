/** The records of accepted writes, without a vendor. */
import { expect, test } from 'vitest'
import { pruneRecentWrites, recordWrite } from '../../src/sync/point-read/recent-writes.ts'
import { testDatabase } from '../support/database.ts'

const anna = 'anna@example.com'

test('recent writes: if a field occurs twice, the last value counts', async () => {
  await using database = await testDatabase()
  const { sql } = database
  await recordWrite(sql, 1, anna, [
    { field: 'roles USER', value: false },
    { field: 'roles USER', value: true },
  ])
  const once = await sql`select field, expected from recent_writes`
  await sql`delete from recent_writes`
  await recordWrite(sql, 1, anna, [{ field: 'roles USER', value: true }])
  expect(once).toEqual(await sql`select field, expected from recent_writes`)
})

test('recent writes: a write deletes no rows of other users, so that two writes never wait for each other', async () => {
  await using database = await testDatabase()
  const { sql } = database
  const fields = [{ field: 'account', value: true }] as const
  await recordWrite(sql, 1, anna, fields)
  await sql`update recent_writes set written_at = written_at - interval '21 minutes'`
  await recordWrite(sql, 1, 'bob@example.com', fields)
  expect(await sql`select from recent_writes`).toHaveLength(2)

  // Nor does pruning wait for a write: it skips locked rows.
  await sql.begin(async (tx) => {
    await tx`select from recent_writes where address_key = ${anna} for update`
    await pruneRecentWrites(sql)
  })
  expect(await sql`select from recent_writes`).toHaveLength(2)
  await pruneRecentWrites(sql)
  expect(await sql`select address_key as key from recent_writes`).toEqual([{ key: 'bob@example.com' }])
})
