/**
 * Every field of the schema × every kind of caller. Each root field and each type has its rule here, so a new one
 * without a rule fails. Each field of each type is queried, so a new field cannot bypass its rule.
 */
import { isObjectType } from 'graphql'
import { afterAll, describe, expect, test } from 'vitest'
import { revokeToken } from '../../../src/access/tokens.ts'
import type { Scope } from '../../../src/graph/context.ts'
import { encodeGlobalId, numericKey, parseGlobalId } from '../../../src/graph/core/global-id.ts'
import { encodeCursor } from '../../../src/graph/pagination/cursor.ts'
import { buildSchema } from '../../../src/graph/schema.ts'
import { fill } from '../../graph/harness/filled.ts'
import { openStream } from '../event-source.ts'
import { type Coordinate, coordinatesOf } from '../limits/coordinates.ts'
import { type Answer, serveGraph } from '../served-graph.ts'

const rootRights: Record<string, Scope> = {
  'Query._entities': 'read',
  'Query._service': 'read',
  'Query.node': 'read',
  'Query.nodes': 'read',
  'Query.organization': 'read',
  'Query.organizations': 'read',
  'Query.user': 'read',
  'Query.users': 'read',
  'Query.identity': 'read',
  'Query.group': 'read',
  'Query.groups': 'read',
  'Query.role': 'read',
  'Query.roles': 'read',
  'Query.aliases': 'read',
  'Query.changes': 'read',
  'Query.search': 'read',
  'Query.paths': 'read',
  'Query.neighborhood': 'read',
  'Query.findings': 'read',
  'Subscription.changes': 'read',
  'Subscription.pull': 'read',
  'Mutation.refreshUser': 'read',
  'Mutation.startPull': 'read',
  'Mutation.resolveQuarantine': 'admin',
  'Mutation.declareUserGone': 'admin',
  'Mutation.acceptFinding': 'write',
  'Mutation.withdrawAcceptance': 'write',
  'Mutation.createUser': 'write',
  'Mutation.updateUser': 'write',
  'Mutation.deleteUser': 'write',
  'Mutation.reinstateUser': 'write',
  'Mutation.updateSenderLists': 'write',
  'Mutation.addUserToGroup': 'write',
  'Mutation.removeUserFromGroup': 'write',
  'Query.operation': 'write',
  'Query.operations': 'write',
  'Subscription.operation': 'write',
  'Mutation.startOnboarding': 'write',
  'Mutation.startDeprovisioning': 'write',
  'Mutation.startEmailChange': 'write',
  'Mutation.cancelOperation': 'write',
  'Mutation.retryOperation': 'write',
  'Query.webhooks': 'admin',
  'Mutation.createWebhook': 'admin',
  'Mutation.deleteWebhook': 'admin',
  'Mutation.enableWebhook': 'admin',
  'Mutation.rotateWebhookSecret': 'admin',
  'Mutation.testWebhook': 'admin',
  'Mutation.replayWebhook': 'admin',
  'Query.scimActivity': 'admin',
  'Mutation.liftScimGuard': 'admin',
}

/** The scope that the fields of a type need: a scope of their own, or only that of the parent object. */
const typeRights: Record<string, Scope | 'as its holder'> = {
  Organization: 'read',
  User: 'read',
  Group: 'read',
  Role: 'read',
  Alias: 'read',
  Pull: 'read',
  Change: 'read',
  Finding: 'read',
  Operation: 'write',
  ...Object.fromEntries(
    [
      ...[
        '_Service',
        'Identity',
        'Mirror',
        'Budget',
        'Freshness',
        'PageInfo',
        'Capabilities',
        'SenderLists',
        'Licenses',
      ],
      ...['AliasConnection', 'AliasEdge', 'ChangeConnection', 'ChangeEdge', 'GroupConnection', 'GroupEdge'],
      ...['GroupMemberConnection', 'GroupMemberEdge', 'PullConnection', 'PullEdge', 'RoleUserConnection'],
      ...['UserConnection', 'UserEdge', 'UserGroupConnection', 'UserGroupEdge', 'UserFacets', 'Facet'],
      ...['RelatedUser', 'GroupOverlap', 'SearchHit', 'PathSet', 'Path', 'Neighborhood', 'GraphEdge'],
      ...['FindingConnection', 'FindingEdge', 'FindingAcceptance', 'AcceptFindingSuccess', 'WithdrawAcceptanceSuccess'],
      ...[
        'CreateUserSuccess',
        'UpdateUserSuccess',
        'UpdateSenderListsSuccess',
        'DeleteUserSuccess',
        'GroupMemberSuccess',
        'PlannedRequest',
      ],
      ...['OperationConnection', 'OperationEdge', 'OperationItem', 'OperationItemConnection', 'OperationItemEdge'],
      'OperationStep',
      ...[
        'StartOperationSuccess',
        'AlreadyExists',
        'Conflict',
        'DomainNotRegistered',
        'IdempotencyKeyReused',
        'NotAsWritten',
      ],
      ...['Webhook', 'WebhookDelivery', 'WebhookSecret', 'WebhookTest', 'ScimActivity', 'LiftScimGuardSuccess'],
      ...['RefreshUserSuccess', 'BudgetExhausted', 'InvalidInput', 'InputIssue', 'NotFound', 'VendorFailure'],
    ].map((name) => [name, 'as its holder' as const]),
  ),
}

const schema = buildSchema()
const served = await serveGraph()
afterAll(() => served[Symbol.asyncDispose]())
const ids = new Map(await fill(served, 'acme'))
// A partner's entry has discovered acme and sibling: tokens for its other organizations learn nothing of acme.
await served.add.organization('partner', { id: 9_000, mirrors_children: true })
await served.add.organization('sibling', { id: 9_001, partner_id: 9_000 })
await served.add.organization('by-hand', { id: 9_002 })
await served.sql`update organizations set partner_id = 9000 where slug = 'acme'`
// A webhook that does not exist: deleting one would make the other answers depend on the order.
const someWebhook = JSON.stringify(encodeGlobalId('Webhook', 999))
const someUser = JSON.stringify(ids.get('User'))

const coordinates = coordinatesOf(schema, {
  'Query.node': (target) => `id: ${JSON.stringify(ids.get(target) ?? ids.get('User'))}`,
  'Query._entities': 'representations: [{ __typename: "User", primaryEmail: "ann@acme.example" }]',
  'Query.nodes': `ids: [${someUser}]`,
  'Query.user': 'primaryEmail: "ann@acme.example"',
  'Query.identity': 'address: "info@acme.example"',
  'Query.group': 'groupId: "grp_001"',
  'Query.role': 'name: "ADMINISTRATOR"',
  'Query.search': 'text: "ann"',
  'Query.paths': `from: ${someUser}, to: ${JSON.stringify(ids.get('Group'))}`,
  'Query.neighborhood': `of: [${someUser}]`,
  // Starts at the beginning of the feed, so that there is an event.
  'Subscription.changes': `after: ${JSON.stringify(encodeCursor('changes', [numericKey(parseGlobalId(ids.get('Organization') ?? '', ['Organization'])), 0]))}`,
  'Mutation.refreshUser': 'input: { primaryEmail: "ann@acme.example" }',
  'Mutation.acceptFinding': `input: { id: ${JSON.stringify(ids.get('Finding'))}, reason: "known", until: "2027-06-01T00:00:00Z" }`,
  'Mutation.withdrawAcceptance': `finding: ${JSON.stringify(ids.get('Finding'))}`,
  'Mutation.createUser': 'input: { primaryEmail: "new@acme.example" }',
  'Mutation.updateUser': 'input: { primaryEmail: "ann@acme.example", set: { firstName: "Ann" } }',
  'Mutation.deleteUser': 'input: { primaryEmail: "ann@acme.example" }',
  'Mutation.reinstateUser': 'input: { primaryEmail: "ann@acme.example" }',
  'Mutation.updateSenderLists': 'input: { primaryEmail: "ann@acme.example", safe: { add: ["x.example"] } }',
  'Mutation.addUserToGroup': 'input: { groupId: "grp_001", primaryEmail: "ann@acme.example" }',
  'Mutation.removeUserFromGroup': 'input: { groupId: "grp_001", primaryEmail: "ann@acme.example" }',
  'Query.operation': `id: ${JSON.stringify(ids.get('Operation'))}`,
  'Subscription.operation': `id: ${JSON.stringify(ids.get('Operation'))}`,
  'Mutation.startOnboarding': 'input: { users: [{ primaryEmail: "new@acme.example" }] }',
  'Mutation.startDeprovisioning': 'input: { primaryEmails: ["ann@acme.example"], mode: DELETE }',
  'Mutation.startEmailChange': 'input: { from: "ann@acme.example", to: "anna@acme.example" }',
  'Mutation.cancelOperation': `id: ${JSON.stringify(ids.get('Operation'))}`,
  'Mutation.retryOperation': `id: ${JSON.stringify(ids.get('Operation'))}`,
  'Mutation.createWebhook': 'organization: "acme", url: "https://receiver.example/", events: [DIRECTORY_CHANGED]',
  'Mutation.deleteWebhook': `id: ${someWebhook}`,
  'Mutation.enableWebhook': `id: ${someWebhook}`,
  'Mutation.rotateWebhookSecret': `id: ${someWebhook}`,
  'Mutation.testWebhook': `id: ${someWebhook}`,
  'Mutation.replayWebhook': `id: ${someWebhook}, since: "2026-01-01T00:00:00Z"`,
  'Mutation.liftScimGuard': 'input: { organization: "acme", until: "2026-01-01T00:00:00Z" }',
  'Mutation.resolveQuarantine': `pull: ${JSON.stringify(ids.get('Pull'))}, accept: true`,
  'Mutation.declareUserGone': `user: ${someUser}`,
})

const all: Scope[] = ['read', 'write', 'admin']
const organizations = ['acme']
const callers: Record<Scope, string> = {
  read: await served.token({ scopes: ['read'], organizations }),
  write: await served.token({ scopes: ['write'], organizations }),
  admin: await served.token({ scopes: ['admin'], organizations }),
  scim: await served.token({ scopes: ['scim'], organizations }),
}
const everything = await served.token({ scopes: all, organizations })
const elsewhere = await served.token({ scopes: all, organizations: ['nowhere'] })
const others = ['partner', 'sibling', 'by-hand']
const neighbors = await Promise.all(others.map((slug) => served.token({ scopes: all, organizations: [slug] })))
const expired = await served.token({ name: 'expired', scopes: all, organizations })
const revoked = await served.token({ name: 'revoked', scopes: all, organizations })
await served.sql`update api_tokens set expires_at = clock_timestamp() where name = 'expired'`
await revokeToken(served.sql, 'revoked')

test('scopes: every root field and every type has a rule, and every rule is used', () => {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  const roots = ['Query', 'Mutation', 'Subscription']
  const names = types.map(({ name }) => name).filter((name) => !roots.includes(name))
  expect(Object.keys(typeRights).sort()).toEqual(names.sort())
  expect(Object.keys(rootRights).sort()).toEqual(
    [...new Set(coordinates.filter(({ parent }) => roots.includes(parent)).map(({ name }) => name))].sort(),
  )
})

test('scopes: the queries of this test reach every field of every type', () => {
  const all = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
      : [],
  )
  expect(new Set(coordinates.map(({ name }) => name))).toEqual(new Set(all))
})

test.each(coordinates)('scopes: $name rejects callers without its scope or organization', async (coordinate) => {
  const strangers = [null, 'egt_never-made', expired, revoked].map((token) => ask(coordinate, token))
  expect((await Promise.all(strangers)).map(({ status }) => status)).toEqual([401, 401, 401, 401])
  const needed = rightsOf(coordinate)
  const refused = await Promise.all(
    Object.entries(callers).map(async ([scope, token]) => [scope, isForbidden(await ask(coordinate, token))]),
  )
  expect(refused).toEqual(Object.keys(callers).map((scope) => [scope, needed.some((right) => right !== scope)]))
  const answer = await ask(coordinate, everything)
  expect(isForbidden(answer)).toBe(false)
  if (coordinate.operation === 'query') expect(answer.body.errors).toBeUndefined()

  await expectNothing(coordinate)
})

const queries = coordinates.filter(({ operation }) => operation === 'query')
/** The shortcut answers a document from the second time on. */
const exits: [exit: string, prefix: string, times: number][] = [
  ['after the shortcut has answered it', 'query {', 2],
  ['in an operation that graphql-js executes', 'query { __schema { queryType { name } }', 1],
]
describe.each(exits)('a query %s', (_exit, prefix, times) => {
  test.each(queries)('scopes: $name rejects callers without its scope or organization', async (coordinate) => {
    const asked = { ...coordinate, question: coordinate.question.replace(/^query \{/, prefix) }
    for (let time = 0; time < times; time += 1) expect(isForbidden(await ask(asked, everything))).toBe(false)
    const needed = rightsOf(coordinate)
    for (const [scope, token] of Object.entries(callers)) {
      const { data, errors = [] } = (await ask(asked, token)).body
      const isRefused = needed.some((right) => right !== scope)
      expect(errors.some(({ extensions }) => extensions.code === 'FORBIDDEN')).toBe(isRefused)
      if (isRefused) expect(leavesOf({ ...data, __schema: null }).filter((leaf) => leaf !== null)).toEqual([])
    }
    await expectNothing(asked)
  })
})

/** Callers of other organizations learn nothing. */
async function expectNothing(coordinate: Coordinate): Promise<void> {
  const { body } = await ask(coordinate, elsewhere)
  // The schema text does not depend on organizations.
  if (coordinate.operation === 'query' && coordinate.parent !== '_Service')
    expect(leavesOf({ ...body.data, __schema: null }).filter((leaf) => !isNothing(leaf))).toEqual([])
  const bodies = [body]
  // The stream of pulls stays open without events.
  for (const token of coordinate.root === 'Subscription.pull' ? [] : neighbors)
    bodies.push((await ask(coordinate, token)).body)
  const text = JSON.stringify(bodies)
  for (const id of ids.values()) expect(text.replaceAll(`no pull \\"${id}\\"`, '')).not.toContain(id)
  expect(text).not.toContain('acme')
}

function rightsOf({ root, through, operation, question }: Coordinate): Scope[] {
  const right = rootRights[root]
  // Scalar fields of a node that a mutation returns need only the scope of the mutation.
  const entered =
    operation === 'mutation' ? through.slice(0, question.includes('__typename') ? undefined : -1) : through
  const rights = entered.map((name) => typeRights[name]).filter((one) => one !== 'as its holder' && one !== undefined)
  return [...new Set([...(right ? [right] : []), ...rights])] as Scope[]
}

/** The response, or the first event of a stream. */
async function ask({ operation, question }: Coordinate, token: string | null): Promise<Answer> {
  if (operation !== 'subscription' || token === null) return await served.ask(question, { token })
  const stream = await openStream(served.server.url, question, { token })
  const body = stream.status === 401 ? {} : ((await stream.next()) ?? {})
  stream.leave()
  return { status: stream.status, body }
}

function isForbidden({ body }: Answer): boolean {
  return body.errors?.some(({ extensions }) => extensions.code === 'FORBIDDEN') ?? false
}

function leavesOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value]
  return Object.values(value).flatMap(leavesOf)
}

/** Whether the value also occurs for an empty mirror. Type names are not secret. */
function isNothing(leaf: unknown): boolean {
  return (
    leaf === null || leaf === 0 || leaf === false || (typeof leaf === 'string' && schema.getType(leaf) !== undefined)
  )
}
