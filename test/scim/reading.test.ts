/** Who may use SCIM, discovery, and reading users. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScimHarness, scimHarness } from './harness.ts'

let scim: ScimHarness
beforeAll(async () => {
  scim = await scimHarness()
  await scim.fill()
})
afterAll(() => scim[Symbol.asyncDispose]())

const list = (filter: string) => scim.send('GET', `/Users?filter=${encodeURIComponent(filter)}`)
describe('access', () => {
  test.each([
    [null, 401],
    ['unknown', 401],
    ['graph', 403],
    ['other', 403],
    ['both', 403],
  ])('the token %s gets %i as a SCIM error', async (token, status) => {
    for (const path of ['/Users', '/ServiceProviderConfig', '/nothing']) {
      const answer = await scim.send('GET', path, undefined, { token })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
      expect(answer.body).toMatchObject({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        detail: expect.any(String),
      })
      if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    }
  })

  test('a token of SCIM has no right in GraphQL', async () => {
    const response = await fetch(scim.graphqlUrl, {
      method: 'POST',
      headers: { authorization: 'Bearer acme', 'content-type': 'application/json' },
      body: '{"query":"{ users { totalCount } }"}',
    })
    expect(await response.text()).toContain('FORBIDDEN')
  })

  test.each([
    ['GET', '/Me', 501],
    ['POST', '/Bulk', 404],
    ['GET', '/Users/a/b', 404],
    ['GET', '/Users/%E0%A4%A', 400],
    ['POST', '/ServiceProviderConfig', 405],
    ['DELETE', '/Users', 405],
    ['PATCH', '/Groups', 405],
    ['GET', '/Schemas?filter=id%20pr', 403],
    ['GET', '/Users/not-a-uuid', 404],
    ['GET', '/Users/00000000-0000-0000-0000-000000000000', 404],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const answer = await scim.send(method, path, method === 'GET' ? undefined : {})
    expect(answer).toMatchObject({ status, body: { status: String(status) } })
  })

  test('a body that is too long, too deep or no JSON is refused', async () => {
    const long = await scim.send('POST', '/Users', `{"userName":"${'x'.repeat(1_048_576)}"}`)
    expect(long).toMatchObject({ status: 413, body: { status: '413' } })
    const deep = await scim.send('POST', '/Users', `{"a":${'['.repeat(30)}${']'.repeat(30)}}`)
    expect(deep).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } })
    expect(await scim.send('POST', '/Users', '{')).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax' } })
    const text = await scim.send('POST', '/Users', '{}', { headers: { 'content-type': 'text/plain' } })
    expect(text.status).toBe(415)
  })

  test('the media type is plain JSON for a client that accepts nothing else', async () => {
    const answer = await scim.send('GET', '/Users?count=0', undefined, { headers: { accept: 'application/json' } })
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })
})

describe('discovery', () => {
  test('it lists what is supported', async () => {
    const { body } = await scim.send('GET', '/ServiceProviderConfig')
    expect(body).toMatchObject({ patch: { supported: true }, bulk: { supported: false }, etag: { supported: true } })
    const types = await scim.send('GET', '/ResourceTypes')
    expect(types.body.Resources.map(({ id }: { id: string }) => id)).toEqual(['User', 'Group'])
    const { body: schemas } = await scim.send('GET', '/Schemas')
    expect(schemas.totalResults).toBe(3)
    const one = await scim.send('GET', `/Schemas/${schemas.Resources[0].id}`)
    expect(one.body).toEqual(schemas.Resources[0])
    const attributes = schemas.Resources[0].attributes.map(({ name }: { name: string }) => name)
    expect(attributes).not.toContain('phoneNumbers')
    expect((await scim.send('GET', '/Schemas/unknown')).status).toBe(404)
  })
})

describe('reading', () => {
  test('a user has the attributes of the mirror, and a version', async () => {
    const id = await scim.idOf('anna.muller@EXAMPLE.com')
    const { status, body, headers } = await scim.send('GET', `/Users/${id}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id,
      userName: 'Anna.Muller@example.com',
      name: { givenName: 'Anna', familyName: 'Müller', formatted: 'Anna Müller' },
      active: true,
      emails: [{ value: 'Anna.Muller@example.com', type: 'work', primary: true }],
      roles: [{ value: 'ADMINISTRATOR' }, { value: 'USER' }],
      groups: [{ display: 'Engineering', type: 'direct' }],
      'urn:essentials-graph:scim:schemas:extension:essentials:2.0:User': { aliases: ['anna@example.com'] },
      meta: { resourceType: 'User', location: `${scim.base}/Users/${id}`, version: headers.get('etag') },
    })
    expect(body.password).toBeUndefined()
    const again = await scim.send('GET', `/Users/${id}`, undefined, {
      headers: { 'if-none-match': headers.get('etag') ?? '' },
    })
    expect(again).toMatchObject({ status: 304, body: undefined })
  })

  test.each([
    ['userName eq "BOB@example.com"', ['bob@example.com']],
    ['USERNAME EQ bob@example.com', ['bob@example.com']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bob@example.com"', ['bob@example.com']],
    ['userName sw "BO"', ['bob@example.com']],
    ['name.familyName co "ston"', ['bob@example.com']],
    ['name.familyName eq "müller" and active eq true', ['Anna.Muller@example.com']],
    ['emails[type eq "work" and value eq "eve@example.com"]', ['eve@example.com']],
    ['emails.value eq "eve@example.com"', ['eve@example.com']],
    ['emails eq "eve@example.com"', ['eve@example.com']],
    ['not (userName co "@")', []],
    ['userName eq "nobody-here" or id eq "x"', []],
    ['meta.lastModified gt "2999-01-01T00:00:00Z"', []],
  ])('the filter %s finds %j', async (filter, expected) => {
    const { status, body } = await list(filter)
    expect(status).toBe(200)
    const found = body.Resources.map(({ userName }: { userName: string }) => userName)
    expect(found.filter((one: string) => !one.startsWith('user-'))).toEqual(expected)
    expect(body.totalResults).toBe(body.Resources.length)
  })

  test.each([
    ['title eq "x"'],
    ['active gt true'],
    ['userName eq'],
    ['name.constructor pr'],
    ['emails[phone eq "1"]'],
    ['userName eq "\\u0000"'],
  ])('the filter %s is refused', async (filter) => {
    expect(await list(filter)).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } })
  })

  test('pages are stable, and their parameters are read leniently', async () => {
    const first = await scim.send('GET', '/Users?startIndex=1&count=2')
    const second = await scim.send('GET', '/Users?startIndex=3&count=2')
    expect(first.body).toMatchObject({ startIndex: 1, itemsPerPage: 2 })
    const ids = [...first.body.Resources, ...second.body.Resources].map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect((await scim.send('GET', '/Users?count=0')).body).toMatchObject({ itemsPerPage: 0, Resources: [] })
    expect((await scim.send('GET', '/Users?count=-1&startIndex=-5')).body).toMatchObject({
      startIndex: 1,
      itemsPerPage: 0,
    })
    const { body } = await scim.send('POST', '/Users/.search', { filter: 'userName eq "bob@example.com"', count: 1 })
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ userName: 'bob@example.com' }] })
  })

  test('attributes and excludedAttributes select what is served', async () => {
    const id = await scim.idOf('bob@example.com')
    const only = await scim.send('GET', `/Users/${id}?attributes=userName,name.givenName`)
    expect(Object.keys(only.body).sort()).toEqual(['id', 'name', 'schemas', 'userName'])
    expect(only.body.name).toEqual({ givenName: 'Bob' })
    const without = await scim.send('GET', `/Users/${id}?excludedAttributes=groups,Emails`)
    expect(without.body).not.toHaveProperty('groups')
    expect(without.body).not.toHaveProperty('emails')
  })

  test('a user that the mirror does not know is read from the vendor', async () => {
    scim.vendor.createUser({ primaryEmail: 'late@example.com', firstName: 'Late' })
    expect((await list('userName eq "late@example.com"')).body).toMatchObject({ totalResults: 1 })
  })
})
