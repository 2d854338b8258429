/** Two mirrors: one has two organizations, the other never had the first. Whoever may see the second alone cannot tell them apart. */
import { afterAll, expect, test } from 'vitest'
import type { Viewer } from '../../src/graph/context.ts'
import { encodeGlobalId } from '../../src/graph/global-id.ts'
import { type Graph, graph, learnt, told } from './fixture.ts'

const viewer: Viewer = {
  name: 'beta only',
  scopes: new Set(['read', 'write', 'admin']),
  organizations: new Set(['beta']),
}

const [both, alone] = await Promise.all([graph(), graph()])
afterAll(async () => {
  await Promise.all([both, alone].map((mirror) => mirror[Symbol.asyncDispose]()))
})
for (const mirror of [both, alone]) await fill(mirror, 'beta')
const acme = await fill(both, 'acme')

async function fill({ add, sql }: Graph, slug: string) {
  const organization = await add.organization(slug, { profile_as_of: learnt, feed_position: 1 })
  const user = await add.user(organization, `ann@${slug}.example`)
  const shared = await add.user(organization, 'shared@example.org')
  const former = await add.user(organization, 'former@example.org', { deleted_at: learnt })
  const alias = await add.alias(organization, user, `info@${slug}.example`)
  await add.alias(organization, shared, 'both@example.org')
  const group = await add.group(organization, 'grp_001', `Everyone of ${slug}`)
  const role = await add.role(organization, 'ADMINISTRATOR')
  await add.member(organization, user, group)
  await add.grant(organization, user, role)
  const [pull] = await sql<{ id: number }[]>`
    insert into pulls (id, organization_id, state, trigger) values (nextval('node_ids') + 1000, ${organization}, 'QUARANTINED', 'START')
    returning id`
  await sql`
    insert into change_sets (organization_id, last_position, subject_id, kinds, object_ids, origin, not_after, reached_at, applied_at)
    values (${organization}, 1, ${user}, '{MEMBER_ADDED}', ${sql.array([group], 20)}, 'PULL', ${learnt}, ${learnt}, ${learnt})`
  const ids: [string, string | number][] = [
    ['Organization', organization],
    ['User', user],
    ['User', former],
    ['Alias', alias],
    ['Group', group],
    ['Role', role],
    ['Pull', Number(pull?.id)],
    ['Change', `${organization}-1`],
  ]
  return ids.map(([type, key]) => encodeGlobalId(type, key))
}

const idList = JSON.stringify(acme)
const acmeUser = JSON.stringify(acme[1])
const page = 'totalCount nodes { id } pageInfo { hasNextPage }'
const user = 'id primaryEmail organization { slug }'

test.each([
  '{ organizations { id slug } }',
  '{ organization { id slug } }',
  '{ organization(slug: "acme") { id } }',
  `{ nodes(ids: ${idList}) { id } }`,
  ...acme.map((id) => `{ node(id: ${JSON.stringify(id)}) { id __typename } }`),
  `{ users(lifecycle: ANY) { ${page} } }`,
  `{ users(organization: "acme") { ${page} } }`,
  `{ groups { ${page} } }`,
  `{ groups(organization: "acme") { ${page} } }`,
  `{ aliases { ${page} } }`,
  `{ aliases(organization: "acme") { ${page} } }`,
  '{ roles { id name users { totalCount } } }',
  '{ roles(organization: "acme") { id } }',
  `{ user(primaryEmail: "ann@acme.example") { ${user} } }`,
  `{ user(primaryEmail: "ann@acme.example", organization: "acme") { ${user} } }`,
  `{ user(primaryEmail: "ann@beta.example") { ${user} } }`,
  '{ group(groupId: "grp_001") { id name members { totalCount } } }',
  '{ group(groupId: "grp_001", organization: "acme") { id } }',
  '{ role(name: "ADMINISTRATOR") { id users { totalCount } } }',
  '{ role(name: "ADMINISTRATOR", organization: "acme") { id } }',
  ...['ann@acme.example', 'info@acme.example', 'shared@example.org', 'both@example.org', 'former@example.org'].map(
    (address) => `{ identity(address: "${address}") { kind user { ${user} } claimants { ${user} } } }`,
  ),
  '{ changes { nodes { id kind subject { __typename } } pageInfo { endCursor } } }',
  '{ changes(organization: "acme") { nodes { id } } }',
  `{ changes(about: ${acmeUser}) { nodes { id } pageInfo { endCursor } } }`,
  'mutation { startPull(organization: "acme") { id } }',
  'mutation { refreshUser(input: { organization: "acme", primaryEmail: "ann@acme.example" }) { __typename ... on InvalidInput { message issues { path message } } } }',
  `mutation { resolveQuarantine(pull: ${JSON.stringify(acme[6])}, accept: true) { id } }`,
])('%s', async (question) => {
  const [of, without] = await Promise.all([both.ask(question, {}, viewer), alone.ask(question, {}, viewer)])
  expect([of.data, told(of)]).toEqual([without.data, told(without)])
  const text = JSON.stringify([of.data, told(of)]).replaceAll(question, '')
  expect(text.replaceAll('no organization \\"acme\\"', '')).not.toMatch(/ACME|acme\.example"|"acme"|of acme/)
})

test('a token that names nothing that is mirrored sees what an empty mirror holds', async () => {
  const nobody: Viewer = { ...viewer, organizations: new Set(['gamma']) }
  const answer = await both.ask('{ organizations { id } users { totalCount } }', {}, nobody)
  expect([answer.data, told(answer)]).toEqual([{ organizations: [], users: { totalCount: 0 } }, []])
})

test('whoever may see both has to say which is meant', async () => {
  const answer = await both.ask('{ users { totalCount } }', {}, { ...viewer, organizations: new Set(['acme', 'beta']) })
  expect(told(answer)).toMatchObject([{ code: 'BAD_USER_INPUT', message: expect.stringContaining('acme, beta') }])
})
