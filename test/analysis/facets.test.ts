import { afterAll, expect, test } from 'vitest'
import { errorsOf, graph } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask } = mirror

const acme = await add.organization('acme')
const beta = await add.organization('beta')
const [user, admin] = [await add.role(acme, 'USER'), await add.role(acme, 'ADMINISTRATOR')]
const [first, second] = [await add.group(acme, 'grp_001', 'Finance'), await add.group(acme, 'grp_002', 'Finance')]
for (let i = 0; i < 6; i += 1) {
  const id = await add.user(acme, `u${i}@${i < 4 ? 'acme' : 'other'}.example`, {
    status: i === 5 ? null : i < 2 ? 'INACTIVE' : 'ACTIVE',
  })
  await add.grant(acme, id, user)
  if (i === 0) await add.grant(acme, id, admin)
  if (i < 3) await add.member(acme, id, first)
  if (i === 2) await add.member(acme, id, second)
  if (i === 3) await add.member(acme, id, first, { valid_to: '2026-06-02T00:00:00Z' })
}
await add.user(acme, 'gone@acme.example', { deleted_at: '2026-06-02T00:00:00Z' })
await add.user(beta, 'u@beta.example', { type: 'ALIAS' })

const all =
  '{ byStatus { value count } byType { value count } byRole { value count } byDomain { value count } byGroup { value label count } }'
const counts = (values: Record<string, number>) => Object.entries(values).map(([value, count]) => ({ value, count }))

test('facets: all users of the list are counted, independent of the page', async () => {
  expect(await data(`{ users(organization: "acme", first: 1) { facets ${all} } }`)).toEqual({
    users: {
      facets: {
        byStatus: counts({ ACTIVE: 3, INACTIVE: 2 }),
        byType: counts({ USER: 6 }),
        byRole: counts({ USER: 6, ADMINISTRATOR: 1 }),
        byDomain: counts({ 'acme.example': 4, 'other.example': 2 }),
        byGroup: [
          { value: 'grp_001', label: 'Finance', count: 3 },
          { value: 'grp_002', label: 'Finance', count: 1 },
        ],
      },
    },
  })
})

test('facets: a filter narrows the counts, and each organization has its own counts', async () => {
  const answer = await data(`{
    users(organization: "acme", filter: { status: INACTIVE }) { facets ${all} }
    organizations { slug users { facets { byType { value count } byGroup(first: 1) { value count } } } }
  }`)
  expect(answer).toEqual({
    users: {
      facets: {
        byStatus: counts({ INACTIVE: 2 }),
        byType: counts({ USER: 2 }),
        byRole: counts({ USER: 2, ADMINISTRATOR: 1 }),
        byDomain: counts({ 'acme.example': 2 }),
        byGroup: [{ value: 'grp_001', label: 'Finance', count: 2 }],
      },
    },
    organizations: [
      { slug: 'acme', users: { facets: { byType: counts({ USER: 6 }), byGroup: counts({ grp_001: 3 }) } } },
      { slug: 'beta', users: { facets: { byType: counts({ ALIAS: 1 }), byGroup: [] } } },
    ],
  })
})

test('facets: all facets of a list are read by one statement', async () => {
  await data(`{ users(organization: "acme") { nodes { id } facets ${all} } }`)
  expect(mirror.statements.length).toBe(1)
  await data('{ users(organization: "acme") { nodes { id } facets { byDomain { count } } } }')
  expect(mirror.statements.length).toBe(1)
})

test('facets: byDomain(first: 501) is rejected', async () => {
  expect(errorsOf(await ask('{ users(organization: "acme") { facets { byDomain(first: 501) { count } } } }'))).toEqual([
    {
      message: '`first` must be between 0 and 500 values',
      code: 'BAD_USER_INPUT',
      path: ['users', 'facets', 'byDomain'],
    },
  ])
})
