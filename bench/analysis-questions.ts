/** The benchmarked queries, each with its time limit at 1,000,000 users. */

export interface Person {
  readonly globalId: string
  readonly email: string
  readonly first: string
  readonly last: string
  readonly group: string | null
}

export interface Question {
  readonly name: string
  readonly bound: string
  readonly ask: (person: Person, other: string, asOf: string) => string
}

const now = Date.now()
const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString()

const page = (name: string, filter: (person: Person) => string): Question => ({
  name: `50 users by ${name}, counted`,
  bound: '30 ms',
  ask: (person, _other, asOf) =>
    `query ${asOf} { users(first: 50, filter: { ${filter(person)} }) { totalCount nodes { id primaryEmail displayName } } }`,
})

export const questions: readonly Question[] = [
  {
    name: 'user',
    bound: '2 ms',
    ask: ({ email }, _other, asOf) => `query ${asOf} { user(primaryEmail: "${email}") { id displayName status } }`,
  },
  {
    name: 'identity',
    bound: '2 ms',
    ask: ({ email }, _other, asOf) =>
      `query ${asOf} { identity(address: "${email}") { kind user { id displayName } claimants { id } } }`,
  },
  page('primaryEmail, to the letter', ({ email }) => `primaryEmail: { eq: "${email}" }`),
  page('primaryEmail, its beginning', ({ email }) => `primaryEmail: { startsWith: "${email.slice(0, 5)}" }`),
  page('primaryEmail, a part', ({ email }) => `primaryEmail: { contains: "${email.slice(2, 8)}" }`),
  page('primaryEmail, its end', ({ email }) => `primaryEmail: { endsWith: "${email.slice(4)}" }`),
  page('firstName', ({ first }) => `firstName: { eq: "${first}" }`),
  page('lastName', ({ last }) => `lastName: { eq: "${last}" }`),
  page('lastName, a part', ({ last }) => `lastName: { contains: "${last.slice(1, 5)}" }`),
  page('domain', ({ email }) => `domain: { eq: "${email.split('@')[1]}" }`),
  page('domain, a rare one', () => 'domain: { eq: "d7.example" }'),
  page('alias, its beginning', ({ email }) => `alias: { startsWith: "a1-${email.replace(/\D/g, '').slice(0, 5)}" }`),
  page('type USER', () => 'type: USER'),
  page('type ALIAS', () => 'type: ALIAS'),
  page('status ACTIVE', () => 'status: ACTIVE'),
  page('status INACTIVE', () => 'status: INACTIVE'),
  page('role USER', () => 'role: { eq: "USER" }'),
  page('role ADMINISTRATOR', () => 'role: { eq: "ADMINISTRATOR" }'),
  page('privileged', () => 'privileged: true'),
  page('privileged: false', () => 'privileged: false'),
  page('group', ({ group }) => `group: { groupId: { eq: "${group ?? ''}" } }`),
  page('the largest group', () => 'group: { groupId: { eq: "grp_00001" } }'),
  page('hasGroups', () => 'hasGroups: true'),
  page('hasGroups: false', () => 'hasGroups: false'),
  page('hasAliases', () => 'hasAliases: true'),
  page('createdAt, a week', () => `createdAt: { gte: "${daysAgo(60)}", lt: "${daysAgo(53)}" }`),
  page('updatedAt, an hour', () => `updatedAt: { gte: "${daysAgo(60)}", lt: "${daysAgo(60 - 1 / 24)}" }`),
  page('relationsKnown', () => 'relationsKnown: true'),
  page('relationsKnown: false', () => 'relationsKnown: false'),
  {
    name: 'search for a name',
    bound: 'p95 60 ms',
    ask: ({ first, last }, _other, asOf) =>
      `query ${asOf} { search(text: "${first} ${last}") { score node { ... on Node { id } } } }`,
  },
  {
    name: 'search with a typo',
    bound: 'p95 60 ms',
    ask: ({ last }, _other, asOf) =>
      `query ${asOf} { search(text: "${last.slice(0, 3)}x${last.slice(4)}") { score node { ... on Node { id } } } }`,
  },
  {
    name: 'search for an address',
    bound: 'p95 60 ms',
    ask: ({ email }, _other, asOf) =>
      `query ${asOf} { search(text: "${email}") { score node { ... on Node { id } } } }`,
  },
  {
    name: 'related',
    bound: 'p50 10 ms, p95 60 ms',
    ask: ({ email }, _other, asOf) =>
      `query ${asOf} { user(primaryEmail: "${email}") { related { score user { id } } } }`,
  },
  {
    name: 'paths',
    bound: 'p50 10 ms, p95 200 ms',
    ask: ({ globalId }, other, asOf) =>
      `query ${asOf} { paths(from: "${globalId}", to: "${other}") { length paths { nodes { ... on Node { id } } } } }`,
  },
  {
    name: 'neighborhood, depth 2, 200 nodes',
    bound: 'p95 100 ms',
    ask: ({ globalId }, _other, asOf) =>
      `query ${asOf} { neighborhood(of: ["${globalId}"], depth: 2, limit: 200) { nodes { ... on Node { id } } edges { kind source target } } }`,
  },
  {
    name: 'facets of the whole organization',
    bound: '1 s',
    ask: (_person, _other, asOf) =>
      `query ${asOf} { users { facets { byStatus { count } byType { count } byRole { count } byDomain { count } byGroup { count } } } }`,
  },
]
