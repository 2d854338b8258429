import { expect, test } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { databaseObserver } from '../../src/observers.ts'
import { startSync } from '../support/sync.ts'
import { traced } from './traced.ts'

test('traces: requests to the vendor and the application of pages belong to the jobs of their pull', async () => {
  const { tracing, spans } = traced()
  await using sync = await startSync({ tracing })
  const worker = await sync.startWorker()
  await sync.pull()
  await worker.stop()
  const found = spans()
  const parentsOf = (name: string) =>
    found
      .filter((span) => span.name === name)
      .map(({ parent, traceId }) => found.find((span) => span.id === parent && span.traceId === traceId))
  const kindsOf = (name: string) => new Set(parentsOf(name).map((parent) => `${parent?.name} ${parent?.facts.kind}`))
  expect(kindsOf('vendor GET /groups')).toEqual(new Set(['job page GROUPS']))
  expect(kindsOf('vendor GET /users')).toEqual(new Set(['job page USERS']))
  expect([...new Set(parentsOf('apply page').map((parent) => parent?.name))]).toEqual(['job page'])
  for (const parent of parentsOf('job conclude')) expect(parent?.name).toMatch(/^job (page|tick)$/)
})

test('traces: a statement belongs to the span that sent it, although connections are shared', async () => {
  const { tracing, spans } = traced()
  await using sync = await startSync()
  const database = openDatabase(sync.database.connection, { connections: 1, observer: databaseObserver({ tracing }) })
  try {
    const ask = (i: number) =>
      tracing.span(`request ${i}`, {}, async () => void (await database.sql`select ${`secret ${i}`}::text`))
    await Promise.all([1, 2, 3, 4].map(ask))
  } finally {
    await database.close()
  }
  const found = spans()
  const selects = found.filter(({ name }) => name === 'select')
  expect(selects.map(({ parent }) => found.find(({ id }) => id === parent)?.name).sort()).toEqual(
    [1, 2, 3, 4].map((i) => `request ${i}`),
  )
  expect(selects.map(({ facts }) => facts['db.query.text'])).toEqual(Array(4).fill('select $1::text'))
  expect(JSON.stringify(found)).not.toContain('secret')
})
