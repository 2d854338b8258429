import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { serve } from './served.ts'

const secret = 'the password is swordfish'

describe('client errors', () => {
  test.each([
    { name: 'a syntax error', query: '{ ask', status: 400, code: 'GRAPHQL_PARSE_FAILED' },
    { name: 'a validation error', query: '{ nothing }', status: 400, code: 'GRAPHQL_VALIDATION_FAILED' },
    {
      name: 'a literal that a scalar rejects',
      query: '{ ask(even: 3) }',
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    {
      name: 'a variable that a scalar rejects',
      query: 'query ($even: Even) { ask(even: $even) }',
      variables: { even: 3 },
      status: 400,
      code: 'BAD_USER_INPUT',
    },
    { name: 'a missing variable', query: 'query ($n: Int!) { ask(number: $n) }', status: 400, code: 'BAD_USER_INPUT' },
    {
      name: 'a null variable for a non-null argument',
      query: 'query ($n: Int) { ask(number: $n) }',
      variables: { n: null },
      status: 200,
      code: 'BAD_USER_INPUT',
    },
    {
      name: 'an ambiguous operation',
      query: 'query A { ask } query B { ask }',
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
  ])('errors: $name is reported to the client with the code $code', async ({ query, variables = {}, status, code }) => {
    await using served = await serve()
    const answer = await served.operation(query, { variables })
    const { errors } = await answer.json()
    expect([answer.status, errors[0].extensions.code]).toEqual([status, code])
    expect(errors[0].message).not.toBe('Internal error')
    expect(served.lines.filter((line) => line.errorId)).toEqual([])
  })

  test('errors: a GraphQL error with a code is reported to the client unchanged', async () => {
    await using served = await serve({
      ask: () => {
        throw new GraphQLError('No such user', { extensions: { code: 'NOT_FOUND', address: 'a@b.example' } })
      },
    })
    const answer = await served.operation('{ ask }')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      data: { ask: null },
      errors: [
        {
          message: 'No such user',
          locations: [{ line: 1, column: 3 }],
          path: ['ask'],
          extensions: { code: 'NOT_FOUND', address: 'a@b.example' },
        },
      ],
    })
  })
})

describe('internal errors', () => {
  test.each([
    { name: 'a plain error', thrown: new Error(secret) },
    { name: 'an error with a cause', thrown: new Error('outer', { cause: new Error(secret) }) },
    {
      name: 'a plain error with extensions',
      thrown: Object.assign(new Error(secret), { extensions: { code: 'NOT_FOUND' } }),
    },
    { name: 'a GraphQL error without a code', thrown: new GraphQLError(secret) },
    {
      name: 'a GraphQL error around another',
      thrown: new GraphQLError(secret, { originalError: new Error('inner'), extensions: { code: 'X' } }),
    },
    { name: 'a thrown string', thrown: secret },
  ])('errors: $name is masked in the response and logged', async ({ thrown }) => {
    await using served = await serve({
      ask: () => {
        throw thrown
      },
    })
    const answer = await served.operation('query Named { ask }')
    const text = await answer.text()
    const { data, errors } = JSON.parse(text)
    expect(text).not.toContain('swordfish')
    expect([answer.status, data, errors[0].message]).toEqual([200, { ask: null }, 'Internal error'])
    expect(errors[0].path).toEqual(['ask'])
    const { code, errorId, ...others } = errors[0].extensions
    expect([code, others]).toEqual(['INTERNAL_SERVER_ERROR', {}])
    const line = served.lines.find((candidate) => candidate.errorId === errorId)
    expect(line).toMatchObject({ level: 50, operation: 'Named', field: 'ask', id: answer.headers.get('x-request-id') })
    expect(JSON.stringify(line)).toContain('swordfish')
  })

  test('errors: an error of a scalar during serialization is masked', async () => {
    await using served = await serve()
    const { errors } = await (await served.operation('{ whole }')).json()
    expect(errors[0]).toMatchObject({ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } })
  })

  test('errors: a failure before execution is masked, with status 500', async () => {
    await using served = await serve(
      {},
      {
        contextFor: () => {
          throw new Error(secret)
        },
      },
    )
    const answer = await served.operation('{ ask }')
    expect(answer.status).toBe(500)
    const { errors } = await answer.json()
    expect(errors).toMatchObject([{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
    expect(served.lines.some((line) => line.errorId === errors[0].extensions.errorId)).toBe(true)
  })

  test('errors: a failure during authentication or request counting is masked, with status 500', async () => {
    const fail = () => Promise.reject(new Error(secret))
    for (const options of [{ authenticate: fail }, { takeRequest: fail }]) {
      await using served = await serve({}, options)
      const answer = await served.operation('{ ask }')
      expect(answer.status).toBe(500)
      const { errors } = await answer.json()
      const extensions = { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) }
      expect(errors).toMatchObject([{ message: 'Internal error', extensions }])
      const line = served.lines.find(({ errorId }) => errorId === errors[0].extensions.errorId)
      expect(line).toMatchObject({ level: 50, id: answer.headers.get('x-request-id') })
    }
  })

  test('errors: statement parameters are not logged', async () => {
    const thrown = Object.assign(
      new Error(`Failed query: select 1\nparams: ${secret},more\nlines of it`, { cause: new Error('syntax error') }),
      { query: 'select 1', params: [secret] },
    )
    await using served = await serve({
      ask: () => {
        throw thrown
      },
    })
    await (await served.operation('{ ask }')).text()
    const line = served.lines.find((candidate) => candidate.errorId)
    expect(line).toMatchObject({ error: { message: 'Failed query: select 1', cause: { message: 'syntax error' } } })
    expect(JSON.stringify(line)).not.toMatch(/swordfish|lines of it/)
    expect(JSON.stringify(line)).toContain('errors.test.ts')
  })
})

describe('unavailable database', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' })
  test.each([
    { name: 'a refused connection', thrown: refused },
    {
      name: 'a closed connection',
      thrown: Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' }),
    },
    { name: 'a server that shuts down', thrown: Object.assign(new Error('terminating'), { code: '57P01' }) },
    { name: 'a server that is starting', thrown: Object.assign(new Error('starting up'), { code: '57P03' }) },
    { name: 'a missing socket', thrown: Object.assign(new Error('no'), { code: 'ENOENT', syscall: 'connect' }) },
    {
      name: 'a refused connection wrapped by Drizzle',
      thrown: new Error('Failed query: select 1\nparams: ', { cause: refused }),
    },
    { name: 'a connection refused at every address', thrown: new AggregateError([refused]) },
  ])('errors: $name is reported as SERVICE_UNAVAILABLE', async ({ thrown }) => {
    await using served = await serve({
      ask: () => {
        throw thrown
      },
    })
    const answer = await served.operation('{ ask }')
    const { errors } = await answer.json()
    expect(errors[0]).toMatchObject({
      message: 'The database cannot be reached. Try again in a moment.',
      path: ['ask'],
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    })
    expect(served.lines.find((line) => line.errorId === errors[0].extensions.errorId)).toMatchObject({ level: 40 })
  })

  test('errors: an unavailable database before execution gives status 503', async () => {
    await using served = await serve({}, { contextFor: () => Promise.reject(refused) })
    const answer = await served.operation('{ ask }')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  })

  test('errors: an unavailable database during request counting gives status 503', async () => {
    await using served = await serve({}, { takeRequest: () => Promise.reject(refused) })
    const answer = await served.operation('{ ask }')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  })

  test('errors: a missing file is an internal error, not an unavailable database', async () => {
    await using served = await serve({
      ask: () => {
        throw Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' })
      },
    })
    const { errors } = await (await served.operation('{ ask }')).json()
    expect(errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR')
  })
})
