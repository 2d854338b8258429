import { expect, test } from 'vitest'
import { applyUsers } from '../../src/mirror/users/apply-users.ts'
import { convertUser } from '../../src/sync/convert.ts'
import { apiHarness, type Json } from './harness/api-harness.ts'
import { feed, mirrorState, vendorState } from './harness/states.ts'

const anna = 'Anna.Muller@example.com'
const bob = 'bob@example.com'

test('createUser: the result has the user of the mirror, PENDING memberships, WRITE changes and the actor', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  const answer = await acme.mutate('createUser', {
    primaryEmail: 'Carla@example.com',
    firstName: 'Carla',
    password: 'planted-1',
    roles: ['USER', 'HELPDESK'],
    allowUnknownRole: true,
    aliases: ['c@example.com'],
    groups: ['grp_001', 'grp_002'],
    mailboxSize: 0,
    spamPolicy: { level: 'lenient' },
    status: 'INACTIVE',
  })
  const edge = (groupId: string) => ({ policyState: 'PENDING', node: { groupId } })
  expect(answer).toMatchObject({
    __typename: 'CreateUserSuccess',
    notes: [],
    user: {
      primaryEmail: 'Carla@example.com',
      firstName: 'Carla',
      lastName: null,
      status: 'INACTIVE',
      mailboxSize: 0,
      groups: { edges: [edge('grp_001'), edge('grp_002')] },
    },
    plan: [
      { method: 'POST', path: '/users', body: { primaryEmail: 'Carla@example.com', type: 'User', password: '***' } },
      { method: 'POST', path: '/groups/grp_001/members', body: { primaryEmail: 'Carla@example.com' } },
      { method: 'POST', path: '/groups/grp_002/members', body: { primaryEmail: 'Carla@example.com' } },
    ],
  })
  const [first] = (answer.user as { groups: { edges: { policyEffectiveBy: string; firstSeenAt: string }[] } }).groups
    .edges
  const delay = Date.parse(first?.policyEffectiveBy ?? '') - Date.parse(first?.firstSeenAt ?? '')
  expect(Math.abs(delay - 15 * 60_000)).toBeLessThan(60_000)
  expect(acme.vendor.passwordOf('carla@example.com')).toBe('planted-1')
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
  expect(acme.simulator.requests).toHaveLength(4)
  expect((await feed(acme.database.sql)).filter(({ origin }) => origin === 'WRITE')).toEqual(
    ['USER_CREATED', 'ROLE_GRANTED', 'ROLE_GRANTED', 'ALIAS_ADDED', 'MEMBER_ADDED', 'MEMBER_ADDED'].map((kind) => ({
      kind,
      origin: 'WRITE',
      actor: 'alice',
    })),
  )
})

test('createUser: a group that cannot be joined keeps the user, and the result names the missing group', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  acme.simulator.faults.add({ kind: 'status', status: 400, path: 'grp_001', text: 'the group is full' })
  const input = { primaryEmail: 'carla@example.com', groups: ['grp_001', 'grp_002'] }
  const answer = await acme.mutate('createUser', input)
  expect(answer).toMatchObject({
    __typename: 'NotAsWritten',
    fields: ['groups'],
    held: { primaryEmail: 'carla@example.com' },
    message: expect.stringMatching(/was created.*not in grp_001: .*the group is full/),
  })
  expect(acme.vendor.user('carla@example.com')?.groups).toEqual(['grp_002'])
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test.each([409, 400] as const)(
  'createUser: an address in use is AlreadyExists if the vendor responds with %i',
  async (duplicateCreate) => {
    await using acme = await apiHarness({ switches: { duplicateCreate } })
    await acme.fill()
    const bearer = { primaryEmail: anna }
    for (const input of [
      { primaryEmail: anna.toLowerCase() },
      { primaryEmail: 'ANNA@example.com' },
      { primaryEmail: 'new@example.com', aliases: ['anna@example.com'] },
    ]) {
      for (const dryRun of [true, false]) {
        const answer = await acme.mutate('createUser', { ...input, dryRun })
        expect(answer).toMatchObject({ __typename: 'AlreadyExists', bearer })
      }
    }
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test('dry run: an address in use is reported, from the mirror if the vendor is unavailable', async () => {
  await using acme = await apiHarness({ switches: { addressMatch: 'exact' } })
  await acme.fill()
  const dry = (input: Json) => acme.mutate('createUser', { primaryEmail: 'new@example.com', ...input, dryRun: true })
  const bearer = { primaryEmail: anna }
  const byMirror = expect.stringMatching(/mirror.*anna@example.com is already in use.*refreshUser/)
  expect(await dry({ aliases: ['x@example.com', 'Anna@example.com'] })).toMatchObject({ bearer, message: byMirror })
  expect(await dry({ primaryEmail: 'ANNA@example.com' })).toMatchObject({ bearer, message: byMirror })
  // A read from the vendor in its own spelling.
  const byVendor = `The user ${anna} already exists`
  expect(await dry({ primaryEmail: anna.toUpperCase() })).toMatchObject({ bearer, message: byVendor })

  acme.vendor.deleteUser(anna)
  const again = { primaryEmail: anna, aliases: ['anna@example.com'] }
  expect(await dry(again)).toMatchObject({ __typename: 'CreateUserSuccess' })
  expect(await acme.mutate('createUser', again)).toMatchObject({ __typename: 'CreateUserSuccess' })
})

test('createUser: a domain that is not registered is reported, and a dry run notes it before', async () => {
  await using acme = await apiHarness()
  const input = { primaryEmail: 'carla@elsewhere.example' }
  expect(await acme.mutate('createUser', { ...input, dryRun: true })).toMatchObject({
    __typename: 'CreateUserSuccess',
    user: null,
    notes: [expect.stringContaining('elsewhere.example')],
  })
  expect(await acme.mutate('createUser', input)).toMatchObject({
    __typename: 'DomainNotRegistered',
    domain: 'elsewhere.example',
  })
})

test('updateUser: the result names its own changes and leaves out those of others', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  acme.vendor.updateUser(anna, { mailboxSize: 1 })
  const set = { firstName: 'Änne', lastName: null, aliases: { add: ['x@example.com'] }, password: 'planted-1' }
  const answer = await acme.mutate('updateUser', { primaryEmail: anna, set })
  expect(answer).toMatchObject({
    __typename: 'UpdateUserSuccess',
    changed: ['firstName', 'lastName', 'aliases', 'password'],
    user: { firstName: 'Änne', lastName: null, mailboxSize: 1 },
    plan: [
      {
        method: 'PUT',
        path: '/users/Anna.Muller%40example.com',
        body: {
          firstName: 'Änne',
          lastName: null,
          password: '***',
          mailboxSize: 1,
          department: 'R&D',
          groups: ['grp_001'],
        },
      },
    ],
  })
  const [plan] = answer.plan as { body: Json }[]
  for (const field of ['primaryEmail', 'type', 'createdAt', 'updatedAt']) expect(plan?.body).not.toHaveProperty(field)
  const changes = (await feed(acme.database.sql)).filter(({ origin }) => origin !== 'PULL')
  expect(changes.map(({ kind, origin }) => `${kind} ${origin}`)).toEqual([
    'FIELD_CHANGED REFRESH',
    'FIELD_CHANGED WRITE',
    'FIELD_CHANGED WRITE',
    'ALIAS_ADDED WRITE',
  ])
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test('updateUser: a patch without effect sends nothing', async () => {
  await using acme = await apiHarness()
  const set = { firstName: 'Anna', roles: { add: ['USER'] }, aliases: { remove: ['missing@example.com'] } }
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set })).toMatchObject({
    __typename: 'UpdateUserSuccess',
    changed: [],
    plan: [],
    notes: [expect.any(String)],
  })
  expect(acme.sent()).toEqual([])
})

test('updateUser: a list that the vendor does not show can be set, but not added to or removed from', async () => {
  await using acme = await apiHarness()
  const body = { primaryEmail: anna, type: 'User', firstName: 'Anna' }
  const vague = acme.simulator.faults.add({ kind: 'wrongShape', method: 'GET', body })
  const change = (aliases: Json) => acme.mutate('updateUser', { primaryEmail: anna, set: { aliases } })
  expect(await change({ add: ['x@example.com'] })).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: ['set', 'aliases'], message: expect.stringContaining('whole list with set') }],
  })
  expect(acme.sent()).toEqual([])
  vague.remove()
  acme.simulator.faults.add({ kind: 'wrongShape', method: 'GET', body, times: 1 })
  expect(await change({ set: ['x@example.com'] })).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(acme.vendor.user(anna)?.aliases).toEqual(['x@example.com'])
})

test('updateUser: an alias in use by another user is InvalidInput', async () => {
  await using acme = await apiHarness()
  const set = { aliases: { add: [bob] } }
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set })).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: ['set', 'aliases'], message: expect.stringContaining('already exists') }],
  })
})

test('updateUser: a cleared field is not compared, because the vendor may have a default for it', async () => {
  await using acme = await apiHarness()
  acme.simulator.faults.add({ kind: 'storesSomethingElse', fields: { roles: ['USER'], firstName: 'N. N.' } })
  const set = { roles: { set: [] }, firstName: null }
  expect(await acme.mutate('updateUser', { primaryEmail: anna, set })).toMatchObject({
    __typename: 'UpdateUserSuccess',
  })
})

test.each([
  ['null', null],
  ['absent', null],
  ['active', 'ACTIVE'],
] as const)(
  "updateUser: after its status is cleared, the user has the vendor's status, if that is %s",
  async (clearedStatus, status) => {
    await using acme = await apiHarness({ switches: { clearedStatus } })
    acme.vendor.updateUser(anna, { status: 'inactive' })
    await acme.fill()
    expect(await acme.mutate('updateUser', { primaryEmail: anna, set: { status: null } })).toMatchObject({
      __typename: 'UpdateUserSuccess',
      changed: ['status'],
      user: { status },
      plan: [{ method: 'PUT', body: { status: null } }],
    })
    expect(await mirrorState(acme)).toEqual(vendorState(acme))

    // A later read reports the same.
    const page = await acme.client.listUsers({ page: 1, pageSize: 100 }, { priority: 'background' })
    const rows = page.value.users.map(convertUser)
    await acme.database.sql.begin((tx) =>
      applyUsers(tx, acme.organizationId, { ...page, origin: 'PULL' }, 'LIST', rows),
    )
    await acme.fill()
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  },
)

test('deleteUser: the result has the tombstone', async () => {
  await using acme = await apiHarness()
  await acme.fill()
  expect(await acme.mutate('deleteUser', { primaryEmail: anna.toUpperCase() })).toMatchObject({
    __typename: 'DeleteUserSuccess',
    user: { primaryEmail: anna, deletedAt: expect.any(String) },
    plan: [{ method: 'DELETE', path: '/users/Anna.Muller%40example.com', body: null }],
  })
  const kinds = (await feed(acme.database.sql)).filter(({ origin }) => origin === 'WRITE').map(({ kind }) => kind)
  expect(kinds).toEqual(['ROLE_REVOKED', 'ROLE_REVOKED', 'ALIAS_REMOVED', 'MEMBER_REMOVED', 'USER_DELETED'])
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test("writes: at a vendor with case-sensitive paths, requests use its spelling, not the caller's", async () => {
  await using acme = await apiHarness({ switches: { addressMatch: 'exact' } })
  await acme.fill()
  const loud = { primaryEmail: anna.toUpperCase() }
  const user = { primaryEmail: anna }
  for (const dryRun of [true, false]) {
    const input = { ...loud, dryRun }
    expect(await acme.mutate('updateUser', { ...input, set: { firstName: 'Änne' } })).toMatchObject({ user })
    expect(await acme.mutate('addUserToGroup', { ...input, groupId: 'grp_002' })).toMatchObject({ user })
    expect(await acme.mutate('removeUserFromGroup', { ...input, groupId: 'grp_001' })).toMatchObject({ user })
    expect(await acme.mutate('deleteUser', input)).toMatchObject({ __typename: 'DeleteUserSuccess', user })
  }
  expect(acme.sent()).toEqual([
    `PUT /users/${anna}`,
    'POST /groups/grp_002/members',
    `DELETE /groups/grp_001/members/${anna}`,
    `DELETE /users/${anna}`,
  ])
  expect(await mirrorState(acme)).toEqual(vendorState(acme))
})

test.each<[string, Json]>([
  ['createUser', { primaryEmail: 'carla@example.com', password: 'planted-1', groups: ['grp_001'] }],
  ['updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } }],
  ['deleteUser', { primaryEmail: anna }],
  ['addUserToGroup', { primaryEmail: bob, groupId: 'grp_001' }],
  ['removeUserFromGroup', { primaryEmail: anna, groupId: 'grp_001' }],
])('dry run: %s returns the plan of the real write and sends only reads', async (field, input) => {
  await using acme = await apiHarness()
  await acme.fill()
  const before = vendorState(acme)
  const dry = await acme.mutate(field, { ...input, dryRun: true, idempotencyKey: 'k' })
  expect(acme.sent()).toEqual([])
  expect(vendorState(acme)).toEqual(before)
  const real = await acme.mutate(field, { ...input, idempotencyKey: 'k' })
  expect(real).toMatchObject({ __typename: dry.__typename, plan: dry.plan })
  expect(dry.plan).not.toEqual([])
})
