/** Lists and reads that show another type of user: the type alone ends no account. */
import { expect, test } from 'vitest'
import type { Mirrored } from '../../support/mirrored.ts'
import { ended, lives, open, stateOf } from './accounts.ts'

async function typesOf({ data }: Mirrored, type: 'User' | 'Alias'): Promise<number> {
  const { users } = await data<{ users: { nodes: { type: string | null }[] } }>(
    '{ users(first: 500) { nodes { type } } }',
  )
  return users.nodes.filter((user) => user.type?.toUpperCase() === type.toUpperCase()).length
}

test.each(['absent', 'plain'] as const)(
  'identity: another type in lists and reads alike ends no account, and is shown (createdAt of reads: %s)',
  async (readCreation) => {
    await using mirror = await open(60, { listCreation: 'absent', readCreation })
    await mirror.pull()
    const users = mirror.vendor.users().filter(({ type }) => type === 'User')
    const others = 60 - users.length
    const retype = (count: number) => {
      for (const { primaryEmail } of users.slice(0, count)) mirror.vendor.updateUser(primaryEmail, { type: 'Alias' })
    }
    retype(1)
    await mirror.pull()
    expect(await typesOf(mirror, 'Alias')).toBe(others + 1)
    retype(20)
    for (let pulls = 0; pulls < 3; pulls++) {
      await mirror.pull()
      await mirror.work('relations')
    }
    expect(await typesOf(mirror, 'Alias')).toBe(others + 20)
    expect(await ended(mirror)).toEqual([])
    expect(await lives(mirror)).toHaveLength(60)
    expect((await stateOf(mirror)).state).toBe('CURRENT')
  },
)

test('identity: another type in a list without createdAt causes a read, which finds a re-created user', async () => {
  await using mirror = await open(20, { listCarries: ['status', 'profile'] })
  await mirror.pull()
  await mirror.work('relations')
  const { primaryEmail: email = '' } = mirror.vendor.users().find(({ type }) => type === 'User') ?? {}
  mirror.vendor.deleteUser(email)
  mirror.vendor.createUser({ primaryEmail: email, type: 'Alias' })
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
})

test('identity: lists that show other types than reads for all users fail the pull, and end no account', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  mirror.vendor.setSwitches({ listTypes: 'other', listCreation: 'absent' })
  for (let pulls = 0; pulls < 3; pulls++) {
    mirror.reads()
    await mirror.pull()
    expect(mirror.reads().length).toBeLessThanOrEqual(pulls === 0 ? 12 : 0)
    expect(await stateOf(mirror)).toEqual({
      state: 'CURRENT',
      problem: expect.stringContaining('in lists is disregarded'),
    })
  }
  expect(await ended(mirror)).toEqual([])
  expect(await typesOf(mirror, 'User')).toBe(mirror.vendor.users().filter(({ type }) => type === 'User').length)
  mirror.vendor.setSwitches({ listTypes: 'right', listCreation: 'plain' })
  await mirror.pull()
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
})

test('identity: a list that turns empty after its createdAt was ignored fails the pull', async () => {
  await using mirror = await open(60, { total: 'absent' })
  await mirror.pull()
  mirror.vendor.setSwitches({ listTypes: 'other', listCreation: 'absent' })
  await mirror.data('mutation { startPull { id } }')
  await mirror.work('page')
  // The read of the sample succeeds, and then the list is empty.
  const users = mirror.vendor.users()
  const held = mirror.simulator.faults.add({ kind: 'hold', at: 'arrival', method: 'GET', path: '^/users\\?', times: 1 })
  const settling = mirror.settle()
  await held.struck()
  for (const { primaryEmail } of users) mirror.vendor.deleteUser(primaryEmail)
  held.release()
  await settling
  expect(await ended(mirror)).toEqual([])
  expect((await stateOf(mirror)).state).toBe('QUARANTINED')
})
