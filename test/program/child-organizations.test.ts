/** Tokens of organizations that a partner's entry has discovered, over HTTP, in the whole program. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Scope } from '../../src/graph/context.ts'
import { readOrganizationStates } from '../../src/mirror/read-organizations.ts'
import type { OrganizationSettings } from '../../src/organizations/client-directory.ts'
import type { OrganizationOptions } from '../../src/simulator/organization.ts'
import { openStream } from '../server/event-source.ts'
import { until } from '../support/until.ts'
import { type RunningApi, runApi } from './running.ts'

const domains = {
  partner: 'partner.example',
  'a-example': 'a.example',
  'b-example': 'b.example',
  'by-hand': 'c.example',
}
type Slug = keyof typeof domains
const slugs = Object.keys(domains) as Slug[]
const keyOf = (slug: Slug) => `admin@${domains[slug]}`
const ann = (slug: Slug) => `ann@${domains[slug]}`
const organizations = slugs.map((slug): OrganizationOptions => {
  const isChild = slug !== 'partner' && slug !== 'by-hand'
  return {
    apiKey: keyOf(slug),
    apiSecret: 'secret-of-the-key',
    domains: [domains[slug]],
    limiter: 'none',
    data: { users: [{ primaryEmail: ann(slug), firstName: 'Ann' }, { primaryEmail: `bo@${domains[slug]}` }] },
    ...(isChild && { partner: keyOf('partner') }),
    ...(slug === 'partner' && { standing: { kind: 'channel' } }),
  }
})
const entries = (baseUrl: string) =>
  (['partner', 'by-hand'] as const).map(
    (slug): OrganizationSettings => ({
      slug,
      name: slug,
      api: 'v1',
      domain: domains[slug],
      user: keyOf(slug),
      password: 'secret-of-the-key',
      children: slug === 'partner',
      baseUrl,
      requestsPerMinute: 100_000,
      privilegedRoles: undefined,
    }),
  )

let api: RunningApi
const tokens = new Map<Slug, { readonly graph: string; readonly scim: string }>()
/** What belongs to each organization, as a token of all organizations sees it. */
const ids = new Map<Slug, string[]>()

const states = async () => {
  const found = await readOrganizationStates(api.database.sql, { all: true })
  return Object.fromEntries(found.map(({ slug, state }) => [slug, state]))
}
const graphUrl = () => api.running.server?.url ?? ''
const tokenOf = (slug: Slug) => tokens.get(slug)?.graph ?? ''
async function scim(of: Slug, path: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${tokens.get(of)?.scim}` }
  const answer = await fetch(new URL(`/scim/v2/${path}`, graphUrl()), { headers })
  return { status: answer.status, text: await answer.text() }
}
const others = (own: Slug) => slugs.filter((slug) => slug !== own)
const namesAnother = (own: Slug) =>
  new RegExp(
    others(own)
      .map((slug) => `@${domains[slug]}|"${slug}"`)
      .join('|'),
  )

beforeAll(async () => {
  const environment = {
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    PULL_INTERVAL: '86400',
  }
  api = await runApi(environment, { worker: true, vendor: { organizations, entries } })
  await until(async () => Object.values(await states()).filter((state) => state === 'CURRENT').length === slugs.length)
  const scopes: Scope[] = ['read', 'write', 'admin']
  const all = await api.token({ name: 'all', scopes })
  for (const slug of slugs) {
    const own = [slug]
    tokens.set(slug, {
      graph: await api.token({ name: `graph of ${slug}`, scopes, organizations: own }),
      scim: await api.token({ name: `scim of ${slug}`, scopes: ['scim'], organizations: own }),
    })
    const { data, errors } = await api.ask(
      all,
      `mutation ($slug: String!, $email: EmailAddress!) {
        createWebhook(organization: $slug, url: "http://127.0.0.1:1/", events: [DIRECTORY_CHANGED]) { webhook { id } }
        startOnboarding(input: { organization: $slug, users: [{ primaryEmail: $email }] }) {
          ... on StartOperationSuccess { operation { id } }
        }
      }`,
      { variables: { slug, email: `new@${domains[slug]}` } },
    )
    expect(errors).toBeUndefined()
    const seen = await api.ask(
      all,
      `query ($slug: String!) { organization(slug: $slug) { id } users(organization: $slug) { nodes { id } }
        roles(organization: $slug) { id } changes(organization: $slug, baseline: true) { nodes { id } } }`,
      { variables: { slug } },
    )
    expect(seen.errors).toBeUndefined()
    ids.set(
      slug,
      [...JSON.stringify([data, seen.data]).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id ?? ''),
    )
    expect(ids.get(slug)?.length).toBeGreaterThan(6)
  }
  // An organization with operations would retire after them.
  await until(async () => (await api.database.sql`select from operations where finished_at is null`).length === 0)
})
afterAll(() => api[Symbol.asyncDispose]())

const questions = (other: Slug, foreign: readonly string[]) => [
  '{ organizations { slug } users(lifecycle: ANY) { totalCount nodes { primaryEmail organization { slug } } } }',
  '{ changes(baseline: true) { nodes { subject { ... on User { primaryEmail } } } } findings { nodes { evidence } } }',
  '{ search(text: "ann") { node { ... on User { primaryEmail } } } operations { nodes { id } } webhooks { organization } }',
  `{ nodes(ids: ${JSON.stringify(foreign)}) { id } }`,
  `{ _entities(representations: [{ __typename: "User", primaryEmail: "${ann(other)}" },
    { __typename: "Organization", slug: "${other}" }]) { ... on User { id } ... on Organization { id } } }`,
  `{ user(primaryEmail: "${ann(other)}") { id } identity(address: "${ann(other)}") { user { id } claimants { id } } }`,
  ...foreign.slice(0, 3).map((id) => `{ node(id: "${id}") { __typename } }`),
]

test.each(slugs)('child organizations: the token of %s sees its own organization and no other', async (own) => {
  for (const other of others(own)) {
    const foreign = ids.get(other) ?? []
    for (const question of questions(other, foreign)) {
      const { status, data, errors = [] } = await api.ask(tokenOf(own), question)
      expect(status).toBe(200)
      expect(errors.filter(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR')).toEqual([])
      const text = JSON.stringify(data)
      expect(text).not.toMatch(namesAnother(own))
      for (const id of foreign) expect(text).not.toContain(`"${id}"`)
    }
    expect((await scim(own, `${other}/Users`)).status).toBe(403)
  }
  const { data } = await api.ask(
    tokenOf(own),
    '{ users { totalCount nodes { primaryEmail } } webhooks { organization } }',
  )
  expect(JSON.stringify(data)).toContain(`"${ann(own)}"`)
  expect(data?.webhooks).toEqual([{ organization: own }])
  const listed = await scim(own, `${own}/Users`)
  expect(listed.status).toBe(200)
  expect(listed.text).toContain(ann(own))
  expect(listed.text).not.toMatch(namesAnother(own))
})

test.each(slugs)('child organizations: the token of %s changes its own organization and no other', async (own) => {
  const rename = (slug: Slug) =>
    `mutation { updateUser(input: { organization: "${slug}", primaryEmail: "${ann(slug)}", set: { lastName: "of ${own}" } }) { __typename } }`
  const before = new Map(others(own).map((slug) => [slug, api.simulator.organization(keyOf(slug)).snapshot().users]))
  for (const other of others(own)) {
    const webhook = ids.get(other)?.[0]
    const operation = ids.get(other)?.[1]
    const attempts = [
      rename(other),
      `mutation { deleteUser(input: { organization: "${other}", primaryEmail: "${ann(other)}" }) { __typename } }`,
      `mutation { startPull(organization: "${other}") { id } }`,
      `mutation { createWebhook(organization: "${other}", url: "http://127.0.0.1:1/", events: [DIRECTORY_CHANGED]) { secret } }`,
      `mutation { deleteWebhook(id: "${webhook}") }`,
      `mutation { cancelOperation(id: "${operation}") { id } }`,
    ]
    for (const attempt of attempts) {
      const { data, errors = [] } = await api.ask(tokenOf(own), attempt)
      const refusal = errors[0]?.extensions.code ?? Object.values(data ?? {})[0]?.__typename
      expect([attempt, refusal]).toEqual([attempt, expect.stringMatching(/^(BAD_USER_INPUT|NOT_FOUND|InvalidInput)$/)])
    }
  }
  const { data } = await api.ask(tokenOf(own), rename(own))
  expect(data?.updateUser).toEqual({ __typename: 'UpdateUserSuccess' })
  const lastNames = api.simulator
    .organization(keyOf(own))
    .users()
    .map(({ lastName }) => lastName)
  expect(lastNames).toContain(`of ${own}`)
  for (const [slug, users] of before) expect(api.simulator.organization(keyOf(slug)).snapshot().users).toEqual(users)
  // Attempts are recorded with the organization that they name.
  const written = await api.database.sql`
    select organization, outcome from audit_log where viewer = ${`graph of ${own}`} and action like '%updateUser' order by id`
  const outcomes = others(own).map((organization) => ({ organization, outcome: 'InvalidInput' }))
  expect(written).toEqual([...outcomes, { organization: own, outcome: 'DONE' }])
})

test('child organizations: the stream of each token has the changes of its own organization only', async () => {
  const question = 'subscription { changes { node { subject { ... on User { primaryEmail } } } } }'
  const streams = await Promise.all(
    slugs.map(async (slug) => ({ slug, stream: await openStream(graphUrl(), question, { token: tokenOf(slug) }) })),
  )
  for (const slug of slugs.toReversed()) {
    const { data } = await api.ask(
      tokenOf(slug),
      `mutation { updateUser(input: { primaryEmail: "${ann(slug)}", set: { firstName: "Streamed" } }) { __typename } }`,
    )
    expect(data?.updateUser).toEqual({ __typename: 'UpdateUserSuccess' })
  }
  // A change of another organization would have come first.
  for (const { slug, stream } of streams) {
    const event = await stream.next()
    stream.leave()
    expect(event).toEqual({ data: { changes: { node: { subject: { primaryEmail: ann(slug) } } } } })
  }
})

test('child organizations: one that retires disappears for its token, and returns with its slug and history', async () => {
  const own = 'a-example'
  const seen = '{ organization { id slug } changes(baseline: true) { nodes { id } } users { totalCount } }'
  const before = (await api.ask(tokenOf(own), seen)).data
  const { standing } = api.simulator.organization(keyOf(own))
  const discover = async (state: string) => {
    // A pull that runs has listed the children already.
    await until(async () => (await api.database.sql`select from pulls where state = 'RUNNING'`).length === 0)
    await api.ask(tokenOf('partner'), 'mutation { startPull { id } }')
    await until(async () => (await states())[own] === state)
  }
  standing.closed = true
  await discover('RETIRED')
  const user = ids.get(own)?.[3]
  const gone = [
    ['{ organizations { slug } users { totalCount } changes { nodes { id } } }', undefined],
    [`{ node(id: "${user}") { id } organization { id } }`, undefined],
    ['mutation { startPull { id } }', 'BAD_USER_INPUT'],
    [`mutation { deleteUser(input: { primaryEmail: "${ann(own)}" }) { __typename } }`, undefined],
  ] as const
  for (const [question, code] of gone) {
    const { status, data, errors = [] } = await api.ask(tokenOf(own), question)
    expect([question, status]).toEqual([question, 200])
    expect([question, errors.some(({ extensions }) => extensions.code === 'INTERNAL_SERVER_ERROR')]).toEqual([
      question,
      false,
    ])
    if (code) expect(errors[0]?.extensions.code).toBe(code)
    expect(JSON.stringify(data)).not.toMatch(/"a-example"|ann@|"id"/)
  }
  expect((await scim(own, `${own}/Users`)).status).toBeLessThan(500)
  standing.closed = false
  await discover('CURRENT')
  expect((await api.ask(tokenOf(own), seen)).data).toEqual(before)
})
