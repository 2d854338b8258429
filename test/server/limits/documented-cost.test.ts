/** The queries of the documents, the examples, the query editor and common tools stay within the default cost limit. */
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getIntrospectionQuery, Kind, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { examples } from '../../../src/explorer/editor/examples.ts'
import { buildSchema } from '../../../src/graph/schema.ts'
import { createCostOf } from '../../../src/server/limits/operation-cost.ts'

const limit = 100_000
const schema = buildSchema()
const costOf = createCostOf(schema)

describe('cost of documented queries', async () => {
  const root = join(import.meta.dirname, '../../..')
  const asked: [string, string, object][] = []
  for (const pattern of ['*.md', 'docs/**/*.md', 'examples/**/*.md']) {
    for await (const path of glob(pattern, { cwd: root })) {
      if (path.includes('node_modules')) continue
      for (const [, query = ''] of (await readFile(join(root, path), 'utf8')).matchAll(/^```graphql\n(.*?)^```/gms)) {
        asked.push([`${path}: ${query.split('\n')[0]}`, query, {}])
      }
    }
  }
  for await (const path of glob('{examples,test}/**/*.graphql', { cwd: root })) {
    const text = await readFile(join(root, path), 'utf8')
    if (!path.endsWith('contract.graphql') && !path.includes('node_modules')) asked.push([path, text, {}])
  }
  // The documents of the explorer share fragments.
  const documents = await Array.fromAsync(glob('src/explorer/data/*.graphql', { cwd: root }))
  const texts = await Promise.all(documents.map((path) => readFile(join(root, path), 'utf8')))
  asked.push(['explorer: its documents', texts.join('\n'), { first: 500, last: 100, limit: 500, depth: 2 }])
  for (const { items } of examples) {
    for (const { title, query, variables = {} } of items) asked.push([`explorer: ${title}`, query, variables])
  }
  const whole = {
    specifiedByUrl: true,
    directiveIsRepeatable: true,
    schemaDescription: true,
    inputValueDeprecation: true,
    oneOf: true,
  }
  asked.push(['introspection with every option', getIntrospectionQuery({ descriptions: true, ...whole }), {}])
  asked.push([
    "GraphiQL's introspection",
    getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true }),
    {},
  ])

  test('documented cost: the queries of all sources are found', () => {
    expect(asked.length).toBeGreaterThan(45)
  })

  test.each(asked)('documented cost: the query "%s" stays within the limit', (_what, text, variables) => {
    const document = parse(text)
    expect(validate(schema, document)).toEqual([])
    for (const operation of document.definitions) {
      if (operation.kind !== Kind.OPERATION_DEFINITION) continue
      expect(costOf(document, operation, variables as Record<string, unknown>)).toBeLessThanOrEqual(limit)
    }
  })
})
