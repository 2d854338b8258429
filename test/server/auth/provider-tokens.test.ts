/** JWTs in the form that common identity providers issue, and key rotation. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { isAccessToken } from '../../../src/server/auth/access-token.ts'
import { KeysUnavailable } from '../../../src/server/auth/authenticate.ts'
import { openKeySet } from '../../../src/server/auth/jwks.ts'
import { type JwtOptions, jwtAuthenticator } from '../../../src/server/auth/jwt.ts'

const [first, second, strangers] = await Promise.all([1, 2, 3].map(() => generateKeyPair('ES256')))
if (!first || !second || !strangers) throw new Error('three were generated')
const jwkOf = async (key: CryptoKey, kid: string) => ({ ...(await exportJWK(key)), kid, alg: 'ES256' })
const jwks = { one: await jwkOf(first.publicKey, 'one'), two: await jwkOf(second.publicKey, 'two') }
const published = { keys: [jwks.one], fetches: 0, isAway: false }
const provider = createServer((_request, response) => {
  published.fetches += 1
  if (published.isAway) return void response.writeHead(500).end()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ keys: published.keys }))
})
await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise((resolve) => provider.close(resolve)))
beforeEach(() => Object.assign(published, { keys: [jwks.one], fetches: 0, isAway: false }))

const options: JwtOptions = {
  issuer: 'https://login.example',
  audience: 'api://essentials-graph',
  jwksUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`,
  organizationsClaim: 'organizations',
  allWithoutClaim: false,
}

const sign = (payload: JWTPayload = {}, header: { typ?: string; kid?: string } = {}, key = first.privateKey) =>
  new SignJWT({ scope: 'read', ...payload })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .setIssuer(options.issuer)
    .setAudience(options.audience)
    .setSubject('ann')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key)

test('jwt: a token without the organizations claim sees no organization, unless the default is all', async () => {
  const token = await sign()
  expect(await jwtAuthenticator(options)(token)).toMatchObject({ organizations: new Set() })
  expect(await jwtAuthenticator({ ...options, allWithoutClaim: true })(token)).toMatchObject({ organizations: 'all' })
})

const common = { iss: 'i', sub: 's', aud: 'a', iat: 1, exp: 2 }
test.each([
  ['RFC 9068', { typ: 'at+jwt' }, { client_id: 'c', jti: 'j' }],
  ['RFC 9068, with the media type in full', { typ: 'application/at+jwt' }, { client_id: 'c' }],
  ['Okta', {}, { ver: 1, jti: 'AT.x', cid: 'c', uid: 'u', scp: ['read'], auth_time: 1 }],
  ['Entra ID, delegated', { typ: 'JWT' }, { ver: '2.0', scp: 'read write', azp: 'c', azpacr: '1', oid: 'o', tid: 't' }],
  ['Entra ID, version 1', { typ: 'JWT' }, { ver: '1.0', scp: 'read', appid: 'c', appidacr: '1' }],
  ['Entra ID, application-only', { typ: 'JWT' }, { ver: '2.0', roles: ['read'], azp: 'c', azpacr: '1' }],
  ['Auth0', { typ: 'JWT' }, { scope: 'openid read', azp: 'c', aud: ['a', 'https://x/userinfo'] }],
  ['Auth0, application-only', { typ: 'JWT' }, { scope: 'read', azp: 'c', gty: 'client-credentials' }],
  ['Keycloak', { typ: 'JWT' }, { typ: 'Bearer', azp: 'c', scope: 'read', sid: 's', acr: '1' }],
  [
    'Keycloak before 24',
    { typ: 'JWT' },
    { typ: 'Bearer', azp: 'c', scope: 'openid read', nonce: 'n', session_state: 's' },
  ],
  ['Cognito', {}, { token_use: 'access', client_id: 'c', scope: 'read' }],
])('access token: an access token of %s is accepted', (_provider, header, payload) => {
  expect(isAccessToken(header, { ...common, ...payload })).toBe(true)
})

test.each([
  ['a minimal OpenID Connect provider', {}, {}],
  ['Okta', {}, { ver: 1, jti: 'ID.x', amr: ['pwd'], idp: 'i', auth_time: 1, at_hash: 'h', name: 'Ann' }],
  ['Entra ID', { typ: 'JWT' }, { ver: '2.0', oid: 'o', tid: 't', preferred_username: 'ann', rh: 'r', uti: 'u' }],
  ['Entra ID for a user with roles', { typ: 'JWT' }, { ver: '2.0', oid: 'o', tid: 't', roles: ['read', 'admin'] }],
  ['Auth0', { typ: 'JWT' }, { nickname: 'ann', email: 'ann@x', email_verified: true, sid: 's', nonce: 'n' }],
  ['Keycloak', { typ: 'JWT' }, { typ: 'ID', azp: 'c', at_hash: 'h', sid: 's', acr: '1' }],
  ['Cognito', {}, { token_use: 'id', 'cognito:username': 'ann' }],
  ['a provider that puts scopes into ID tokens', { typ: 'JWT' }, { scope: 'openid read', nonce: 'n' }],
  ['the hybrid flow', { typ: 'JWT' }, { scope: 'read', c_hash: 'h' }],
])('access token: an ID token of %s is rejected', (_provider, header, payload) => {
  expect(isAccessToken(header, { ...common, ...payload })).toBe(false)
})

test.each([
  ['a refresh token of Keycloak', { typ: 'JWT' }, { typ: 'Refresh', scope: 'read' }],
  ['a logout token', { typ: 'logout+jwt' }, { scope: 'read' }],
  ['a DPoP proof', { typ: 'dpop+jwt' }, { scope: 'read' }],
  ['a token whose type is not a string', { typ: 1 }, { scope: 'read' }],
])('access token: %s is rejected', (_what, header, payload) => {
  expect(isAccessToken(header, { ...common, ...payload })).toBe(false)
})

test('jwt: an ID token is rejected with a message that names the expected token', async () => {
  expect(await jwtAuthenticator(options)(await sign({ nonce: 'n' }))).toEqual({
    refusal: 'This is not an access token: ID tokens are not accepted. Send an access token for this API.',
  })
})

test('jwt: scopes fall back to scp, and to the roles of an application-only token', async () => {
  const scopesOf = async (payload: JWTPayload) => {
    const viewer = await jwtAuthenticator(options)(await sign({ scope: undefined, ...payload }))
    return viewer && 'scopes' in viewer ? [...viewer.scopes] : viewer
  }
  expect(await scopesOf({ scp: ['read', 'write'] })).toEqual(['read', 'write'])
  expect(await scopesOf({ roles: ['admin'], azpacr: '1' })).toEqual(['admin'])
  expect(await scopesOf({ scp: 'read', roles: ['admin'], azpacr: '1' })).toEqual(['read'])
})

test('jwt: a new key is accepted immediately, and requests share the fetch', async () => {
  const authenticate = jwtAuthenticator(options)
  expect(await authenticate(await sign())).toMatchObject({ name: 'jwt:ann' })
  published.keys = [jwks.one, jwks.two]
  const rotated = await sign({}, { kid: 'two' }, second.privateKey)
  const answers = await Promise.all(Array.from({ length: 50 }, () => authenticate(rotated)))
  for (const answer of answers) expect(answer).toMatchObject({ name: 'jwt:ann' })
  expect(published.fetches).toBe(2)
})

/** A key set with a test clock. */
function keySet() {
  const clock = { now: 0, slept: 0 }
  const keys = openKeySet(options.jwksUrl, {
    now: () => clock.now,
    pause: async (ms) => {
      clock.slept += ms
      clock.now += ms
    },
  })
  const find = (kid: string, beyondLimit = false) => {
    clock.now += 1
    return keys.find({ alg: 'ES256', kid }, { beyondLimit })
  }
  return { clock, find }
}

test('jwks: forged key ids cause a bounded number of fetches, and known ids never wait', async () => {
  const { clock, find } = keySet()
  await find('one')
  for (let i = 0; i < 100; i += 1) await expect(find(`made-up-${i}`)).rejects.toThrow()
  // A burst of five, and then one per 2 s.
  expect(published.fetches).toBeLessThanOrEqual(5 + Math.ceil(clock.slept / 2_000))
  const slept = clock.slept
  await find('one')
  expect(clock.slept).toBe(slept)
  published.keys = [jwks.one, jwks.two]
  await find('two')
  expect(clock.slept - slept).toBeLessThanOrEqual(2_000)
})

test('jwks: a repeated unknown key id causes only one fetch', async () => {
  const { find } = keySet()
  await find('one')
  for (let i = 0; i < 100; i += 1) await expect(find('made-up')).rejects.toThrow()
  expect(published.fetches).toBe(2)
})

test('jwks: while the provider is unavailable, known keys stay valid for a while and unknown keys fail', async () => {
  const { clock, find } = keySet()
  await find('one')
  published.isAway = true
  await expect(find('two')).rejects.toThrow(KeysUnavailable)
  await find('one')
  clock.now += 6 * 60_000
  await find('one')
  clock.now += 5 * 60_000
  await expect(find('one')).rejects.toThrow(KeysUnavailable)
})

test('jwks: a key that the provider removed is valid for at most 10 minutes', async () => {
  const { clock, find } = keySet()
  await find('one')
  published.keys = [jwks.two]
  clock.now += 10 * 60_000 + 1
  await expect(find('one')).rejects.toThrow('no applicable key found')
})

test('jwt: a token of another issuer, audience or algorithm causes no fetch', async () => {
  const authenticate = jwtAuthenticator(options)
  const foreign = new SignJWT({ scope: 'read' })
    .setProtectedHeader({ alg: 'ES256', kid: 'theirs' })
    .setIssuer('https://elsewhere.example')
    .setAudience(options.audience)
    .setExpirationTime('5m')
    .sign(strangers.privateKey)
  expect(await authenticate(await foreign)).toMatchObject({ refusal: expect.stringContaining('"iss"') })
  expect(await authenticate('eyJhbGciOiJub25lIn0.e30.eA')).toEqual({ refusal: 'Unknown token.' })
  expect(await authenticate('e30.e30.eA')).toEqual({ refusal: 'Unknown token.' })
  expect(await authenticate('a.b.c')).toEqual({ refusal: 'Unknown token.' })
  expect(published.fetches).toBe(0)
})

test('jwt: a valid token is accepted from an address over its limit of failures', async () => {
  const authenticate = jwtAuthenticator(options)
  const forged = await Promise.all(Array.from({ length: 100 }, () => sign({}, {}, strangers.privateKey)))
  const failing = Promise.all(forged.map((token) => authenticate(token, { beyondLimit: true })))
  expect(await authenticate(await sign(), { beyondLimit: true })).toMatchObject({ name: 'jwt:ann' })
  for (const answer of await failing) expect(answer).toEqual({ refusal: 'Unknown token.' })
})
