import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'
import { readState } from '../support/replay.ts'

const thin = { listCarries: ['status', 'profile'] as const }

/** Does at most this many point reads. */
async function readSome(mirror: Mirrored, count: number): Promise<string[]> {
  const enough = new AbortController()
  const hold = mirror.simulator.faults.add({ kind: 'hold', at: 'arrival', path: /^\/users\/./, after: count })
  const working = mirror.work('relations', enough.signal).catch((error: unknown) => {
    if (!enough.signal.aborted) throw error
  })
  await Promise.race([hold.struck(), working])
  enough.abort()
  hold.remove()
  await working
  return mirror.reads().slice(0, count)
}

async function waiting(mirror: Mirrored): Promise<number> {
  const { organization } = await mirror.data<{ organization: { mirror: { usersWithoutRelations: number } } }>(
    '{ organization { mirror { usersWithoutRelations } } }',
  )
  return organization.mirror.usersWithoutRelations
}

const addresses = (mirror: Mirrored) => mirror.vendor.users().map(({ primaryEmail }) => primaryEmail)

test('point reads: users that lists do not show completely are read one by one, new and changed users first', async () => {
  await using mirror = await mirrored({ data: { users: 60, groups: 5 }, switches: thin })
  const { vendor, pull } = mirror
  await pull()
  expect(await waiting(mirror)).toBe(60)
  mirror.reads()
  await readSome(mirror, 12)
  expect(await waiting(mirror)).toBe(48)

  const changed = addresses(mirror).slice(0, 3)
  for (const address of changed) vendor.updateUser(address, { lastName: 'Changed' })
  vendor.createUser({ primaryEmail: 'new@example.com', type: 'User' })
  await pull()
  mirror.reads()
  const next = await readSome(mirror, 4)
  expect(next.toSorted()).toEqual([...changed, 'new@example.com'].sort())

  await mirror.work('relations')
  expect(await waiting(mirror)).toBe(0)
  const state = Object.values((await readState(mirror.data)).users)
  expect(state.map(({ groups }) => groups.length).toSorted()).toEqual(
    vendor
      .users()
      .map(({ groups }) => groups.length)
      .toSorted(),
  )
})

test('point reads: one of ten reads goes to the longest unread user, however many reads are requested', async () => {
  await using mirror = await mirrored({ data: { users: 40, groups: 2 }, switches: thin })
  await mirror.pull()
  const rounds: string[] = []
  for (let round = 0; round < 4; round += 1) {
    for (const address of addresses(mirror).slice(20)) mirror.vendor.updateUser(address, { lastName: `L${round}` })
    await mirror.pull()
    mirror.reads()
    rounds.push(...(await readSome(mirror, 20)))
  }
  const unchanged = new Set(addresses(mirror).slice(0, 20))
  expect(rounds.filter((address) => unchanged.has(address))).toHaveLength(8)
  expect(new Set(rounds).size).toBe(26)
})

test('point reads: changes that no list shows are found in turn, once per user and pull, longest unread first', async () => {
  await using mirror = await mirrored({ data: { users: 30, groups: 4 }, switches: thin })
  const { vendor } = mirror
  await mirror.pull()
  await mirror.work('relations')
  const firstRound = mirror.reads()
  expect(firstRound).toHaveLength(30)
  await mirror.work('relations')
  expect(mirror.reads()).toEqual([])

  const [quiet] = vendor.users().filter(({ groups }) => groups.length > 0)
  const group = quiet?.groups[0] ?? ''
  vendor.removeMember(group, quiet?.primaryEmail ?? '')
  await mirror.pull()
  mirror.reads()
  const half = await readSome(mirror, 15)
  expect(half).toEqual(firstRound.slice(0, 15))
  await mirror.pull()
  mirror.reads()
  await mirror.work('relations')
  expect(mirror.reads()).toEqual([...firstRound.slice(15), ...half])
  const { user } = await mirror.data<{ user: { groups: { nodes: { groupId: string }[] } } }>(
    'query ($address: EmailAddress!) { user(primaryEmail: $address) { groups { nodes { groupId } } } }',
    { address: quiet?.primaryEmail },
  )
  expect(user.groups.nodes.map(({ groupId }) => groupId)).not.toContain(group)
})

test('point reads: relations that lists lack are read in turn, and both kinds are as fresh as reported', async () => {
  const switches = { listCarries: ['status', 'profile', 'roles'] as const }
  await using mirror = await mirrored({ data: { users: 10, groups: 2 }, switches })
  await mirror.pull()
  const question = `{ users(first: 1) { nodes { roles { name } aliases { address } groups { totalCount } freshness { profileAt relationsAt } } }
    organization { mirror { completeAsOf usersWithoutRelations } } }`
  interface Answer {
    users: {
      nodes: { roles: unknown; groups: unknown; freshness: { profileAt: string; relationsAt: string | null } }[]
    }
    organization: { mirror: { completeAsOf: string; usersWithoutRelations: number } }
  }
  const before = await mirror.data<Answer>(question)
  expect(before.users.nodes[0]).toMatchObject({ aliases: null, groups: null, freshness: { relationsAt: null } })
  expect(before.users.nodes[0]?.roles).not.toBeNull()
  await mirror.work('relations')
  const read = await mirror.data<Answer>(question)
  expect(read.organization.mirror.usersWithoutRelations).toBe(0)
  await mirror.pull()
  const after = await mirror.data<Answer>(question)
  const { profileAt, relationsAt } = after.users.nodes[0]?.freshness ?? {}
  expect(profileAt).toBe(after.organization.mirror.completeAsOf)
  expect(relationsAt).toBe(read.users.nodes[0]?.freshness.relationsAt)
  mirror.reads()
  await mirror.work('relations')
  expect(mirror.reads()).toHaveLength(10)
})

test('point reads: none are made if lists show everything', async () => {
  await using mirror = await mirrored({ data: { users: 10, groups: 2 }, switches: { listCarries: everySection } })
  await mirror.pull()
  await mirror.work('relations')
  expect(mirror.reads()).toEqual([])
})

test('point reads: a user that cannot be read delays no other user, and is retried once per pull', async () => {
  await using mirror = await mirrored({ data: { users: 6, groups: 2 }, switches: thin })
  const [sick = ''] = addresses(mirror)
  mirror.simulator.faults.add({ kind: 'status', status: 500, path: new RegExp(`^/users/${encodeURIComponent(sick)}`) })
  await mirror.pull()
  await mirror.work('relations')
  expect(new Set(mirror.reads())).toEqual(new Set(addresses(mirror)))
  expect(await waiting(mirror)).toBe(1)
  await mirror.work('relations')
  expect(mirror.reads()).toEqual([])
  mirror.simulator.faults.clear()
  await mirror.pull()
  await mirror.work('relations')
  expect(await waiting(mirror)).toBe(0)
})

test('point reads: a read sent before the list that shows a change does not satisfy the request for a read', async () => {
  await using mirror = await mirrored({ data: { users: 3, groups: 2 }, switches: thin })
  const { vendor, simulator } = mirror
  await mirror.pull()
  const [user] = vendor.users()
  const address = user?.primaryEmail ?? ''
  const held = simulator.faults.add({ kind: 'hold', at: 'answer', path: /^\/users\/./, times: 1 })
  const late = mirror.data('mutation ($input: UserRefInput!) { refreshUser(input: $input) { __typename } }', {
    input: { primaryEmail: address },
  })
  await held.struck()
  vendor.updateUser(address, { lastName: 'Later', aliases: ['later@example.com'] })
  await mirror.pull()
  held.release()
  await late
  mirror.reads()
  expect(await readSome(mirror, 1)).toEqual([address])
  expect(
    await mirror.data('query ($a: EmailAddress!) { user(primaryEmail: $a) { lastName aliases { address } } }', {
      a: address,
    }),
  ).toEqual({
    user: { lastName: 'Later', aliases: [{ address: 'later@example.com' }] },
  })
})

test('point reads: an interactive request is served from the reserved share while thousands of users are unread', async () => {
  // No page is full, because a full last page takes one more request.
  await using mirror = await mirrored({ data: { users: 99, groups: 2 }, switches: thin, allowed: 30 })
  await mirror.pull()
  mirror.reads()
  const enough = new AbortController()
  const spent = mirror.simulator.faults.add({ kind: 'latency', ms: 0, path: /^\/users\/./, after: 23 })
  const working = mirror.work('relations', enough.signal).catch(() => {})
  await spent.struck()
  const [, refreshed = ''] = addresses(mirror)
  for (const _ of [1, 2, 3]) {
    const { refreshUser } = await mirror.data<{ refreshUser: object }>(
      'mutation ($input: UserRefInput!) { refreshUser(input: $input) { __typename } }',
      { input: { primaryEmail: refreshed } },
    )
    expect(refreshUser).toEqual({ __typename: 'RefreshUserSuccess' })
  }
  const { budget } = (
    await mirror.data<{ organization: { budget: object } }>(
      '{ organization { budget { limit used reservedForWrites } } }',
    )
  ).organization
  expect(budget).toMatchObject({ limit: 30, used: 30, reservedForWrites: 3 })
  enough.abort()
  await working
})

test('point reads: with 5,000 users and a share of the allowance, the reported state is true at every step', async () => {
  await using mirror = await mirrored({ data: { users: 5_000, groups: 50 }, switches: thin })
  await mirror.pull()
  mirror.reads()
  const truth = new Map(mirror.vendor.users().map((user) => [user.primaryEmail, user.groups.length]))
  for (const goal of [300, 600]) {
    await readSome(mirror, 300)
    expect(await waiting(mirror)).toBe(5_000 - goal)
    const { users } = await mirror.data<{
      users: { totalCount: number; nodes: { primaryEmail: string; groups: { totalCount: number } }[] }
    }>(
      '{ users(first: 500, filter: { relationsKnown: true }) { totalCount nodes { primaryEmail groups { totalCount } } } }',
    )
    expect(users.totalCount).toBe(goal)
    for (const { primaryEmail, groups } of users.nodes) expect(groups.totalCount).toBe(truth.get(primaryEmail))
  }
  const late = addresses(mirror).slice(-5)
  for (const address of late) mirror.vendor.updateUser(address, { mailboxSize: 1 })
  await mirror.pull()
  mirror.reads()
  expect((await readSome(mirror, 5)).toSorted()).toEqual(late.toSorted())
})
