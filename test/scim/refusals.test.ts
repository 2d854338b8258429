/** Tokens, settings and bodies that are refused, and errors, which are SCIM errors everywhere. */
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTokenDirectory } from '../../src/access/token-directory.ts'
import { createToken, revokeToken } from '../../src/access/tokens.ts'
import { storedTokenAuthenticator } from '../../src/server/auth/authenticate.ts'
import { jwtAuthenticator } from '../../src/server/auth/jwt.ts'
import { type ScimAnswered, type ScimHarness, scimHarness } from './harness.ts'

const silent = pino({ level: 'silent' })

function expectError({ status, headers, body }: ScimAnswered, expected: number, scimType?: string): void {
  expect({ status, body }).toMatchObject({ status: expected })
  expect(headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
  expect(body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(expected),
    ...(scimType && { scimType }),
    detail: expect.stringMatching(/./),
  })
}

/** One request of each kind. */
const requests = [
  ['GET', '/Users'],
  ['POST', '/Users'],
  ['GET', '/Users/00000000-0000-0000-0000-000000000000'],
  ['PUT', '/Users/00000000-0000-0000-0000-000000000000'],
  ['PATCH', '/Groups/00000000-0000-0000-0000-000000000000'],
  ['DELETE', '/Users/00000000-0000-0000-0000-000000000000'],
  ['POST', '/Users/.search'],
  ['GET', '/Schemas'],
  ['GET', '/nothing'],
] as const

async function expectRefused(scim: ScimHarness, token: string | null, status: number): Promise<void> {
  for (const [method, path] of requests) {
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { userName: 'new@example.com' } : undefined
    const answer = await scim.send(method, path, body, { token })
    expectError(answer, status)
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  }
  expect(scim.sent()).toEqual([])
}

describe('tokens', () => {
  test('a stored token is refused if it is revoked, has another scope, or is not bound to this organization alone', async () => {
    const directories: ReturnType<typeof openTokenDirectory>[] = []
    await using scim = await scimHarness({
      authenticate: (sql) => {
        const directory = openTokenDirectory(sql, silent)
        directories.push(directory)
        return storedTokenAuthenticator({ find: directory.find, onRefused: async () => {} })
      },
    })
    const { sql } = scim.database
    const make = async (
      name: string,
      scopes: ('read' | 'write' | 'admin' | 'scim')[],
      organizations: string[] | null,
    ) => (await createToken(sql, { name, scopes, organizations, expiresInSeconds: null })) ?? ''
    const good = await make('okta', ['scim'], ['acme'])
    const wrong = [
      await make('graph', ['read', 'write', 'admin'], ['acme']),
      await make('other', ['scim'], ['other']),
      await make('two', ['scim'], ['acme', 'other']),
      await make('all', ['scim'], null),
    ]
    expect((await scim.send('GET', '/Users', undefined, { token: good })).status).toBe(200)
    for (const token of wrong) await expectRefused(scim, token, 403)
    await expectRefused(scim, null, 401)
    await revokeToken(sql, 'okta')
    await directories[0]?.refresh()
    await expectRefused(scim, good, 401)
  })

  test('a JWT needs the scope scim, and exactly this organization', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const provider = createServer(async (_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }))
    })
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    const claims = { issuer: 'https://login.example', audience: 'essentials-graph' }
    const jwts = { ...claims, jwksUrl: `${origin}/keys`, organizationsClaim: 'organizations', allWithoutClaim: true }
    const sign = (scope: string, organizations?: string | string[]) =>
      new SignJWT({ scope, ...(organizations && { organizations }) })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(claims.issuer)
        .setAudience(claims.audience)
        .setSubject('entra')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
    try {
      await using scim = await scimHarness({ authenticate: () => jwtAuthenticator(jwts) })
      const post = { userName: 'new@example.com' }
      const wrong = [
        await sign('read write admin', ['acme']),
        await sign('scim', ['other']),
        await sign('scim', ['acme', 'other']),
        await sign('scim', '*'),
        await sign('scim'),
      ]
      for (const token of wrong) await expectRefused(scim, token, 403)
      const token = await sign('openid scim', 'acme')
      expect(await scim.send('POST', '/Users', post, { token })).toMatchObject({ status: 201 })
      const [row] = await scim.database.sql`select viewer from audit_log where action = 'scim.User.create'`
      expect(row).toMatchObject({ viewer: 'jwt:entra' })
    } finally {
      provider.close()
    }
  })
})

describe('settings', () => {
  test('SCIM_PUBLIC_URL is the address in every link, and the header Host never is', async () => {
    await using scim = await scimHarness({ settings: { publicUrl: 'https://graph.example.org' } })
    await scim.fill()
    const base = 'https://graph.example.org/scim/v2/acme'
    const headers = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
    const posted = await scim.send('POST', '/Users', { userName: 'new@example.com' }, { headers })
    expect(posted.headers.get('location')).toBe(`${base}/Users/${posted.body.id}`)
    expect(posted.body.meta.location).toBe(`${base}/Users/${posted.body.id}`)
    const bob = await scim.idOf('bob@example.com')
    const { body } = await scim.send('GET', `/Users/${bob}`)
    expect(body.groups[0].$ref).toBe(`${base}/Groups/${body.groups[0].value}`)
    const group = await scim.send('GET', `/Groups/${body.groups[0].value}`)
    expect(group.body.members[0].$ref).toMatch(new RegExp(`^${base}/Users/`))
    for (const path of ['/ServiceProviderConfig', `/Users/${bob}`, '/Groups', '/nothing'])
      expect(await withHost(`${scim.base}${path}`, 'evil.example')).not.toContain('evil')
  })

  test('SCIM_ROLES: without it roles are ignored, and with it only those roles change', async () => {
    const data = {
      groups: [],
      users: [
        { primaryEmail: 'bob@example.com', roles: ['USER', 'OTHER'] },
        { primaryEmail: 'all@example.com', roles: ['AUDITOR', 'READER', 'ADMINISTRATOR'] },
      ],
    }
    const add = (value: string) => ({ Operations: [{ op: 'add', path: 'roles', value: [{ value }] }] })
    await using without = await scimHarness({ data })
    await without.fill()
    const one = await without.idOf('bob@example.com')
    without.simulator.clearRequests()
    expect((await without.send('PATCH', `/Users/${one}`, add('ADMINISTRATOR'))).status).toBe(200)
    expect(without.sent()).toEqual([])

    await using scim = await scimHarness({ data, settings: { roles: ['AUDITOR', 'READER'] } })
    await scim.fill()
    const id = await scim.idOf('bob@example.com')
    expectError(await scim.send('PATCH', `/Users/${id}`, add('ADMINISTRATOR')), 400, 'invalidValue')
    expect((await scim.send('PATCH', `/Users/${id}`, add('AUDITOR'))).status).toBe(200)
    expect(scim.vendor.user('bob@example.com')?.roles.toSorted()).toEqual(['AUDITOR', 'OTHER', 'USER'])
    const put = { userName: 'bob@example.com', roles: [{ value: 'READER' }] }
    expect((await scim.send('PUT', `/Users/${id}`, put)).status).toBe(200)
    expect(scim.vendor.user('bob@example.com')?.roles.toSorted()).toEqual(['OTHER', 'READER', 'USER'])
    const created = { userName: 'new@example.com', roles: ['READER', 'ADMINISTRATOR'] }
    expectError(await scim.send('POST', '/Users', created), 400, 'invalidValue')
    expect(scim.vendor.user('new@example.com')).toBeUndefined()
  })

  test.each(['ignore', 'set'] as const)('SCIM_PASSWORD=%s: a password is never served', async (password) => {
    await using scim = await scimHarness({ settings: { password } })
    await scim.fill()
    const secret = 'Correct-Horse-7'
    const posted = await scim.send('POST', '/Users', { userName: 'new@example.com', password: secret })
    expect(posted.status).toBe(201)
    const sent = scim.simulator.requests.find(({ method }) => method === 'POST')
    expect(sent?.body).toEqual(
      password === 'set'
        ? expect.objectContaining({ password: '***' })
        : expect.not.objectContaining({ password: '***' }),
    )
    scim.simulator.clearRequests()
    const patch = { Operations: [{ op: 'replace', path: 'password', value: `${secret}!` }] }
    expect((await scim.send('PATCH', `/Users/${posted.body.id}`, patch)).status).toBe(200)
    expect(scim.sent()).toEqual([])
    const list = await scim.send('GET', '/Users')
    expect(JSON.stringify([posted.body, list.body])).not.toContain('password')
    const rows = await scim.database.sql`
      select to_jsonb(r)::text as row from scim_resources r union all select to_jsonb(a)::text from scim_activity a`
    expect(JSON.stringify(rows)).not.toContain(secret)
  })
})

describe('bodies', () => {
  let scim: ScimHarness
  let id = ''
  beforeAll(async () => {
    scim = await scimHarness()
    await scim.fill()
    id = await scim.idOf('bob@example.com')
    scim.simulator.clearRequests()
  })
  afterAll(() => scim[Symbol.asyncDispose]())

  test('names of properties of every object are no attributes', async () => {
    const body = `{"userName":"proto@example.com","__proto__":{"active":false,"isAdmin":true},"constructor":{"prototype":{"active":false}}}`
    expect(await scim.send('POST', '/Users', body)).toMatchObject({ status: 201, body: { active: true } })
    const operation = '{"op":"replace","value":{"__proto__":{"active":false},"constructor.prototype.active":false}}'
    expect(await scim.send('PATCH', `/Users/${id}`, `{"Operations":[${operation}]}`)).toMatchObject({
      status: 200,
      body: { active: true },
    })
    for (const path of ['__proto__.active', 'constructor.prototype', 'name.__proto__'])
      expectError(
        await scim.send('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path, value: false }] }),
        400,
        'invalidPath',
      )
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
  })

  test.each([
    ['over 1 MiB', `{"userName":"${'x'.repeat(1_048_577)}"}`, 413, undefined],
    ['nested too deeply', `{"a":${'['.repeat(25)}${']'.repeat(25)}}`, 400, 'invalidSyntax'],
    ['not JSON', '{"userName":', 400, 'invalidSyntax'],
    ['not an object', '[1]', 400, 'invalidSyntax'],
    ['empty', '', 400, 'invalidSyntax'],
    ['with an attribute twice', '{"userName":"a@example.com","USERNAME":"b@example.com"}', 400, 'invalidSyntax'],
  ])('a body that is %s is refused', async (_, body, status, scimType) => {
    scim.simulator.clearRequests()
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${id}`],
      ['PATCH', `/Users/${id}`],
      ['POST', '/Groups'],
      ['POST', '/Users/.search'],
    ] as const)
      expectError(await scim.send(method, path, body), status, scimType)
    expect(scim.sent()).toEqual([])
  })

  test('an internal error is a SCIM error that reveals nothing', async () => {
    await using broken = await scimHarness({
      deps: { reader: () => ({ unsafe: () => Promise.reject(new Error('secret of the database')) }) as never },
    })
    const answer = await broken.send('GET', '/Users')
    expectError(answer, 500)
    expect(answer.body.detail).not.toContain('secret')
  })
})

/** Sends a request with another Host than the address, which fetch does not allow. */
function withHost(address: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host, authorization: 'Bearer acme' }
    httpRequest(address, { headers }, (response) => {
      let text = JSON.stringify(response.headers)
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      response.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
}
