/** Random filters give the same users as a naive reference over the JSON that is served. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Filter, Operator } from '../../../src/scim/protocol/filter-parser.ts'
import { listResources } from '../../../src/scim/resources/list-resources.ts'
import { type ScimAnswered, type ScimHarness, scimHarness } from '../harness.ts'

type Resource = ScimAnswered['body']

const firstNames = ['Anna', 'Änne', 'Bob', 'bo', '']
const lastNames = ['Stone', 'stein', 'Müller', 'O"Neil', '']

let scim: ScimHarness
let resources: readonly Resource[] = []
beforeAll(async () => {
  const users = Array.from({ length: 30 }, (_, i) => ({
    primaryEmail: `${i % 2 ? 'User' : 'user'}-${i}@example.com`,
    ...(firstNames[i % 5] && { firstName: firstNames[i % 5] }),
    ...(lastNames[Math.floor(i / 5) % 5] && { lastName: lastNames[Math.floor(i / 5) % 5] }),
    status: i % 3 ? ('active' as const) : ('inactive' as const),
    aliases: i % 4 ? [] : [`other-${i}@example.com`],
    roles: ['USER'],
  }))
  scim = await scimHarness({ data: { users, groups: [] } })
  await scim.fill()
  await scim.send('GET', '/Users?count=1')
  await scim.database.sql`
    update scim_resources r set external_id = case when u.id % 2 = 0 then 'Ext-' || u.id end,
      managed_aliases = array(select address_key from aliases where user_id = u.id and u.id % 3 = 0)
    from users u where u.id = r.node_id`
  resources = (await scim.send('GET', '/Users?count=500')).body.Resources
})
afterAll(() => scim[Symbol.asyncDispose]())

const texts = [
  'username',
  'externalid',
  'id',
  'name.givenname',
  'name.familyname',
  'name.formatted',
  'emails.value',
  'emails',
  'emails.type',
]
const words = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'an',
    'ANNA',
    'bo',
    'stone',
    'STEIN',
    'müller',
    'MÜLLER',
    'o"n',
    'work',
    'other',
    '-1',
    '@example.com',
    'Ext-',
    '%',
    '_',
    '\\',
  ),
  fc.nat(30).map((i) => `user-${i}@example.com`),
  fc.nat(30).map((i) => `other-${i}@example.com`),
  fc.nat(29).map((i): string => resources[i].id),
  fc.nat(29).map((i): string => resources[i].externalId ?? 'none'),
)
const operators: readonly Operator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
const compare = (attributes: readonly string[]): fc.Arbitrary<Filter> =>
  fc.record({
    kind: fc.constant('compare' as const),
    attribute: fc.constantFrom(...attributes),
    operator: fc.constantFrom(...operators),
    value: words.map((text) => ({ text, isQuoted: true })),
  })
const truth = (attribute: string): fc.Arbitrary<Filter> =>
  fc.record({
    kind: fc.constant('compare' as const),
    attribute: fc.constant(attribute),
    operator: fc.constantFrom('eq' as const, 'ne' as const),
    value: fc.constantFrom('true', 'false').map((text) => ({ text, isQuoted: false })),
  })
const present = (attributes: readonly string[]): fc.Arbitrary<Filter> =>
  fc.record({ kind: fc.constant('present' as const), attribute: fc.constantFrom(...attributes) })
const entry = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    compare(['value', 'type']),
    truth('primary'),
    present(['value', 'type', 'primary']),
    logic(tie('filter')),
  ),
})).filter
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    compare(texts),
    truth('active'),
    present([...texts, 'active', 'id']),
    entry.map((filter): Filter => ({ kind: 'entry', attribute: 'emails', filter })),
    logic(tie('filter')),
  ),
}))

function logic(part: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> {
  return fc.oneof(
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      all: fc.array(part, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), filter: part }),
  )
}

/** Values of a path in an object, without absent ones. */
function valuesAt(object: Resource, attribute: string): unknown[] {
  let values: unknown[] = [object]
  for (const part of attribute.split('.')) {
    values = values.flatMap((value) =>
      Object.entries(value as object).flatMap(([name, inner]) => (name.toLowerCase() === part ? inner : [])),
    )
  }
  if (attribute === 'emails') return values.flatMap((value) => valuesAt(value, 'value'))
  return values.filter((value) => value !== '' && value !== null)
}

function holds(filter: Filter, object: Resource): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.all.every((one) => holds(one, object))
    case 'or':
      return filter.all.some((one) => holds(one, object))
    case 'not':
      return !holds(filter.filter, object)
    case 'entry':
      return object.emails.some((one: Resource) => holds(filter.filter, one))
    case 'present':
      return valuesAt(object, filter.attribute).length > 0
    case 'compare': {
      const { attribute, operator, value } = filter
      if (operator === 'ne') return !holds({ ...filter, operator: 'eq' }, object)
      const isExact = attribute === 'externalid' || attribute === 'id'
      const plain = (text: unknown) => (isExact ? String(text) : String(text).toLowerCase())
      return valuesAt(object, attribute).some((one) => isSo(operator, plain(one), plain(value.text)))
    }
  }
}

function isSo(operator: Exclude<Operator, 'ne'>, left: string, right: string): boolean {
  if (operator === 'co') return left.includes(right)
  if (operator === 'sw') return left.startsWith(right)
  if (operator === 'ew') return left.endsWith(right)
  if (operator === 'eq') return left === right
  if (operator === 'gt') return left > right
  if (operator === 'ge') return left >= right
  return operator === 'lt' ? left < right : left <= right
}

test('filter in SQL: random filters select what a naive reference selects', async () => {
  const read = scim.database.read({ caller: 'test', signal: new AbortController().signal }).sql
  let hits = 0
  await fc.assert(
    fc.asyncProperty(anyFilter, async (filter) => {
      const found = await listResources(read, scim.organizationId, 'User', filter, { startIndex: 1, count: 500 })
      const expected = resources.filter((one) => holds(filter, one)).map(({ id }) => id)
      expect(found).toEqual({ total: expected.length, ids: expected })
      if (expected.length > 0 && expected.length < resources.length) hits += 1
    }),
    { numRuns: 200 },
  )
  expect(hits).toBeGreaterThan(50)
})
