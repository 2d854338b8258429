import { expect, test } from 'vitest'
import { checkConnectionBudget } from '../../src/db/connection/connection-budget.ts'
import { connectionsOf, defaultPoolSizes } from '../../src/db/database.ts'
import { testDatabase } from '../support/database.ts'

test('connections: a process that could exceed the limit of the server is refused, and the error names the settings to change', async () => {
  await using database = await testDatabase()
  const { available, inUse } = await checkConnectionBudget(database.control, connectionsOf(defaultPoolSizes))
  // The test server's max_connections is 400, and 3 are reserved for superusers.
  expect(available).toBe(397)
  expect(inUse).toBeGreaterThan(0)
  await expect(checkConnectionBudget(database.control, 398)).rejects.toThrow(
    'This process may open 398 connections, but Postgres allows 397 (max_connections). Raise max_connections, or lower DATABASE_READ_CONNECTIONS',
  )
})

test('connections: the sum counts every pool, the connection that cancels, and the listener', () => {
  expect(connectionsOf({ reads: 8, control: 4, work: 4 })).toBe(21)
})
