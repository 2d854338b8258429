import { GraphQLError } from 'graphql'
import { describe, expect, test } from 'vitest'
import { serve } from './served.ts'

const secret = 'the password is swordfish'

describe("a caller's mistake passes, with a code", () => {
  test.each([
    { name: 'syntax', query: '{ ask', status: 400, code: 'GRAPHQL_PARSE_FAILED' },
    { name: 'validation', query: '{ nothing }', status: 400, code: 'GRAPHQL_VALIDATION_FAILED' },
    {
      name: 'a literal that a scalar refuses',
      query: '{ ask(even: 3) }',
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    {
      name: 'a variable that a scalar refuses',
      query: 'query ($even: Even) { ask(even: $even) }',
      variables: { even: 3 },
      status: 400,
      code: 'BAD_USER_INPUT',
    },
    { name: 'a variable left out', query: 'query ($n: Int!) { ask(number: $n) }', status: 400, code: 'BAD_USER_INPUT' },
    {
      name: 'a null that only the argument refuses',
      query: 'query ($n: Int) { ask(number: $n) }',
      variables: { n: null },
      status: 200,
      code: 'BAD_USER_INPUT',
    },
    {
      name: 'no such operation',
      query: 'query A { ask } query B { ask }',
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
  ])('$name', async ({ query, variables = {}, status, code }) => {
    await using served = await serve()
    const answer = await served.operation(query, { variables })
    const { errors } = await answer.json()
    expect([answer.status, errors[0].extensions.code]).toEqual([status, code])
    expect(errors[0].message).not.toBe('Internal error')
    expect(served.lines.filter((line) => line.errorId)).toEqual([])
  })

  test('an error thrown with a code', async () => {
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

describe('anything else is masked, and the log has it', () => {
  test.each([
    { name: 'an error', thrown: new Error(secret) },
    { name: 'an error with an inner one', thrown: new Error('outer', { cause: new Error(secret) }) },
    {
      name: 'an error that looks like one of ours',
      thrown: Object.assign(new Error(secret), { extensions: { code: 'NOT_FOUND' } }),
    },
    { name: 'a GraphQL error without a code', thrown: new GraphQLError(secret) },
    {
      name: 'a GraphQL error around another',
      thrown: new GraphQLError(secret, { originalError: new Error('inner'), extensions: { code: 'X' } }),
    },
    { name: 'no error at all', thrown: secret },
  ])('$name', async ({ thrown }) => {
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

  test('what a scalar throws as it writes', async () => {
    await using served = await serve()
    const { errors } = await (await served.operation('{ whole }')).json()
    expect(errors[0]).toMatchObject({ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } })
  })

  test('what goes wrong before anything is resolved, with status 500', async () => {
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

  test('what goes wrong before there is an operation: as its caller is told apart, and counted', async () => {
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

  test('values that a statement carried stay out of the log', async () => {
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

describe('a database that is away', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' })
  test.each([
    { name: 'refused', thrown: refused },
    { name: 'closed', thrown: Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' }) },
    { name: 'shutting down', thrown: Object.assign(new Error('terminating'), { code: '57P01' }) },
    { name: 'starting', thrown: Object.assign(new Error('starting up'), { code: '57P03' }) },
    { name: 'without a socket', thrown: Object.assign(new Error('no'), { code: 'ENOENT', syscall: 'connect' }) },
    { name: 'refused, told by Drizzle', thrown: new Error('Failed query: select 1\nparams: ', { cause: refused }) },
    { name: 'refused at each address', thrown: new AggregateError([refused]) },
  ])('$name: SERVICE_UNAVAILABLE in plain words', async ({ thrown }) => {
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

  test('before anything is resolved: status 503', async () => {
    await using served = await serve({}, { contextFor: () => Promise.reject(refused) })
    const answer = await served.operation('{ ask }')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  })

  test('before there is an operation: status 503', async () => {
    await using served = await serve({}, { takeRequest: () => Promise.reject(refused) })
    const answer = await served.operation('{ ask }')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] })
  })

  test('a file that is missing is no database that is away', async () => {
    await using served = await serve({
      ask: () => {
        throw Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' })
      },
    })
    const { errors } = await (await served.operation('{ ask }')).json()
    expect(errors[0].extensions.code).toBe('INTERNAL_SERVER_ERROR')
  })
})
