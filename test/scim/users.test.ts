/** Writing users over HTTP, against the simulated vendor. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScimHarness, scimHarness } from './harness.ts'

let scim: ScimHarness
beforeAll(async () => {
  scim = await scimHarness()
  await scim.fill()
})
afterAll(() => scim[Symbol.asyncDispose]())
beforeEach(() => scim.simulator.clearRequests())

const list = (filter: string) => scim.send('GET', `/Users?filter=${encodeURIComponent(filter)}`)
let made = 0
const address = () => `user-${++made}@example.com`
async function newUser(more: object = {}): Promise<{ id: string; userName: string }> {
  const userName = address()
  const { status, body } = await scim.send('POST', '/Users', { userName, active: true, ...more })
  expect({ status, body }).toMatchObject({ status: 201 })
  scim.simulator.clearRequests()
  return { id: body.id, userName }
}

describe('writing', () => {
  test('POST creates a user, and the same POST again is answered alike (K6)', async () => {
    const userName = address()
    const body = {
      userName,
      externalId: 'ext-1',
      name: { givenName: 'Mia', familyName: 'Kühn' },
      active: true,
      password: 'x',
      groups: [],
    }
    const created = await scim.send('POST', '/Users', body)
    expect(created).toMatchObject({
      status: 201,
      body: { userName, externalId: 'ext-1', displayName: 'Mia Kühn', active: true },
    })
    expect(created.headers.get('location')).toBe(`${scim.base}/Users/${created.body.id}`)
    expect(scim.sent()).toEqual(['POST /users'])
    const again = await scim.send('POST', '/Users', body)
    expect(again).toMatchObject({ status: 201, body: { id: created.body.id } })
    expect(scim.sent()).toHaveLength(1)
    expect((await list('externalId eq "ext-1"')).body.totalResults).toBe(1)
    expect((await list('externalId eq "EXT-1"')).body.totalResults).toBe(0)
  })

  test('an address or an externalId in use is a conflict', async () => {
    const conflict = { status: 409, body: { scimType: 'uniqueness' } }
    expect(await scim.send('POST', '/Users', { userName: 'BOB@example.com' })).toMatchObject(conflict)
    expect(await scim.send('POST', '/Users', { userName: 'anna@example.com' })).toMatchObject(conflict)
    const { id } = await newUser({ externalId: 'taken' })
    expect(await scim.send('POST', '/Users', { userName: address(), externalId: 'taken' })).toMatchObject(conflict)
    const other = await newUser()
    const put = await scim.send('PUT', `/Users/${other.id}`, { userName: other.userName, externalId: 'taken' })
    expect(put).toMatchObject(conflict)
    expect(put.body.detail).toContain(id)
    expect(scim.sent()).toEqual([])
  })

  test('an account of the vendor that the mirror does not know is adopted, so that the next filter finds it', async () => {
    scim.vendor.createUser({ primaryEmail: 'adopted@example.com', firstName: 'Ada' })
    const posted = await scim.send('POST', '/Users', { userName: 'adopted@example.com' })
    expect(posted).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    expect((await list('userName eq "adopted@example.com"')).body).toMatchObject({ totalResults: 1 })
  })

  test.each([
    [{ userName: 'no address' }, 400],
    [{}, 400],
    [{ userName: 'x@unregistered.example' }, 400],
    [{ userName: 'mia-2@example.com', emails: [{ value: 'else@example.com', type: 'work', primary: true }] }, 400],
    [{ userName: 'mia-3@example.com', active: 'maybe' }, 400],
  ])('POST of %j is refused', async (body, status) => {
    expect(await scim.send('POST', '/Users', body)).toMatchObject({ status, body: { scimType: 'invalidValue' } })
  })

  test('PUT replaces the names, keeps the vendor’s other fields, and sends nothing if nothing differs', async () => {
    const id = await scim.idOf('bob@example.com')
    scim.simulator.clearRequests()
    const put = { userName: 'Bob@example.com', name: { givenName: 'Robert', familyName: 'Stone' }, active: true }
    expect(await scim.send('PUT', `/Users/${id}`, put)).toMatchObject({
      status: 200,
      body: { displayName: 'Robert Stone' },
    })
    expect(scim.sent()).toEqual(['PUT /users/bob@example.com'])
    expect(scim.vendor.users().find(({ primaryEmail }) => primaryEmail === 'bob@example.com')).toMatchObject({
      firstName: 'Robert',
      undocumented: { floor: 3 },
    })
    const requests = scim.simulator.requests.length
    expect((await scim.send('PUT', `/Users/${id}`, put)).status).toBe(200)
    expect(scim.simulator.requests.length).toBe(requests)
  })

  test('off, on and off again are three changes, and the user stays findable (K14)', async () => {
    const { id, userName } = await newUser()
    for (const value of ['False', true, 'False']) {
      const answer = await scim.send('PATCH', `/Users/${id}`, {
        Operations: [{ op: 'Replace', path: 'active', value }],
      })
      expect(answer).toMatchObject({ status: 200, body: { active: value === true } })
    }
    expect(scim.sent()).toEqual(Array.from({ length: 3 }, () => `PUT /users/${userName}`))
    expect((await list(`userName eq "${userName}"`)).body.Resources[0]).toMatchObject({ id, active: false })
  })

  test('aliases that a client has set are its own, and others stay', async () => {
    const { id, userName } = await newUser()
    const emails = [
      { value: userName, type: 'work', primary: true },
      { value: 'second@example.com', type: 'other' },
    ]
    const put = await scim.send('PUT', `/Users/${id}`, { userName, emails })
    expect(put.body.emails).toEqual([
      { value: userName, type: 'work', primary: true },
      { value: 'second@example.com', type: 'other', primary: false },
    ])
    expect((await list('emails.value eq "second@example.com"')).body.totalResults).toBe(1)
    expect((await scim.send('PUT', `/Users/${id}`, { userName })).body.emails).toHaveLength(1)
    const anna = await scim.idOf('Anna.Muller@example.com')
    const { body } = await scim.send('PUT', `/Users/${anna}`, {
      userName: 'Anna.Muller@example.com',
      name: { givenName: 'Anna', familyName: 'Müller' },
    })
    expect(body['urn:essentials-graph:scim:schemas:extension:essentials:2.0:User'].aliases).toEqual([
      'anna@example.com',
    ])
  })

  test('another address is refused, and another spelling changes nothing (K15)', async () => {
    const { id, userName } = await newUser()
    const refused = await scim.send('PUT', `/Users/${id}`, { userName: address() })
    expect(refused).toMatchObject({
      status: 400,
      body: { scimType: 'mutability', detail: expect.stringContaining('startEmailChange') },
    })
    expect((await scim.send('PUT', `/Users/${id}`, { userName: userName.toUpperCase() })).status).toBe(200)
    expect(scim.sent()).toEqual([])
  })

  test('DELETE deactivates and hides, and a later POST brings the account back with a new id (K13, K16)', async () => {
    const { id, userName } = await newUser({ name: { givenName: 'Gone' } })
    expect(await scim.send('DELETE', `/Users/${id}`)).toMatchObject({ status: 204, body: undefined })
    expect((await scim.send('DELETE', `/Users/${id}`)).status).toBe(404)
    expect((await scim.send('GET', `/Users/${id}`)).status).toBe(404)
    expect((await list(`userName eq "${userName}"`)).body.totalResults).toBe(0)
    expect(scim.vendor.users().find(({ primaryEmail }) => primaryEmail === userName)).toMatchObject({
      status: 'inactive',
    })
    const back = await scim.send('POST', '/Users', { userName, name: { givenName: 'Back' } })
    expect(back).toMatchObject({ status: 201, body: { active: true, name: { givenName: 'Back' } } })
    expect(back.body.id).not.toBe(id)
  })

  test('If-Match of another version changes nothing', async () => {
    const { id, userName } = await newUser()
    const { headers } = await scim.send('GET', `/Users/${id}`)
    const put = { userName, name: { givenName: 'New' } }
    const stale = await scim.send('PUT', `/Users/${id}`, put, { headers: { 'if-match': 'W/"0000000000000000"' } })
    expect(stale).toMatchObject({ status: 412, body: { status: '412' } })
    const current = { 'if-match': headers.get('etag') ?? '' }
    expect((await scim.send('PUT', `/Users/${id}`, put, { headers: current })).status).toBe(200)
  })

  test('each write is in the audit log under the name of the token, and in the activity', async () => {
    await newUser()
    const [row] = await scim.database
      .sql`select * from audit_log where action = 'scim.User.create' order by id desc limit 1`
    expect(row).toMatchObject({ viewer: 'acme', organization: 'acme', outcome: 'DONE' })
    const [activity] = await scim.database.sql`select * from scim_activity order by id desc limit 1`
    expect(activity).toMatchObject({ viewer: 'acme', action: 'CREATED', status: 201 })
  })
})

test('a new name is served although the vendor shows an earlier leaving of a group in between', async () => {
  const lag = 45_000
  await using slow = await scimHarness({ switches: { updateLagMs: lag, membershipLagMs: lag } })
  await slow.fill()
  const id = await slow.idOf('bob@example.com')
  const group = await slow.groupId('Engineering')
  const patch = async (path: string, status: number, operation: object) => {
    const answer = await slow.send('PATCH', path, { Operations: [operation] })
    expect(answer).toMatchObject({ status })
    return answer.body
  }
  await patch(`/Groups/${group}`, 204, { op: 'remove', path: `members[value eq "${id}"]` })
  await patch(`/Groups/${group}`, 204, { op: 'add', path: 'members', value: [{ value: id }] })
  const named = { op: 'replace', path: 'name.givenName', value: 'Robert' }
  expect(await patch(`/Users/${id}`, 200, named)).toMatchObject({ name: { givenName: 'Robert' } })
  expect(await patch(`/Users/${id}`, 200, named)).toMatchObject({ name: { givenName: 'Robert' } })
  expect(slow.vendor.user('bob@example.com')).toMatchObject({ firstName: 'Robert', groups: ['grp_001'] })
})
