import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { adminTokenAuthenticator, bearerToken } from '../../src/server/authenticate.ts'
import { serve, token } from './served.ts'

const refusals = [
  { name: 'no header', headers: {} },
  { name: 'a wrong token', headers: { authorization: 'Bearer wrong' } },
  { name: 'an empty token', headers: { authorization: 'Bearer ' } },
  { name: 'another scheme', headers: { authorization: `Basic ${token}` } },
  { name: 'the token and more', headers: { authorization: `Bearer ${token} more` } },
  { name: 'the beginning of the token', headers: { authorization: `Bearer ${token.slice(0, -1)}` } },
]

test.each(refusals)('$name is refused with 401', async ({ headers }) => {
  await using served = await serve()
  const answer = await served.request('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ask}"}',
  })
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
})

test.each([
  { method: 'GET' },
  { method: 'OPTIONS' },
  { method: 'DELETE' },
  { method: 'POST', body: 'no JSON at all' },
  { method: 'POST', body: 'x'.repeat(3_000_000) },
])('whatever is sent, the token comes first', async (init) => {
  await using served = await serve()
  const answer = await served.request('/graphql', init)
  expect(answer.status).toBe(401)
  await answer.body?.cancel()
})

test('a body that never ends is not waited for where the token is missing', async () => {
  await using served = await serve()
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(served.server.url, { method: 'POST' }, (response) => {
      resolve(response.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    request.write('{"query":')
  })
  expect(status).toBe(401)
})

test('the right token gets in, as an administrator', async () => {
  await using served = await serve({ ask: ({ viewer }) => `${viewer.name}: ${[...viewer.scopes]}` })
  const answer = await served.operation('{ ask }')
  expect(await answer.json()).toEqual({ data: { ask: 'admin: read,write,admin' } })
})

test.each([undefined, ''])('where no token is configured (%j), none gets in', async (configured) => {
  const authenticate = adminTokenAuthenticator(configured)
  for (const given of ['', 'undefined', token]) expect(await authenticate(given)).toBeUndefined()
})

test('the scheme is read without regard to case, the token with it', () => {
  expect(bearerToken('bearer abc')).toBe('abc')
  expect(bearerToken('BEARER   aBc ')).toBe('aBc')
  expect(bearerToken('Bearerabc')).toBeUndefined()
  expect(bearerToken(undefined)).toBeUndefined()
})
