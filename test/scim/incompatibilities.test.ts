/** Requests on which other SCIM services are known to fail, each in the shape of the client that sends it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ScimHarness, scimHarness } from './harness.ts'

let scim: ScimHarness
let id = ''
let finance = ''
let serial = 0
const userName = () => `person-${serial}@example.com`

beforeAll(async () => {
  scim = await scimHarness({ settings: { roles: ['AUDITOR', 'READER'] } })
  scim.vendor.createUser({ primaryEmail: 'roles@example.com', roles: ['AUDITOR', 'READER'] })
  await scim.fill()
  await scim.database.sql`update organizations set privileged_roles = array['ADMINISTRATOR']`
  finance = await scim.groupId('Finance')
})
afterAll(() => scim[Symbol.asyncDispose]())
beforeEach(async () => {
  serial += 1
  const posted = await scim.send('POST', '/Users', { userName: userName(), externalId: `ext-${serial}` })
  id = posted.body.id
  scim.simulator.clearRequests()
})

const patch = (...operations: object[]) => scim.send('PATCH', `/Users/${id}`, { Operations: operations })
const patchGroup = (...operations: object[]) => scim.send('PATCH', `/Groups/${finance}`, { Operations: operations })
const hits = async (filter: string, kind = 'Users') =>
  (await scim.send('GET', `/${kind}?filter=${encodeURIComponent(filter)}`)).body.Resources.map(
    (one: { id: string }) => one.id,
  )
const atVendor = (name = userName()) => scim.vendor.user(name)
const inFinance = () => scim.vendor.users().flatMap((one) => (one.groups.includes('grp_002') ? one.primaryEmail : []))

test('K1: "False" and "True" are truth values, in every shape', async () => {
  for (const value of ['False', [false], { active: 'False' }, 'false']) {
    expect(await patch({ op: 'replace', path: 'active', value })).toMatchObject({
      status: 200,
      body: { active: false },
    })
    expect(atVendor()).toMatchObject({ status: 'inactive' })
    expect(await patch({ op: 'replace', value: { active: 'True' } })).toMatchObject({ body: { active: true } })
    expect(atVendor()).toMatchObject({ status: 'active' })
  }
})

test('K2: operations have any letter case', async () => {
  expect(await patch({ op: 'Add', path: 'name.givenName', value: 'Mia' })).toMatchObject({ status: 200 })
  expect(await patch({ op: 'REPLACE', path: 'Name.FamilyName', value: 'Stone' })).toMatchObject({ status: 200 })
  expect(atVendor()).toMatchObject({ firstName: 'Mia', lastName: 'Stone' })
  expect(await patch({ op: 'Remove', path: 'name.familyName' })).toMatchObject({ status: 200 })
  expect((await scim.send('GET', `/Users/${id}`)).body.name).not.toHaveProperty('familyName')
})

test('K3: a removal with a filter removes that member, and no other', async () => {
  const bob = await scim.idOf('bob@example.com')
  await patchGroup({ op: 'add', path: 'members', value: [{ value: id }, { value: bob }] })
  expect((await patchGroup({ op: 'remove', path: `members[value eq "${id}"]` })).status).toBe(204)
  expect(inFinance()).toEqual(['bob@example.com'])
  await patchGroup({ op: 'remove', path: `members[value eq "${bob}"]` })
})

test('K4: members that are replaced, and a PUT of a group, lose nobody who is named', async () => {
  const bob = await scim.idOf('bob@example.com')
  await patchGroup({ op: 'add', path: 'members', value: [{ value: bob }] })
  scim.simulator.clearRequests()
  await patchGroup({ op: 'replace', path: 'members', value: [{ value: bob }, { value: id }] })
  expect(inFinance()).toEqual(['bob@example.com', userName()])
  const put = { displayName: 'Finance', members: [{ value: bob }] }
  expect((await scim.send('PUT', `/Groups/${finance}`, put)).body.members).toMatchObject([{ value: bob }])
  expect(scim.sent()).toEqual(['POST /groups/grp_002/members', `DELETE /groups/grp_002/members/${userName()}`])
  await patchGroup({ op: 'remove', path: `members[value eq "${bob}"]` })
})

test('K5: members need neither a type nor a display name, and one may stand alone', async () => {
  for (const value of [[{ value: id }], { value: id }, [{ $ref: null, value: id }]]) {
    expect((await patchGroup({ op: 'Add', path: 'members', value })).status).toBe(204)
    expect(inFinance()).toEqual([userName()])
    expect((await patchGroup({ op: 'Remove', path: 'members', value: [{ value: id }] })).status).toBe(204)
    expect(inFinance()).toEqual([])
  }
})

test('K6: users and groups are found by externalId, exactly', async () => {
  expect(await hits(`externalId eq "ext-${serial}"`)).toEqual([id])
  expect(await hits(`externalId eq "EXT-${serial}"`)).toEqual([])
  expect((await patchGroup({ op: 'replace', path: 'externalId', value: 'group-1' })).status).toBe(204)
  expect(await hits('externalId eq "group-1"', 'Groups')).toEqual([finance])
})

test('K7: a value without quotes finds the user, so that no duplicate is created', async () => {
  expect(await hits(`userName eq ${userName()}`)).toEqual([id])
  expect(await hits(`externalId EQ ext-${serial}`)).toEqual([id])
  const again = await scim.send('POST', '/Users', { userName: userName(), externalId: 'another' })
  expect(again).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
})

test('K8: emails[type eq "work"].value is accepted although no such entry was sent', async () => {
  for (const op of ['add', 'replace'])
    expect(await patch({ op, path: 'emails[type eq "work"].value', value: userName() })).toMatchObject({ status: 200 })
  expect(scim.sent()).toEqual([])
  expect(await patch({ op: 'replace', path: 'emails[type eq "work"].value', value: 'x@example.com' })).toMatchObject({
    status: 400,
    body: { scimType: 'invalidValue' },
  })
})

test('K9: paths and keys may be qualified by their URN', async () => {
  const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
  expect(await patch({ op: 'replace', path: `${core}:active`, value: false })).toMatchObject({
    body: { active: false },
  })
  expect(await patch({ op: 'replace', value: { [`${core}:name.givenName`]: 'Mia' } })).toMatchObject({
    body: { name: { givenName: 'Mia' } },
  })
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  expect(await patch({ op: 'add', path: `${enterprise}:department`, value: 'Sales' })).toMatchObject({ status: 200 })
})

test('K10: parallel PATCHes of one group keep every member', async () => {
  const names = Array.from({ length: 5 }, (_, i) => `parallel-${i}@example.com`)
  const posted = await Promise.all(names.map((name) => scim.send('POST', '/Users', { userName: name })))
  const change = (operation: (value: string) => object) =>
    Promise.all(posted.map(({ body }) => patchGroup(operation(body.id))))
  const added = await change((value) => ({ op: 'add', path: 'members', value: [{ value }] }))
  expect(added.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
  expect(inFinance().sort()).toEqual(names)
  await change((value) => ({ op: 'remove', path: `members[value eq "${value}"]` }))
  expect(inFinance()).toEqual([])
})

test('K11: adding a member again, removing an absent one, and a PATCH without a difference succeed', async () => {
  const add = { op: 'add', path: 'members', value: [{ value: id }] }
  const remove = { op: 'remove', path: `members[value eq "${id}"]` }
  for (const operation of [add, add, remove, remove]) expect((await patchGroup(operation)).status).toBe(204)
  expect(scim.sent()).toEqual(['POST /groups/grp_002/members', `DELETE /groups/grp_002/members/${userName()}`])
  expect((await patch({ op: 'replace', value: { active: true } })).status).toBe(200)
  expect(scim.sent()).toHaveLength(2)
})

test('K12: roles come as strings with JSON inside, and only the allowed ones are set', async () => {
  const role = (value: string) => JSON.stringify({ id: '1', value, displayName: value })
  expect(await patch({ op: 'Add', path: 'roles', value: [role('AUDITOR')] })).toMatchObject({ status: 200 })
  expect(atVendor()?.roles).toContain('AUDITOR')
  expect(await patch({ op: 'Add', path: 'roles', value: [{ value: role('READER') }] })).toMatchObject({ status: 200 })
  expect(atVendor()?.roles).toEqual(expect.arrayContaining(['AUDITOR', 'READER']))
  expect(await patch({ op: 'Add', path: 'roles', value: [role('ADMINISTRATOR')] })).toMatchObject({ status: 400 })
})

test('K13: a deleted user can be created again', async () => {
  expect((await scim.send('DELETE', `/Users/${id}`)).status).toBe(204)
  const again = await scim.send('POST', '/Users', { userName: userName(), externalId: `ext-${serial}` })
  expect(again).toMatchObject({ status: 201, body: { active: true, externalId: `ext-${serial}` } })
  expect(again.body.id).not.toBe(id)
  expect(atVendor()).toMatchObject({ status: 'active' })
})

test('K14: a user that is turned off is found by id and by every filter', async () => {
  await patch({ op: 'replace', path: 'active', value: false })
  expect((await scim.send('GET', `/Users/${id}`)).body).toMatchObject({ active: false })
  for (const filter of [`userName eq "${userName()}"`, `externalId eq "ext-${serial}"`, `id eq "${id}"`])
    expect(await hits(filter)).toEqual([id])
})

test('K15: a new userName is refused as a change of an immutable attribute', async () => {
  const detail = expect.stringContaining('startEmailChange')
  const refused = { status: 400, body: { scimType: 'mutability', detail } }
  expect(await patch({ op: 'replace', path: 'userName', value: 'new@example.com' })).toMatchObject(refused)
  expect(await scim.send('PUT', `/Users/${id}`, { userName: 'new@example.com' })).toMatchObject(refused)
  expect(scim.sent()).toEqual([])
})

test('K16: a DELETE turns the account off, and the mailbox stays', async () => {
  expect((await scim.send('DELETE', `/Users/${id}`)).status).toBe(204)
  expect((await scim.send('DELETE', `/Users/${id}`)).status).toBe(404)
  expect(atVendor()).toMatchObject({ status: 'inactive' })
  expect(scim.sent()).toEqual([`PUT /users/${userName()}`])
})
