import { globSync, readFileSync } from 'node:fs'
import { type GraphQLInterfaceType, isInterfaceType } from 'graphql'
import { expect, test } from 'vitest'
import { buildSchema } from '../../src/graph/schema.ts'
import { failureNames } from '../../src/writes/failure.ts'

const schema = buildSchema()
const failure = schema.getType('Failure') as GraphQLInterfaceType
const codes = failureNames.map((name) => name.replace(/\B[A-Z]/g, '_$&').toUpperCase())

test('failures: each failure has a type that implements Failure, and there is no other such type', () => {
  expect(isInterfaceType(failure)).toBe(true)
  expect(schema.getPossibleTypes(failure).map(({ name }) => name)).toEqual(expect.arrayContaining([...failureNames]))
  expect(schema.getPossibleTypes(failure)).toHaveLength(failureNames.length)
})

test('failures: the description of Failure.code lists the code of each failure', () => {
  const description = failure.getFields().code?.description ?? ''
  expect(description.match(/\b[A-Z]{2,}(_[A-Z]+)*\b/g)).toEqual(codes)
})

test('failures: the source returns each failure of the list, and no other', () => {
  const files = globSync('src/{graph/{core,mutations},operations,writes}/**/*.ts')
  const returned = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\b(?:failure|__typename): '(\w+)'/g)].map(([, name]) => name),
  )
  const failures = new Set(returned.filter((name) => !name?.endsWith('Success')))
  expect([...failures].toSorted()).toEqual([...failureNames])
})

test('failures: docs/writes.md has a row for each failure', () => {
  const rows = readFileSync('docs/writes.md', 'utf8').matchAll(/^\| `([A-Z]\w+)` \|/gm)
  expect([...rows].map(([, name]) => name)).toEqual(expect.arrayContaining([...failureNames]))
})
