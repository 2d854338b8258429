/** What a connection does not offer is refused before anything is sent. */
import pino from 'pino'
import { expect, test } from 'vitest'
import { startOnboardingWith } from '../../../src/operations/start/start-onboarding.ts'
import { apiHarness, type Json } from '../harness/api-harness.ts'

const anna = 'Anna.Muller@example.com'

test.each<[string, string, Json, string[]]>([
  ['a group to join', 'addUserToGroup', { primaryEmail: anna, groupId: 'grp_001' }, ['']],
  ['a group to leave', 'removeUserFromGroup', { primaryEmail: anna, groupId: 'grp_001' }, ['']],
  ['groups of a new user', 'createUser', { primaryEmail: 'c@example.com', groups: ['grp_001'] }, ['groups']],
  ['an alias account', 'createUser', { primaryEmail: 'c@example.com', type: 'ALIAS' }, ['type']],
  ['two roles', 'createUser', { primaryEmail: 'c@example.com', roles: ['END_USER', 'SILENT_USER'] }, ['roles']],
  [
    'mailbox size and spam policy',
    'updateUser',
    { primaryEmail: anna, set: { mailboxSize: 1, spamPolicy: null } },
    ['set.mailboxSize', 'set.spamPolicy'],
  ],
  ['a role to add', 'updateUser', { primaryEmail: anna, set: { roles: { add: ['SILENT_USER'] } } }, ['set.roles']],
  ['no status', 'updateUser', { primaryEmail: anna, set: { status: null } }, ['set.status']],
  [
    'a time of the last change',
    'updateUser',
    { primaryEmail: anna, set: { firstName: 'A' }, expectedUpdatedAt: '2026-01-01T00:00:00.000000Z' },
    ['expectedUpdatedAt'],
  ],
])('API v1: %s is refused as not offered', async (_, field, input, paths) => {
  await using acme = await apiHarness({ api: 'v1' })
  const { __typename, issues } = await acme.mutate(field, input)
  expect(__typename).toBe('InvalidInput')
  expect((issues as { path: string[] }[]).map(({ path }) => path.join('.'))).toEqual(paths)
  for (const { message } of issues as { message: string }[]) expect(message).toMatch(/not offered by this connection/)
  expect(acme.simulator.requests).toEqual([])
})

test('API v1: a kind of account that administers needs the right to administer', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  await acme.fill()
  const input = { primaryEmail: 'bob@example.com', set: { roles: { set: ['organization_admin'] } } }
  await expect(acme.mutate('updateUser', input)).rejects.toThrow('FORBIDDEN')
  await expect(acme.mutate('createUser', { primaryEmail: 'c@example.com', roles: ['CHANNEL_ADMIN'] })).rejects.toThrow(
    'FORBIDDEN',
  )
  expect(acme.simulator.requests).toEqual([])
  expect(await acme.mutate('updateUser', input, '', 'root')).toMatchObject({ __typename: 'UpdateUserSuccess' })
  expect(acme.vendor.user('bob@example.com')?.ofInterface?.type).toBe('organization_admin')
})

test('API v1: a process without a client of the organization grants no more than one with it', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  const { sql } = acme.database
  const logger = pino({ level: 'silent' })
  const deps = { sql, control: sql, logger, clientOf: () => undefined, secrets: undefined }
  const users = [{ primaryEmail: 'c@example.com', firstName: 'C', roles: ['organization_admin'] }]
  const asked = {
    organizationId: acme.organizationId,
    actor: 'writer',
    dryRun: false,
    input: { users, allowUnknownRole: true },
  }
  const refuse = () => {
    throw new Error('FORBIDDEN')
  }
  const start = startOnboardingWith(deps)
  await expect(start({ ...asked, requireAdmin: refuse })).rejects.toThrow('FORBIDDEN')
  expect(await start({ ...asked, requireAdmin: () => {} })).not.toHaveProperty('failure')
})

test('API v1: a welcome message is sent only on request', async () => {
  await using acme = await apiHarness({ api: 'v1' })
  await acme.mutate('createUser', { primaryEmail: 'c@example.com' })
  await acme.mutate('createUser', { primaryEmail: 'd@example.com', sendWelcomeEmail: true })
  const posts = acme.simulator.requests.filter(({ method }) => method === 'POST')
  expect(posts.map(({ body }) => (body as Json).send_welcome_email)).toEqual([false, true])
})

test.each(['object', 'array', 'single'] as const)(
  'API v1: a domain that is not registered is refused (%s)',
  async (envelope) => {
    await using acme = await apiHarness({ api: 'v1', interfaceSwitches: { domainsEnvelope: envelope } })
    const create = async (primaryEmail: string) => await acme.mutate('createUser', { primaryEmail })
    expect(await create('x@elsewhere.example')).toMatchObject({
      __typename: 'DomainNotRegistered',
      domain: 'elsewhere.example',
    })
    // A single domain says nothing of the others, so the vendor decides.
    expect(acme.sent()).toHaveLength(envelope === 'single' ? 1 : 0)
    expect(await create('x@EXAMPLE.com')).toMatchObject({ __typename: 'CreateUserSuccess' })
    expect(acme.simulator.requests.filter(({ path }) => path.endsWith('/domains'))).toHaveLength(1)
  },
)
