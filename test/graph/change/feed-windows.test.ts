/**
 * The change feed, read in time windows and compared with a model. A reader gets each change inside its windows exactly
 * once, in the order of positions.
 */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Viewer } from '../../../src/graph/context.ts'
import { encodeGlobalId } from '../../../src/graph/core/global-id.ts'
import type { ChangeKind } from '../../../src/mirror/feed/change-kind.ts'
import { Ledger } from '../../../src/mirror/feed/change-writer.ts'
import { lockOrganization } from '../../../src/mirror/organization-lock.ts'
import { at } from '../../support/mirror.ts'
import { reader } from '../harness/context.ts'
import { graph } from '../harness/fixture.ts'

const g = await graph()
afterAll(() => g[Symbol.asyncDispose]())
const { add, ask, sql } = g

interface Change {
  readonly id: string
  readonly position: number
  readonly kind: ChangeKind
  readonly arrived: string
  /** The global ids of its subject and its object. */
  readonly nodes: readonly string[]
}

/** An organization with two users, two groups and a role, and its whole change feed. */
interface Tenant {
  readonly slug: string
  readonly id: number
  readonly users: number[]
  readonly groups: readonly number[]
  readonly role: number
  readonly aliases: Map<number, number>
  readonly feed: Change[]
}

async function tenant(slug: string): Promise<Tenant> {
  const id = await add.organization(slug)
  const users = [await add.user(id, `a@${slug}.example`), await add.user(id, `b@${slug}.example`)]
  const groups = [await add.group(id, 'g1', 'One'), await add.group(id, 'g2', 'Two')]
  const aliases = new Map<number, number>()
  for (const user of users) aliases.set(user, await add.alias(id, user, `alias${user}@${slug}.example`))
  return { slug, id, users, groups, role: await add.role(id, 'ADMIN'), aliases, feed: [] }
}

/** One vendor response that was applied: the second of its arrival, and the changes of each subject. */
interface Answer {
  readonly arrived: number
  readonly sets: readonly { readonly subject: number; readonly kinds: readonly Kind[] }[]
}
const kinds = [
  'MEMBER_ADDED',
  'MEMBER_REMOVED',
  'ROLE_GRANTED',
  'FIELD_CHANGED',
  'ALIAS_ADDED',
  'USER_CREATED',
] as const
type Kind = (typeof kinds)[number]

async function append(to: Tenant, { arrived, sets }: Answer): Promise<void> {
  const added: Change[] = []
  const created = new Map<object, number>()
  for (const set of sets) {
    if (set.kinds.includes('USER_CREATED')) {
      created.set(set, await add.user(to.id, `u${to.feed.length}-${created.size}@${to.slug}.example`))
    }
  }
  await sql.begin(async (tx) => {
    const organization = await lockOrganization(tx, to.id)
    const ledger = new Ledger(organization, { origin: 'PULL', sentAt: at(arrived), arrivedAt: at(arrived) })
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

interface Filter {
  readonly kinds: readonly Kind[] | null
  readonly about: string | null
}
interface Window {
  readonly since: string | null
  readonly until: string | null
}
interface Page {
  readonly ids: string[]
  readonly cursors: string[]
  readonly pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }
}

const matches =
  ({ kinds, about }: Filter, { since, until }: Window) =>
  (change: Change): boolean =>
    (kinds === null || kinds.some((kind) => kind === change.kind)) &&
    (about === null || change.nodes.includes(about)) &&
    (since === null || change.arrived >= since) &&
    (until === null || change.arrived < until)

async function read(
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

const idsOf = (changes: readonly Change[]) => changes.map(({ id }) => id)

const second = fc.nat(9)
const moment = fc.option(second.map(at), { freq: 4 })
const answer = fc.record({
  arrived: second,
  sets: fc.array(
    fc.record({ subject: fc.nat(1), kinds: fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 4 }) }),
    { minLength: 1, maxLength: 3 },
  ),
})
const answers = fc.array(fc.record({ to: fc.nat(1), answer }), { maxLength: 4 })
const filter = fc.record({
  kinds: fc.option(fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1 })),
  about: fc.option(fc.constantFrom('User' as const, 'Group' as const, 'Role' as const, 'Alias' as const), {
    nil: null,
  }),
})
const viewerOf = (tenants: readonly Tenant[], which: 'all' | 'both' | 'one'): Viewer => {
  if (which === 'all') return reader
  const seen = which === 'both' ? tenants : tenants.slice(0, 1)
  return { ...reader, organizations: new Set(seen.map(({ slug }) => slug)) }
}
const visible = fc.constantFrom('all' as const, 'both' as const, 'one' as const)

let runs = 0
async function world(before: readonly { to: number; answer: Answer }[]): Promise<[Tenant, Tenant]> {
  runs += 1
  const tenants: [Tenant, Tenant] = [await tenant(`mine${runs}`), await tenant(`other${runs}`)]
  await appendAll(tenants, before)
  return tenants
}
async function appendAll(tenants: [Tenant, Tenant], all: readonly { to: number; answer: Answer }[]): Promise<void> {
  for (const { to, answer: one } of all) await append(tenants[to === 1 ? 1 : 0], one)
}
function filterOf(
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

const pages = fc.array(
  fc.record({ arriving: answers, size: fc.nat(4), moving: moment, bound: fc.option(fc.nat(20), { freq: 2 }) }),
  { maxLength: 8 },
)

test.each(['forward', 'backward'] as const)(
  'feed: moving windows, read %s while changes arrive, show each change exactly once',
  { timeout: 120_000 },
  async (direction) => {
    const isForward = direction === 'forward'
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ to: fc.nat(1), answer }), { maxLength: 8 }),
        pages,
        filter,
        moment,
        visible,
        async (first, steps, narrowing, fixed, who) => {
          const tenants = await world(first)
          const [mine] = tenants
          const viewer = viewerOf(tenants, who)
          const only = filterOf(narrowing, mine)
          const plain = await read(mine, reader, { kinds: null, about: null, since: null, until: null, first: 500 })
          const shown = new Set<string>()
          let cursor: string | null = null
          let newest = mine.feed.length
          const next = async (size: number, moving: string | null, bound: number | null): Promise<Page> => {
            const window = isForward ? { since: fixed, until: moving } : { since: moving, until: fixed }
            // A change that bounds the pages on the far side.
            const fence = bound === null ? undefined : plain.cursors[bound]
            const inside = ({ position }: Change) =>
              (fence === undefined || (isForward ? position < (bound ?? 0) + 1 : position > (bound ?? 0) + 1)) &&
              (isForward || position <= newest)
            if (!isForward && cursor === null) newest = mine.feed.length
            const left = mine.feed
              .filter((change) => inside(change) && !shown.has(change.id))
              .filter(matches(only, window))
            const args = isForward
              ? { first: size, after: cursor, before: fence ?? null }
              : { last: size, before: cursor, after: fence ?? null }
            const page = await read(mine, viewer, { ...only, ...window, ...args })
            expect(page.ids).toEqual(
              idsOf(isForward ? left.slice(0, size) : left.slice(Math.max(0, left.length - size))),
            )
            const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo
            expect(isForward ? hasNextPage : hasPreviousPage).toBe(left.length > size)
            expect(isForward ? hasPreviousPage : hasNextPage).toBe(cursor !== null)
            for (const id of page.ids) shown.add(id)
            cursor = isForward ? endCursor : startCursor
            return page
          }
          for (const { arriving, size, moving, bound } of steps) {
            await next(size, moving, bound)
            await appendAll(tenants, arriving)
          }
          for (let more = true; more; ) {
            const { pageInfo } = await next(3, null, null)
            more = isForward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage
          }
          const all = mine.feed.filter(({ position }) => isForward || position <= newest)
          const bounds = isForward ? { since: fixed, until: null } : { since: null, until: fixed }
          expect(new Set(shown)).toEqual(new Set(idsOf(all.filter(matches(only, bounds)))))
        },
      ),
      { numRuns: 40 },
    )
  },
)

test('feed: a reader that changes direction continues at the boundary of its first page', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ to: fc.constant(0), answer }), { maxLength: 8 }),
      fc.array(fc.record({ to: fc.constant(0), answer }), { maxLength: 4 }),
      fc.record({
        isForward: fc.boolean(),
        size: fc.integer({ min: 1, max: 4 }),
        since: moment,
        until: moment,
        later: moment,
      }),
      async (first, arriving, { isForward, size, since, until, later }) => {
        const tenants = await world(first)
        const [mine] = tenants
        const everything = { kinds: null, about: null }
        const end = mine.feed.length
        const page = await read(mine, reader, { ...everything, since, until, [isForward ? 'first' : 'last']: size })
        await appendAll(tenants, arriving)
        const { startCursor, endCursor } = page.pageInfo
        const edge = mine.feed.find(({ id }) => id === (isForward ? page.ids[0] : page.ids.at(-1)))
        // An empty page shows that its window held nothing; it passes no change of another window.
        const isPassed = ({ position, arrived }: Change) => {
          if (edge === undefined) return false
          return isForward
            ? position >= edge.position && (since === null || arrived >= since)
            : position <= edge.position && (until === null || arrived < until)
        }
        const window = isForward ? { since: later, until } : { since, until: later }
        const turned = isForward ? { last: 500, before: startCursor } : { first: 500, after: endCursor }
        const { ids } = await read(mine, reader, { ...everything, ...window, ...turned })
        const expected = mine.feed
          .filter(matches(everything, window))
          .filter((change) => !isPassed(change) && (!isForward || change.position <= end))
        expect(ids).toEqual(idsOf(expected))
      },
    ),
    { numRuns: 60 },
  )
})

test("feed: a user's changes can be read backward, and cursors of the whole feed are valid for them", async () => {
  const tenants = await world([])
  const [mine] = tenants
  for (const arrived of [5, 1, 7, 2, 8]) {
    await append(mine, { arrived, sets: [{ subject: 0, kinds: ['FIELD_CHANGED', 'MEMBER_ADDED'] }] })
    await append(mine, { arrived, sets: [{ subject: 1, kinds: ['ROLE_GRANTED'] }] })
  }
  const [user = ''] = mine.feed[0]?.nodes ?? []
  const ofUser = idsOf(mine.feed.filter(({ nodes }) => nodes[0] === user))
  const part = async (args: string): Promise<{ ids: string[]; startCursor: string; hasPreviousPage: boolean }> => {
    const { node } = (await g.data(
      `{ node(id: "${user}") { ... on User { changes(${args}) { nodes { id } pageInfo { startCursor hasPreviousPage } } } } }`,
    )) as {
      node: { changes: { nodes: { id: string }[]; pageInfo: { startCursor: string; hasPreviousPage: boolean } } }
    }
    return { ids: node.changes.nodes.map(({ id }) => id), ...node.changes.pageInfo }
  }
  const found: string[] = []
  for (let before = ''; ; ) {
    const page = await part(`last: 3 ${before}`)
    found.unshift(...page.ids)
    before = `before: "${page.startCursor}"`
    if (!page.hasPreviousPage) break
  }
  expect(found).toEqual(ofUser)
  const early = await read(mine, reader, { kinds: null, about: null, since: null, until: at(5), first: 500 })
  const { ids } = await part(`after: "${early.pageInfo.endCursor}"`)
  expect([...ids].sort()).toEqual(ofUser.filter((id) => !early.ids.includes(id)).sort())
})

test('feed: a cursor of another organization and the combination of first and last are rejected', async () => {
  const [mine, other] = await world([
    { to: 0, answer: { arrived: 1, sets: [{ subject: 0, kinds: ['FIELD_CHANGED'] }] } },
  ])
  const { cursors } = await read(mine, reader, { kinds: null, about: null, since: null, until: null, first: 1 })
  for (const args of [`first: 1, after: "${cursors[0]}"`, `last: 1, before: "${cursors[0]}"`, 'first: 1, last: 1']) {
    const { errors } = await ask(`{ changes(organization: "${other.slug}", ${args}) { nodes { id } } }`)
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  }
})
