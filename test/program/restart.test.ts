/** What a worker does at its start. */
import { expect, test } from 'vitest'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { testDatabase } from '../support/database.ts'
import { databaseVariables, startProgram } from '../support/program.ts'
import { until } from '../support/until.ts'

test('worker: a start begins only pulls that are due', async () => {
  await using simulator = await startSimulator({
    organizations: [{ apiKey: 'key', apiSecret: 'secret', domains: ['example.com'], data: { users: 3, groups: 1 } }],
  })
  await using database = await testDatabase()
  const { sql } = database
  const environment = {
    ...databaseVariables(database),
    ESSENTIALS_API_KEY: 'key',
    ESSENTIALS_API_SECRET: 'secret',
    ESSENTIALS_BASE_URL: simulator.url,
    PULL_INTERVAL_SECONDS: '86400',
  }
  const pulls = async () =>
    await sql<{ state: string; trigger: string }[]>`select state, trigger from pulls order by id`
  await using first = startProgram(['worker'], environment)
  await until(async () => (await pulls())[0]?.state === 'COMPLETE')
  await first.stop()
  // A tick begins due pulls before it prunes.
  await sql`update organizations set pruned_at = '-infinity'`
  await using second = startProgram(['worker'], environment)
  await until(async () => (await sql`select from organizations where pruned_at > '-infinity'`).length === 1)
  expect(await pulls()).toEqual([{ state: 'COMPLETE', trigger: 'START' }])
  await second.stop()
})
