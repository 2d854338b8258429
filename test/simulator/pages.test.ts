import { expect, test } from 'vitest'
import type { PageOrder } from '../../src/simulator/options.ts'
import { startVendor, startWith } from './vendor.ts'

const orders: PageOrder[] = ['insertion', 'email', 'updatedAt', 'shuffled']

test.each(orders)('pages: paging by %s visits every user exactly once if nothing changes', async (pageOrder) => {
  await using vendor = await startVendor({ data: { users: 257, groups: 9 }, switches: { pageOrder } })
  const seen: unknown[] = []
  for (let page = 1; page <= 7; page++) {
    const rows = await vendor.rows(`/users?page=${page}&pageSize=40`)
    seen.push(...rows.map((row) => row.primaryEmail))
  }
  expect(seen).toHaveLength(257)
  expect(seen.toSorted()).toEqual(
    vendor.organization
      .users()
      .map((user) => user.primaryEmail)
      .sort(),
  )
  expect(await vendor.rows('/users?page=8&pageSize=40')).toEqual([])
})

test('pages: each order sorts as its name says, and all orders differ', async () => {
  await using vendor = await startVendor({ data: { users: 80, groups: 2 } })
  const listed = async (pageOrder: PageOrder) => {
    vendor.organization.setSwitches({ pageOrder, listCarries: ['timestamps'] })
    return await vendor.rows('/users')
  }
  const emails = (rows: Record<string, unknown>[]) => rows.map((row) => String(row.primaryEmail).toLowerCase())
  const insertion = emails(await listed('insertion'))
  expect(insertion).toEqual(vendor.organization.users().map((user) => user.primaryEmail.toLowerCase()))
  expect(emails(await listed('email'))).toEqual(insertion.toSorted())
  const moments = (await listed('updatedAt')).map((row) => String(row.updatedAt))
  expect(moments).toEqual(moments.toSorted())
  const shuffled = emails(await listed('shuffled'))
  expect(shuffled).not.toEqual(insertion)
  expect(emails(await listed('shuffled'))).toEqual(shuffled)
  expect(emails(await listed('unstable'))).not.toEqual(emails(await listed('unstable')))
})

test('pages: the order by updatedAt changes with each update', async () => {
  await using vendor = await startWith({ pageOrder: 'updatedAt' })
  const listed = async () => (await vendor.rows('/users')).map((row) => row.primaryEmail)
  expect(await listed()).toEqual(['bob@example.com', 'Anna.Muller@example.com'])
  vendor.organization.updateUser('bob@example.com', { firstName: 'Bob' })
  expect(await listed()).toEqual(['Anna.Muller@example.com', 'bob@example.com'])
})

test.each([...orders, 'unstable'] as const)(
  'pages: groups are listed completely by %s, in pages and without a total',
  async (pageOrder) => {
    await using vendor = await startVendor({ data: { users: 30, groups: 25 }, switches: { pageOrder } })
    const { json } = await vendor.call('GET', '/groups')
    expect(Object.keys(json as object)).toEqual(['groups'])
    const ids = (rows: Record<string, unknown>[]) => rows.map((row) => String(row.id)).sort()
    expect(ids(await vendor.rows('/groups'))).toEqual(
      vendor.organization
        .groups()
        .map((group) => group.id)
        .sort(),
    )
    if (pageOrder === 'unstable') return
    const pages = [
      ...(await vendor.rows('/groups?page=1&pageSize=20')),
      ...(await vendor.rows('/groups?page=2&pageSize=20')),
    ]
    expect(ids(pages)).toEqual(ids(await vendor.rows('/groups')))
  },
)

test('pages: a page holds 100 rows by default', async () => {
  await using vendor = await startVendor({ data: { users: 120, groups: 0 } })
  expect(await vendor.rows('/users')).toHaveLength(100)
  expect(await vendor.rows('/users?page=2')).toHaveLength(20)
})

test('pages: offset and limit are supported', async () => {
  await using vendor = await startVendor({ data: { users: 120, groups: 0 } })
  const all = await vendor.rows('/users?pageSize=1000')
  expect(await vendor.rows('/users?offset=95&limit=10')).toEqual(all.slice(95, 105))
  expect(await vendor.rows('/users?limit=7')).toEqual(all.slice(0, 7))
  expect(await vendor.rows('/users?offset=110')).toEqual(all.slice(110))
})

test.each(['page=0', 'page=-1', 'page=x', 'page=', 'pageSize=0', 'pageSize=1.5', 'limit=0', 'offset=-1'])(
  'pages: %s is rejected',
  async (query) => {
    await using vendor = await startVendor()
    expect((await vendor.call('GET', `/users?${query}`)).status).toBe(400)
  },
)

test('pages: a page size over the limit is clamped or rejected', async () => {
  await using vendor = await startVendor({ data: { users: 60, groups: 0 }, switches: { maximumPageSize: 25 } })
  expect(await vendor.rows('/users?page=2&pageSize=50')).toEqual(await vendor.rows('/users?page=2&pageSize=25'))
  vendor.organization.setSwitches({ beyondMaximumPageSize: 'refused' })
  expect((await vendor.call('GET', '/users?pageSize=26')).status).toBe(400)
  expect((await vendor.call('GET', '/users?pageSize=25')).status).toBe(200)
})

test('pages: the total is right, absent or off by a number', async () => {
  await using vendor = await startWith({ total: 'absent' })
  const total = async (path: string) => ((await vendor.call('GET', path)).json as { total?: number }).total
  expect(await total('/users')).toBeUndefined()
  vendor.organization.setSwitches({ total: -1, groupsTotal: 'right' })
  expect([await total('/users'), await total('/groups')]).toEqual([1, 2])
  vendor.organization.setSwitches({ total: 3, groupsTotal: 7 })
  expect([await total('/users'), await total('/groups')]).toEqual([5, 9])
})
