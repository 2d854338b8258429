/**
 * The change feed, read in time windows and compared with a model. A reader gets each change inside its windows exactly
 * once, in the order of positions.
 */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { at } from '../../support/mirror.ts'
import { reader } from '../harness/context.ts'
import { graph } from '../harness/fixture.ts'
import {
  type Answer,
  append,
  type Change,
  filterOf,
  idsOf,
  kinds,
  matches,
  type Page,
  read,
  type Tenant,
  tenant,
  viewerOf,
} from './feed-model.ts'

const g = await graph()
afterAll(() => g[Symbol.asyncDispose]())

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
const visible = fc.constantFrom('all' as const, 'both' as const, 'one' as const)

let runs = 0
async function world(before: readonly { to: number; answer: Answer }[]): Promise<[Tenant, Tenant]> {
  runs += 1
  const tenants: [Tenant, Tenant] = [await tenant(g, `mine${runs}`), await tenant(g, `other${runs}`)]
  await appendAll(tenants, before)
  return tenants
}
async function appendAll(tenants: [Tenant, Tenant], all: readonly { to: number; answer: Answer }[]): Promise<void> {
  for (const { to, answer: one } of all) await append(g, tenants[to === 1 ? 1 : 0], one)
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
          const plain = await read(g, mine, reader, { kinds: null, about: null, since: null, until: null, first: 500 })
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
            const page = await read(g, mine, viewer, { ...only, ...window, ...args })
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
        const page = await read(g, mine, reader, { ...everything, since, until, [isForward ? 'first' : 'last']: size })
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
        const { ids } = await read(g, mine, reader, { ...everything, ...window, ...turned })
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
    await append(g, mine, { arrived, sets: [{ subject: 0, kinds: ['FIELD_CHANGED', 'MEMBER_ADDED'] }] })
    await append(g, mine, { arrived, sets: [{ subject: 1, kinds: ['ROLE_GRANTED'] }] })
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
  const early = await read(g, mine, reader, { kinds: null, about: null, since: null, until: at(5), first: 500 })
  const { ids } = await part(`after: "${early.pageInfo.endCursor}"`)
  expect([...ids].sort()).toEqual(ofUser.filter((id) => !early.ids.includes(id)).sort())
})

test('feed: a cursor of another organization and the combination of first and last are rejected', async () => {
  const [mine, other] = await world([
    { to: 0, answer: { arrived: 1, sets: [{ subject: 0, kinds: ['FIELD_CHANGED'] }] } },
  ])
  const { cursors } = await read(g, mine, reader, { kinds: null, about: null, since: null, until: null, first: 1 })
  for (const args of [`first: 1, after: "${cursors[0]}"`, `last: 1, before: "${cursors[0]}"`, 'first: 1, last: 1']) {
    const { errors } = await g.ask(`{ changes(organization: "${other.slug}", ${args}) { nodes { id } } }`)
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  }
})
