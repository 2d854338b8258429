import { expect, test } from 'vitest'
import { openSecrets } from '../../../src/writes/secrets.ts'
import { apiHarness } from '../../writes/harness/api-harness.ts'

const carla = { primaryEmail: 'carla@example.com', idempotencyKey: 'k1' }
const secretKey = Buffer.alloc(32, 7)
const mutation = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { __typename } }'
const malformed = 'The stored JSON in idempotency_keys.'

test('malformed idempotency key: an unreadable result is an internal error, and the log names the column', async () => {
  await using acme = await apiHarness({ secretKey })
  await acme.mutate('createUser', carla)
  const { sql } = acme.database
  const [row] = await sql<{ key: string }[]>`select key from idempotency_keys`
  const key = row?.key ?? ''
  for (const [answer, problem] of [
    ['{"userId": "secret-value"}', '`'],
    ['{"failure": "Unheard", "message": "secret-value"}', '`'],
    ['secret-value', 'the text is not JSON'],
  ] as const) {
    await sql`update idempotency_keys set answer = ${openSecrets(secretKey).seal(answer, key)}`
    const { data, errors } = await acme.post({ query: mutation, variables: { input: carla } })
    expect([data, errors]).toMatchObject([{ createUser: null }, [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]])
    const line = acme.lines.findLast((one) => one.includes(malformed)) ?? ''
    expect(line).toContain(`answer is malformed: ${problem}`)
    expect(line).not.toContain('secret-value')
  }
  expect(acme.sent()).toEqual(['POST /users'])
})

test('malformed idempotency key: a result that an older version stored without the newer fields is replayed', async () => {
  await using acme = await apiHarness({ secretKey })
  const first = await acme.mutate('createUser', carla)
  const { sql } = acme.database
  const [row] = await sql<{ key: string; answer: string }[]>`select key, answer from idempotency_keys`
  const { key = '', answer = '' } = row ?? {}
  const { given: _given, settled: _settled, ...older } = JSON.parse(openSecrets(secretKey).open(answer, key))
  await sql`update idempotency_keys set answer = ${openSecrets(secretKey).seal(JSON.stringify(older), key)}`
  expect(await acme.mutate('createUser', carla)).toEqual(first)
})

test('malformed idempotency key: unreadable steps end the retry before a request is sent', async () => {
  await using acme = await apiHarness({ secretKey })
  await acme.mutate('createUser', carla)
  await acme.database
    .sql`update idempotency_keys set answer = null, held_until = '-infinity', steps = '{"create": {"facts": 1, "done": true}}'`
  const { errors } = await acme.post({ query: mutation, variables: { input: carla } })
  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
  expect(acme.lines.join('')).toContain(`${malformed}steps is malformed: \`create.facts\`: Invalid input`)
  expect(acme.sent()).toEqual(['POST /users'])
  expect(await acme.mutate('createUser', { ...carla, primaryEmail: 'dora@example.com', idempotencyKey: 'k2' })).toEqual(
    expect.objectContaining({ __typename: 'CreateUserSuccess' }),
  )
})
