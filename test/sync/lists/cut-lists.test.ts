/** Lists that end early according to their total, repeat a page, or have a gap. */
import { describe, expect, test } from 'vitest'
import { defaultSwitches, everySection, type Switches } from '../../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../../support/mirrored.ts'

const state = `{ users { totalCount } organization { mirror { state problem completeAsOf
  pulls(first: 1) { nodes { state deleted usersSeen requests error } } } } }`

interface State {
  readonly users: { readonly totalCount: number }
  readonly organization: {
    readonly mirror: {
      readonly state: string
      readonly problem: string | null
      readonly completeAsOf: string | null
      readonly pulls: { readonly nodes: readonly Record<string, unknown>[] }
    }
  }
}

async function stateOf(mirror: Mirrored) {
  const { users, organization } = await mirror.data<State>(state)
  const { pulls, ...rest } = organization.mirror
  return { users: users.totalCount, ...rest, pull: pulls.nodes[0] }
}

function open(users: number, switches: Partial<Switches>, groups = 3) {
  return mirrored({
    data: { users, groups },
    switches: { listCarries: everySection, groupsTotal: 'right', ...switches },
  })
}

function pagesOf(mirror: Mirrored, list: 'users' | 'groups'): number {
  const pages = mirror.simulator.requests.filter(({ path }) => path === `/${list}`).length
  mirror.simulator.clearRequests()
  return pages
}

const cut = /^The list of users may be cut/

describe('cut lists: the total counts only the rows of the page', () => {
  test('a vendor that pages is read to the end of its list', async () => {
    await using mirror = await open(250, { maximumPageSize: 100, total: 'page' })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 250, state: 'CURRENT', problem: null })
  })

  test('a vendor that ignores `page` is reported as a problem, and no user is deleted', async () => {
    await using mirror = await open(250, { maximumPageSize: 100 })
    await mirror.pull()
    mirror.vendor.setSwitches({ total: 'page', pageIgnoredBy: ['users'] })
    const before = await stateOf(mirror)
    pagesOf(mirror, 'users')
    mirror.vendor.deleteUser(mirror.vendor.users()[0]?.primaryEmail ?? '')
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({
      users: 250,
      state: 'CURRENT',
      problem: expect.stringMatching(cut),
      pull: { state: 'COMPLETE', deleted: 0, usersSeen: 100 },
    })
    expect(pagesOf(mirror, 'users')).toBe(2)
    expect(mirror.reads()).toEqual([])
    expect(before.problem).toBeNull()

    mirror.vendor.setSwitches({ total: 'right', pageIgnoredBy: [] })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 249, problem: null, pull: { deleted: 1 } })
  })

  test('users that the list does not show keep the freshness of the last response that showed them', async () => {
    await using mirror = await open(150, { maximumPageSize: 100 })
    await mirror.pull()
    const freshness = '{ users(first: 500) { nodes { primaryEmail freshness { profileAt relationsAt } } } }'
    type Fresh = { users: { nodes: { primaryEmail: string; freshness: { profileAt: string; relationsAt: string } }[] } }
    const first = await stateOf(mirror)
    mirror.vendor.setSwitches({ total: 'page', pageIgnoredBy: ['users'] })
    for (let pull = 0; pull < 2; pull += 1) await mirror.pull()
    const { users } = await mirror.data<Fresh>(freshness)
    const shown = new Set(
      mirror.vendor
        .users()
        .slice(0, 100)
        .map(({ primaryEmail }) => primaryEmail),
    )
    const last = (await stateOf(mirror)).completeAsOf ?? ''
    expect(last > (first.completeAsOf ?? '')).toBe(true)
    for (const { primaryEmail, freshness } of users.nodes) {
      const isFresh = freshness.profileAt >= last && freshness.relationsAt >= last
      expect([primaryEmail, isFresh]).toEqual([primaryEmail, shown.has(primaryEmail)])
      if (!isFresh) expect(freshness.profileAt >= (first.completeAsOf ?? '')).toBe(true)
    }
    mirror.vendor.setSwitches({ total: 'right', pageIgnoredBy: [] })
    await mirror.pull()
    const after = await mirror.data<Fresh>(freshness)
    const asOf = (await stateOf(mirror)).completeAsOf ?? ''
    expect(after.users.nodes.filter(({ freshness }) => freshness.profileAt < asOf)).toEqual([])
  })
})

test.each([
  [100, 2],
  [50, 2],
  [120, 1],
  [0, 1],
])('cut lists: a list of %i users with the right total takes %i requests', async (users, requests) => {
  await using mirror = await open(users, {})
  await mirror.pull()
  expect(pagesOf(mirror, 'users')).toBe(requests)
  expect(await stateOf(mirror)).toMatchObject({ users, problem: null })
})

test('cut lists: a list of users without a total is incomplete if its first page is full and repeated', async () => {
  await using mirror = await open(150, { maximumPageSize: 100, total: 'absent', pageIgnoredBy: ['users'] })
  await mirror.pull()
  expect(await stateOf(mirror)).toMatchObject({ users: 100, problem: expect.stringMatching(cut) })
})

test('cut lists: a pull fails if the total is not reached before a page repeats', async () => {
  await using mirror = await open(150, { maximumPageSize: 100, pageIgnoredBy: ['users'] })
  await mirror.pull()
  expect(await stateOf(mirror)).toMatchObject({
    state: 'EMPTY',
    problem: expect.stringContaining('page 2 of the users has the same users as page 1'),
  })
  expect(pagesOf(mirror, 'users')).toBe(2)
})

describe('repeated pages: the vendor repeats the last page beyond the end', () => {
  test.each([
    [25, 10, 4],
    [7, 10, 2],
    [32, 10, 5],
  ])('a list of %i users in pages of %i ends after %i requests', async (users, maximumPageSize, requests) => {
    await using mirror = await open(users, { maximumPageSize, total: 'absent', beyondTheEnd: 'last' })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users, state: 'CURRENT', problem: null })
    expect(pagesOf(mirror, 'users')).toBe(requests)
    mirror.vendor.deleteUser(mirror.vendor.users()[3]?.primaryEmail ?? '')
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: users - 1, problem: null, pull: { deleted: 1 } })
  })

  test('a repeated last page that is full does not prove the end of the list', async () => {
    await using mirror = await open(30, { maximumPageSize: 10, total: 'absent', beyondTheEnd: 'last' })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 30, problem: expect.stringMatching(cut) })
  })
})

describe('repeated pages: the vendor starts the list again beyond its end', () => {
  test.each([
    [25, 10, 4, null],
    [30, 10, 4, expect.stringMatching(cut)],
  ])('a list of %i users in pages of %i ends after %i requests', async (users, maximumPageSize, requests, problem) => {
    await using mirror = await open(users, { maximumPageSize, total: 'absent', beyondTheEnd: 'first' })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users, state: 'CURRENT', problem })
    expect(pagesOf(mirror, 'users')).toBe(requests)
  })
})

describe('repeated pages: a list of groups ignores `page`', () => {
  test.each(['right', 'absent'] as const)(
    'a repeated page that is not full ends the list, and missing groups are deleted as usual (total %s)',
    async (groupsTotal) => {
      await using mirror = await open(20, { pageIgnoredBy: ['groups'], groupsTotal }, 12)
      await mirror.pull()
      expect(await stateOf(mirror)).toMatchObject({ users: 20, state: 'CURRENT', problem: null })
      expect(pagesOf(mirror, 'groups')).toBeLessThanOrEqual(2)
      mirror.vendor.deleteGroup('grp_001')
      for (let pull = 0; pull < 2; pull += 1) await mirror.pull()
      const { groups } = await mirror.data<{ groups: { totalCount: number } }>('{ groups { totalCount } }')
      expect(groups.totalCount).toBe(11)
    },
  )

  test('a repeated page that is full does not prove the end of the list, and no group is deleted', async () => {
    await using mirror = await open(20, { groupsTotal: 'absent' }, 60)
    await mirror.pull()
    mirror.vendor.setSwitches({ maximumPageSize: 50, pageIgnoredBy: ['groups'] })
    for (let pull = 0; pull < 3; pull += 1) await mirror.pull()
    const { groups } = await mirror.data<{ groups: { totalCount: number } }>('{ groups { totalCount } }')
    expect(groups.totalCount).toBe(60)
    expect((await stateOf(mirror)).problem).toMatch(/^The list of groups may be cut/)
  })
})

describe('gaps: a page is empty before the total is reached', () => {
  test.each([
    [1, 4],
    [2, 4],
    [3, 4],
  ])('an empty page %i does not end the list', async (emptyPage, requests) => {
    await using mirror = await open(245, { maximumPageSize: 100, emptyPage })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 245, state: 'CURRENT', problem: null })
    expect(pagesOf(mirror, 'users')).toBe(requests)
  })

  test('a pull requests at most two pages more than the total requires', async () => {
    await using mirror = await open(245, { maximumPageSize: 100, total: 1 })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 245, state: 'CURRENT' })
    expect(pagesOf(mirror, 'users')).toBe(5)
  })

  test('twelve consecutive empty pages do not end the list', async () => {
    await using mirror = await open(100, { maximumPageSize: 6, total: 0 })
    mirror.simulator.faults.add({
      kind: 'wrongShape',
      body: { users: [], total: 100 },
      method: 'GET',
      path: '^/users\\?.*page=([2-9]|1[0-3])&',
    })
    await mirror.pull()
    expect((await stateOf(mirror)).pull).toMatchObject({ usersSeen: 28 })
  })

  test('a list ends after 100 empty pages in a row in any case', async () => {
    await using mirror = await open(20, { maximumPageSize: 10, total: 1_000_000 })
    await mirror.pull()
    expect((await stateOf(mirror)).problem).toMatch(/the vendor reports 1000020 users but returned 20$/)
    // A list that falls short of its total is read twice.
    expect(pagesOf(mirror, 'users')).toBe(2 * 102)
  })
})

describe('refused pages: the vendor refuses a page beyond the end', () => {
  test.each([
    ['right', 400],
    ['right', 404],
    ['right', 416],
    ['right', 422],
    ['absent', 404],
    ['absent', 416],
  ] as const)(
    'a refused page after a multiple of 50 users ends the list (total %s, status %i)',
    async (total, status) => {
      await using mirror = await open(50, { total })
      const fault = mirror.simulator.faults.add({ kind: 'status', status, method: 'GET', path: '^/users\\?.*page=2' })
      for (let pulls = 0; pulls < 2; pulls++) {
        await mirror.pull()
        expect(await stateOf(mirror)).toMatchObject({ users: 50, state: 'CURRENT', problem: null })
      }
      expect(fault.fired).toBe(2)
      mirror.vendor.deleteUser(mirror.vendor.users()[0]?.primaryEmail ?? '')
      await mirror.pull()
      expect(await stateOf(mirror)).toMatchObject({ users: 49, problem: null })
    },
  )

  test('a refused page ends a list of groups, too', async () => {
    await using mirror = await open(20, { groupsTotal: 'right' }, 50)
    mirror.simulator.faults.add({ kind: 'status', status: 400, method: 'GET', path: '^/groups\\?.*page=2' })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 20, state: 'CURRENT', problem: null })
  })

  test('a 400 ends a list without a total only after a page that is not full', async () => {
    await using mirror = await open(30, { total: 'absent' })
    mirror.simulator.faults.add({ kind: 'status', status: 400, method: 'GET', path: '^/users\\?.*page=2' })
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ users: 30, state: 'CURRENT', problem: null })
    for (let i = 0; i < 30; i++) mirror.vendor.createUser({ primaryEmail: `further${i}@example.com` })
    mirror.vendor.setSwitches({ maximumPageSize: 50 })
    await mirror.pull()
    expect((await stateOf(mirror)).pull).toMatchObject({ state: 'FAILED' })
  })

  test.each([400, 403, 500])(
    'a refused page does not end the list before the total is reached (status %i)',
    async (status) => {
      await using mirror = await open(30, { maximumPageSize: 10 })
      mirror.simulator.faults.add({ kind: 'status', status, method: 'GET', path: '^/users\\?.*page=2' })
      await mirror.pull()
      expect(await stateOf(mirror)).toMatchObject({ state: 'EMPTY', pull: { state: 'FAILED' } })
    },
  )
})

test('simulator: by default it behaves like a vendor that pages', () => {
  expect(defaultSwitches).toMatchObject({ pageIgnoredBy: [], beyondTheEnd: 'empty', emptyPage: 0 })
})
