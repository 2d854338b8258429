import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { adminTokenAuthenticator, bearerToken } from '../../../src/server/auth/authenticate.ts'
import { serve, token } from '../served.ts'

const refusals = [
  { name: 'a request without the header', headers: {} },
  { name: 'a wrong token', headers: { authorization: 'Bearer wrong' } },
  { name: 'an empty token', headers: { authorization: 'Bearer ' } },
  { name: 'another scheme', headers: { authorization: `Basic ${token}` } },
  { name: 'the token with a suffix', headers: { authorization: `Bearer ${token} more` } },
  { name: 'a prefix of the token', headers: { authorization: `Bearer ${token.slice(0, -1)}` } },
]

test.each(refusals)('authentication: $name is rejected with status 401', async ({ headers }) => {
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
])('authentication: the token is checked before the method and the body (case %#)', async (init) => {
  await using served = await serve()
  const answer = await served.request('/graphql', init)
  expect(answer.status).toBe(401)
  await answer.body?.cancel()
})

test('authentication: a request without a token is rejected without waiting for its body', async () => {
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

test('authentication: the configured token is accepted as the administrator', async () => {
  await using served = await serve({ ask: ({ viewer }) => `${viewer.name}: ${[...viewer.scopes]}` })
  const answer = await served.operation('{ ask }')
  expect(await answer.json()).toEqual({ data: { ask: 'admin: read,write,admin' } })
})

test.each([undefined, ''])(
  'authentication: every token is rejected if the configured token is %j',
  async (configured) => {
    const authenticate = adminTokenAuthenticator(configured)
    for (const given of ['', 'undefined', token]) expect(await authenticate(given)).toBeUndefined()
  },
)

test('authentication: the scheme is case-insensitive, and the token is case-sensitive', () => {
  expect(bearerToken('bearer abc')).toBe('abc')
  expect(bearerToken('BEARER   aBc ')).toBe('aBc')
  expect(bearerToken('Bearerabc')).toBeUndefined()
  expect(bearerToken(undefined)).toBeUndefined()
})
