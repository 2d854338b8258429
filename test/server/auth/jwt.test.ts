import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, expect, test } from 'vitest'
import { type JwtOptions, jwtAuthenticator } from '../../../src/server/auth/jwt.ts'
import { serve } from '../served.ts'

const issuer = 'https://login.example'
const audience = 'essentials-graph'
const { publicKey, privateKey } = await generateKeyPair('ES256')
const strangers = await generateKeyPair('ES256')
const provider = createServer(async (request, response) => {
  if (request.url !== '/keys') return void response.writeHead(500).end()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }))
})
await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise((resolve) => provider.close(resolve)))
const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`

const usual: JwtOptions = {
  issuer,
  audience,
  jwksUrl: `${origin}/keys`,
  organizationsClaim: 'organizations',
  allWithoutClaim: true,
}

const sign = (
  payload: JWTPayload,
  { key = privateKey, ...of } = {} as {
    key?: CryptoKey
    iss?: string
    aud?: string
    exp?: string | number
    sub?: string
  },
) =>
  new SignJWT({ scope: 'read', ...payload })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(of.iss ?? issuer)
    .setAudience(of.aud ?? audience)
    .setSubject(of.sub ?? 'ann')
    .setIssuedAt()
    .setExpirationTime(of.exp ?? '5m')
    .sign(key)

async function ask(token: string, options: Partial<JwtOptions> = {}) {
  await using served = await serve(
    {
      ask: ({ viewer: { name, scopes, organizations } }) =>
        JSON.stringify([name, [...scopes], organizations === 'all' ? organizations : [...organizations]]),
    },
    { authenticate: jwtAuthenticator({ ...usual, ...options }) },
  )
  const answer = await served.operation('{ ask }', { headers: { authorization: `Bearer ${token}` } })
  const { data, errors } = await answer.json()
  const refusal = served.lines.find(({ msg }) => msg === 'a token was refused')
  if (refusal) expect(refusal.reason).toBe(errors[0].message)
  return data ? JSON.parse(data.ask) : [answer.status, errors[0].extensions.code, ...(refusal ? ['logged'] : [])]
}

test('jwt: known scopes are read from scope or scp, and the name of the caller is read from sub', async () => {
  expect(await ask(await sign({ scope: 'openid read admin' }))).toEqual(['jwt:ann', ['read', 'admin'], 'all'])
  expect(await ask(await sign({ scope: '' }))).toEqual(['jwt:ann', [], 'all'])
  expect(await ask(await sign({ scope: ['write'] }))).toEqual(['jwt:ann', ['write'], 'all'])
  // Okta writes an array, Entra ID a string.
  expect(await ask(await sign({ scope: undefined, scp: ['read', 'write'] }))).toEqual([
    'jwt:ann',
    ['read', 'write'],
    'all',
  ])
  expect(await ask(await sign({ scope: '', scp: 'admin openid' }))).toEqual(['jwt:ann', ['admin'], 'all'])
  expect(await ask(await sign({}))).toEqual(['jwt:ann', ['read'], 'all'])
})

test('jwt: organizations are read from the configured claim', async () => {
  const named = { organizationsClaim: 'tenants', allWithoutClaim: false }
  expect(await ask(await sign({ organizations: ['acme', 'beta'] }))).toEqual(['jwt:ann', ['read'], ['acme', 'beta']])
  expect(await ask(await sign({ organizations: '' }))).toEqual(['jwt:ann', ['read'], []])
  expect(await ask(await sign({ tenants: 'acme beta' }), named)).toEqual(['jwt:ann', ['read'], ['acme', 'beta']])
  expect(await ask(await sign({ tenants: ['*'] }), named)).toEqual(['jwt:ann', ['read'], 'all'])
  expect(await ask(await sign({ organizations: ['acme'] }), named)).toEqual(['jwt:ann', ['read'], []])
})

test('jwt: a token with a wrong issuer, audience, signature or lifetime is rejected', async () => {
  const hmac = new TextEncoder().encode('a secret that anyone could have made up')
  const tokens = [
    sign({}, { iss: 'https://elsewhere.example' }),
    sign({}, { aud: 'another service' }),
    sign({}, { exp: Math.floor(Date.now() / 1000) - 60 }),
    sign({}, { key: strangers.privateKey }),
    new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ann')
      .setExpirationTime('5m')
      .sign(hmac),
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('ann')
      .sign(privateKey),
    'eyJhbGciOiJub25lIn0.e30.eA',
    'no-JWT',
  ]
  for (const token of await Promise.all(tokens)) expect(await ask(token)).toEqual([401, 'UNAUTHENTICATED', 'logged'])
})

test('jwt: a token with an invalid subject is rejected', async () => {
  const refused = [401, 'UNAUTHENTICATED', 'logged']
  for (const sub of ['', ' ', 'a\0b', 'a\nb', '\ud800', 'x'.repeat(2_049), 'ü'.repeat(1_025)]) {
    expect(await ask(await sign({}, { sub })), JSON.stringify(sub)).toEqual(refused)
  }
  const longest = 'ü'.repeat(1_024)
  expect(await ask(await sign({}, { sub: longest }))).toEqual([`jwt:${longest}`, ['read'], 'all'])
  expect(await ask(await sign({ organizations: ['acme', 'a\0b'] }))).toEqual(['jwt:ann', ['read'], ['acme']])
})

test.each(['/nothing', '/keys'])(
  'jwt: requests fail with SERVICE_UNAVAILABLE while the keys cannot be fetched (%s)',
  async (path) => {
    const jwksUrl = path === '/keys' ? 'http://127.0.0.1:1/keys' : `${origin}${path}`
    expect(await ask(await sign({}), { jwksUrl })).toEqual([503, 'SERVICE_UNAVAILABLE'])
  },
)
