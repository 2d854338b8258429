/** The connections of the graph, and the query for a page of each. */

/** The parents of the lists: an organization's slug, and the ids of a group, a role and a user of it. */
interface Place {
  readonly slug: string
  readonly group: string
  readonly role: string
  readonly user: string
}

/** Every connection, with its arguments or parent in a query and its order type. */
export const lists = [
  { field: 'users', of: ({ slug }: Place) => `organization: "${slug}"`, order: 'UserOrder' },
  { field: 'groups', of: ({ slug }: Place) => `organization: "${slug}"`, order: 'GroupOrder' },
  { field: 'aliases', of: ({ slug }: Place) => `organization: "${slug}"` },
  { field: 'users', within: ({ slug }: Place) => `organization(slug: "${slug}")`, order: 'UserOrder' },
  { field: 'groups', within: ({ slug }: Place) => `organization(slug: "${slug}")`, order: 'GroupOrder' },
  { field: 'members', within: ({ group }: Place) => `node(id: "${group}")`, on: 'Group' },
  { field: 'users', within: ({ role }: Place) => `node(id: "${role}")`, on: 'Role' },
  { field: 'groups', within: ({ user }: Place) => `node(id: "${user}")`, on: 'User' },
]
export type List = (typeof lists)[number]
export const nameOf = ({ field, on, within }: List) => `${on ?? (within ? 'Organization' : 'Query')}.${field}`
export const orderFields: Record<string, string[]> = {
  UserOrder: ['PRIMARY_EMAIL', 'LAST_NAME', 'CREATED_AT', 'UPDATED_AT'],
  GroupOrder: ['NAME', 'MEMBER_COUNT'],
}

export interface PageArgs {
  first?: number
  last?: number
  after?: string | null
  before?: string | null
  orderBy?: { field: string; direction: string }[]
}

export interface PageAnswer {
  edges: { cursor: string; node: { id: string } }[]
  nodes: { id: string }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
  totalCount: number
}

export function questionOf({ field, of, within, on, order }: List, place: Place): string {
  const variables = `$first: Int, $last: Int, $after: String, $before: String${order ? `, $orderBy: [${order}!]` : ''}`
  const args = `first: $first, last: $last, after: $after, before: $before${order ? ', orderBy: $orderBy' : ''}`
  const page = `page: ${field}(${of ? `${of(place)}, ` : ''}${args}) {
    totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`
  const inner = on ? `... on ${on} { ${page} }` : page
  return `query (${variables}) { ${within ? `within: ${within(place)} { ${inner} }` : inner} }`
}
