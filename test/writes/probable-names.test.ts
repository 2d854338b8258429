/** Misspelt roles and groups are rejected, and the answer says what was probably meant. */
import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'

const start = () =>
  mirrored({
    switches: { listCarries: everySection },
    data: {
      groups: [
        { id: 'grp_001', name: 'Finance Boston' },
        { id: 'grp_002', name: 'Sales' },
      ],
      users: [
        { primaryEmail: 'ann@example.com', roles: ['ADMINISTRATOR', 'USER'], groups: [] },
        { primaryEmail: 'bob@example.com', roles: ['USER'], groups: [] },
      ],
    },
  })

async function write({ data }: Mirrored, mutation: string): Promise<Record<string, unknown>> {
  const answer = await data<Record<string, Record<string, unknown>>>(
    `mutation { result: ${mutation} { __typename ... on Failure { message } ... on InvalidInput { issues { path message } } } }`,
  )
  return answer.result ?? {}
}

const unknown =
  'this role has never been seen in the organization; to send it nevertheless, set `allowUnknownRole` to true'
const meant = `${unknown}; did you mean ADMINISTRATOR?`

test.each([
  ['createUser(input: { primaryEmail: "new@example.com", roles: ["USER", "ADMINISTRATR"] })', ['roles', '1'], meant],
  [
    'updateUser(input: { primaryEmail: "bob@example.com", set: { roles: { add: ["ADMINISTRATR"] } } })',
    ['set', 'roles', 'add', '0'],
    meant,
  ],
  [
    'updateUser(input: { primaryEmail: "bob@example.com", set: { roles: { set: ["Emperor"] } } })',
    ['set', 'roles', 'set', '0'],
    `${unknown}; known roles: ADMINISTRATOR, USER`,
  ],
  [
    'startOnboarding(input: { users: [{ primaryEmail: "new@example.com", roles: ["ADMINISTRATR"] }] })',
    ['users', '0', 'roles', '0'],
    meant,
  ],
])('roles: %s is rejected with the path of the unknown role', async (mutation, path, message) => {
  await using mirror = await start()
  await mirror.pull()
  expect(await write(mirror, mutation)).toEqual({ __typename: 'InvalidInput', message, issues: [{ path, message }] })
  expect(
    mirror.vendor.users().every(({ roles }) => !roles.includes('Emperor') && !roles.includes('ADMINISTRATR')),
  ).toBe(true)
})

test('roles: an unknown one is sent if it is allowed, known ones in any spelling, and any before roles were read', async () => {
  await using mirror = await start()
  const done = { __typename: 'CreateUserSuccess' }
  expect(await write(mirror, 'createUser(input: { primaryEmail: "x@example.com", roles: ["NEW"] })')).toEqual(done)
  await mirror.pull()
  const allowed = 'createUser(input: { primaryEmail: "y@example.com", roles: ["OTHER"], allowUnknownRole: true })'
  expect(await write(mirror, allowed)).toEqual(done)
  expect(await write(mirror, 'createUser(input: { primaryEmail: "z@example.com", roles: ["administrator"] })')).toEqual(
    done,
  )
  const users = '[{ primaryEmail: "v@example.com", roles: ["MORE"], allowUnknownRole: true }]'
  expect(await write(mirror, `startOnboarding(input: { users: ${users} })`)).toEqual({
    __typename: 'StartOperationSuccess',
  })
  const others = '[{ primaryEmail: "w@example.com", roles: ["LESS"] }]'
  expect(await write(mirror, `startOnboarding(input: { users: ${others}, allowUnknownRole: true })`)).toEqual({
    __typename: 'StartOperationSuccess',
  })
})

test('roles: the spelling of the organization is sent, regardless of the letter case of the input', async () => {
  await using mirror = await start()
  await write(mirror, 'createUser(input: { primaryEmail: "x@example.com", roles: ["Emperor"] })')
  await mirror.pull()
  await write(mirror, 'createUser(input: { primaryEmail: "new@example.com", roles: ["user", "EMPEROR"] })')
  const add = async (...names: string[]) =>
    await write(
      mirror,
      `updateUser(input: { primaryEmail: "bob@example.com", set: { roles: { add: ${JSON.stringify(names)}, remove: ["user"] } } })`,
    )
  expect(await add('administrator', 'emperor')).toEqual({ __typename: 'UpdateUserSuccess' })
  const rolesOf = (address: string) => mirror.vendor.user(address)?.roles
  expect(rolesOf('new@example.com')).toEqual(['USER', 'Emperor'])
  expect(rolesOf('bob@example.com')).toEqual(['ADMINISTRATOR', 'Emperor'])
  const users = '[{ primaryEmail: "n@example.com", roles: ["Administrator", "emperor"] }]'
  const { result } = await mirror.data<{ result: { plan: { body: unknown }[] } }>(
    `mutation { result: startOnboarding(input: { users: ${users}, dryRun: true }) { ... on StartOperationSuccess { plan { body } } } }`,
  )
  expect(result.plan).toEqual([{ body: expect.objectContaining({ roles: ['ADMINISTRATOR', 'Emperor'] }) }])
})

test('groups: a name in place of an ID is answered with the ID', async () => {
  await using mirror = await start()
  await mirror.pull()
  const message =
    'The vendor has no group with the ID finance boston; did you mean grp_001 (the ID of "Finance Boston")?'
  const create = 'createUser(input: { primaryEmail: "new@example.com", groups: ["finance boston"] })'
  expect(await write(mirror, create)).toEqual({ __typename: 'NotFound', message })
  const join = 'addUserToGroup(input: { primaryEmail: "bob@example.com", groupId: "finance boston" })'
  expect(await write(mirror, join)).toEqual({ __typename: 'NotFound', message })
  const far = 'createUser(input: { primaryEmail: "new@example.com", groups: ["Astronauts"] })'
  expect((await write(mirror, far)).message).toBe('The vendor has no group with the ID Astronauts')
  const { result } = await mirror.data<{ result: { notes: string[] } }>(
    'mutation { result: startOnboarding(input: { users: [{ primaryEmail: "n@example.com", groups: ["Finance Boston"] }], dryRun: true }) { ... on StartOperationSuccess { notes } } }',
  )
  expect(result.notes.join()).toContain('did you mean grp_001')
})

test('deprovisioning: without a mode it is rejected', async () => {
  await using mirror = await start()
  await mirror.pull()
  const message = 'mode is required: DELETE or DEACTIVATE'
  expect(await write(mirror, 'startDeprovisioning(input: { primaryEmails: ["bob@example.com"] })')).toEqual({
    __typename: 'InvalidInput',
    message,
    issues: [{ path: ['mode'], message }],
  })
})
