import { expect, test } from 'vitest'
import { defaultSwitches } from '../../src/simulator/options.ts'
import { type OrganizationOptions, SimulatedOrganization } from '../../src/simulator/organization.ts'

const domains = ['example.com', 'example.org', 'example.net']
const options: OrganizationOptions = { apiKey: 'key', apiSecret: 'secret', domains, data: { users: 4000, groups: 60 } }
const seeded = (seed: number, changed: Partial<OrganizationOptions> = {}, clock = Date.now) =>
  new SimulatedOrganization({ ...options, ...changed }, defaultSwitches, seed, clock)

const organization = seeded(7)
const users = organization.users()
const share = (fits: (user: (typeof users)[number]) => boolean) => users.filter(fits).length / users.length

test('seed data: the same seed gives the same organization at any time, and another seed a different one', () => {
  expect(seeded(7, {}, () => Date.UTC(2030, 0, 1)).snapshot()).toEqual(organization.snapshot())
  expect(seeded(8).snapshot()).not.toEqual(organization.snapshot())
})

test('seed data: the numbers of users and groups are as requested, and no two share an address', () => {
  const quiet = seeded(7, { data: { users: 4000, groups: 60, oddities: false } })
  const addresses = quiet.users().flatMap((user) => [user.primaryEmail, ...user.aliases])
  expect(new Set(addresses.map((address) => address.toLowerCase())).size).toBe(addresses.length)
  expect(quiet.userCount).toBe(4000)
  expect(quiet.groups()).toHaveLength(60)
  expect(new Set(quiet.groups().map((group) => group.name)).size).toBe(60)
  expect(addresses.every((address) => /^[a-z0-9.'+-]+@example\.(com|org|net)$/i.test(address))).toBe(true)
})

test('seed data: every domain is in use, and some addresses and names are awkward', () => {
  for (const domain of domains) expect(share((user) => user.primaryEmail.endsWith(`@${domain}`))).toBeGreaterThan(0.05)
  expect(share((user) => user.primaryEmail.includes('+'))).toBeGreaterThan(0)
  expect(share((user) => user.primaryEmail.includes("'"))).toBeGreaterThan(0)
  expect(share((user) => /[A-Z]/.test(user.primaryEmail))).toBeGreaterThan(0)
  expect(share((user) => /[^\u0020-\u007e]/.test(`${user.firstName} ${user.lastName}`))).toBeGreaterThan(0.2)
})

test('seed data: there are about 1.2 aliases per user', () => {
  expect(users.reduce((sum, user) => sum + user.aliases.length, 0) / users.length).toBeCloseTo(1.2, 1)
})

test('seed data: most users are plain and active, and a few are not', () => {
  expect(share((user) => user.roles.join() === 'USER')).toBeGreaterThan(0.9)
  for (const role of ['ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'QUARANTINE_MANAGER']) {
    expect(share((user) => user.roles.includes(role))).toBeGreaterThan(0)
    expect(share((user) => user.roles.includes(role))).toBeLessThan(0.05)
  }
  expect(share((user) => user.status === 'inactive')).toBeCloseTo(0.04, 1)
  expect(share((user) => user.type === 'Alias')).toBeGreaterThan(0)
  expect(share((user) => user.type === 'Alias')).toBeLessThan(0.03)
  expect(share((user) => Object.keys(user.undocumented).length > 0)).toBeCloseTo(0.3, 1)
})

test('seed data: users are in up to six groups, and few are in none', () => {
  expect(share((user) => user.groups.length <= 6)).toBe(1)
  expect(share((user) => user.groups.length === 0)).toBeLessThan(0.06)
  expect(share((user) => user.groups.length === 0)).toBeGreaterThan(0)
})

test('seed data: group sizes vary widely: the largest holds about 17 % of all users, and one is empty', () => {
  const sizes = organization
    .groups()
    .map((group) => group.memberCount)
    .sort((a, b) => b - a)
  expect((sizes[0] ?? 0) / users.length).toBeGreaterThan(0.14)
  expect((sizes[0] ?? 0) / users.length).toBeLessThan(0.2)
  expect((sizes[0] ?? 0) / (sizes[50] ?? 1)).toBeGreaterThan(5)
  expect(sizes.filter((size) => size === 0)).toHaveLength(1)
})

test('seed data: all times are in the past, and no user was updated before its creation', () => {
  const early = Date.UTC(2020, 0, 1)
  for (const user of seeded(7, {}, () => early).users()) {
    expect(Date.parse(user.updatedAt)).toBeLessThanOrEqual(early)
    expect(user.createdAt <= user.updatedAt).toBe(true)
  }
})

test('seed data: shared and shadowing aliases, a duplicate person and an idle administrator exist', () => {
  const claims = users.flatMap((user) => user.aliases.map((alias) => alias.toLowerCase()))
  const primaries = new Set(users.map((user) => user.primaryEmail.toLowerCase()))
  expect(claims.filter((alias, index) => claims.indexOf(alias) !== index)).toHaveLength(1)
  expect(claims.filter((alias) => primaries.has(alias))).toHaveLength(1)
  expect(users.some((user) => user.status === 'inactive' && user.roles.includes('ADMINISTRATOR'))).toBe(true)
  const names = users.flatMap(({ firstName, lastName }) => (firstName ? [`${firstName} ${lastName}`] : []))
  expect(new Set(names).size).toBeLessThan(names.length)
})

test.each([
  [0, 0],
  [3, 0],
  [0, 3],
  [5, 1],
  [40, 2],
  [30, 2000],
])('seed data: %i users and %i groups can be generated', (userCount, groupCount) => {
  const small = seeded(1, { data: { users: userCount, groups: groupCount } })
  expect([small.userCount, small.groups().length]).toEqual([userCount, groupCount])
})

test('seed data: users need a domain', () => {
  expect(() => seeded(1, { domains: [] })).toThrow('seeded users need a domain')
})
