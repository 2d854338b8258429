/** The queries of the documents, the examples, the query editor and common tools stay within the default cost limit. */
import { readFileSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getIntrospectionQuery, Kind, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { buildSchema } from '../../../src/graph/schema.ts'
import { examples } from '../../../src/server/explorer/examples.ts'
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
  for (const { items } of examples) {
    for (const { title, query, variables = {} } of items) asked.push([`explorer: ${title}`, query, variables])
  }
  const page = readFileSync(join(root, 'src/server/explorer/explorer.js'), 'utf8')
  const reference = /const reference = [`'"](.*?)[`'"]\n/s.exec(page)?.[1] ?? ''
  const introspection = /const introspection = `(.*?)`/s.exec(page)?.[1] ?? ''
  asked.push(['explorer: the schema', introspection.replaceAll(/\$\{\w+\}/g, reference), {}])
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
    expect(reference).toContain('ofType')
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
