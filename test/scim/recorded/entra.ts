/** Entra ID, with the flag aadOptscim062020 in its address and without. */
import { expect } from 'vitest'
import { type Client, core, enterprise, patchOp, type Suite } from './client.ts'

const newUser = (userName: string, externalId: string) => ({
  schemas: [core, enterprise],
  externalId,
  userName,
  active: true,
  emails: [{ primary: true, type: 'work', value: userName }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Mia Kühn', familyName: 'Kühn', givenName: 'Mia' },
  roles: [],
  [enterprise]: { employeeNumber: '7', department: null },
})

/** The words of a client: with the flag they follow the standard. */
interface Words {
  readonly name: string
  readonly flag: string
  readonly ops: readonly [add: string, replace: string, remove: string]
  readonly no: unknown
  readonly yes: unknown
  removal(member: string): object
}

const withFlag: Words = {
  name: 'flag',
  flag: '?aadOptscim062020',
  ops: ['add', 'replace', 'remove'],
  no: false,
  yes: true,
  removal: (member) => ({ op: 'remove', path: `members[value eq "${member}"]` }),
}

const withoutFlag: Words = {
  name: 'noflag',
  flag: '',
  ops: ['Add', 'Replace', 'Remove'],
  no: 'False',
  yes: 'True',
  removal: (member) => ({ op: 'Remove', path: 'members', value: [{ $ref: null, value: member }] }),
}

async function provision(client: Client, words: Words): Promise<void> {
  const { request, find, atVendor, isOff, adapter } = client
  const { flag } = words
  const [add, replace, remove] = words.ops
  // The connection test looks for a name that does not exist.
  const probe = '&aadOptscim062020'
  expect(await find('Users', 'userName eq "c0ffee00-0000-4000-8000-0123456789ab"', flag && probe)).toBeUndefined()
  const userName = `mia.${words.name}@example.com`
  expect(await find('Users', `externalId eq "${words.name}"`)).toBeUndefined()
  const user = await request('POST', `/Users${flag}`, 201, newUser(userName, words.name))
  expect(user).toMatchObject({ externalId: words.name, name: { formatted: 'Mia Kühn' } })
  expect(await find('Users', `externalId eq "${words.name}"`)).toMatchObject({ id: user.id })
  expect(await find('Users', `userName eq "${userName.toUpperCase()}"`)).toMatchObject({ id: user.id })
  await request('POST', `/Users${flag}`, 409, newUser(userName, 'another'))
  const patch = (status: number, ...operations: object[]) =>
    request('PATCH', `/Users/${user.id}${flag}`, status, { schemas: [patchOp], Operations: operations })

  const changed = await patch(
    200,
    { op: replace, path: 'name.givenName', value: 'Maria' },
    { op: add, path: 'emails[type eq "work"].value', value: userName },
    { op: replace, path: 'emails[type eq "work"].value', value: userName },
    { op: add, path: `${enterprise}:department`, value: 'Sales' },
    { op: replace, path: 'displayName', value: 'Anything' },
  )
  expect(changed).toMatchObject({ displayName: 'Maria Kühn' })
  await patch(200, { op: add, value: { 'name.familyName': 'Klein', 'emails[type eq "work"].value': userName } })
  expect(atVendor(userName)).toMatchObject({ firstName: 'Maria', lastName: 'Klein' })
  await patch(200, { op: remove, path: 'name.familyName' })
  expect(await patch(400, { op: replace, path: 'userName', value: 'other@example.com' })).toMatchObject({
    scimType: 'mutability',
  })

  expect(await patch(200, { op: replace, path: 'active', value: words.no })).toMatchObject({ active: false })
  expect(isOff(userName)).toBe(true)
  expect(await find('Users', `userName eq "${userName}"`)).toMatchObject({ active: false })
  expect(await patch(200, { op: replace, path: 'active', value: words.yes })).toMatchObject({ active: true })

  if (adapter.hasGroups) await changeGroups(client, user, words)
  else expect(await find('Groups', 'displayName eq "engineering"')).toBeUndefined()

  await request('DELETE', `/Users/${user.id}${flag}`, 204)
  await request('GET', `/Users/${user.id}${flag}`, 404)
  expect(isOff(userName)).toBe(true)
}

/** The user joins a group and leaves it, each twice. */
async function changeGroups(
  { request, find, atVendor, scim }: Client,
  user: { readonly id: string; readonly userName: string },
  words: Words,
): Promise<void> {
  const { flag } = words
  const [add, replace] = words.ops
  const { userName } = user
  const group = await find('Groups', 'displayName eq "engineering"', '&excludedAttributes=members')
  expect(group).not.toHaveProperty('members')
  const patchGroup = (...operations: object[]) =>
    request('PATCH', `/Groups/${group.id}${flag}`, 204, { schemas: [patchOp], Operations: operations })
  await patchGroup({ op: replace, path: 'externalId', value: `group-${words.name}` })
  expect(await find('Groups', `externalId eq "group-${words.name}"`)).toMatchObject({ id: group.id })
  await patchGroup({ op: replace, path: 'displayName', value: 'Engineering' })
  await patchGroup({ op: add, path: 'members', value: [{ $ref: null, value: user.id }] })
  await patchGroup({ op: add, path: 'members', value: [{ $ref: null, value: user.id }] })
  expect(atVendor(userName)).toMatchObject({ groups: ['grp_001'] })
  await patchGroup(words.removal(user.id))
  await patchGroup(words.removal(user.id))
  expect(atVendor(userName)).toMatchObject({ groups: [] })
  expect(scim.vendor.users().filter(({ groups }) => groups.includes('grp_001'))).toHaveLength(2)
}

export const entraFlag: Suite = (client) => provision(client, withFlag)
export const entraNoFlag: Suite = (client) => provision(client, withoutFlag)
