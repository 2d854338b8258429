import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { compose } from '../../examples/federation/gateways.ts'
import { link } from '../../examples/federation/subgraph.ts'
import { subgraphsKnowing } from '../../examples/federation/subgraphs.ts'
import { subgraphText } from '../../src/graph/federation/subgraph.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import { openStream } from '../server/event-source.ts'
import { serveGraph } from '../server/served-graph.ts'

const asService = ({ name, sdl }: { name: string; sdl: string }) => ({
  name,
  url: `http://${name}/graphql`,
  sdl: link + sdl,
})
const essentials = (sdl: string) => ({ name: 'essentials', url: 'http://essentials/graphql', sdl })
const [people, devices, chat] = subgraphsKnowing({ addresses: ['a@b.example'], alias: 'c@b.example' })
if (!people || !devices || !chat) throw new Error('there are three')
const text = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')

test('subgraph: _service returns the checked-in schema', async () => {
  await using served = await serveGraph()
  expect((await served.ask('{ _service { sdl } }')).body).toEqual({ data: { _service: { sdl: text } } })
})

test('subgraph: it composes with subgraphs that share no name with it', () => {
  const supergraph = compose([asService(devices), asService(chat), essentials(text)])
  expect(supergraph).toContain('@join__type(graph: ESSENTIALS, key: "organization { slug } primaryEmail")')
})

test('subgraph: it composes with another Relay subgraph that has node, nodes and PageInfo', () => {
  const relay = {
    name: 'relay',
    sdl: `
      type Query { node(id: ID!): Node @shareable nodes(ids: [ID!]!): [Node] @shareable things: ThingConnection }
      interface Node { id: ID! }
      type Thing implements Node @key(fields: "id") { id: ID! }
      type ThingConnection { nodes: [Thing!]! pageInfo: PageInfo! }
      type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
    `,
  }
  expect(() => compose([asService(relay), essentials(text)])).not.toThrow()
})

test('subgraph: names that conflict with another subgraph compose only under a prefix', () => {
  expect(() => compose([asService(people), essentials(text)])).toThrow(/Query.users|StringFilter|Group|NotFound/)
  const options = { withNode: true, prefix: 'Essentials' }
  const prefixed = subgraphText(buildSchema(options), options)
  expect(() => compose([asService(people), essentials(prefixed)])).not.toThrow()
  const kept = parse(prefixed).definitions.flatMap((one) =>
    'name' in one && one.name && !one.name.value.startsWith('Essentials') ? [one.name.value] : [],
  )
  const roots = ['Mutation', 'Query', 'Subscription'].filter((name) => kept.includes(name))
  expect(kept.sort()).toEqual(
    ['DateTime', 'EmailAddress', 'Identity', 'JSON', 'Node', 'PageInfo', 'User', 'asOf', ...roots].sort(),
  )
})

test('prefixed subgraph: _service returns the prefixed schema, and entities resolve by prefixed names', async () => {
  const options = { withNode: false, prefix: 'Essentials' }
  const schema = buildSchema(options)
  await using served = await serveGraph({ schema })
  await served.add.organization('acme')
  const { body } = await served.ask(
    `query ($of: [_Any!]!) { _service { sdl } _entities(representations: $of) { __typename ... on EssentialsOrganization { name } } }`,
    { variables: { of: [{ __typename: 'EssentialsOrganization', slug: 'acme' }] } },
  )
  expect(body).toEqual({
    data: {
      _service: { sdl: subgraphText(schema, options) },
      _entities: [{ __typename: 'EssentialsOrganization', name: 'ACME' }],
    },
  })
})

test('subgraph: node and nodes can be omitted from the subgraph and remain available to direct callers', async () => {
  const schema = buildSchema({ withNode: false })
  await using served = await serveGraph({ schema })
  expect(subgraphText(schema, { withNode: false })).not.toMatch(/\bnodes?\(/)
  const id = Buffer.from('User:1').toString('base64')
  expect((await served.ask(`{ node(id: "${id}") { id } }`)).body).toEqual({ data: { node: null } })
})

test('prefixed subgraph: subscriptions and mutations have prefixed names', async () => {
  const options = { withNode: true, prefix: 'Essentials' }
  const schema = buildSchema(options)
  await using served = await serveGraph({ schema })
  const acme = await served.add.organization('acme')
  await served.sql`insert into pulls (id, organization_id, trigger) values (1000, ${acme}, 'START')`
  const stream = await openStream(served.server.url, 'subscription { essentialsPull { __typename state requests } }')
  expect(await stream.next()).toEqual({
    data: { essentialsPull: { __typename: 'EssentialsPull', state: 'RUNNING', requests: 0 } },
  })
  await served.sql`update pulls set requests = 3`
  expect(await stream.next()).toMatchObject({ data: { essentialsPull: { requests: 3 } } })
  stream.leave()
  const { body } = await served.ask(
    'mutation { essentialsRefreshUser(input: { organization: "nowhere", primaryEmail: "a@b.example" }) { __typename ... on EssentialsInvalidInput { code } } }',
  )
  expect(body.data).toEqual({ essentialsRefreshUser: { __typename: 'EssentialsInvalidInput', code: 'INVALID_INPUT' } })
  const reader = await served.token({ scopes: ['read'] })
  const refused = await served.ask('mutation { essentialsResolveQuarantine(pull: "x", accept: true) { id } }', {
    token: reader,
  })
  expect(refused.body.errors).toMatchObject([
    { path: ['essentialsResolveQuarantine'], extensions: { code: 'FORBIDDEN' } },
  ])
})

test('prefixed subgraph: @asOf works, and errors about fields without history use the prefixed names', async () => {
  const options = { withNode: true, prefix: 'Essentials' }
  await using served = await serveGraph({ schema: buildSchema(options) })
  const acme = await served.add.organization('acme', { history_from: '2026-05-01T00:00:00Z' })
  await served.add.user(acme, 'ann@acme.example', { deleted_at: '2026-06-02T00:00:00Z' })
  const headers = { 'as-of': '2026-06-01T12:00:00Z' }
  const users = '{ essentialsUsers { nodes { primaryEmail } } }'
  const there = { essentialsUsers: { nodes: [{ primaryEmail: 'ann@acme.example' }] } }
  expect((await served.ask(users)).body).toEqual({ data: { essentialsUsers: { nodes: [] } } })
  expect((await served.ask(users, { headers })).body).toEqual({ data: there })
  expect((await served.ask(`query @asOf(time: "${headers['as-of']}") ${users}`)).body).toEqual({ data: there })
  const { body } = await served.ask(
    '{ essentialsFindings { totalCount } essentialsOrganization { mirror { state } } }',
    {
      headers,
    },
  )
  expect(body.errors?.map(({ message }) => message.split(' ')[0])).toEqual([
    'Query.essentialsFindings',
    'EssentialsOrganization.mirror',
  ])
})

test('prefixed subgraph: queries are planned, whatever is skipped, and refusals are recorded under plain names', async () => {
  await using served = await serveGraph({ schema: buildSchema({ withNode: true, prefix: 'Essentials' }) })
  await served.add.organization('acme')
  const organization = async (fields: string) => {
    served.statements.length = 0
    const { body } = await served.ask(`{ essentialsOrganization(slug: "acme") { ${fields} } }`)
    expect(served.statements.filter((text) => text.includes('"essentialsOrganization":'))).toHaveLength(1)
    return body
  }
  expect(await organization('slug @skip(if: true) slug')).toEqual({
    data: { essentialsOrganization: { slug: 'acme' } },
  })
  expect(await organization('slug @skip(if: true)')).toEqual({ data: { essentialsOrganization: {} } })
  expect(await organization('__typename users { __typename }')).toEqual({
    data: {
      essentialsOrganization: {
        __typename: 'EssentialsOrganization',
        users: { __typename: 'EssentialsUserConnection' },
      },
    },
  })
  await served.ask('{ essentialsOrganizations { slug } }', { token: await served.token({ scopes: ['write'] }) })
  await served.audit.close()
  expect(await served.sql`select action from audit_log where outcome = 'FORBIDDEN'`).toMatchObject([
    { action: 'Query.organizations' },
  ])
})
