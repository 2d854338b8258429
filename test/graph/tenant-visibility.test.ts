/**
 * Compares two mirrors. One has two organizations, the other has only the second. A viewer that can see only the second
 * organization gets the same responses from both.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Viewer } from '../../src/graph/context.ts'
import { fill } from './harness/filled.ts'
import { errorsOf, graph } from './harness/fixture.ts'

const viewer: Viewer = {
  name: 'beta only',
  scopes: new Set(['read', 'write', 'admin']),
  organizations: new Set(['beta']),
}

const [both, alone] = await Promise.all([graph(), graph()])
afterAll(async () => {
  await Promise.all([both, alone].map((mirror) => mirror[Symbol.asyncDispose]()))
})
const [beta = []] = await Promise.all([both, alone].map((mirror) => fill(mirror, 'beta')))
const acme = (await fill(both, 'acme')).map(([, id]) => id)
await both.add.organization('partner', { mirrors_children: true })

const idList = JSON.stringify(acme)
const acmeUser = JSON.stringify(acme[1])
const [betaUser, betaGroup] = ['User', 'Group'].map((type) => JSON.stringify(beta.find(([name]) => name === type)?.[1]))
const idsOfBoth = JSON.stringify([...acme.slice(1, 6), ...beta.slice(1, 6).map(([, id]) => id)])
const node = '__typename ... on Node { id }'
const facets = `byStatus { value count } byType { value count } byRole { value label count }
  byDomain { value count } byGroup { value label count }`
const page = 'totalCount nodes { id } pageInfo { hasNextPage }'
const user = 'id primaryEmail organization { slug }'

const questions = [
  '{ organizations { id slug } }',
  '{ organization { id slug } }',
  '{ organization(slug: "acme") { id licenses { count used } } }',
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
  ...['ann', 'acme', 'ann@acme.example', 'Everyone', 'ADMINISTRATOR'].flatMap((text) => [
    `{ search(text: "${text}") { score node { __typename ... on Node { id } } } }`,
    `{ search(text: "${text}", organization: "acme") { score node { __typename } } }`,
  ]),
  ...acme
    .slice(1, 6)
    .flatMap((id) => [
      `{ paths(from: ${acmeUser}, to: ${JSON.stringify(id)}) { length paths { nodes { __typename } edges { kind } } } }`,
      `{ paths(from: ${betaUser}, to: ${JSON.stringify(id)}) { length } }`,
      `{ paths(from: ${JSON.stringify(id)}, to: ${betaUser}) { length } }`,
      `{ neighborhood(of: [${JSON.stringify(id)}]) { nodes { __typename } truncated } }`,
    ]),
  `{ paths(from: ${betaUser}, to: ${betaGroup}, via: [MEMBER_OF, HOLDS, OWNS, SAME_PERSON]) { length paths { nodes { ${node} } edges { kind source target } } } }`,
  `{ neighborhood(of: ${idsOfBoth}, via: [MEMBER_OF, HOLDS, OWNS, SAME_PERSON], depth: 5) { nodes { ${node} } edges { kind source target } truncated } }`,
  '{ findings { totalCount asOf nodes { id evidence subjects { __typename } } } }',
  '{ findings(organization: "acme", includeResolved: true) { totalCount nodes { id } } }',
  `{ users { facets { ${facets} } } }`,
  `{ users(organization: "acme") { facets { ${facets} } } }`,
  '{ users(lifecycle: ANY) { nodes { id related(via: [MEMBER_OF, HOLDS, OWNS, SAME_PERSON]) { user { id } } } } }',
  '{ groups { nodes { id overlaps { group { id } } } } }',
  '{ operations { totalCount nodes { id kind } } }',
  '{ operations(organization: "acme") { totalCount nodes { id } } }',
  `{ operation(id: ${JSON.stringify(acme[8])}) { id items { totalCount } } }`,
  `mutation { cancelOperation(id: ${JSON.stringify(acme[8])}) { id } }`,
  `mutation { retryOperation(id: ${JSON.stringify(acme[8])}) { id } }`,
  'mutation { startDeprovisioning(input: { organization: "acme", primaryEmails: ["ann@acme.example"], mode: DELETE }) { __typename ... on InvalidInput { message } } }',
  'mutation { startPull(organization: "acme") { id } }',
  'mutation { refreshUser(input: { organization: "acme", primaryEmail: "ann@acme.example" }) { __typename ... on InvalidInput { message issues { path message } } } }',
  `mutation { resolveQuarantine(pull: ${JSON.stringify(acme[6])}, accept: true) { id } }`,
  `mutation { declareUserGone(user: ${acmeUser}) { id } }`,
]

/** The partner of each organization; null: it has an entry of its own. */
const partners = [
  ['both have entries of their own', { acme: null, beta: null }],
  ['the other one is a child of the partner that the viewer can see', { acme: 'beta', beta: null }],
  ['the viewer sees a child of the other one', { acme: null, beta: 'acme' }],
  ['both are children of one partner', { acme: 'partner', beta: 'partner' }],
] as const

describe.each(partners)('where %s', (_name, partnerOf) => {
  beforeAll(async () => {
    for (const [slug, partner] of Object.entries(partnerOf))
      await both.sql`
        update organizations set partner_id = (select id from organizations where slug = ${partner}) where slug = ${slug}`
  })

  test.each(questions)(
    'visibility: %s gives the same response as in a mirror without the other organization',
    async (question) => {
      const [of, without] = await Promise.all([both.ask(question, {}, viewer), alone.ask(question, {}, viewer)])
      expect([of.data, errorsOf(of)]).toEqual([without.data, errorsOf(without)])
      const text = JSON.stringify([of.data, errorsOf(of)]).replaceAll(question, '')
      expect(text.replaceAll('no organization \\"acme\\"', '')).not.toMatch(/ACME|acme\.example"|"acme"|of acme/)
    },
  )
})

test('visibility: a token whose organizations are not mirrored sees an empty mirror', async () => {
  const blind: Viewer = { ...viewer, organizations: new Set(['gamma']) }
  const answer = await both.ask('{ organizations { id } users { totalCount } }', {}, blind)
  expect([answer.data, errorsOf(answer)]).toEqual([{ organizations: [], users: { totalCount: 0 } }, []])
})

test('visibility: a viewer of two organizations must name one in the argument `organization`', async () => {
  const answer = await both.ask('{ users { totalCount } }', {}, { ...viewer, organizations: new Set(['acme', 'beta']) })
  expect(errorsOf(answer)).toMatchObject([{ code: 'BAD_USER_INPUT', message: expect.stringContaining('acme, beta') }])
})
