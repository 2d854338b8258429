import { afterAll, describe, expect, test } from 'vitest'
import { encodeGlobalId } from '../../src/graph/core/global-id.ts'
import { errorsOf, graph, observedAt } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const lists = [
  'users { totalCount nodes { id } }',
  'groups { nodes { id } }',
  'aliases { totalCount }',
  'roles { name }',
]
const single = [
  'organization { slug }',
  'user(primaryEmail: "ann@acme.example") { id }',
  'group(groupId: "grp_001") { name }',
  'role(name: "USER") { name }',
]
const within = (field: string, slug: string) =>
  /^\w+\(/.test(field)
    ? field.replace('(', `(organization: "${slug}", `)
    : field.replace(/^\w+/, `$&(organization: "${slug}")`)

describe('organization argument without mirrored organizations', () => {
  test('organization: without mirrored organizations every list is empty and every object null', async () => {
    expect(await mirror.data(`{ ${[...lists, ...single].join(' ')} organizations { slug } }`)).toEqual({
      users: { totalCount: 0, nodes: [] },
      groups: { nodes: [] },
      aliases: { totalCount: 0 },
      roles: [],
      organization: null,
      user: null,
      group: null,
      role: null,
      organizations: [],
    })
  })

  test('organization: without mirrored organizations any slug is rejected as unknown', async () => {
    expect(errorsOf(await mirror.ask('{ roles(organization: "acme") { name } }'))).toEqual([
      { message: 'Unknown organization; none is mirrored yet', code: 'BAD_USER_INPUT', path: ['roles'] },
    ])
  })
})

describe('organization argument with one mirrored organization', () => {
  test('organization: the argument is optional while one organization is mirrored', async () => {
    const acme = await add.organization('acme')
    const ann = await add.user(acme, 'ann@acme.example')
    await add.group(acme, 'grp_001', 'Helpers')
    await add.group(acme, 'grp_000', 'Gone', { deleted_at: observedAt })
    await add.role(acme, 'USER')
    await add.alias(acme, ann, 'a@acme.example')
    const retired = await add.organization('retired', { retired_at: observedAt })
    const hidden = await add.user(retired, 'ann@acme.example')
    await add.group(retired, 'grp_001', 'Hidden')
    await add.role(retired, 'USER')
    await add.alias(retired, hidden, 'a@acme.example')
    const answer = {
      users: { totalCount: 1, nodes: [{ id: encodeGlobalId('User', ann) }] },
      groups: { nodes: [{ id: expect.any(String) }] },
      aliases: { totalCount: 1 },
      roles: [{ name: 'USER' }],
      user: { id: encodeGlobalId('User', ann) },
      group: { name: 'Helpers' },
      role: { name: 'USER' },
    }
    expect(await mirror.data(`{ ${[...lists, ...single].join(' ')} organizations { slug } }`)).toEqual({
      ...answer,
      organization: { slug: 'acme' },
      organizations: [{ slug: 'acme' }],
    })
    const named = [...lists, ...single.slice(1)].map((field) => within(field, 'acme'))
    expect(await mirror.data(`{ ${named.join(' ')} }`)).toEqual(answer)
  })

  test('organization: a deleted group, an unknown role and an unknown user are null', async () => {
    expect(
      await mirror.data(
        '{ group(groupId: "grp_000") { id } role(name: "auditor") { id } user(primaryEmail: "a@acme.example") { id } }',
      ),
    ).toEqual({ group: null, role: null, user: null })
  })

  test('organization: a retired organization and all of its objects are hidden', async () => {
    const fields = single.slice(1).map((field) => within(field, 'retired'))
    expect(await mirror.data(`{ ${fields.join(' ')} organization(slug: "retired") { id } }`)).toEqual({
      user: null,
      group: null,
      role: null,
      organization: null,
    })
    const ids = await mirror.sql<{ type: string; id: number }[]>`
      select 'User' as type, users.id from users join organizations o on o.id = organization_id where o.slug = 'retired'
      union all select 'Group', groups.id from groups join organizations o on o.id = organization_id where o.slug = 'retired'
      union all select 'Role', roles.id from roles join organizations o on o.id = organization_id where o.slug = 'retired'
      union all select 'Alias', aliases.id from aliases join organizations o on o.id = organization_id where o.slug = 'retired'
      union all select 'Organization', id from organizations where slug = 'retired'`
    expect(ids.length).toBe(5)
    expect(
      await mirror.data('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: ids.map(({ type, id }) => encodeGlobalId(type, id)),
      }),
    ).toEqual({ nodes: [null, null, null, null, null] })
  })
})

describe('organization argument with several mirrored organizations', () => {
  test('organization: the argument is required, and the error lists the visible organizations', async () => {
    const beta = await add.organization('beta')
    await add.user(beta, 'ann@acme.example')
    for (const field of [...lists, ...single]) {
      const answer = await mirror.ask(`{ ${field} organizations { slug } }`)
      const [name = ''] = /^\w+/.exec(field) ?? []
      expect(answer.data).toEqual({ [name]: null, organizations: [{ slug: 'acme' }, { slug: 'beta' }] })
      expect(answer.errors?.map(({ message, extensions, path }) => ({ message, extensions, path }))).toEqual([
        {
          message: '`organization` is required when more than one organization is visible; expected one of: acme, beta',
          extensions: { code: 'BAD_USER_INPUT', organizations: ['acme', 'beta'] },
          path: [name],
        },
      ])
    }
  })

  test('organization: lists and counts contain only the objects of the named organization', async () => {
    expect(
      await mirror.data(`{
        acme: users(organization: "acme") { totalCount } beta: users(organization: "beta") { totalCount }
        none: groups(organization: "beta") { totalCount nodes { id } pageInfo { hasNextPage } }
        slug: organization(slug: "beta") { slug users { totalCount } roles { name } }
      }`),
    ).toEqual({
      acme: { totalCount: 1 },
      beta: { totalCount: 1 },
      none: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } },
      slug: { slug: 'beta', users: { totalCount: 1 }, roles: [] },
    })
  })

  test('organization: for an unknown slug, lists are rejected and single objects are null', async () => {
    for (const field of lists) {
      const answer = await mirror.ask(`{ ${within(field, 'gamma')} }`)
      expect(errorsOf(answer)).toEqual([
        {
          message: 'Unknown organization; expected one of: acme, beta',
          code: 'BAD_USER_INPUT',
          path: [/^\w+/.exec(field)?.[0]],
        },
      ])
    }
    const fields = single.slice(1).map((field) => within(field, 'gamma'))
    expect(await mirror.data(`{ ${fields.join(' ')} organization(slug: "") { id } }`)).toEqual({
      user: null,
      group: null,
      role: null,
      organization: null,
    })
  })
})

test.each([
  ['organization(slug: $text) { id }', 'organization'],
  ['roles(organization: $text) { id }', 'organization'],
  ['group(groupId: $text) { id }', 'groupId'],
  ['role(name: $text) { id }', 'name'],
])('organization: %s rejects NUL and too long a string', async (field, name) => {
  const ask = async (text: string) => errorsOf(await mirror.ask(`query ($text: String!) { ${field} }`, { text }))
  const path = [/^\w+/.exec(field)?.[0]]
  expect(await ask('a\0')).toEqual([
    { message: `\`${name}\` must not contain the character NUL`, code: 'BAD_USER_INPUT', path },
  ])
  expect(await ask('a'.repeat(1001))).toEqual([
    { message: `\`${name}\` exceeds the limit of 1000 characters`, code: 'BAD_USER_INPUT', path },
  ])
})
