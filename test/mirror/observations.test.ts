/** Promises 1, 2, 4 and 9 as rules: what one response changes of the known state, and what it must not change. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MirrorHarness, mirror } from '../support/mirror.ts'
import { rowsAsWritten } from '../support/mirror-state.ts'

let m: MirrorHarness
beforeEach(async () => {
  m = await mirror()
})
afterEach(() => m[Symbol.asyncDispose]())

const whole = {
  firstName: 'Anna',
  status: 'ACTIVE',
  roles: ['USER'],
  aliases: ['anna@x.example'],
  groups: ['g1'],
} as const
const anna = { ...whole, roles: [...whole.roles], aliases: [...whole.aliases], groups: [...whole.groups] }

describe('an observation is as old as its request', () => {
  test('a slow page does not undo the result of a later request, per group of fields', async () => {
    await m.groups(1, { g1: 'One', g2: 'Two' })
    await m.list(10, { 'a@x': anna })
    await m.read(20, 'a@x', { firstName: 'Ann', roles: ['USER', 'ADMIN'] })
    await m.feed()
    // Sent before the read, but arrives after it. It is later than the list for aliases and groups, and earlier for
    // other fields.
    expect(await m.list(15, { 'a@x': { ...anna, aliases: [], groups: ['g2'] } })).toMatchObject({ updated: 1 })
    expect(await m.user('a@x')).toMatchObject({
      firstName: 'Ann',
      roles: ['ADMIN', 'USER'],
      aliases: [],
      groups: ['g2'],
    })
    expect(await m.feed()).toEqual(['ALIAS_REMOVED a@x anna@x.example', 'MEMBER_REMOVED a@x g1', 'MEMBER_ADDED a@x g2'])
  })

  test('of two requests sent in the same microsecond, the first response wins', async () => {
    await m.list(10, { 'a@x': { firstName: 'One' } })
    await m.read(10, 'a@x', { firstName: 'Two' })
    expect(await m.user('a@x')).toMatchObject({ firstName: 'One' })
  })

  test('an older response does not restore a deleted user, and a newer one begins another account', async () => {
    await m.groups(1, { g1: 'One' })
    await m.list(10, { 'a@x': { ...anna, groups: ['g1', 'nowhere'] } })
    await m.gone(20, 'a@x')
    const written = await rowsAsWritten(m.sql)
    expect(await m.list(15, { 'a@x': anna })).toMatchObject({ created: 0, updated: 0 })
    expect(await m.read(19, 'A@X', anna)).toMatchObject({ created: 0, updated: 0 })
    expect(await m.gone(19, 'a@x')).toBeUndefined()
    expect(await m.user('a@x')).toBeUndefined()
    expect(await rowsAsWritten(m.sql)).toEqual(written)
    await m.feed()
    // A list may be older than it seems, so only a read proves that the user exists again.
    await m.list(21, { 'a@x': { firstName: 'Anew' } })
    expect(await m.user('a@x')).toBeUndefined()
    await m.read(22, 'a@x', { firstName: 'Anew' })
    expect(await m.user('a@x')).toMatchObject({ firstName: 'Anew', roles: null, aliases: null, groups: null })
    expect(await m.feed()).toEqual(['USER_RECREATED a@x'])
  })

  test('a 404 for one spelling does not date an account whose address is spelled otherwise', async () => {
    await m.list(10, { 'Anna@x': anna })
    await m.read(11, 'Anna@x', anna)
    await m.gone(20, 'Anna@x')
    await m.gone(25, 'anna@x')
    await m.read(30, 'anna@x', anna)
    await m.gone(40, 'anna@x')
    await m.gone(45, 'ANNA@x')
    await m.read(50, 'anna@x', anna)
    const began = await m.sql`
      select not_before::text as "notBefore" from change_sets where 'USER_RECREATED' = any(kinds) order by last_position`
    expect([...began]).toEqual([
      // Another client may have created it before the first 404, at a vendor that regards the case.
      { notBefore: '2026-06-01 00:00:11+00' },
      { notBefore: '2026-06-01 00:00:40+00' },
    ])
  })

  test('a 404 to a request sent before the user was last seen deletes no user', async () => {
    await m.list(10, { 'a@x': anna })
    await m.read(20, 'a@x', anna)
    expect(await m.gone(19, 'a@x')).toBeUndefined()
    expect(await m.user('a@x')).toBeDefined()
    expect(await m.gone(21, 'a@x')).toBeDefined()
    expect(await m.user('a@x')).toBeUndefined()
  })

  test('a difference happened after the first request was sent and before the second response arrived', async () => {
    await m.list(10, { 'a@x': { firstName: 'Anna', roles: ['USER'] } })
    await m.list(20, { 'a@x': { firstName: 'Ann', roles: ['USER', 'ADMIN'] } })
    const bounds = await m.sql`
      select not_before::text as "notBefore", not_after::text as "notAfter" from change_sets order by last_position`
    expect([...bounds]).toEqual([
      { notBefore: null, notAfter: '2026-06-01 00:00:11+00' },
      { notBefore: '2026-06-01 00:00:10+00', notAfter: '2026-06-01 00:00:21+00' },
    ])
  })

  test('a read that was overtaken by a list without createdAt does not confirm the old account', async () => {
    const before = { createdAt: '2025-01-01T00:00:00.000000Z', roles: ['USER'], aliases: [], groups: [] }
    const after = { createdAt: '2026-01-01T00:00:00.000000Z', roles: ['USER'], aliases: [], groups: [] }
    await m.list(10, { 'a@x': { firstName: 'Old' } })
    await m.read(11, 'a@x', { ...before, firstName: 'Old' })
    // The address has another account by now. The read was sent before the page and arrives after it, so its profile is
    // ignored.
    await m.list(30, { 'a@x': { firstName: 'New' } })
    await m.read(20, 'a@x', { ...after, firstName: 'New' })
    await m.read(40, 'a@x', { ...after, firstName: 'New' })
    expect(await m.feed()).not.toContain('USER_RECREATED a@x')
    await m.decide(41, 'a@x', { ...after, firstName: 'New' })
    const ends = await m.sql`
      select distinct not_before::text as "notBefore" from change_sets where kinds && '{USER_DELETED,ROLE_REVOKED,USER_RECREATED}'`
    expect([...ends]).toEqual([{ notBefore: '2026-06-01 00:00:11+00' }])
  })

  test('another type that a read confirms is a change of the account, because no type proves a new account', async () => {
    const known = { createdAt: '2025-01-01T00:00:00.000000Z', roles: ['ADMIN'], aliases: [], groups: [] }
    await m.list(10, { 'a@x': { type: 'USER', firstName: 'Old' } })
    await m.read(11, 'a@x', { ...known, type: 'USER', firstName: 'Old' })
    await m.feed()
    await m.list(20, { 'a@x': { type: 'ALIAS', firstName: 'New' } })
    expect(await m.user('a@x')).toMatchObject({ type: 'USER', firstName: 'Old' })
    await m.decide(21, 'a@x', { type: 'ALIAS', firstName: 'New' })
    expect(await m.user('a@x')).toMatchObject({ type: 'ALIAS', firstName: 'New', roles: ['ADMIN'] })
    expect(await m.feed()).not.toContain('USER_RECREATED a@x')
    expect(await m.sql`select from users where deleted_at is not null`).toEqual([])
    await m.read(30, 'a@x', { ...known, type: 'USER', firstName: 'New' })
    expect(await m.feed()).not.toContain('USER_RECREATED a@x')
  })

  test('a stale read does not cancel a later page’s request to read the relations', async () => {
    await m.list(10, { 'a@x': { updatedAt: '2026-01-01T00:00:00.000000Z' } })
    await m.read(11, 'a@x', { updatedAt: '2026-01-01T00:00:00.000000Z', roles: ['USER'], aliases: [], groups: [] })
    expect(await wanted()).toBe(false)
    // The page was sent after the read that is still in flight, and shows that something has changed since.
    await m.list(30, { 'a@x': { updatedAt: '2026-02-02T00:00:00.000000Z' } })
    expect(await wanted()).toBe(true)
    await m.read(20, 'a@x', { updatedAt: '2026-01-01T00:00:00.000000Z', roles: ['USER'], aliases: [], groups: [] })
    expect(await wanted()).toBe(true)
    await m.read(31, 'a@x', { updatedAt: '2026-02-02T00:00:00.000000Z', roles: ['ADMIN'], aliases: [], groups: [] })
    expect(await wanted()).toBe(false)
    expect(await m.user('a@x')).toMatchObject({ roles: ['ADMIN'] })
  })
})

describe('unknown is not empty', () => {
  test('a field that a response lacks keeps its value, and a field that was never read is null', async () => {
    await m.list(10, { 'a@x': {} })
    expect(await m.user('a@x')).toMatchObject({
      firstName: null,
      status: null,
      roles: null,
      aliases: null,
      groups: null,
    })
    expect(await wanted()).toBe(true)
    await m.groups(11, { g1: 'One' })
    await m.read(20, 'a@x', anna)
    expect(await wanted()).toBe(false)
    const known = await m.user('a@x')
    await m.list(30, { 'a@x': {} })
    expect(await m.user('a@x')).toEqual(known)
    await m.list(40, { 'a@x': { roles: [], aliases: [], groups: [] } })
    expect(await m.user('a@x')).toMatchObject({ firstName: 'Anna', roles: [], aliases: [], groups: [] })
  })

  test('the first read of an empty field is no change', async () => {
    await m.list(10, { 'a@x': {} })
    await m.feed()
    await m.list(20, { 'a@x': { firstName: null, mailboxSize: null, roles: [], aliases: [], groups: [] } })
    expect(await m.feed()).toEqual([])
    const [row] = await m.sql`select profile_known & 2 as first from users`
    expect(row).toEqual({ first: 2 })
  })
})

describe('history is kept', () => {
  test('a later createdAt ends the old account and begins a new one', async () => {
    await m.groups(1, { g1: 'One' })
    await m.list(10, { 'a@x': { ...anna, createdAt: '2025-01-01T00:00:00.000000Z' } })
    await m.feed()
    const other = { firstName: 'Other', createdAt: '2026-01-01T00:00:00.000000Z' }
    expect(await m.list(20, { 'A@x': other })).toMatchObject({ created: 0, deleted: 0, ids: [] })
    expect(await m.feed()).toEqual([])
    expect(await m.decide(21, 'A@x', other)).toMatchObject({ created: 1, deleted: 1 })
    expect(await m.feed()).toEqual([
      'ROLE_REVOKED a@x USER',
      'ALIAS_REMOVED a@x anna@x.example',
      'MEMBER_REMOVED a@x g1',
      'USER_DELETED a@x',
      'USER_RECREATED a@x',
    ])
    expect(await m.user('a@x')).toMatchObject({ primaryEmail: 'A@x', firstName: 'Other', roles: null, groups: null })
    const [row] = await m.sql`
      select count(*)::int as lives, count(deleted_at)::int as ended from users where address_key = 'a@x'`
    expect(row).toEqual({ lives: 2, ended: 1 })
    // An earlier createdAt is an error of the vendor, not another account.
    await m.list(30, { 'a@x': { createdAt: '2024-01-01T00:00:00.000000Z' } })
    expect((await m.feed()).filter((line) => line.startsWith('USER_'))).toEqual([])
  })

  test('profiles keep their versions, and relationships their validity', async () => {
    await m.list(10, { 'a@x': { firstName: 'One', roles: ['USER'] } })
    await m.list(20, { 'a@x': { firstName: 'Two', roles: ['ADMIN'] } })
    await m.list(30, { 'a@x': { firstName: 'Three', roles: ['USER'] } })
    const versions = await m.sql<{ name: string; follows: boolean }[]>`
      select first_name as name, valid_from < valid_to as follows from user_versions order by valid_from`
    expect([...versions]).toEqual([
      { name: 'One', follows: true },
      { name: 'Two', follows: true },
    ])
    const grants = await m.sql<{ name: string; ended: boolean }[]>`
      select r.name, valid_to is not null as ended from role_grants g join roles r on r.id = g.role_id order by g.valid_from`
    expect([...grants]).toEqual([
      { name: 'USER', ended: true },
      { name: 'ADMIN', ended: true },
      { name: 'USER', ended: false },
    ])
  })
})

describe('relationships', () => {
  test('the letter case of addresses is kept, but ignored in comparisons', async () => {
    await m.list(10, { 'Anna@X.example': { aliases: ['Sales@x.example', 'SALES@X.EXAMPLE', 'b@x.example'] } })
    expect(await m.user('anna@x.example')).toMatchObject({ aliases: ['Sales@x.example', 'b@x.example'] })
    await m.feed()
    await m.list(20, { 'anna@x.example': { aliases: ['sales@x.example', 'b@x.example'] } })
    expect(await m.feed()).toEqual([
      'FIELD_CHANGED anna@x.example primaryEmail "Anna@X.example" -> "anna@x.example"',
      'FIELD_CHANGED anna@x.example sales@x.example aliases "Sales@x.example" -> "sales@x.example"',
    ])
    expect((await m.state()).users).toHaveLength(1)
  })

  test('an alias moves from one user to another within a page', async () => {
    await m.list(10, { 'a@x': { aliases: ['s@x'] }, 'b@x': { aliases: [] } })
    await m.feed()
    await m.list(20, { 'b@x': { aliases: ['s@x'] }, 'a@x': { aliases: [] } })
    expect(await m.feed()).toEqual(['ALIAS_ADDED b@x s@x', 'ALIAS_REMOVED a@x s@x'])
    expect((await m.state()).users.map(({ aliases }) => aliases)).toEqual([[], ['s@x']])
  })

  test('groups are matched by id, then by a unique name, and other entries stay unresolved', async () => {
    await m.groups(1, { g1: 'One', g2: 'g1', g3: 'Twice', g4: 'Twice' })
    await m.list(10, { 'a@x': { groups: ['g1', 'One', 'Twice', 'Nowhere'] } })
    expect(await m.user('a@x')).toMatchObject({ groups: ['g1'], unresolved: ['Twice', 'Nowhere'] })
    await m.groups(20, { g4: 'Once' })
    expect(await wanted()).toBe(true)
    await m.read(21, 'a@x', { groups: ['g1', 'Twice', 'Nowhere'] })
    expect(await m.user('a@x')).toMatchObject({ groups: ['g1', 'g3'], unresolved: ['Nowhere'] })
  })

  test('a renamed group loses no member, and a user that has left it is removed by the next read', async () => {
    await m.groups(1, { g1: 'Old', g2: 'Left' })
    await m.read(10, 'a@x', { groups: ['Old', 'Left'] })
    await m.read(20, 'a@x', { groups: ['New'] })
    expect(await m.user('a@x')).toMatchObject({ groups: ['g1', 'g2'], unresolved: ['New'] })
    // A user that was in both groups must be read again, although no list row and no group shows a difference.
    expect(await wanted()).toBe(true)
    await m.groups(30, { g1: 'New' })
    await m.read(40, 'a@x', { groups: ['New'] })
    expect(await m.user('a@x')).toMatchObject({ groups: ['g1'], unresolved: [] })
    expect(await wanted()).toBe(false)
    expect(await m.feed()).toContain('GROUP_RENAMED g1 name "Old" -> "New"')
  })
})

/** Whether any user's relations wait to be read. */
async function wanted(): Promise<boolean> {
  const rows = await m.sql`select from users where relations_wanted_at is not null`
  return rows.length > 0
}
