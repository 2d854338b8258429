/** The discovery of the organizations below a partner is bounded, whatever the vendor returns. */
import { expect, test } from 'vitest'
import { putOrganizations } from '../../src/mirror/sync-organizations.ts'
import { ServerFailureError } from '../../src/vendor/errors/response-errors.ts'
import { testDatabase } from '../support/database.ts'
import { errors, facts, failure, own, partnerOf, type Vendor } from './described-partner.ts'

const partners = (count: number, from = 10) =>
  Array.from({ length: count }, (_, i) => facts(from + i, `p${from + i}.example`, { isPartner: true }))

test('discovery: of thousands of partners 200 are listed at once, others the next time, and none retires', async () => {
  await using world = await partnerOf({
    list: (domain) => (domain === 'partner.example' ? [own, ...partners(1_000)] : []),
  })
  await world.discover()
  const first = new Set(world.requests)
  expect(first.size).toBe(202)
  expect((await world.problem())?.problem).toContain('The children of 800 partners were not read')
  await world.discover({ list: (domain) => (domain === 'partner.example' ? [own, ...partners(999)] : []) })
  expect(await world.children()).toHaveLength(1_000)
  await world.discover()
  await world.discover()
  expect(world.requests.some((request) => !first.has(request))).toBe(true)
})

test('discovery: partners without end are listed three levels deep, and cycles once', async () => {
  let next = 10
  await using world = await partnerOf({ list: () => [own, ...partners(1, next++)] })
  await world.discover()
  expect(world.requests).toHaveLength(5)
  expect((await world.problem())?.problem).toContain('levels below are not asked for children: p13.example')
  await using cyclic = await partnerOf({ list: () => [own, ...partners(2)] })
  await cyclic.discover()
  expect(cyclic.requests).toHaveLength(4)
  expect((await cyclic.problem())?.problem).toBeNull()
})

test('discovery: rows and domains without number are kept up to a limit, and the problem stays short', async () => {
  const rows = Array.from({ length: 10_500 }, (_, i) => facts(100 + i, `${i}.example`))
  const unusable = Array.from({ length: 5_000 }, () => facts(undefined, 'x.example'))
  const shared = Array.from({ length: 5_000 }, (_, i) => facts(100_000 + i, `${'long'.repeat(60)}.example`))
  const domains = Array.from({ length: 50_000 }, (_, i) => `d${i}.example`)
  const wide = facts(9, 'wide.example', { domains: ['wide.example', ...domains] })
  await using world = await partnerOf({ list: () => [own, wide, ...unusable, ...rows, ...shared] })
  await world.discover()
  expect(await world.children()).toHaveLength(10_000)
  const { problem } = (await world.problem()) ?? {}
  expect(problem).toContain('more than 10000 child organizations')
  expect(problem).toContain('rows that cannot be used (5000)')
  expect(problem?.length).toBeLessThanOrEqual(1_501)
  const [widest] = await world.sql<{ length: number }[]>`
    select max(array_length(domains, 1)) as length from organizations`
  expect(widest?.length).toBe(1_000)
})

test.each([
  ['401', 4],
  ['exhausted', 4],
  ['500', 8],
] as const)('discovery: after %s no partner is listed any more, and none retires', async (kind, count) => {
  const all = partners(40)
  const hold: Partial<Vendor> = { list: (domain) => (domain === 'partner.example' ? [own, ...all] : []) }
  await using world = await partnerOf(hold)
  await world.discover()
  const before = await world.children()
  let lists = 0
  await world.discover({
    list: (domain) => {
      if (domain === 'partner.example') return [own, ...all.slice(1)]
      lists += 1
      if (lists > 1) throw errors[kind]()
      return []
    },
    read: (domain) => {
      if (domain === 'partner.example') return own
      throw errors[404]()
    },
  })
  expect(world.requests).toHaveLength(count)
  expect(await world.children()).toEqual(before)
  const { problem } = (await world.problem()) ?? {}
  expect(problem).toContain('could not be read: p12.example')
  expect(problem?.length).toBeLessThanOrEqual(1_501)
})

test('discovery: reads of missing organizations stop after 401', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => facts(10 + i, `${i}.example`))
  await using world = await partnerOf({ list: () => [own, ...rows] })
  await world.discover()
  await world.discover({
    list: () => [own, ...rows.slice(0, 1)],
    read: (domain) => {
      if (domain === 'partner.example') return own
      throw errors[401]()
    },
  })
  expect(world.requests).toHaveLength(3)
  expect(await world.children()).toHaveLength(20)
})

test('discovery: a text of the vendor is cut', async () => {
  const said = { ...failure, said: 'x'.repeat(5_000) }
  await using world = await partnerOf({
    list: () => {
      throw new ServerFailureError(said, { retryAfterMs: undefined })
    },
  })
  await world.discover()
  const { problem } = (await world.problem()) ?? {}
  expect(problem).toContain('The child organizations could not be read')
  expect(problem?.length).toBe(1_501)
})

test('discovery: the partner is known by its number, not by the first row with its domain', async () => {
  const claiming = facts(5, 'claiming.example', { domains: ['claiming.example', 'partner.example'], licenseCount: 99 })
  await using world = await partnerOf({ list: () => [claiming, own] })
  await world.discover()
  expect(await world.problem()).toMatchObject({ licenses: 7 })
  expect(await world.children()).toEqual(['claiming-example'])
  // A partner that cannot be read alone is known from before.
  await world.discover({
    read: () => {
      throw errors[500]()
    },
    list: () => [claiming, { ...own, licenseCount: 8 }],
  })
  expect(await world.problem()).toEqual({ licenses: 8, problem: null })
  expect(await world.children()).toEqual(['claiming-example'])
})

test('discovery: a partner whose vendor states no number is known by its primary domain', async () => {
  const unnumbered = facts(undefined, 'partner.example', { licenseCount: 7 })
  await using world = await partnerOf({
    read: () => unnumbered,
    list: () => [facts(5, 'child.example'), unnumbered],
  })
  await world.discover()
  expect(await world.problem()).toEqual({ licenses: 7, problem: null })
  expect(await world.children()).toEqual(['child-example'])
})

test('discovery: slugs with a meaning of their own are not given to children', async () => {
  await using world = await partnerOf({
    list: () => [own, facts(5, 'default.--'), facts(6, '--.admin'), facts(7, 'a.example')],
  })
  await world.discover()
  expect(await world.children()).toEqual(['a-example', 'admin-6', 'default-5'])
})

test('discovery: a child keeps its row as its domain, its number as text and its partner change', async () => {
  await using world = await partnerOf({ list: () => [own, facts(5, 'a.example'), facts(6, 'b.example')] })
  await world.discover()
  // The domains change hands: the numbers decide.
  await world.discover({ list: () => [own, facts(5, 'b.example'), facts(6, 'a.example')] })
  const rows = await world.sql<{ slug: string; domain: string }[]>`
    select slug, domains[1] as domain from organizations where partner_id = ${world.id} order by slug`
  expect(rows).toEqual([
    { slug: 'a-example', domain: 'b.example' },
    { slug: 'b-example', domain: 'a.example' },
  ])
})

test('discovery: organizations with the same number are reported, and retire nobody', async () => {
  const a = facts(5, 'a.example')
  await using world = await partnerOf({ list: () => [own, a, facts(6, 'b.example'), facts(7, 'c.example')] })
  await world.discover()
  await world.discover({
    list: () => [own, a, facts(5, 'b.example'), a],
    read: (domain) => {
      if (domain === 'partner.example') return own
      throw errors[404]()
    },
  })
  expect(await world.children()).toHaveLength(3)
  expect((await world.problem())?.problem).toContain('only the first is known: a.example and b.example')
})

test('discovery: the statements do not grow with the number of organizations', async () => {
  let statements = 0
  const list = (count: number) => () => [own, ...Array.from({ length: count }, (_, i) => facts(10 + i, `${i}.example`))]
  await using world = await partnerOf({}, () => testDatabase({ onStatement: () => statements++ }))
  const sentFor = async (count: number) => {
    statements = 0
    await world.discover({ list: list(count) })
    return statements
  }
  const [few, many] = [await sentFor(2), await sentFor(2_000)]
  expect(many).toBe(few)
  expect(await world.children()).toHaveLength(2_000)
})

test('discovery: it does not wait for children that have not changed', async () => {
  const rows = [own, facts(2, 'b.example'), facts(3, 'c.example')]
  await using world = await partnerOf({ list: () => rows })
  await world.discover()
  await world.sql.begin(async (tx) => {
    await tx`select from organizations where partner_id is not null for update`
    await world.discover({ list: () => [...rows, facts(4, 'd.example')] })
  })
  expect(await world.children()).toHaveLength(3)
})

test('discovery: what was found for the former domain of the partner is not stored', async () => {
  await using world = await partnerOf({})
  await world.discover({
    list: () => [own, facts(5, 'a.example')],
    read: () => own,
  })
  const moved = { ...world.row, vendor: { host: 'vendor.example', domain: 'new.example', mirrorsChildren: true } }
  const late = { ...own, domains: ['partner.example', 'new.example'] }
  await world.discover({
    list: async () => {
      await putOrganizations(world.sql, [moved])
      return [own, facts(5, 'a.example'), facts(6, 'b.example')]
    },
    read: () => late,
  })
  expect(await world.children()).toEqual(['a-example'])
})

test('discovery: two entries for the same organization are reported', async () => {
  await using world = await partnerOf({})
  const twin = {
    ...world.row,
    slug: 'twin',
    vendor: { ...world.row.vendor, domain: 'other.example', host: 'vendor.example', mirrorsChildren: false },
  }
  await putOrganizations(world.sql, [world.row, twin])
  await world.sql`update organizations set entry_eid = '1' where slug = 'twin'`
  await world.discover()
  expect((await world.problem())?.problem).toContain('names the same organization also as twin')
})
