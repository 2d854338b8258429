/** The data that a caller with only the write scope can see: nothing of users and groups that it did not send. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiHarness, apiHarness, type Json } from './harness/api-harness.ts'

let acme: ApiHarness
beforeAll(async () => {
  acme = await apiHarness()
  await acme.fill()
})
afterAll(() => acme[Symbol.asyncDispose]())

const anna = 'Anna.Muller@example.com'
const inputs: Record<string, string> = {
  createUser: 'CreateUserInput',
  updateUser: 'UpdateUserInput',
  deleteUser: 'DeleteUserInput',
  addUserToGroup: 'GroupMemberInput',
  removeUserFromGroup: 'GroupMemberInput',
  startOnboarding: 'OnboardingInput',
  startDeprovisioning: 'DeprovisioningInput',
  startEmailChange: 'EmailChangeInput',
}
const successes: Record<string, string> = {
  createUser: 'CreateUserSuccess { notes plan { method path body } user { id primaryEmail } }',
  updateUser: 'UpdateUserSuccess { notes changed plan { method path body } user { id primaryEmail } }',
  deleteUser: 'DeleteUserSuccess { notes plan { method path body } user { id primaryEmail } }',
  addUserToGroup:
    'GroupMemberSuccess { notes plan { method path body } user { id primaryEmail } group { id groupId } }',
  removeUserFromGroup: 'GroupMemberSuccess { notes plan { method path body } }',
}
const started = 'StartOperationSuccess { notes plan { method path body } operation { id } }'
const failures = '... on Failure { code message }'
const taken = '... on AlreadyExists { bearer: user { id primaryEmail } }'

async function ask(field: string, input: Json, token = 'writer') {
  const query = `mutation ($input: ${inputs[field]}!) { ${field}(input: $input) { __typename ... on ${successes[field] ?? started} ${failures} ${/^(create|start)/.test(field) ? taken : ''} } }`
  const { data, errors } = await acme.post({ query, variables: { input } }, token)
  if (errors) throw new Error(JSON.stringify(errors))
  return data?.[field] as Json
}

/** Values of the two users in the mirror and at the vendor that no test sends. */
const secrets = [
  'Anna"',
  'Müller',
  'ADMINISTRATOR',
  'anna@example.com',
  'grp_001',
  'Engineering',
  'strict',
  'R&D',
  '2048',
]
function expectNothingRead(answer: unknown): void {
  for (const secret of secrets) expect(JSON.stringify(answer)).not.toContain(secret)
}

test('write-only: the plan of an update shows only the patch', async () => {
  const set = { lastName: 'Meier', roles: { add: ['AUDITOR'] }, password: 'hunter2' }
  const answer = await ask('updateUser', { primaryEmail: anna, dryRun: true, set, allowUnknownRole: true })
  expect(answer).toMatchObject({
    __typename: 'UpdateUserSuccess',
    changed: ['lastName', 'roles', 'password'],
    plan: [{ method: 'PUT', body: { lastName: 'Meier', roles: { add: ['AUDITOR'], remove: [] }, password: '***' } }],
    user: { primaryEmail: anna },
  })
  expectNothingRead(answer)
  const [request] = answer.plan as { body: Json }[]
  expect(Object.keys(request?.body ?? {}).sort()).toEqual(['lastName', 'password', 'roles'])
})

test('write-only: a caller with the read scope still sees the whole request', async () => {
  const answer = await ask('updateUser', { primaryEmail: anna, dryRun: true, set: { lastName: 'Meier' } }, 'alice')
  expect(answer).toMatchObject({ changed: ['lastName'], plan: [{ body: { spamPolicy: { level: 'strict' } } }] })
})

test('write-only: a dry run does not reveal whether the user already has the values', async () => {
  const of = async (mailboxSize: number) => {
    const set = { mailboxSize }
    const answer = await ask('updateUser', { primaryEmail: anna, dryRun: true, set })
    return JSON.stringify(answer).replaceAll(String(mailboxSize), 'SIZE')
  }
  expect(await of(2_048)).toBe(await of(1_024))
  for (const field of ['addUserToGroup', 'removeUserFromGroup']) {
    const inGroup = async (groupId: string) =>
      JSON.stringify(await ask(field, { primaryEmail: anna, groupId, dryRun: true }))
        .replaceAll(groupId, 'GROUP')
        .replace(/"group":\{"id":"[^"]*"/, '')
    expect(await inGroup('grp_001')).toBe(await inGroup('grp_002'))
  }
})

test('write-only: the plan of a deprovisioning names no group, and no field that was not sent', async () => {
  for (const mode of ['DELETE', 'DEACTIVATE']) {
    const answer = await ask('startDeprovisioning', { primaryEmails: [anna], mode, dryRun: true })
    expectNothingRead(answer)
    const only = mode === 'DELETE' ? { method: 'DELETE', body: null } : { method: 'PUT', body: { status: 'inactive' } }
    expect(answer.plan).toMatchObject([only])
    expect(answer.plan).toHaveLength(1)
  }
})

test('write-only: the plan of an email change carries nothing over', async () => {
  const answer = await ask('startEmailChange', { from: anna, to: 'new@example.com', dryRun: true })
  expect(answer.__typename).toBe('StartOperationSuccess')
  expectNothingRead(answer)
  expect((answer.plan as Json[]).map(({ method }) => method)).toEqual(['POST', 'DELETE'])
})

test('write-only: a rejected email change names no alias of the user', async () => {
  const input = { from: anna, to: 'anna@example.com', dryRun: true }
  const answer = await ask('startEmailChange', input)
  expect(answer).toMatchObject({ __typename: 'AlreadyExists', bearer: null })
  expect(answer.message).not.toContain('alias')
  expect((await ask('startEmailChange', input, 'alice')).message).toContain('is an alias of the same user')
})

test('write-only: the owner of an address is not named', async () => {
  const input = { primaryEmail: 'x@example.com', aliases: ['anna@example.com'], dryRun: true }
  expect(await ask('createUser', input)).toMatchObject({ __typename: 'AlreadyExists', bearer: null })
  expect(await ask('createUser', input, 'alice')).toMatchObject({ bearer: { primaryEmail: anna } })
})

test.each(['firstName', 'displayName', 'status', 'spamPolicy', 'freshness { __typename }', 'roles { name }'])(
  'write-only: %s of the user in a result needs the read scope',
  async (field) => {
    const query = `mutation { updateUser(input: { primaryEmail: "${anna}", set: { mailboxSize: 1 }, dryRun: true }) {
      ... on UpdateUserSuccess { user { ${field} } } } }`
    const { errors } = await acme.post({ query }, 'writer')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope: 'read' })
  },
)

test('write-only: a replay shows only what its caller may see now, not what the first caller could see', async () => {
  // The name of a revoked token may be given to a new token with fewer scopes: the key and the caller are the same.
  const own = { readWrite: ['read', 'write'], writeOnly: ['write'] } as const
  const run = (scopes: readonly ('read' | 'write')[]) =>
    acme.writes
      .updateUser({
        organizationId: acme.organizationId,
        actor: 'hr',
        input: { primaryEmail: anna, set: { firstName: 'Änne' } },
        idempotencyKey: 'replayed',
        dryRun: false,
      })
      .then((answer) => ({ scopes, answer }))
  const first = await run(own.readWrite)
  const replay = await run(own.writeOnly)
  expect(replay.answer).toEqual(first.answer)
  expect(replay.answer).toMatchObject({ given: { changed: ['firstName'], plan: [{ body: { firstName: 'Änne' } }] } })
  expectNothingRead((replay.answer as { given: unknown }).given)
})

test('write-only: the items of an operation name no group that they left', async () => {
  const { sql } = acme.database
  const failure = {
    failure: 'InvalidInput',
    message: 'it is in "Engineering"',
    issues: [{ path: ['from'], message: 'it is in "Engineering"' }],
  }
  const add = async (kind: string, steps: readonly string[]) => {
    const [row] = await sql<{ id: number; item: number }[]>`
      with operation as (
        insert into operations (id, organization_id, kind, created_by)
        values (nextval('node_ids'), ${acme.organizationId}, ${kind}, 'alice') returning id
      )
      insert into operation_items (id, operation_id, primary_email, domain, state, input, requests, failure)
      select nextval('node_ids'), id, ${anna}, 'example.com', 'FAILED', '{}', 1, ${JSON.stringify(failure)}::text::jsonb
      from operation returning operation_id as id, id as item`
    for (const step of steps) {
      await sql`insert into operation_steps (item_id, step, facts, done_at) values (${row?.item ?? 0}, ${step}, '{}', clock_timestamp())`
    }
    return row?.id
  }
  await add('DEPROVISIONING', ['leave grp_001', 'delete'])
  await add('EMAIL_CHANGE', ['new create', 'new join grp_001', 'old delete'])
  await add('ONBOARDING', ['create', 'join grp_009'])
  const query = `{ operations(first: 9) { nodes { kind items { nodes { steps failure {
    __typename message ... on InvalidInput { issues { message } } } } } } } }`
  const read = async (token: string) => {
    const { data, errors } = await acme.post({ query }, token)
    expect(errors).toBeUndefined()
    return data
  }
  const writer = await read('writer')
  expect(JSON.stringify(writer)).toContain('["new create","new join","old delete"]')
  expect(JSON.stringify(writer)).toContain('["create","join grp_009"]')
  expect(JSON.stringify(writer)).not.toContain('grp_001')
  // The messages of an onboarding are about its input.
  expect(JSON.stringify(writer).match(/Engineering/g)).toHaveLength(2)
  expect(JSON.stringify(await read('alice')).match(/Engineering/g)).toHaveLength(6)
})
