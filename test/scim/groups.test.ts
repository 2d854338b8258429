/** Groups over HTTP, against the simulated vendor. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ScimHarness, scimHarness } from './harness.ts'

const numbered = Array.from({ length: 12 }, (_, i) => ({
  primaryEmail: `user-${i}@example.com`,
  groups: i < 10 ? ['grp_002'] : [],
  roles: ['USER'],
}))

let scim: ScimHarness
let finance = ''
let sales = ''
let ids: string[] = []
beforeAll(async () => {
  const groups = [
    { id: 'grp_001', name: 'Sales' },
    { id: 'grp_002', name: 'Finance' },
    { id: 'grp_003', name: 'Hidden' },
  ]
  scim = await scimHarness({ data: { users: numbered, groups } })
  await scim.fill()
  sales = await scim.groupId('sales')
  finance = await scim.groupId('FINANCE')
  ids = await Promise.all(numbered.map(({ primaryEmail }) => scim.idOf(primaryEmail)))
})
afterAll(() => scim[Symbol.asyncDispose]())
beforeEach(() => scim.simulator.clearRequests())

const membersAtVendor = (groupId: string) =>
  scim.vendor
    .users()
    .filter(({ groups }) => groups.includes(groupId))
    .map(({ primaryEmail }) => primaryEmail)
    .sort()
const patch = (id: string, ...operations: object[]) => scim.send('PATCH', `/Groups/${id}`, { Operations: operations })
const clear = () => patch(sales, { op: 'replace', path: 'members', value: [] })

test('a group is found by its name in any case, with or without its members', async () => {
  const { body } = await scim.send('GET', `/Groups/${finance}`)
  expect(body).toMatchObject({ displayName: 'Finance', meta: { resourceType: 'Group' } })
  expect(body.members).toHaveLength(10)
  expect(body.members[0]).toMatchObject({
    value: expect.any(String),
    type: 'User',
    display: expect.stringContaining('@'),
  })
  const filter = encodeURIComponent('displayName eq "finance"')
  const without = await scim.send('GET', `/Groups?filter=${filter}&excludedAttributes=members`)
  expect(without.body.Resources[0]).not.toHaveProperty('members')
  const of = await scim.send('GET', `/Groups?filter=${encodeURIComponent(`members.value eq "${ids[0]}"`)}`)
  expect(of.body).toMatchObject({ totalResults: 1, Resources: [{ id: finance }] })
})

test('members are added and removed one by one, and repeated changes send nothing (K3, K5, K11)', async () => {
  expect(
    await patch(sales, { op: 'Add', path: 'members', value: [{ value: ids[10] }, { value: ids[11] }] }),
  ).toMatchObject({ status: 204, body: undefined })
  expect(membersAtVendor('grp_001')).toEqual(['user-10@example.com', 'user-11@example.com'])
  scim.simulator.clearRequests()
  expect((await patch(sales, { op: 'add', path: 'members', value: { value: ids[10] } })).status).toBe(204)
  expect(scim.sent()).toEqual([])
  expect((await patch(sales, { op: 'remove', path: `members[value eq "${ids[10]}"]` })).status).toBe(204)
  expect((await patch(sales, { op: 'Remove', path: 'members', value: [{ $ref: null, value: ids[11] }] })).status).toBe(
    204,
  )
  expect(membersAtVendor('grp_001')).toEqual([])
  expect((await patch(sales, { op: 'remove', path: `members[value eq "${ids[10]}"]` })).status).toBe(204)
})

test('five parallel PATCHes of one group leave all members in it (K10)', async () => {
  const answers = await Promise.all(
    ids.slice(0, 5).map((value) => patch(sales, { op: 'add', path: 'members', value: [{ value }] })),
  )
  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
  expect(membersAtVendor('grp_001')).toHaveLength(5)
  expect((await clear()).status).toBe(204)
})

test('an unknown member is refused, and nothing is done', async () => {
  for (const value of ['00000000-0000-0000-0000-000000000000', 'x', finance])
    expect(await patch(sales, { op: 'add', path: 'members', value: [{ value: ids[0] }, { value }] })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidValue' },
    })
  expect(scim.sent()).toEqual([])
})

test('a PUT replaces the members by their difference, and is answered with the group (K4)', async () => {
  const put = { displayName: 'Sales', externalId: 'g-1', members: [{ value: ids[10] }] }
  const answer = await scim.send('PUT', `/Groups/${sales}`, put)
  expect(answer).toMatchObject({ status: 200, body: { externalId: 'g-1', members: [{ value: ids[10] }] } })
  expect(scim.sent()).toEqual(['POST /groups/grp_001/members'])
  const filter = encodeURIComponent('externalId eq "g-1"')
  expect((await scim.send('GET', `/Groups?filter=${filter}`)).body.totalResults).toBe(1)
  await clear()
})

test('most members of a group cannot be removed by one request', async () => {
  expect(await patch(finance, { op: 'remove', path: 'members' })).toMatchObject({ status: 503 })
  expect(await patch(finance, { op: 'replace', path: 'members', value: [{ value: ids[0] }] })).toMatchObject({
    status: 503,
  })
  expect(membersAtVendor('grp_002')).toHaveLength(10)
})

test('names cannot be changed, and equal ones are accepted', async () => {
  expect(await patch(sales, { op: 'replace', path: 'displayName', value: 'Other' })).toMatchObject({
    status: 400,
    body: { scimType: 'mutability' },
  })
  expect((await patch(sales, { op: 'replace', value: { id: sales, displayName: 'SALES' } })).status).toBe(204)
})

test('a group is never created, and a deleted resource can be linked again', async () => {
  expect((await scim.send('POST', '/Groups', { displayName: 'New' })).status).toBe(501)
  expect(await scim.send('POST', '/Groups', { displayName: 'sales' })).toMatchObject({
    status: 409,
    body: { scimType: 'uniqueness' },
  })
  const hidden = await scim.groupId('Hidden')
  expect((await scim.send('DELETE', `/Groups/${hidden}`)).status).toBe(204)
  expect((await scim.send('GET', `/Groups/${hidden}`)).status).toBe(404)
  const again = await scim.send('POST', '/Groups', { displayName: 'Hidden', members: [{ value: ids[0] }] })
  expect(again).toMatchObject({ status: 201, body: { displayName: 'Hidden', members: [{ value: ids[0] }] } })
  expect(scim.vendor.groups()).toHaveLength(3)
})

test('If-Match of another version changes nothing', async () => {
  const headers = { 'if-match': 'W/"0000000000000000"' }
  const answer = await scim.send(
    'PATCH',
    `/Groups/${sales}`,
    { Operations: [{ op: 'add', path: 'members', value: [] }] },
    { headers },
  )
  expect(answer.status).toBe(412)
})
