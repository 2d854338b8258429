/** The essentials subgraph and three others behind two gateways, with queries across all of them. */

import { afterAll, describe, expect, test } from 'vitest'
import { apolloGateway, compose, hiveGateway } from '../../examples/federation/gateways.ts'
import { startSubgraph } from '../../examples/federation/subgraph.ts'
import { subgraphsKnowing } from '../../examples/federation/subgraphs.ts'
import { subgraphText } from '../../src/graph/federation/subgraph.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import { token } from '../server/served.ts'
import { serveGraph } from '../server/served-graph.ts'

await using closing = new AsyncDisposableStack()
const options = { withNode: true, prefix: 'Essentials' }
const schema = buildSchema(options)
const essentials = closing.use(await serveGraph({ schema }))
const addresses = Array.from({ length: 500 }, (_, index) => `u${index}@acme.example`)
const others = await Promise.all(subgraphsKnowing({ addresses, alias: 'Info@Acme.example' }).map(startSubgraph))
for (const one of others) closing.use(one)
const supergraph = compose([
  ...others,
  { name: 'essentials', url: essentials.server.url, sdl: subgraphText(schema, options) },
])
const gateways = await Promise.all([hiveGateway(supergraph), apolloGateway(supergraph)])
for (const one of gateways) closing.use(one)
const owned = closing.move()
afterAll(() => owned.disposeAsync())

const { add } = essentials
const acme = await add.organization('acme')
const group = await add.group(acme, 'grp_001', 'Helpers')
for (const [index, address] of addresses.entries()) {
  const user = await add.user(acme, address, index === 2 ? { deleted_at: '2026-06-01T00:00:00Z' } : {})
  if (index === 0) {
    await add.member(acme, user, group)
    await add.alias(acme, user, 'info@acme.example')
  }
}
const authorization = { authorization: `Bearer ${token}` }

describe.each(gateways)('supergraph behind $name', (gateway) => {
  const data = async (query: string) => {
    const { data, errors } = await gateway.ask(query, authorization)
    expect(errors).toBeUndefined()
    return data
  }

  test('supergraph: a user of the essentials subgraph has fields of the other subgraphs', async () => {
    expect(
      await data(
        '{ essentialsUser(primaryEmail: "u0@acme.example") { displayName person { title group { department } } devices { serial } groups { nodes { name } } } }',
      ),
    ).toEqual({
      essentialsUser: {
        displayName: 'u0@acme.example',
        person: { title: 'Person 0', group: { department: 'Sales' } },
        devices: [{ serial: 'of u0@acme.example' }],
        groups: { nodes: [{ name: 'Helpers' }] },
      },
    })
  })

  test('supergraph: an object of another subgraph has essentials fields and fields of a third subgraph', async () => {
    expect(await data('{ person(number: 1) { account { type organization { slug } devices { serial } } } }')).toEqual({
      person: {
        account: { type: 'USER', organization: { slug: 'acme' }, devices: [{ serial: 'of u1@acme.example' }] },
      },
    })
  })

  test('supergraph: a join of 500 users takes one statement', async () => {
    await essentials.ask('{ __typename }')
    essentials.statements.length = 0
    const answer = await data('{ staff { number account { status } } }')
    const staff = answer?.staff as { number: number; account: { status: string } | null }[]
    expect(staff.map(({ number }) => number)).toEqual(Array.from({ length: 500 }, (_, index) => index))
    expect(staff.filter(({ account }) => account?.status === 'ACTIVE')).toHaveLength(499)
    expect(essentials.statements).toHaveLength(1)
  })

  test('supergraph: a deleted user is null in a join and leaves the other users intact', async () => {
    const answer = await gateway.ask(
      '{ devices { serial owner { primaryEmail displayName } } person(number: 2) { number account { status } } }',
      authorization,
    )
    expect(answer.data).toMatchObject({
      devices: [{ owner: { displayName: 'u0@acme.example' } }, { serial: 'D1' }],
      person: { number: 2 },
    })
  })

  test('supergraph: an alias in another subgraph resolves to its user', async () => {
    const answer = await gateway.ask(
      '{ messages { text author { lastSaid kind user { primaryEmail person { title } } } } }',
      authorization,
    )
    expect(answer.data).toMatchObject({
      messages: [
        { author: { kind: 'PRIMARY', user: { primaryEmail: 'u0@acme.example', person: { title: 'Person 0' } } } },
        { author: { kind: 'ALIAS', user: { primaryEmail: 'u0@acme.example', person: { title: 'Person 0' } } } },
        { text: 'by a stranger', author: null },
      ],
    })
  })

  test('supergraph: an error in one subgraph leaves the data of the others intact', async () => {
    const { data: found, errors } = await gateway.ask(
      '{ essentialsUser(primaryEmail: "u3@acme.example") { displayName devices { serial } person { title } } }',
      authorization,
    )
    expect(found).toMatchObject({
      essentialsUser: { displayName: 'u3@acme.example', devices: null, person: { title: 'Person 3' } },
    })
    expect(errors?.[0]?.message).toContain('the devices of u3@acme.example cannot be read')
  })

  test('supergraph: root fields with the same name in two subgraphs stay apart under a prefix', async () => {
    expect(
      await data(
        '{ users { number } essentialsUsers(first: 1, filter: { primaryEmail: { startsWith: "u1@" } }) { totalCount nodes { primaryEmail } } essentialsGroup(groupId: "grp_001") { __typename name } }',
      ),
    ).toEqual({
      users: [{ number: 0 }, { number: 1 }],
      essentialsUsers: { totalCount: 1, nodes: [{ primaryEmail: 'u1@acme.example' }] },
      essentialsGroup: { __typename: 'EssentialsGroup', name: 'Helpers' },
    })
  })

  test("supergraph: the caller's authorization is forwarded, and essentials data needs it", async () => {
    const { data: found, errors } = await gateway.ask('{ person(number: 0) { title account { displayName } } }')
    expect(found).toMatchObject({ person: { title: 'Person 0' } })
    expect(JSON.stringify(found)).not.toContain('displayName":"')
    expect(errors?.length).toBeGreaterThan(0)
    const stranger = await essentials.token({ organizations: ['nowhere'] })
    const foreign = await gateway.ask('{ person(number: 0) { account { displayName } } }', {
      authorization: `Bearer ${stranger}`,
    })
    expect(JSON.stringify(foreign.data)).not.toContain('displayName":"')
  })

  test('supergraph: the header As-Of is forwarded', async () => {
    const asOf = '2026-06-01T00:00:00Z'
    await gateway.ask('{ devices { serial } }', { ...authorization, 'as-of': asOf })
    expect(others[1]?.headers.at(-1)).toEqual({ authorization: authorization.authorization, asOf })
  })
})
