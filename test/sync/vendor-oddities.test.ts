/**
 * Behavior that the vendor's documentation leaves open, and a vendor with faults: a pull completes correctly, or
 * reports why it failed.
 */
import { describe, expect, test } from 'vitest'
import { driftBetweenPages } from '../../src/simulator/data/edits.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import type { FaultRule } from '../../src/simulator/faults.ts'
import type { Switches } from '../../src/simulator/options.ts'
import { startSync, vendorState } from '../support/sync.ts'

describe('vendor oddities: a pull of full list rows mirrors everything that the vendor has', () => {
  const every: Record<string, Partial<Switches>> = {
    'in shuffled order': { pageOrder: 'shuffled' },
    'in order of addresses': { pageOrder: 'email' },
    'in order of change': { pageOrder: 'updatedAt' },
    'without totals': { total: 'absent', groupsTotal: 'absent' },
    'with totals of both lists': { groupsTotal: 'right' },
    'with a total that is 1 too large': { total: 1 },
    'with a total that is too small': { total: -40 },
    'with a total that is a page too small': { total: -10 },
    'with groups by name': { userGroups: 'names' },
    'with addresses in lower case': { addressCase: 'lowered' },
    'with member counts absent': { memberCount: 'absent' },
  }
  test.each(Object.entries(every))('%s', async (_name, switches) => {
    await using sync = await startSync({
      organizations: [{ data: { users: 120, groups: 12 }, switches: { maximumPageSize: 10, ...switches } }],
    })
    await sync.startWorker()
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 120, usersSeen: 120 })
    const { users, groups } = vendorState(sync.vendor)
    const shown = switches.memberCount === 'absent' ? groups.map((group) => ({ ...group, memberCount: null })) : groups
    expect(await sync.mirror()).toEqual({ users, groups: shown })
  })
})

test('vendor oddities: users that come and go between pages are not mistaken for deleted ones', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 100, groups: 5 }, switches: { maximumPageSize: 10, pageOrder: 'email' } }],
  })
  await sync.startWorker()
  await sync.pull()
  const random = createRandom('drift')
  sync.vendor.betweenPages(driftBetweenPages(sync.vendor, random, { creates: 1, deletes: 1 }))
  const drifting = await sync.pull()
  expect(drifting.state).toBe('COMPLETE')
  sync.vendor.betweenPages(undefined)
  const { users: live } = vendorState(sync.vendor)
  const mirrored = await sync.mirror()
  const vendorHas = new Set(live.map(({ primaryEmail }) => primaryEmail))
  // A user that was deleted after a page showed it is still in the mirror. No user that the vendor has was deleted.
  const wrongly = await sync.sql<
    { email: string }[]
  >`select primary_email as email from users where deleted_at is not null`
  expect(wrongly.filter(({ email }) => vendorHas.has(email))).toEqual([])
  expect(mirrored.users.length).toBeGreaterThan(90)
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE' })
  expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
})

test('vendor oddities: an order that changes with every request loses no user', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 100, groups: 5 } }],
  })
  await sync.startWorker()
  await sync.pull()
  sync.vendor.setSwitches({ maximumPageSize: 10, pageOrder: 'unstable' })
  const before = await sync.mirror()
  const pull = await sync.pull()
  // Most pulls with so few pages miss many users. They fail, and delete no one.
  expect(['COMPLETE', 'FAILED', 'QUARANTINED']).toContain(pull.state)
  expect(await sync.mirror()).toEqual(before)
})

describe('vendor oddities: the pull overcomes a temporary fault', () => {
  const every: [string, FaultRule][] = [
    ['500', { kind: 'status', status: 500 }],
    ['503 with HTML', { kind: 'status', status: 503, body: 'html' }],
    ['429', { kind: 'status', status: 429 }],
    ['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
    ['a connection cut before', { kind: 'cutBefore' }],
    ['a connection cut after', { kind: 'cutAfter' }],
    ['an answer cut midway', { kind: 'cutMidway' }],
    ["a proxy's page with status 200", { kind: 'html', status: 200 }],
    ['half of the JSON', { kind: 'truncatedJson' }],
    ['JSON of another shape', { kind: 'wrongShape' }],
  ]
  test.each(every)('%s', async (_name, rule) => {
    await using sync = await startSync({
      organizations: [{ data: { users: 30, groups: 3 }, switches: { maximumPageSize: 10 } }],
    })
    const faults = [/groups\?.*page=1\b/, /users\?.*page=2\b/].map((path) =>
      sync.simulator.faults.add({ ...rule, path, times: 2 }),
    )
    await sync.startWorker()
    const pull = await sync.pull()
    expect(faults.map(({ fired }) => fired)).toEqual([2, 2])
    expect(pull).toMatchObject({ state: 'COMPLETE', created: 30, retries: 4 })
    expect(pull.requests).toBe(sync.simulator.requests.length)
    expect(pull.rateLimited).toBe(rule.kind === 'status' && rule.status === 429 ? 4 : 0)
    expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
  })
})

describe('vendor oddities: a permanent fault fails the pull, deletes no user, and is reported', () => {
  const every: [string, FaultRule, RegExp][] = [
    ['500', { kind: 'status', status: 500 }, /answered 500|500/],
    ['403', { kind: 'status', status: 403 }, /key/],
    ['a redirect', { kind: 'status', status: 302, headers: { location: 'https://other.example/' } }, /other\.example/],
    ['a connection that is cut', { kind: 'cutBefore' }, /reach/],
    ["a proxy's page", { kind: 'html', status: 200 }, /HTML/],
    ['JSON of another shape', { kind: 'wrongShape', body: { data: [] } }, /list "users"/],
  ]
  test.each(every)('%s', async (_name, rule, said) => {
    await using sync = await startSync({
      organizations: [{ data: { users: 30, groups: 3 }, switches: { maximumPageSize: 10 } }],
    })
    await sync.startWorker()
    await sync.pull()
    const before = await sync.mirror()
    sync.vendor.deleteUser(sync.vendor.users()[0]?.primaryEmail ?? '')
    const fault = sync.simulator.faults.add({ ...rule, path: /users\?.*page=2\b/ })
    const broken = await sync.pull()
    expect(broken).toMatchObject({ state: 'FAILED', deleted: 0 })
    expect(broken.error).toMatch(/^The pull failed: GET \/users of organization/)
    expect(broken.error).toMatch(said)
    expect(await sync.problem()).toBe(broken.error)
    expect((await sync.mirror()).users).toEqual(before.users)

    fault.remove()
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
    expect(await sync.problem()).toBeNull()
    expect(await sync.mirror()).toEqual(vendorState(sync.vendor))
  })
})

describe('vendor oddities: a vendor that returns the same page for every number gets no further requests', () => {
  const users = [{ primaryEmail: 'a@x.example' }, { primaryEmail: 'b@x.example' }]
  const groups = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ]
  test.each([
    ['groups', { groups }],
    ['groups', { groups: groups.slice(1) }],
    ['groups', { groups, total: 5 }],
    ['users', { users }],
    ['users', { users: users.slice(1) }],
    ['users', { users: ['no user', 'nor this'] }],
  ])('the list of %s always returns %j', async (list, body) => {
    await using sync = await startSync({ organizations: [{}] })
    sync.simulator.faults.add({ kind: 'wrongShape', body, path: new RegExp(`^/${list}\\?`) })
    await sync.startWorker()
    const pull = await sync.pull()
    expect(pull).toMatchObject({ state: 'COMPLETE', error: null })
    expect(pull.requests).toBeLessThan(10)
  })

  test('the list of users has a total beyond the page, and the problem is reported', async () => {
    await using sync = await startSync({ organizations: [{}] })
    sync.simulator.faults.add({ kind: 'wrongShape', body: { users, total: 5 }, path: /^\/users\?/ })
    await sync.startWorker()
    const pull = await sync.pull()
    expect(pull.state).toBe('FAILED')
    expect(pull.error).toMatch(/page 2 of the users has the same users/)
    expect(pull.requests).toBeLessThan(10)
  })
})

test('vendor oddities: an unreachable vendor and a rejected key are reported, and the next pull recovers', async () => {
  await using sync = await startSync()
  sync.vendor.refuseKey()
  await sync.startWorker()
  const refused = await sync.pull()
  expect(refused.state).toBe('FAILED')
  expect(await sync.problem()).toMatch(/API key/)
  const [{ next } = { next: null }] = await sync.sql<{ next: string | null }[]>`
    select next_pull_at - clock_timestamp() < interval '1 minute' as next from organizations`
  expect(next).toBe(true)
  sync.vendor.refuseKey(false)
  await sync.sql`update organizations set next_pull_at = clock_timestamp()`
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 60 })
  expect(await sync.problem()).toBeNull()
})

test('vendor oddities: an organization whose key is rejected does not delay the others', async () => {
  await using sync = await startSync({
    organizations: [{ data: { users: 30, groups: 3 } }, { data: { users: 20, groups: 3 } }],
  })
  const [refused, other] = sync.organizations
  refused?.vendor.refuseKey()
  await sync.startWorker()
  const [first, second] = await Promise.all([sync.pull(refused?.id), sync.pull(other?.id)])
  expect([first.state, second.state]).toEqual(['FAILED', 'COMPLETE'])
  expect([await sync.problem(refused?.id), await sync.problem(other?.id)]).toEqual([
    expect.stringMatching(/API key/),
    null,
  ])
})
