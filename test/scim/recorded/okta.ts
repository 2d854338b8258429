/** Okta: custom applications replace the whole user, those of its gallery send a PATCH, and group push has its own shapes. */
import { expect } from 'vitest'
import { core, patchOp, type Suite } from './client.ts'

const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'

const newUser = (userName: string, externalId: string) => ({
  schemas: [core],
  userName,
  name: { givenName: 'Mia', familyName: 'Kühn' },
  emails: [{ primary: true, value: userName, type: 'work' }],
  displayName: 'Mia Kühn',
  locale: 'en-US',
  externalId,
  groups: [],
  password: '1mz050nq',
  active: true,
})

export const oktaPut: Suite = async ({ request, find, atVendor, isOff }) => {
  expect(await request('GET', '/Users?startIndex=1&count=2', 200)).toMatchObject({ startIndex: 1, itemsPerPage: 2 })
  const userName = 'mia.put@example.com'
  expect(await find('Users', `userName eq "${userName}"`, '&startIndex=1&count=100')).toBeUndefined()
  const created = await request('POST', '/Users', 201, newUser(userName, '00u1'))
  expect(created).toMatchObject({ userName, externalId: '00u1', active: true })
  expect(created).not.toHaveProperty('password')
  expect(await request('GET', `/Users/${created.id}`, 200)).toMatchObject({ id: created.id, userName })
  const changed = { ...created, name: { givenName: 'Maria', familyName: 'Kühn' } }
  expect(await request('PUT', `/Users/${created.id}`, 200, changed)).toMatchObject({ displayName: 'Maria Kühn' })
  expect(await request('PUT', `/Users/${created.id}`, 200, { ...changed, active: false })).toMatchObject({
    active: false,
  })
  expect(atVendor(userName)).toMatchObject({ firstName: 'Maria' })
  expect(isOff(userName)).toBe(true)
  expect(await request('PUT', `/Users/${created.id}`, 200, { ...changed, active: true })).toMatchObject({
    active: true,
  })
  expect(await request('PUT', `/Users/${created.id}`, 200, { ...changed, active: false })).toMatchObject({
    active: false,
  })
  expect(isOff(userName)).toBe(true)
}

export const oktaPatch: Suite = async ({ request, isOff }) => {
  const userName = 'mia.patch@example.com'
  const { id } = await request('POST', '/Users', 201, newUser(userName, '00u2'))
  const patch = (value: object) =>
    request('PATCH', `/Users/${id}`, 200, { schemas: [patchOp], Operations: [{ op: 'replace', value }] })
  expect(await patch({ active: false })).toMatchObject({ id, active: false })
  expect(isOff(userName)).toBe(true)
  expect(await patch({ active: true })).toMatchObject({ active: true })
  expect(isOff(userName)).toBe(false)
  const again = await request('POST', '/Users', 409, { ...newUser(userName, '00u9'), displayName: 'Other' })
  expect(again).toMatchObject({ scimType: 'uniqueness', status: '409' })
}

export const oktaPush: Suite = async ({ request, find, scim, adapter, atVendor }) => {
  if (!adapter.hasGroups) {
    expect(await request('GET', '/Groups?startIndex=1&count=100', 200)).toMatchObject({ totalResults: 0 })
    const refused = await request('POST', '/Groups', 501, { schemas: [groupSchema], displayName: 'Finance' })
    expect(refused).toMatchObject({ status: '501', detail: expect.stringContaining('group push') })
    return
  }
  const user = await request('POST', '/Users', 201, newUser('mia.push@example.com', '00u3'))
  expect(await request('GET', '/Groups?startIndex=1&count=100', 200)).toMatchObject({ startIndex: 1 })
  await request('POST', '/Groups', 409, { schemas: [groupSchema], displayName: 'Finance', members: [] })
  const group = await find('Groups', 'displayName eq "Finance"')
  const patch = (...operations: object[]) =>
    request('PATCH', `/Groups/${group.id}`, 204, { schemas: [patchOp], Operations: operations })
  await patch(
    { op: 'replace', value: { id: group.id, displayName: 'Finance' } },
    { op: 'add', path: 'members', value: [{ value: user.id, display: user.userName }] },
  )
  expect(atVendor(user.userName)).toMatchObject({ groups: ['grp_002'] })
  await patch({ op: 'remove', path: `members[value eq "${user.id}"]` })
  expect(atVendor(user.userName)).toMatchObject({ groups: [] })
  await patch({ op: 'replace', path: 'members', value: [{ value: user.id }] })
  expect(atVendor(user.userName)).toMatchObject({ groups: ['grp_002'] })
  const put = { schemas: [groupSchema], id: group.id, displayName: 'Finance', members: [] }
  expect(await request('PUT', `/Groups/${group.id}`, 200, put)).toMatchObject({ displayName: 'Finance' })
  expect(atVendor(user.userName)).toMatchObject({ groups: [] })
  await request('DELETE', `/Groups/${group.id}`, 204)
  expect(scim.vendor.groups().map(({ name }) => name)).toContain('Finance')
}
