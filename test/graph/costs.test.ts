/** Costs are declared with the fields, and match what the resolvers do. */
import {
  type GraphQLField,
  type GraphQLInputField,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql'
import { afterAll, describe, expect, test } from 'vitest'
import type { FieldCost, InputCost, ListSize } from '../../src/graph/core/cost.ts'
import { observedAt, graph as openGraph, schema } from './harness/fixture.ts'

type Field = GraphQLField<unknown, unknown>

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
const fields = types.flatMap((type) =>
  isObjectType(type) || isInterfaceType(type)
    ? Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field }))
    : [],
)
const costOf = ({ extensions }: Field) => (extensions as { cost?: FieldCost }).cost
const inputCostOf = ({ extensions }: GraphQLInputField) => (extensions as { cost?: InputCost }).cost
const listSizeOf = (field: Field): ListSize | undefined => {
  const size = costOf(field)?.size
  return typeof size === 'object' && 'arguments' in size ? size : undefined
}

test('cost: every list of objects declares its size', () => {
  const lists = fields.filter(
    ({ field }) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)),
  )
  expect(lists.length).toBeGreaterThan(40)
  expect(lists.filter(({ field }) => costOf(field)?.size === undefined).map(({ name }) => name)).toEqual([])
})

test('cost: every field that returns a page declares its size', () => {
  const hasPage = (type: unknown) =>
    isObjectType(type) && Object.values(type.getFields()).some((field) => costOf(field)?.size === 'page')
  const pages = fields.filter(({ field }) => hasPage(getNamedType(field.type)))
  expect(pages.length).toBeGreaterThan(15)
  expect(pages.filter(({ field }) => costOf(field)?.size === undefined).map(({ name }) => name)).toEqual([])
})

test('cost: every argument that limits a number of items is part of a size', () => {
  const sizes = new Set(['first', 'last', 'limit'])
  const forgotten = fields.flatMap(({ name, field }) =>
    field.args
      .filter((argument) => sizes.has(argument.name) && !listSizeOf(field)?.arguments.includes(argument.name))
      .map((argument) => `${name}(${argument.name})`),
  )
  expect(forgotten).toEqual([])
})

test("cost: a size names the field's own arguments and has the default of the schema", () => {
  const different = fields.flatMap(({ name, field }) => {
    const size = costOf(field)?.size
    if (typeof size !== 'object') return []
    const names = 'arguments' in size ? size.arguments : [size.lengthOf]
    return names.flatMap((argumentName) => {
      const argument = field.args.find((one) => one.name === argumentName)
      if (!argument) return [`${name} has no argument ${argumentName}`]
      const shown = argument.defaultValue
      return shown === undefined || ('default' in size && shown === size.default) ? [] : [`${name}(${argumentName})`]
    })
  })
  expect(different).toEqual([])
})

test('cost: every filter predicate has a cost, and every text operator is declared as a comparison', () => {
  const predicates = types
    .filter((type) => isInputObjectType(type) && /^(User|Group|GroupRef|Alias)Filter$/.test(type.name))
    .flatMap((type) => (isInputObjectType(type) ? Object.values(type.getFields()) : []))
    .filter(({ name }) => !['and', 'or', 'not'].includes(name))
  expect(predicates.length).toBeGreaterThan(20)
  expect(predicates.filter((field) => !inputCostOf(field)).map(({ name }) => name)).toEqual([])
  const text = schema.getType('StringFilter')
  const operators = isInputObjectType(text) ? Object.values(text.getFields()) : []
  expect(operators.length).toBe(5)
  expect(operators.filter((field) => !inputCostOf(field)?.compares)).toEqual([])
})

describe('cost: default sizes', async () => {
  const graph = await openGraph()
  afterAll(() => graph[Symbol.asyncDispose]())
  const { sql } = graph
  const count = 230
  const organization = await graph.add.organization('acme')
  await sql`
    insert into users (id, organization_id, primary_email, address_key, domain, type, status, profile_known, profile_at, roles_at,
      aliases_at, groups_at, valid_from, version_from)
    select 1000 + n, ${organization}, 'user' || n || '@d' || n || '.example', 'user' || n || '@d' || n || '.example', 'd' || n || '.example',
      'USER', 'ACTIVE', 0, t, t, t, t, t, t
    from generate_series(1, ${count}::int) n, (select ${observedAt}::timestamptz as t) t`
  await sql`
    insert into groups (id, organization_id, group_id, name, profile_at, valid_from, version_from)
    select 2000 + n, ${organization}, 'grp_' || n, 'Group ' || n, t, t, t
    from generate_series(1, ${count}::int) n, (select ${observedAt}::timestamptz as t) t`
  await sql`
    insert into memberships (user_id, group_id, organization_id, happened_by, valid_from)
    select 1000 + u, 2000 + g, ${organization}, ${observedAt}::timestamptz, ${observedAt}::timestamptz
    from generate_series(1, ${count}::int) u, generate_series(1, ${count}::int) g where u <= 60 or g = 1`
  await sql`insert into roles (id, organization_id, name, valid_from, privileged) values (3001, ${organization}, 'USER', ${observedAt}::timestamptz, false)`
  await sql`
    insert into role_grants (user_id, role_id, organization_id, valid_from)
    select 1000 + n, 3001, ${organization}, ${observedAt}::timestamptz from generate_series(1, ${count}::int) n`
  await sql`
    insert into aliases (id, organization_id, user_id, address, address_key, domain, valid_from)
    select 4000 + n, ${organization}, 1000 + n, 'a' || n || '@x.example', 'a' || n || '@x.example', 'x.example', ${observedAt}::timestamptz
    from generate_series(1, ${count}::int) n`
  const found = await graph.data(
    `{ user(primaryEmail: "user1@d1.example") { id } other: user(primaryEmail: "user2@d2.example") { id } group(groupId: "grp_1") { id } }`,
  )
  const idOf = (name: string) => JSON.stringify((found[name] as { id: string }).id)
  const [user, other, group] = [idOf('user'), idOf('other'), idOf('group')]
  const inUser = (field: string) => `{ user(primaryEmail: "user1@d1.example") { ${field} } }`
  const inGroup = (field: string) => `{ group(groupId: "grp_1") { ${field} } }`

  test.each<[string, (args: string) => string]>([
    ['Query.users', (args) => `{ users${args} { items: nodes { id } } }`],
    ['Query.groups', (args) => `{ groups${args} { items: nodes { id } } }`],
    ['Query.aliases', (args) => `{ aliases${args} { items: nodes { id } } }`],
    ['Organization.users', (args) => `{ organization { users${args} { items: nodes { id } } } }`],
    ['Organization.groups', (args) => `{ organization { groups${args} { items: nodes { id } } } }`],
    ['User.groups', (args) => inUser(`groups${args} { items: nodes { id } }`)],
    ['Group.members', (args) => inGroup(`members${args} { items: nodes { id } }`)],
    ['Role.users', (args) => `{ role(name: "USER") { users${args} { items: nodes { id } } } }`],
    ['User.related', (args) => inUser(`items: related${args} { score }`)],
    ['Group.overlaps', (args) => inGroup(`items: overlaps${args} { shared }`)],
    ['UserFacets.byDomain', (args) => `{ users { facets { items: byDomain${args} { count } } } }`],
    ['UserFacets.byGroup', (args) => `{ users { facets { items: byGroup${args} { count } } } }`],
    [
      'Query.search',
      (args) => `{ items: search${args.replace('(', '(text: "user", ') || '(text: "user")'} { score } }`,
    ],
    [
      'Query.neighborhood',
      (args) =>
        `{ neighborhood${args.replace('(', `(of: [${group}], `) || `(of: [${group}])`} { items: nodes { __typename } } }`,
    ],
    [
      'Query.paths',
      (args) =>
        `{ paths${args.replace('(', `(from: ${user}, to: ${other}, `) || `(from: ${user}, to: ${other})`} { items: paths { length } } }`,
    ],
  ])('cost: without a size argument, %s returns as many items as its cost assumes', async (name, query) => {
    const field = fields.find((one) => one.name === name)?.field
    const size = field && listSizeOf(field)
    expect(size).toBeDefined()
    for (const args of ['', `(${size?.arguments.map((argument) => `${argument}: null`).join(', ')})`]) {
      expect(itemsOf(await graph.data(query(args)))).toHaveLength(size?.default ?? Number.NaN)
    }
  })
})

function itemsOf(data: unknown): unknown[] {
  if (typeof data !== 'object' || data === null) return []
  return 'items' in data ? (data.items as unknown[]) : Object.values(data).flatMap(itemsOf)
}
