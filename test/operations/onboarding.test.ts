import { expect, test } from 'vitest'
import type { Json } from '../writes/harness/api-harness.ts'
import { itemsOf, workerHarness } from './harness/worker-harness.ts'

const users = [
  { primaryEmail: 'Carla@example.com', firstName: 'Carla', aliases: ['c@example.com'], groups: ['grp_001', 'grp_002'] },
  { primaryEmail: 'dan@example.com', groups: ['grp_002'] },
  { primaryEmail: 'eva@example.com', lastName: 'Ñandú' },
]

test('onboarding: each user costs two requests, and one for each membership', async () => {
  await using acme = await workerHarness()
  const done = await acme.finish('startOnboarding', { users })
  expect(done).toMatchObject({
    kind: 'ONBOARDING',
    state: 'SUCCEEDED',
    total: 3,
    done: 3,
    failed: 0,
    createdBy: 'alice',
  })
  expect(itemsOf(done).get('Carla@example.com')).toMatchObject({
    steps: ['create', 'join grp_001', 'join grp_002'],
    user: { primaryEmail: 'Carla@example.com' },
    failure: null,
  })
  expect(acme.simulator.requests).toHaveLength(2 * 3 + 3)
  expect(acme.vendor.user('carla@example.com')).toMatchObject({
    aliases: ['c@example.com'],
    groups: ['grp_001', 'grp_002'],
  })
  expect(acme.vendor.user('dan@example.com')?.groups).toEqual(['grp_002'])
  const nodes = await acme.changes('USER_CREATED')
  expect(nodes.slice(-3)).toEqual(
    expect.arrayContaining(
      users.map(({ primaryEmail }) => ({ origin: 'WRITE', actor: 'alice', subject: { primaryEmail } })),
    ),
  )
})

test('onboarding: an item fails alone for an existing address, an unknown group or a vendor that stores something else', async () => {
  await using acme = await workerHarness()
  acme.simulator.faults.add({
    kind: 'storesSomethingElse',
    path: '^/users$',
    times: 1,
    fields: { firstName: 'Other' },
  })
  const started = await acme.start('startOnboarding', {
    users: [
      { primaryEmail: 'carla@example.com', firstName: 'Carla' },
      { primaryEmail: 'BOB@example.com' },
      { primaryEmail: 'dan@example.com', aliases: ['anna@example.com'] },
      { primaryEmail: 'eva@example.com', groups: ['grp_999'] },
      { primaryEmail: 'fay@example.com', groups: ['grp_001'] },
    ],
  })
  expect(started.notes).toEqual([
    'BOB@example.com will fail: BOB@example.com is already in use',
    'dan@example.com will fail: anna@example.com is already in use',
    'The vendor has no group with the ID grp_999: users to be added to it will fail',
  ])
  const done = await acme.ended((started.operation as Json).id)
  expect(done).toMatchObject({ state: 'PARTLY_FAILED', total: 5, done: 1, failed: 4 })
  const items = itemsOf(done)
  expect(items.get('carla@example.com')).toMatchObject({
    state: 'FAILED',
    failure: { __typename: 'NotAsWritten', fields: ['firstName'] },
    user: { primaryEmail: 'carla@example.com' },
  })
  expect(items.get('BOB@example.com')?.failure).toMatchObject({
    __typename: 'AlreadyExists',
    code: 'ALREADY_EXISTS',
    bearer: { primaryEmail: 'bob@example.com' },
  })
  expect(items.get('dan@example.com')?.failure).toMatchObject({ bearer: { primaryEmail: 'Anna.Muller@example.com' } })
  expect(items.get('eva@example.com')).toMatchObject({ steps: [], failure: { __typename: 'NotFound' } })
  expect(items.get('fay@example.com')).toMatchObject({ state: 'SUCCEEDED' })
  expect(acme.sent()).toEqual(['POST /users', 'POST /users', 'POST /groups/grp_001/members'])
})

test('onboarding: an address created outside this product is detected by the vendor, and its account left unchanged', async () => {
  await using acme = await workerHarness()
  acme.vendor.createUser({ primaryEmail: 'carla@example.com', firstName: 'Other' })
  const done = await acme.finish('startOnboarding', { users })
  expect(itemsOf(done).get('Carla@example.com')?.failure).toMatchObject({
    __typename: 'AlreadyExists',
    bearer: { primaryEmail: 'carla@example.com' },
  })
  const retried = await acme.post({
    query: 'mutation ($id: ID!) { retryOperation(id: $id) { state failed } }',
    variables: { id: done.id },
  })
  expect(retried.data?.retryOperation).toMatchObject({ state: 'QUEUED', failed: 0 })
  expect(await acme.ended(done.id)).toMatchObject({ state: 'PARTLY_FAILED', done: 2, failed: 1 })
  expect(acme.vendor.user('carla@example.com')).toMatchObject({ firstName: 'Other', groups: [] })
})

test('onboarding: a domain that is not registered is detected with one request', async () => {
  await using acme = await workerHarness()
  const strangers = Array.from({ length: 20 }, (_, i) => ({ primaryEmail: `user.${i}@elsewhere.test` }))
  const started = await acme.start('startOnboarding', { users: [...strangers, ...users] })
  expect(started.notes).toEqual([expect.stringContaining('no live user in the domain elsewhere.test')])
  const done = await acme.ended((started.operation as Json).id)
  expect(done).toMatchObject({ state: 'PARTLY_FAILED', done: 3, failed: 20 })
  for (const { primaryEmail } of strangers) {
    expect(itemsOf(done).get(primaryEmail)?.failure).toMatchObject({
      __typename: 'DomainNotRegistered',
      domain: 'elsewhere.test',
    })
  }
  const asked = acme.simulator.requests.filter(({ body }) => JSON.stringify(body ?? '').includes('elsewhere.test'))
  expect(asked).toHaveLength(1)
})

test.each<[string, Json, { path: string[]; message: string }[]]>([
  ['an empty list', { users: [] }, [{ path: ['users'], message: 'the list must contain at least one user' }]],
  [
    'an address twice, in another case and as an alias',
    {
      users: [
        { primaryEmail: 'a@example.com' },
        { primaryEmail: 'A@example.com' },
        { primaryEmail: 'b@example.com', aliases: ['a@EXAMPLE.com'] },
      ],
    },
    [
      { path: ['users', '1', 'primaryEmail'], message: 'users.0 has the same address' },
      { path: ['users', '2', 'aliases', '0'], message: 'users.0 has the same address' },
    ],
  ],
  [
    'a field that belongs to the whole list',
    { users: [{ primaryEmail: 'a@example.com', dryRun: true, idempotencyKey: 'k' }] },
    [
      {
        path: ['users', '0', 'idempotencyKey'],
        message: 'set idempotencyKey on the input, not on individual users',
      },
      { path: ['users', '0', 'dryRun'], message: 'set dryRun on the input, not on individual users' },
    ],
  ],
  [
    'an invalid value',
    { users: [{ primaryEmail: 'a@example.com' }, { primaryEmail: 'b@example.com', mailboxSize: -1 }] },
    [{ path: ['users', '1', 'mailboxSize'], message: 'mailboxSize is in MB and must be 0 or more' }],
  ],
])('onboarding: the whole list is rejected for %s', async (_, input, issues) => {
  await using acme = await workerHarness({ idle: true })
  expect(await acme.start('startOnboarding', input)).toMatchObject({ __typename: 'InvalidInput', issues })
  expect(await acme.database.sql`select from operations`).toHaveLength(0)
  expect(acme.simulator.requests).toHaveLength(0)
})

test('onboarding: a password requires a secret key', async () => {
  await using acme = await workerHarness({ idle: true, secretKey: undefined })
  const refused = await acme.start('startOnboarding', {
    users: [{ primaryEmail: 'a@example.com', password: 'Planted!' }],
  })
  expect(refused).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: ['users', '0', 'password'] }] })
})

test('onboarding: a dry run returns the requests and stores nothing', async () => {
  await using acme = await workerHarness({ idle: true })
  const answer = await acme.start('startOnboarding', {
    users: [{ ...users[0], password: 'Planted!' }, { primaryEmail: 'bob@example.com' }],
    dryRun: true,
  })
  expect(answer).toMatchObject({
    operation: null,
    plan: [
      { method: 'POST', path: '/users', body: { primaryEmail: 'Carla@example.com', password: '***' } },
      { method: 'POST', path: '/groups/grp_001/members', body: { primaryEmail: 'Carla@example.com' } },
      { method: 'POST', path: '/groups/grp_002/members', body: { primaryEmail: 'Carla@example.com' } },
    ],
    notes: ['bob@example.com will fail: bob@example.com is already in use'],
  })
  expect(await acme.database.sql`select from operations`).toHaveLength(0)
  expect(acme.sent()).toEqual([])
})

test('onboarding: one idempotency key starts one operation, for concurrent and later repeats', async () => {
  await using acme = await workerHarness()
  await using neighbour = await acme.neighbour()
  const input = { users, idempotencyKey: 'once' }
  const query = `mutation ($input: OnboardingInput!) { startOnboarding(input: $input) {
    __typename ... on StartOperationSuccess { operation { id } plan { method } } } }`
  const answers = await Promise.all(
    [acme, neighbour, acme, neighbour].map((one) => one.post({ query, variables: { input } })),
  )
  const ids = new Set(answers.map(({ data }) => JSON.stringify(data?.startOnboarding)))
  expect(ids.size).toBe(1)
  const again = await acme.start('startOnboarding', input)
  expect(await acme.ended((again.operation as Json).id)).toMatchObject({ state: 'SUCCEEDED' })
  expect(await acme.start('startOnboarding', { ...input, users: users.slice(1) })).toMatchObject({
    __typename: 'IdempotencyKeyReused',
  })
  expect(await acme.database.sql`select from operations`).toHaveLength(1)
  expect(acme.sent().filter((request) => request === 'POST /users')).toHaveLength(3)
})

test('onboarding: an unavailable vendor is waited for, and no step is done twice', async () => {
  await using acme = await workerHarness()
  acme.simulator.faults.add({ kind: 'status', status: 503, method: 'POST', path: 'grp_002', times: 2 })
  acme.simulator.faults.add({ kind: 'cutAfter', method: 'POST', path: '^/users$', times: 1 })
  const done = await acme.finish('startOnboarding', { users })
  expect(done).toMatchObject({ state: 'SUCCEEDED', done: 3 })
  expect(acme.sent().filter((request) => request === 'POST /users')).toHaveLength(3)
  expect(acme.vendor.user('carla@example.com')?.groups).toEqual(['grp_001', 'grp_002'])
})
