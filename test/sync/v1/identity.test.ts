/** Pulls over the API v1: the vendor's number of an account tells which account it is. */
import { describe, expect, test } from 'vitest'
import { feedOf, interfaceState, start } from './interface-sync.ts'

describe('pull over v1: identity', () => {
  const data = {
    users: [
      { primaryEmail: 'a@example.com', lastName: 'A' },
      { primaryEmail: 'b@example.com', lastName: 'B' },
      { primaryEmail: 'c@example.com', lastName: 'C' },
    ],
  }

  test('the same number at another address is one life and one change', async () => {
    await using sync = await start({ organizations: [{ data }] })
    const later = feedOf(sync)
    await sync.pull()
    await later()
    sync.vendor.renameUser('a@example.com', 'New.A@example.com')
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 0, deleted: 0 })
    expect(await later()).toEqual([
      'FIELD_CHANGED new.a@example.com primaryEmail "a@example.com" -> "New.A@example.com"',
    ])
    expect(await sync.mirror()).toEqual(interfaceState(sync))
    expect(sync.requests()).toHaveLength(2)
  })

  test('a new address and other changes are each one change, in the same pull', async () => {
    await using sync = await start({ organizations: [{ data }] })
    const later = feedOf(sync)
    await sync.pull()
    await later()
    sync.vendor.renameUser('a@example.com', 'd@example.com')
    sync.vendor.updateUser('d@example.com', { lastName: 'D', aliases: ['a@example.com'] })
    await sync.pull()
    expect(await later()).toEqual([
      'FIELD_CHANGED d@example.com primaryEmail "a@example.com" -> "d@example.com"',
      'FIELD_CHANGED d@example.com lastName "A" -> "D"',
      'ALIAS_ADDED d@example.com a@example.com',
    ])
  })

  test('two users swap addresses, a third takes a free one, and a new user takes the one that it left', async () => {
    await using sync = await start({ organizations: [{ data }] })
    const later = feedOf(sync)
    await sync.pull()
    await later()
    sync.vendor.renameUser('a@example.com', 'x@example.com')
    sync.vendor.renameUser('b@example.com', 'a@example.com')
    sync.vendor.renameUser('x@example.com', 'b@example.com')
    sync.vendor.renameUser('c@example.com', 'd@example.com')
    sync.vendor.createUser({ primaryEmail: 'c@example.com' })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 1, deleted: 0 })
    expect((await later()).filter((line) => !/ROLE_GRANTED/.test(line)).sort()).toEqual([
      'FIELD_CHANGED a@example.com primaryEmail "b@example.com" -> "a@example.com"',
      'FIELD_CHANGED b@example.com primaryEmail "a@example.com" -> "b@example.com"',
      'FIELD_CHANGED d@example.com primaryEmail "c@example.com" -> "d@example.com"',
      'USER_CREATED c@example.com',
    ])
    expect(await sync.mirror()).toEqual(interfaceState(sync))
  })

  test('a user takes the address of one that is gone', async () => {
    await using sync = await start({ organizations: [{ data }] })
    const later = feedOf(sync)
    await sync.pull()
    await later()
    sync.vendor.deleteUser('b@example.com')
    sync.vendor.renameUser('a@example.com', 'b@example.com')
    await sync.pull()
    await sync.pull()
    const lines = (await later()).filter((line) => !/ROLE|ALIAS/.test(line))
    expect(lines.sort()).toEqual([
      'FIELD_CHANGED b@example.com primaryEmail "a@example.com" -> "b@example.com"',
      'USER_DELETED b@example.com',
    ])
    expect(await sync.mirror()).toEqual(interfaceState(sync))
  })

  test('another number at the same address is another account, once its own read agrees', async () => {
    await using sync = await start({ organizations: [{ data }] })
    const later = feedOf(sync)
    await sync.pull()
    await later()
    sync.vendor.deleteUser('a@example.com')
    sync.vendor.createUser({ primaryEmail: 'a@example.com', lastName: 'Other' })
    await sync.pull()
    const lines = (await later()).filter((line) => !/ROLE/.test(line))
    expect(lines).toEqual(['USER_DELETED a@example.com', 'USER_RECREATED a@example.com'])
    // It may have been there before, at another address.
    const begun = await sync.sql`select not_before from change_sets where 'USER_RECREATED' = any(kinds)`
    expect(begun).toEqual([{ not_before: null }])
    expect(await sync.mirror()).toEqual(interfaceState(sync))
    expect(sync.requests().at(-1)).toBe('GET /orgs/example.com/users/a@example.com')
  })
})
