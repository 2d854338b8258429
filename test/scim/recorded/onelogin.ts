/** OneLogin: the connection test, the user's life by PUT, and its PATCHes of groups. */
import { expect } from 'vitest'
import { type Client, core, patchOp, type Suite } from './client.ts'

export const oneLogin: Suite = async (client) => {
  const { request, find, adapter, isOff } = client
  expect(await find('Users', 'userName eq "name-that-cannot-exist"')).toBeUndefined()
  const userName = 'mia.onelogin@example.com'
  const body = {
    schemas: [core, 'urn:scim:schemas:core:1.0'],
    userName,
    externalId: null,
    name: { givenName: 'Mia', familyName: 'Kühn' },
    emails: [{ value: userName, type: 'work', primary: true }],
    groups: [],
  }
  const user = await request('POST', '/Users', 201, body)
  expect(user).not.toHaveProperty('externalId')
  expect(user).toMatchObject({ active: true })
  // A template may turn the truth value into a string.
  expect(await request('PUT', `/Users/${user.id}`, 200, { ...body, active: 'false' })).toMatchObject({ active: false })
  expect(await request('PUT', `/Users/${user.id}`, 200, { ...body, active: 'true' })).toMatchObject({ active: true })
  if (adapter.hasGroups) await changeGroups(client, user)
  const off = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'active', value: [false] }] }
  expect(await request('PATCH', `/Users/${user.id}`, 200, off)).toMatchObject({ active: false })
  await request('DELETE', `/Users/${user.id}`, 204)
  expect(isOff(userName)).toBe(true)
}

/** The PATCH of its connector for SCIM 1.1 is refused, and that of the connector for SCIM 2 changes the members. */
async function changeGroups(
  { request, find, atVendor }: Client,
  user: { readonly id: string; readonly userName: string },
): Promise<void> {
  const { userName } = user
  const group = await find('Groups', 'displayName eq "Finance"')
  await request('PATCH', `/Groups/${group.id}`, 400, {
    schemas: ['urn:scim:schemas:core:1.0'],
    members: [{ value: user.id, operation: 'add' }],
  })
  const patch = (operation: object) =>
    request('PATCH', `/Groups/${group.id}`, 204, { schemas: [patchOp], Operations: [operation] })
  await patch({ op: 'add', path: 'members', value: [{ value: user.id }] })
  expect(atVendor(userName)).toMatchObject({ groups: ['grp_002'] })
  await patch({ op: 'remove', path: 'members', value: [{ value: user.id }] })
  expect(atVendor(userName)).toMatchObject({ groups: [] })
}
