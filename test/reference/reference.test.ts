/**
 * The server's answers to random documents, compared with those of a naive executor over the same rows in memory. A
 * longer run: `npm run reference -- --documents 2000 --seed 7`.
 */
import { expect, test } from 'vitest'
import { differenceOf } from './compare.ts'
import { compareDocuments } from './run.ts'

const usual = { seed: 7, documents: 250 }
const seed = Number(process.env.REFERENCE_SEED ?? usual.seed)
const documents = Number(process.env.REFERENCE_DOCUMENTS ?? usual.documents)
/** This number of documents uses every field, argument and input. */
const enough = 2_000

test('reference: the server answers random documents byte for byte like a naive executor', async () => {
  const { coverage, differences, seconds } = await compareDocuments({ seed, documents })
  process.stdout.write(`seed ${seed}: ${coverage.report(seconds)}\n`)
  expect(differences.join('\n\n')).toBe('')
  expect(coverage.withoutErrors / documents).toBeGreaterThan(0.6)
  expect(coverage.withData / documents).toBeGreaterThan(0.6)
  if (documents >= enough) expect(coverage.unused()).toEqual([])
}, 3_600_000)

const failure = { path: ['b', 0], code: 'BAD_USER_INPUT', message: 'wrong', start: 0 }
const expected = { data: { a: 1, b: [null] }, errors: [failure] }
const error = `{"message":"wrong","path":["b",0],"extensions":{"code":"BAD_USER_INPUT"}}`

test('reference: the comparison accepts errors before and after the data', () => {
  expect(differenceOf(`{"errors":[${error}],"data":{"a":1,"b":[null]}}`, expected)).toBeUndefined()
  expect(differenceOf(`{"data":{"a":1,"b":[null]},"errors":[${error}]}`, expected)).toBeUndefined()
})

test.each([
  ['another order of keys', `{"errors":[${error}],"data":{"b":[null],"a":1}}`],
  ['another value', `{"errors":[${error}],"data":{"a":2,"b":[null]}}`],
  ['a missing error', `{"data":{"a":1,"b":[null]}}`],
  ['an error at another path', `{"errors":[${error.replace('0', '1')}],"data":{"a":1,"b":[null]}}`],
  ['a refused request', `{"errors":[${error}]}`],
])('reference: the comparison detects %s', (_difference, body) => {
  expect(differenceOf(body, expected)).toBeDefined()
})

test('reference: the comparison detects errors in another order than that of the answer', () => {
  const data = { a: [null, null], b: null }
  const [first, second, third] = [['a', 0], ['a', 1], ['b']].map((path) => ({ ...failure, path }))
  const bodyOf = (...failures: unknown[]) => {
    const errors = failures.map((one) => JSON.stringify({ ...(one as object), extensions: { code: failure.code } }))
    return `{"errors":[${errors.join()}],"data":${JSON.stringify(data)}}`
  }
  const unordered = { data, errors: [third, first, second].filter((one) => one !== undefined) }
  expect(differenceOf(bodyOf(first, second, third), unordered)).toBeUndefined()
  expect(differenceOf(bodyOf(second, first, third), unordered)).toBeDefined()
})
