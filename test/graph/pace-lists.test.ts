import { buildSchema, type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql'
import { expect, test } from 'vitest'
import { paceLists } from '../../src/graph/pagination/pace-lists.ts'

/** A list of rows, each of which takes a tenth of a millisecond of CPU time to complete. */
function schemaOf(rows: number): GraphQLSchema {
  const schema = buildSchema('type Query { rows: [Row] } type Row { index: Int rows: [Row!] }')
  const fields = schema.getQueryType()?.getFields()
  const below = (schema.getType('Row') as NonNullable<ReturnType<GraphQLSchema['getQueryType']>>).getFields()
  if (!fields?.rows || !below.index) throw new Error('The test schema lacks a field')
  fields.rows.resolve = () => Array.from({ length: rows }, (_, index) => ({ index }))
  below.index.resolve = ({ index }: { index: number }) => {
    const from = process.threadCpuUsage()
    for (let used = 0; used < 100; ) {
      const { user, system } = process.threadCpuUsage(from)
      used = user + system
    }
    if (index === 700) throw new Error('the 700th row')
    return index
  }
  return paceLists(schema)
}

const document = parse('{ rows { index } }')

test('paced lists: a long list is completed in order over several turns of the event loop', async () => {
  let turns = 0
  let isRunning = true
  const turn = () => {
    turns += 1
    if (isRunning) setImmediate(turn)
  }
  setImmediate(turn)
  const { data, errors } = (await execute({ schema: schemaOf(1_000), document })) as ExecutionResult
  isRunning = false
  const rows = data?.rows as { index: number | null }[]
  expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 1_000 }, (_, i) => (i === 700 ? null : i)))
  expect(errors?.map(({ path }) => path)).toEqual([['rows', 700, 'index']])
  // 100 ms of work in slices of 15 ms.
  expect(turns).toBeGreaterThanOrEqual(5)
})

test('paced lists: a list of the usual size is completed synchronously', () => {
  expect(execute({ schema: schemaOf(50), document })).not.toBeInstanceOf(Promise)
})
