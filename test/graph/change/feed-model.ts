/** A model of the change feed: which changes each response adds, and which of them a page of a window shows. */
import { expect } from 'vitest'
import type { Viewer } from '../../../src/graph/context.ts'
import { encodeGlobalId } from '../../../src/graph/core/global-id.ts'
import type { ChangeKind } from '../../../src/mirror/feed/change-kind.ts'
import { ChangeWriter } from '../../../src/mirror/feed/change-writer.ts'
import { lockOrganization } from '../../../src/mirror/organization-lock.ts'
import { at } from '../../support/mirror.ts'
import { reader } from '../harness/context.ts'
import type { Graph } from '../harness/fixture.ts'

export interface Change {
  readonly id: string
  readonly position: number
  readonly kind: ChangeKind
  readonly arrived: string
  /** The global ids of its subject and its object. */
  readonly nodes: readonly string[]
}

/** An organization with two users, two groups and a role, and its whole change feed. */
export interface Tenant {
  readonly slug: string
  readonly id: number
  readonly users: number[]
  readonly groups: readonly number[]
  readonly role: number
  readonly aliases: Map<number, number>
  readonly feed: Change[]
}

export async function tenant({ add }: Graph, slug: string): Promise<Tenant> {
  const id = await add.organization(slug)
  const users = [await add.user(id, `a@${slug}.example`), await add.user(id, `b@${slug}.example`)]
  const groups = [await add.group(id, 'g1', 'One'), await add.group(id, 'g2', 'Two')]
  const aliases = new Map<number, number>()
  for (const user of users) aliases.set(user, await add.alias(id, user, `alias${user}@${slug}.example`))
  return { slug, id, users, groups, role: await add.role(id, 'ADMIN'), aliases, feed: [] }
}

/** One vendor response that was applied: the second of its arrival, and the changes of each subject. */
export interface Answer {
  readonly arrived: number
  readonly sets: readonly { readonly subject: number; readonly kinds: readonly Kind[] }[]
}
export const kinds = [
  'MEMBER_ADDED',
  'MEMBER_REMOVED',
  'ROLE_GRANTED',
  'FIELD_CHANGED',
  'ALIAS_ADDED',
  'USER_CREATED',
] as const
export type Kind = (typeof kinds)[number]

export async function append({ add, sql }: Graph, to: Tenant, { arrived, sets }: Answer): Promise<void> {
  const added: Change[] = []
  const created = new Map<object, number>()
  for (const set of sets) {
    if (set.kinds.includes('USER_CREATED')) {
      created.set(set, await add.user(to.id, `u${to.feed.length}-${created.size}@${to.slug}.example`))
    }
  }
  await sql.begin(async (tx) => {
    const organization = await lockOrganization(tx, to.id)
    const ledger = new ChangeWriter(organization, { origin: 'PULL', sentAt: at(arrived), arrivedAt: at(arrived) })
    for (const set of sets) {
      const subject = created.get(set) ?? (to.users[set.subject % 2] as number)
      const beginsLife = created.has(set)
      const of = [
        ...(beginsLife ? ['USER_CREATED' as const] : []),
        ...set.kinds.filter((kind) => kind !== 'USER_CREATED'),
      ]
      const changes = of.map((kind) => ({ kind, ...objectOf(to, subject, kind), notBefore: null }))
      ledger.record(
        subject,
        changes.map(({ node: _, ...change }) => change),
      )
      for (const { kind, node } of changes) {
        const position = to.feed.length + added.length + 1
        added.push({
          id: encodeGlobalId('Change', `${to.id}-${position}`),
          position,
          kind,
          arrived: at(arrived),
          nodes: [encodeGlobalId('User', subject), ...(node ? [node] : [])],
        })
      }
    }
    await ledger.write(tx)
  })
  to.feed.push(...added)
}

function objectOf(
  { groups, role, aliases }: Tenant,
  subject: number,
  kind: Kind,
): { object?: number; field?: string; node?: string } {
  const [one = 0, two = 0] = groups
  if (kind === 'MEMBER_ADDED') return { object: one, node: encodeGlobalId('Group', one) }
  if (kind === 'MEMBER_REMOVED') return { object: two, node: encodeGlobalId('Group', two) }
  if (kind === 'ROLE_GRANTED') return { object: role, node: encodeGlobalId('Role', role) }
  if (kind === 'FIELD_CHANGED') return { field: 'status' }
  const alias = aliases.get(subject)
  return kind === 'ALIAS_ADDED' && alias ? { object: alias, node: encodeGlobalId('Alias', alias) } : {}
}

export interface Filter {
  readonly kinds: readonly Kind[] | null
  readonly about: string | null
}
export interface Window {
  readonly since: string | null
  readonly until: string | null
}
export interface Page {
  readonly ids: string[]
  readonly cursors: string[]
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }
}

export const matches =
  ({ kinds, about }: Filter, { since, until }: Window) =>
  (change: Change): boolean =>
    (kinds === null || kinds.some((kind) => kind === change.kind)) &&
    (about === null || change.nodes.includes(about)) &&
    (since === null || change.arrived >= since) &&
    (until === null || change.arrived < until)

export async function read(
  { ask }: Graph,
  from: Tenant,
  viewer: Viewer,
  variables: Filter & Window & { first?: number; last?: number; after?: string | null; before?: string | null },
): Promise<Page> {
  const { data, errors } = await ask(
    `query ($organization: String, $kinds: [ChangeKind!], $about: ID, $since: DateTime, $until: DateTime, $first: Int, $after: String, $last: Int, $before: String) {
      changes(organization: $organization, kinds: $kinds, about: $about, since: $since, until: $until, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`,
    { organization: viewer.organizations === 'all' || viewer.organizations.size > 1 ? from.slug : null, ...variables },
    viewer,
  )
  expect(errors).toBeUndefined()
  const { edges, pageInfo } = (data as Record<string, unknown>).changes as {
    edges: { cursor: string; node: { id: string } }[]
    pageInfo: Page['pageInfo']
  }
  return { ids: edges.map(({ node }) => node.id), cursors: edges.map(({ cursor }) => cursor), pageInfo }
}

export const idsOf = (changes: readonly Change[]) => changes.map(({ id }) => id)

export const viewerOf = (tenants: readonly Tenant[], which: 'all' | 'both' | 'one'): Viewer => {
  if (which === 'all') return reader
  const seen = which === 'both' ? tenants : tenants.slice(0, 1)
  return { ...reader, organizations: new Set(seen.map(({ slug }) => slug)) }
}
export function filterOf(
  { kinds: some, about }: { kinds: Kind[] | null; about: string | null },
  { users, groups, role, aliases }: Tenant,
): Filter {
  const nodes: Record<string, number | undefined> = {
    User: users[0],
    Group: groups[0],
    Role: role,
    Alias: aliases.get(users[0] as number),
  }
  return { kinds: some, about: about && encodeGlobalId(about, nodes[about] as number) }
}
