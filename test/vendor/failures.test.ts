import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  answer,
  type Call,
  clock,
  create,
  createHarness,
  cut,
  factsOf,
  fail,
  failureOf,
  join,
  list,
  noRetries,
  type Reply,
  read,
  remove,
  reset,
  resetWhileProcessing,
} from './support.ts'

const one = { requests: 1, retries: 0, rateLimited: 0 }

describe('the response determines the error class', () => {
  test.each<[string, Call, Reply, string, boolean, boolean]>([
    ['401', list, answer(401), 'UNAUTHORIZED', false, false],
    ['403', create, answer(403, '<html>'), 'UNAUTHORIZED', false, false],
    ['404', read, answer(404), 'NOT_FOUND', false, false],
    ['404 to a write', join, answer(404), 'NOT_FOUND', false, false],
    ['400', create, answer(400, { message: 'firstName is required' }), 'INVALID_INPUT', false, false],
    ['422', create, answer(422), 'INVALID_INPUT', false, false],
    [
      '400 that names the domain',
      create,
      answer(400, { error: 'Domain acme.test is not registered' }),
      'DOMAIN_NOT_REGISTERED',
      false,
      false,
    ],
    [
      '400 that names the domain, to a request other than creating a user',
      join,
      answer(400, { error: 'Domain acme.test is not registered' }),
      'INVALID_INPUT',
      false,
      false,
    ],
    ['400 that says that it exists', create, answer(400, 'User already exists'), 'ALREADY_EXISTS', false, false],
    ['400 that says that it is a member', join, answer(400, 'already a member'), 'ALREADY_EXISTS', false, false],
    [
      '400 that says that it exists, to a request other than a create',
      remove,
      answer(400, 'already exists'),
      'INVALID_INPUT',
      false,
      false,
    ],
    ['409', create, answer(409), 'ALREADY_EXISTS', false, false],
    ['405', remove, answer(405), 'UNEXPECTED_STATUS', false, false],
    ['408', read, answer(408), 'TIMED_OUT', true, false],
    ['408 to a write', remove, answer(408), 'TIMED_OUT', false, true],
    ['429', list, answer(429), 'RATE_LIMITED', true, false],
    ['429 to a write', create, answer(429), 'RATE_LIMITED', true, false],
    ['500', list, answer(500, '<html>'), 'SERVER_FAILURE', true, false],
    ['503 to a write', create, answer(503), 'SERVER_FAILURE', false, true],
    [
      '301',
      list,
      answer(301, '', { location: 'https://elsewhere.test/users/ann@x.test?key=1' }),
      'REDIRECTED',
      false,
      false,
    ],
    ['307 to a write', create, answer(307, '', { location: '/login' }), 'REDIRECTED', false, false],
    ['303 to a write', create, answer(303, '', { location: '/login' }), 'REDIRECTED', false, true],
    ['HTML', list, answer(200, '<html>'), 'UNINTELLIGIBLE_ANSWER', true, false],
    ['HTML to a write', create, answer(200, '<html>'), 'UNINTELLIGIBLE_ANSWER', false, true],
    ['an empty body', list, answer(200), 'UNINTELLIGIBLE_ANSWER', true, false],
    ['204 to a read', read, answer(204), 'UNINTELLIGIBLE_ANSWER', true, false],
    ['another shape', list, answer(200, { groups: [] }), 'UNINTELLIGIBLE_ANSWER', true, false],
    ['a user without an address', read, answer(200, { firstName: 'Bob' }), 'UNINTELLIGIBLE_ANSWER', true, false],
    ['gzip', list, answer(200, 'bytes', { 'content-encoding': 'gzip' }), 'UNINTELLIGIBLE_ANSWER', true, false],
    ['truncated JSON', list, answer(200, '{"users":['), 'TRUNCATED_ANSWER', true, false],
    ['truncated JSON, to a write', create, answer(201, '{"primaryEmail":'), 'TRUNCATED_ANSWER', false, true],
    ['a body over the limit', list, answer(200, ' '.repeat(1_001)), 'ANSWER_TOO_LARGE', false, false],
    ['a body over the limit, to a write', create, answer(200, ' '.repeat(1_001)), 'ANSWER_TOO_LARGE', false, true],
    ['a closed connection', list, cut, 'TRUNCATED_ANSWER', true, false],
    ['a closed connection, to a write', create, cut, 'TRUNCATED_ANSWER', false, true],
    ['a reset', list, reset, 'UNREACHABLE', true, false],
    ['a reset after only a 102', list, resetWhileProcessing, 'UNREACHABLE', true, false],
    ['a reset of a write', remove, reset, 'UNREACHABLE', false, true],
  ])('error class: %s', async (_name, call, reply, code, retryable, outcomeUnknown) => {
    const error = await fail(call, reply)
    expect({ code: error.code, retryable: error.retryable, outcomeUnknown: error.outcomeUnknown }).toEqual({
      code,
      retryable,
      outcomeUnknown,
    })
  })
})

describe('error objects', () => {
  test('errors: the message names the failure, the resource and the expected input', async () => {
    const error = await fail(create, answer(400, { error: 'Domain acme.test is not registered' }))
    expect({ ...error }).toEqual({
      name: 'DomainNotRegisteredError',
      code: 'DOMAIN_NOT_REGISTERED',
      organization: 'acme',
      method: 'POST',
      endpoint: '/users',
      status: 400,
      sentAt: clock(1),
      arrivedAt: clock(2),
      expected: 'a domain that is registered in the admin console; the API cannot register domains',
      outcomeUnknown: false,
      retryable: false,
      counts: one,
      domain: 'acme.test',
      vendorMessage: 'Domain acme.test is not registered',
    })
    expect(error.message).toMatchInlineSnapshot(
      `"POST /users of organization "acme": the domain acme.test is not registered: Domain acme.test is not registered; expected a domain that is registered in the admin console; the API cannot register domains"`,
    )
  })

  test('errors: a missing user carries the times of the read, and its path not among the enumerable properties', async () => {
    const error = await fail(read, answer(404, '<html>'))
    expect(factsOf(error)).toEqual({
      name: 'NotFoundError',
      method: 'GET',
      endpoint: '/users/{primaryEmail}',
      path: '/users/bob%40acme.test',
      organization: 'acme',
      status: 404,
      outcomeUnknown: false,
      retryable: false,
      counts: one,
    })
    expect([error.sentAt, error.arrivedAt]).toEqual([clock(1), clock(2)])
    expect(JSON.stringify(error) + error.message).not.toContain('bob')
  })

  test('errors: the vendor’s text is passed on', async () => {
    const invalid = await fail(create, answer(400, { message: 'firstName is required' }))
    const failed = await fail(list, answer(500, '<h1>Out of order</h1>', { 'retry-after': '9' }))
    expect([invalid, failed].map((error) => ('vendorMessage' in error ? error.vendorMessage : undefined))).toEqual([
      'firstName is required',
      'Out of order',
    ])
    expect(failed).toMatchObject({ retryAfterMs: 9_000 })
    expect(invalid.message).toMatchInlineSnapshot(
      `"POST /users of organization "acme": the vendor rejected the input (400): firstName is required; expected input that the vendor accepts"`,
    )
  })

  test('errors: a redirect error names the other host and nothing else of the target', async () => {
    const error = await fail(list, answer(301, '', { location: 'https://elsewhere.test/users/ann@x.test?key=1' }))
    expect(error.message).toMatchInlineSnapshot(
      `"GET /users of organization "acme": redirected with 301 to https://elsewhere.test, which is not followed; expected a base URL that responds without a redirect"`,
    )
  })

  test('errors: the cause is kept', async () => {
    const error = await fail(list, reset)
    expect(error.cause).toMatchObject({ code: 'ECONNRESET' })
  })

  test('errors: a response that is not HTTP is not quoted', async () => {
    const server = createServer((socket) => socket.end('secret nonsense\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await using harness = createHarness({ baseUrl: `http://127.0.0.1:${port}` }, { retry: noRetries })
    const error = await failureOf(list(harness))
    server.close()
    expect(error.code).toBe('UNINTELLIGIBLE_ANSWER')
    expect(JSON.stringify([error, error.cause, { ...(error.cause as object) }])).not.toContain('nonsense')
  })
})
