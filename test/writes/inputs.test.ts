import { afterAll, expect, test } from 'vitest'
import { apiHarness, type Json } from './harness/api-harness.ts'

const acme = await apiHarness()
afterAll(() => acme[Symbol.asyncDispose]())
await acme.fill()

const anna = 'Anna.Muller@example.com'
const carla = 'carla@example.com'
const long = 'x'.repeat(1_001)

test.each<[string, string, Json, string[], RegExp]>([
  [
    'an empty name',
    'createUser',
    { primaryEmail: carla, firstName: '' },
    ['firstName'],
    /must not be empty; omit it instead/,
  ],
  [
    'a blank name',
    'updateUser',
    { primaryEmail: anna, set: { lastName: ' \u2003' } },
    ['set', 'lastName'],
    /null removes it/,
  ],
  [
    'a name with a line break',
    'createUser',
    { primaryEmail: carla, lastName: 'a\nb' },
    ['lastName'],
    /control characters/,
  ],
  [
    'a name that is too long',
    'createUser',
    { primaryEmail: carla, lastName: long },
    ['lastName'],
    /1001 characters; at most 256/,
  ],
  ['a lone surrogate', 'createUser', { primaryEmail: carla, lastName: 'a\ud800' }, ['lastName'], /unpaired surrogates/],
  ['an empty password', 'createUser', { primaryEmail: carla, password: '' }, ['password'], /must not be empty/],
  [
    'a password of null',
    'updateUser',
    { primaryEmail: anna, set: { password: null } },
    ['set', 'password'],
    /cannot be removed/,
  ],
  ['a negative mailbox size', 'createUser', { primaryEmail: carla, mailboxSize: -1 }, ['mailboxSize'], /0 or more/],
  [
    'a policy that is not an object',
    'createUser',
    { primaryEmail: carla, spamPolicy: [1] },
    ['spamPolicy'],
    /must be an object/,
  ],
  ['a policy with NUL', 'createUser', { primaryEmail: carla, spamPolicy: { a: '\0' } }, ['spamPolicy'], /NUL/],
  ['a role twice', 'createUser', { primaryEmail: carla, roles: ['USER', 'USER'] }, ['roles', '1'], /already/],
  ['an alias twice', 'createUser', { primaryEmail: carla, aliases: ['a@b', 'A@B'] }, ['aliases', '1'], /already/],
  [
    'the user’s own address as an alias',
    'createUser',
    { primaryEmail: carla, aliases: ['CARLA@example.com'] },
    ['aliases', '0'],
    /primary address/,
  ],
  [
    'an alias that is not an address',
    'updateUser',
    { primaryEmail: anna, set: { aliases: { add: ['x'] } } },
    ['set', 'aliases', 'add', '0'],
    /the address is invalid/,
  ],
  [
    'set together with add',
    'updateUser',
    { primaryEmail: anna, set: { roles: { set: [], add: ['A'] } } },
    ['set', 'roles'],
    /set cannot be combined with add or remove/,
  ],
  [
    'an empty list patch',
    'updateUser',
    { primaryEmail: anna, set: { roles: {} } },
    ['set', 'roles'],
    /one of set, add and remove is required/,
  ],
  [
    'an entry both added and removed',
    'updateUser',
    { primaryEmail: anna, set: { aliases: { add: ['a@b'], remove: ['A@b'] } } },
    ['set', 'aliases', 'add', '0'],
    /also in remove/,
  ],
  ['an empty patch', 'updateUser', { primaryEmail: anna, set: {} }, ['set'], /at least one field/],
  ['a group without a name', 'addUserToGroup', { primaryEmail: anna, groupId: '' }, ['groupId'], /must not be empty/],
  ['an empty key', 'deleteUser', { primaryEmail: anna, idempotencyKey: '' }, ['idempotencyKey'], /must not be empty/],
  [
    'an unknown organization',
    'deleteUser',
    { primaryEmail: anna, organization: 'other' },
    ['organization'],
    /^Unknown organization; /,
  ],
])('inputs: %s is rejected, and nothing is sent', async (_what, field, input, path, message) => {
  acme.simulator.clearRequests()
  const answer = await acme.mutate(field, input)
  expect(answer).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT' })
  expect(answer.issues).toEqual([{ path, message: expect.stringMatching(message) }])
  expect(acme.simulator.requests).toEqual([])
})

test('inputs: all validation errors are reported together', async () => {
  const input = { primaryEmail: carla, firstName: '', mailboxSize: -5, roles: ['', 'A', 'A'] }
  const { issues } = await acme.mutate('createUser', input)
  expect((issues as { path: string[] }[]).map(({ path }) => path.join('.'))).toEqual([
    'firstName',
    'mailboxSize',
    'roles.0',
    'roles.2',
  ])
})

test('inputs: a caller with only the read scope cannot write', async () => {
  const { errors } = await acme.post(
    {
      query: 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { __typename } }',
      variables: { input: { primaryEmail: anna } },
    },
    'reader',
  )
  expect(errors).toMatchObject([{ path: ['deleteUser'], extensions: { code: 'FORBIDDEN', scope: 'write' } }])
})

test.each<[string, Json]>([
  ['createUser', { primaryEmail: carla, groups: ['grp_404'] }],
  ['updateUser', { primaryEmail: 'missing@example.com', set: { firstName: 'N' } }],
  ['deleteUser', { primaryEmail: 'missing@example.com' }],
  ['addUserToGroup', { primaryEmail: 'missing@example.com', groupId: 'grp_001' }],
  ['addUserToGroup', { primaryEmail: anna, groupId: 'grp_404' }],
  ['removeUserFromGroup', { primaryEmail: anna, groupId: 'grp_404' }],
])('inputs: %s of a missing object is NotFound, and nothing is sent', async (field, input) => {
  acme.simulator.clearRequests()
  expect(await acme.mutate(field, input)).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' })
  expect(acme.sent()).toEqual([])
})

test('inputs: a group that was created after the last pull is found', async () => {
  acme.vendor.createGroup('Newcomers', 'grp_new')
  expect(await acme.mutate('addUserToGroup', { primaryEmail: anna, groupId: 'grp_new' })).toMatchObject({
    __typename: 'GroupMemberSuccess',
    group: { groupId: 'grp_new' },
  })
})
