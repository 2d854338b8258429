import { expect, test } from 'vitest'
import { describeError } from '../../src/server/graphql/describe-error.ts'

const secret = 'Swordfish_4711'

test.each([
  ['a statement parameter', new Error(`Failed query: select 1\nparams: ${secret}`), 'Failed query: select 1'],
  [
    'a statement parameter that looks like a stack frame',
    new Error(`Failed query: select 1\nparams: a\n    at ${secret} (x.ts:1:1)\n${secret}`),
    'Failed query: select 1',
  ],
  [
    'a value that Postgres rejects',
    Object.assign(new Error(`invalid input syntax for type bigint: "${secret}"`), { code: '22P02' }),
    'invalid input syntax for type bigint',
  ],
  [
    'a text that is not JSON',
    new SyntaxError(`Unexpected token 'S', "${secret}" is not valid JSON`),
    'Unexpected token',
  ],
  ['a property of an error', Object.assign(new Error('failed'), { parameters: [secret] }), 'failed'],
])('error log: %s is not logged', (_what, error, message) => {
  const described = describeError(new Error('outer', { cause: error }))
  expect(JSON.stringify(described)).not.toContain(secret)
  expect(described.cause?.message).toBe(message)
  expect(described.cause?.stack).toContain('describe-error.test.ts')
})
