import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph } from './harness/fixture.ts'
import { type List, lists, nameOf, orderFields, type PageAnswer, type PageArgs, questionOf } from './harness/lists.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const lastNames = [null, '', 'Lee', 'lee', 'Ärmel', 'Zed', '100%', 'O\'Neil "x"', '\u{1F600}', 'a,b]']
const moments = [
  null,
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000001Z',
  '2026-01-01T00:00:00.000002Z',
  '1999-12-31T23:59:59.999999Z',
]
const counts = [null, 0, 3]

/** Creates an organization with `size` users, groups and aliases. Few distinct values make most sort keys tie. */
async function organizationOf(size: number) {
  const slug = `of-${size}`
  const organization = await add.organization(slug)
  const group = await add.group(organization, 'grp_all', 'All')
  const role = await add.role(organization, 'USER')
  const collector = await add.user(organization, `collector@${slug}.example`, { deleted_at: '2026-01-01T00:00:00Z' })
  const values = fc.tuple(
    fc.constantFrom(...lastNames),
    fc.constantFrom(...moments),
    fc.constantFrom(...moments),
    fc.constantFrom(...counts),
  )
  for (const [index, [name, created, updated, count]] of fc.sample(values, { numRuns: size, seed: size }).entries()) {
    const user = await add.user(organization, `U${index % 7}.${index}@${slug}.example`, {
      last_name: name,
      created_at: created,
      updated_at: updated,
    })
    await add.member(organization, user, group)
    await add.grant(organization, user, role)
    await add.alias(organization, user, 'shared@acme.example')
    const other = await add.group(organization, `grp_${index}`, `${name ?? ''}${index % 3}`, { member_count: count })
    await add.member(organization, collector, other)
  }
  return {
    size,
    slug,
    group: encodeGlobalId('Group', group),
    role: encodeGlobalId('Role', role),
    user: encodeGlobalId('User', collector),
  }
}

const organizations = [
  await organizationOf(0),
  await organizationOf(1),
  await organizationOf(7),
  await organizationOf(53),
]
type Organization = (typeof organizations)[number]

async function pageOf(list: List, organization: Organization, args: PageArgs): Promise<PageAnswer> {
  const data = await mirror.data(questionOf(list, organization), { ...args })
  const { page } = (list.within ? data.within : data) as { page: PageAnswer }
  expect(page.nodes).toEqual(page.edges.map(({ node }) => node))
  expect(page.pageInfo.startCursor).toBe(page.edges.at(0)?.cursor ?? null)
  expect(page.pageInfo.endCursor).toBe(page.edges.at(-1)?.cursor ?? null)
  return page
}

/** Any order that the list accepts. */
const ordersOf = ({ order }: List) =>
  fc.array(
    fc.record({
      field: fc.constantFrom(...(orderFields[order ?? ''] ?? ['none'])),
      direction: fc.constantFrom('ASC', 'DESC'),
    }),
    { maxLength: order ? 4 : 0 },
  )

describe.each(lists.map((list) => ({ name: nameOf(list), list })))('paging of $name', ({ list }) => {
  test('paging: pages of any size, in any order and from either end show every row exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...organizations),
        ordersOf(list),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        async (organization, orderBy, size, backward) => {
          const sorted = list.order ? { orderBy } : {}
          const whole = await pageOf(list, organization, { ...sorted, first: 500 })
          expect(whole.totalCount).toBe(organization.size + (list.field === 'groups' && list.on !== 'User' ? 1 : 0))
          expect(new Set(whole.nodes.map(({ id }) => id)).size).toBe(whole.totalCount)
          expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })

          const seen: PageAnswer['edges'] = []
          for (let more = true; more; ) {
            const page = backward
              ? await pageOf(list, organization, { ...sorted, last: size, before: seen.at(0)?.cursor ?? null })
              : await pageOf(list, organization, { ...sorted, first: size, after: seen.at(-1)?.cursor ?? null })
            const { hasNextPage, hasPreviousPage } = page.pageInfo
            expect(backward ? hasNextPage : hasPreviousPage).toBe(seen.length > 0)
            backward ? seen.unshift(...page.edges) : seen.push(...page.edges)
            more = backward ? hasPreviousPage : hasNextPage
            expect(more).toBe(seen.length < whole.totalCount)
            if (more) expect(page.edges.length).toBe(size)
          }
          expect(seen).toEqual(whole.edges)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('paging: a page between two cursors contains only the rows between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        ordersOf(list),
        fc.nat(52),
        fc.nat(52),
        fc.nat(60),
        fc.boolean(),
        async (orderBy, a, b, size, backward) => {
          const organization = organizations[3] as Organization
          const sorted = list.order ? { orderBy } : {}
          const { edges } = await pageOf(list, organization, { ...sorted, first: 500 })
          const [from, to] = [Math.min(a, b), Math.max(a, b)]
          const between = edges.slice(from + 1, to)
          const page = await pageOf(list, organization, {
            ...sorted,
            after: edges[from]?.cursor ?? '',
            before: edges[to]?.cursor ?? '',
            ...(backward ? { last: size } : { first: size }),
          })
          expect(page.edges).toEqual(
            backward ? between.slice(Math.max(0, between.length - size)) : between.slice(0, size),
          )
        },
      ),
      { numRuns: 15 },
    )
  })

  test('paging: a page of size 0 gives only the count and whether there are more rows', async () => {
    for (const organization of organizations) {
      const whole = await pageOf(list, organization, {})
      for (const args of [{ first: 0 }, { last: 0 }]) {
        const page = await pageOf(list, organization, args)
        const more = whole.totalCount > 0
        expect(page).toEqual({
          edges: [],
          nodes: [],
          totalCount: whole.totalCount,
          pageInfo: {
            hasNextPage: 'first' in args && more,
            hasPreviousPage: 'last' in args && more,
            startCursor: null,
            endCursor: null,
          },
        })
      }
    }
  })

  test('paging: the page size defaults to 50', async () => {
    const page = await pageOf(list, organizations[3] as Organization, {})
    expect(page.edges.length).toBe(50)
  })

  test.each([
    [{ first: -1 }, '`first` must be between 0 and 500'],
    [{ last: -2 }, '`last` must be between 0 and 500'],
    [{ first: 501 }, '`first` must be between 0 and 500'],
    [{ last: 2147483647 }, '`last` must be between 0 and 500'],
    [{ first: 1, last: 1 }, '`first` and `last` are mutually exclusive'],
    [{ after: '' }, '`after` is not a cursor of this list; expected an unchanged cursor of one of its pages'],
    [{ after: 'x' }, '`after` is not a cursor of this list; expected an unchanged cursor of one of its pages'],
    [{ before: 'Ww' }, '`before` is not a cursor of this list; expected an unchanged cursor of one of its pages'],
    [{ before: 'W10' }, '`before` is not a cursor of this list; expected an unchanged cursor of one of its pages'],
  ])('paging: the arguments %j are rejected', async (args, message) => {
    const answer = await mirror.ask(questionOf(list, organizations[2] as Organization), args)
    const path = list.within ? ['within', 'page'] : ['page']
    expect(errorsOf(answer)).toEqual([{ message, code: 'BAD_USER_INPUT', path }])
  })
})

describe('cursor validation', () => {
  const [users] = lists as [List]
  const seven = organizations[2] as Organization
  const cursorOf = async (list: List, orderBy?: PageArgs['orderBy']) =>
    (await pageOf(list, seven, { first: 1, ...(orderBy && { orderBy }) })).pageInfo.endCursor

  test('cursor: a cursor of another list is rejected', async () => {
    for (const from of lists) {
      for (const to of lists) {
        const answer = await mirror.ask(questionOf(to, seven), { after: await cursorOf(from) })
        // Query.users and Organization.users are the same list, and so are Query.groups and Organization.groups.
        const same = from.field === to.field && from.order === to.order && from.on === to.on
        expect(errorsOf(answer).map(({ code }) => code)).toEqual(same ? [] : ['BAD_USER_INPUT'])
      }
    }
  })

  test('cursor: a cursor of another order is rejected', async () => {
    const after = await cursorOf(users, [{ field: 'LAST_NAME', direction: 'ASC' }])
    const answer = await mirror.ask(questionOf(users, seven), {
      after,
      orderBy: [
        { field: 'LAST_NAME', direction: 'DESC' },
        { field: 'LAST_NAME', direction: 'ASC' },
      ],
    })
    expect(errorsOf(answer)).toEqual([
      {
        message: '`after` is a cursor of another list or order; expected a cursor of users by LAST_NAME DESC',
        code: 'BAD_USER_INPUT',
        path: ['page'],
      },
    ])
  })

  test.each([
    ['users by PRIMARY_EMAIL ASC'],
    ['users by PRIMARY_EMAIL ASC', 'a@b', 1.5],
    ['users by PRIMARY_EMAIL ASC', 'a@b', '1'],
    ['users by PRIMARY_EMAIL ASC', 'a\0b', 1],
    ['users by PRIMARY_EMAIL ASC', 'a@b', 1, 2],
    ['users by PRIMARY_EMAIL ASC', null, 1],
    ['users by CREATED_AT ASC', '2026-02-30 00:00:00+00', 1],
    ['users by CREATED_AT ASC', "now'", 1],
    ['users by CREATED_AT ASC', 'infinity and beyond', 1],
  ])('cursor: the forged cursor %j is rejected', async (...values) => {
    const field = String(values[0]).split(' ')[2]
    const answer = await mirror.ask(questionOf(users, seven), {
      after: Buffer.from(JSON.stringify(values)).toString('base64url'),
      orderBy: [{ field, direction: 'ASC' }],
    })
    expect(errorsOf(answer)).toEqual([
      {
        message: '`after` is not a cursor of this list; expected an unchanged cursor of one of its pages',
        code: 'BAD_USER_INPUT',
        path: ['page'],
      },
    ])
  })
})

test('paging: users are sorted by primary address case-insensitively', async () => {
  const organization = organizations[3] as Organization
  const { nodes } = (
    await mirror.data(`{ users(organization: "${organization.slug}", first: 500) { nodes { id primaryEmail } } }`)
  ).users as { nodes: { primaryEmail: string }[] }
  const addresses = nodes.map(({ primaryEmail }) => primaryEmail.toLowerCase())
  expect(addresses).toEqual(addresses.toSorted())
})

test('paging: unknown values come first in ascending order and last in descending order', async () => {
  const organization = organizations[3] as Organization
  const lists = await mirror.data(`{
    asc: users(organization: "${organization.slug}", first: 500, orderBy: { field: CREATED_AT }) { nodes { createdAt } }
    desc: users(organization: "${organization.slug}", first: 500, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { createdAt } }
  }`)
  const times = (key: string) =>
    (lists[key] as { nodes: { createdAt: string | null }[] }).nodes.map((node) => node.createdAt ?? '')
  expect(times('asc')).toEqual(times('asc').toSorted())
  expect(times('desc')).toEqual(times('asc').toReversed())
})

test.each(['', 'freshness { relationsAt }'])(
  'paging: invalid arguments are an error on a user whose groups are unknown, with the selection "%s"',
  async (others) => {
    const organization = await add.organization(`unread-${others.length}`)
    const unread = await add.user(organization, `unread@${others.length}.example`, { groups_at: null })
    const id = encodeGlobalId('User', unread)
    const answer = await mirror.ask(
      `{ node(id: "${id}") { ... on User { ${others} groups(first: -1) { __typename } } } }`,
    )
    expect(errorsOf(answer)).toMatchObject([{ code: 'BAD_USER_INPUT', path: ['node', 'groups'] }])
  },
)
