import { describe, expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { apis } from '../support/api.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'
import { readFeed } from '../support/replay.ts'

interface MirrorAnswer {
  readonly state: string
  readonly problem: string | null
  readonly users: number
  readonly pulls: {
    readonly nodes: {
      readonly id: string
      readonly state: string
      readonly deleted: number
      readonly error: string | null
    }[]
  }
}

const organization = (users: number) => ({ data: { users, groups: 6 }, switches: { listCarries: everySection } })

async function mirrorOf({ data }: Mirrored): Promise<MirrorAnswer> {
  const question = '{ organization { mirror { state problem users pulls { nodes { id state deleted error } } } } }'
  return (await data<{ organization: { mirror: MirrorAnswer } }>(question)).organization.mirror
}

const resolution =
  'mutation ($pull: ID!, $accept: Boolean!) { resolveQuarantine(pull: $pull, accept: $accept) { state finishedAt error } }'

/** The vendor suddenly shows fewer users. */
async function loseUsers(mirror: Mirrored, count: number): Promise<string[]> {
  const lost = mirror.vendor
    .users()
    .slice(0, count)
    .map(({ primaryEmail }) => primaryEmail)
  for (const address of lost) mirror.vendor.deleteUser(address)
  await mirror.pull()
  return lost
}

const quarantined = (gone: number, of: number) =>
  `The vendor no longer returns ${gone} of ${of} users: their deletion is quarantined until resolveQuarantine decides, or a later pull returns them again`

async function pullsOf(mirror: Mirrored): Promise<string[]> {
  return (await mirrorOf(mirror)).pulls.nodes.map(({ state }) => state)
}

describe.each(apis)('with the API %s', (api) => {
  test.each([['shows 40 % fewer users', 20]])(
    'quarantine: if the vendor suddenly %s, all users stay in the graph until an administrator decides',
    async (_what, gone) => {
      await using mirror = await mirrored({ api, ...organization(50) })
      await mirror.pull()
      const feed = await readFeed(mirror.data)
      const [lost = ''] = await loseUsers(mirror, gone)
      const problem = quarantined(gone, 50)
      const after = await mirrorOf(mirror)
      expect(after).toMatchObject({ state: 'QUARANTINED', problem, users: 50 })
      expect(after.pulls.nodes.map(({ state, deleted, error }) => ({ state, deleted, error }))).toEqual([
        { state: 'QUARANTINED', deleted: 0, error: problem },
        { state: 'COMPLETE', deleted: 0, error: null },
      ])
      expect((await readFeed(mirror.data, feed.cursor)).changes).toEqual([])
      const { user } = await mirror.data<{ user: { deletedAt: null } }>(
        'query ($a: EmailAddress!) { user(primaryEmail: $a) { deletedAt } }',
        { a: lost },
      )
      expect(user).toEqual({ deletedAt: null })
      expect(mirror.reads()).toEqual([])
    },
  )

  test('quarantine: an accepted pull runs again, reads each missing user, and deletes only those with a 404', async () => {
    await using mirror = await mirrored({ api, ...organization(50) })
    await mirror.pull()
    const lost = await loseUsers(mirror, 20)
    const [returned = ''] = lost
    mirror.vendor.restoreUser(returned)
    const [pull] = (await mirrorOf(mirror)).pulls.nodes
    mirror.reads()
    expect(await mirror.data(resolution, { pull: pull?.id, accept: true })).toEqual({
      resolveQuarantine: { state: 'RUNNING', finishedAt: null, error: null },
    })
    expect(await mirrorOf(mirror)).toMatchObject({ users: 50 })
    const { cursor } = await readFeed(mirror.data)
    await mirror.settle()
    expect(mirror.reads().toSorted()).toEqual(lost.toSorted())
    expect(await mirrorOf(mirror)).toMatchObject({ state: 'CURRENT', problem: null, users: 31 })
    const { changes } = await readFeed(mirror.data, cursor)
    expect(changes.filter(({ kind }) => kind === 'USER_DELETED')).toHaveLength(19)
    expect((await mirrorOf(mirror)).pulls.nodes[0]).toMatchObject({ id: pull?.id, state: 'COMPLETE', deleted: 19 })
  })

  test('quarantine: a rejected pull deletes nothing, and the next pull starts a new count', async () => {
    await using mirror = await mirrored({ api, ...organization(50) })
    await mirror.pull()
    await loseUsers(mirror, 20)
    const [pull] = (await mirrorOf(mirror)).pulls.nodes
    expect(await mirror.data(resolution, { pull: pull?.id, accept: false })).toMatchObject({
      resolveQuarantine: { state: 'DISCARDED' },
    })
    expect(await mirrorOf(mirror)).toMatchObject({ state: 'CURRENT', problem: null, users: 50 })
    const twice = await mirror.ask(resolution, { pull: pull?.id, accept: true })
    expect(twice.errors?.[0]?.message).toBe('The pull is DISCARDED; expected a pull in the state QUARANTINED')
    await mirror.pull()
    expect(await mirrorOf(mirror)).toMatchObject({ state: 'QUARANTINED', users: 50 })
  })

  test('quarantine: a later pull that shows the users again rejects the quarantined pulls automatically', async () => {
    await using mirror = await mirrored({ api, ...organization(50) })
    await mirror.pull()
    const before = mirror.vendor.users()
    await loseUsers(mirror, 20)
    await mirror.pull()
    const back = before.slice(0, 15)
    for (const { primaryEmail } of back) mirror.vendor.restoreUser(primaryEmail)
    await mirror.pull()
    const after = await mirrorOf(mirror)
    expect(after).toMatchObject({ state: 'CURRENT', problem: null, users: 45 })
    expect(after.pulls.nodes.map(({ state }) => state)).toEqual(['COMPLETE', 'DISCARDED', 'DISCARDED', 'COMPLETE'])
  })

  test('quarantine: no caller and no schedule begins another pull while an accepted pull reads its missing users', async () => {
    await using mirror = await mirrored({ api, ...organization(50) })
    await mirror.pull()
    await loseUsers(mirror, 20)
    const [pull] = (await mirrorOf(mirror)).pulls.nodes
    await mirror.data(resolution, { pull: pull?.id, accept: true })
    expect(await mirror.data('mutation { startPull { id state } }')).toEqual({
      startPull: { id: pull?.id, state: 'RUNNING' },
    })
    await mirror.sql`update organizations set next_pull_at = clock_timestamp()`
    await mirror.work('page')
    expect(await pullsOf(mirror)).toEqual(['RUNNING', 'COMPLETE'])
    await mirror.work('conclude')
    expect(await pullsOf(mirror)).toEqual(['COMPLETE', 'COMPLETE'])
    await mirror.settle()
    await mirror.work('page')
    await mirror.settle()
    expect(await pullsOf(mirror)).toEqual(['COMPLETE', 'COMPLETE', 'COMPLETE'])
  })

  describe('quarantine: a pull that is accepted during another pull', () => {
    /** The id of the accepted pull. The other pull has sent no request yet. */
    async function acceptBesides(mirror: Mirrored): Promise<string> {
      const [pull] = (await mirrorOf(mirror)).pulls.nodes
      await mirror.data('mutation { startPull { id } }')
      const error = 'Accepted: the missing users are read after the running pull has ended'
      for (const _time of ['once', 'twice']) {
        expect(await mirror.data(resolution, { pull: pull?.id, accept: true })).toMatchObject({
          resolveQuarantine: { state: 'QUARANTINED', error },
        })
      }
      mirror.reads()
      return pull?.id ?? ''
    }

    test('reads its missing users after the other pull ends, if that one misses as many', async () => {
      await using mirror = await mirrored({ api, ...organization(50) })
      await mirror.pull()
      const lost = await loseUsers(mirror, 20)
      await acceptBesides(mirror)
      expect(await mirrorOf(mirror)).toMatchObject({ state: 'CURRENT', users: 50 })
      await mirror.settle()
      expect(await pullsOf(mirror)).toEqual(['QUARANTINED', 'QUARANTINED', 'COMPLETE'])
      expect(mirror.reads()).toEqual([])
      await mirror.work('conclude')
      expect(mirror.reads().toSorted()).toEqual(lost.toSorted())
      expect(await pullsOf(mirror)).toEqual(['DISCARDED', 'COMPLETE', 'COMPLETE'])
      expect(await mirrorOf(mirror)).toMatchObject({ state: 'CURRENT', problem: null, users: 30 })
    })

    test('is resolved if the other pull saw the missing users, or read them, and completed', async () => {
      await using mirror = await mirrored({ api, ...organization(50) })
      await mirror.pull()
      const before = mirror.vendor.users()
      const lost = await loseUsers(mirror, 20)
      const id = await acceptBesides(mirror)
      for (const { primaryEmail } of before.slice(0, 15)) mirror.vendor.restoreUser(primaryEmail)
      await mirror.settle()
      expect(mirror.reads().toSorted()).toEqual(lost.slice(15).toSorted())
      await mirror.work('conclude')
      expect(mirror.reads()).toEqual([])
      expect(await mirrorOf(mirror)).toMatchObject({
        state: 'CURRENT',
        users: 45,
        pulls: {
          nodes: [
            { state: 'COMPLETE' },
            { id, state: 'DISCARDED', error: 'A later pull has settled its deletions' },
            { state: 'COMPLETE' },
          ],
        },
      })
    })

    test('may still be rejected, and stays accepted if the other pull is rejected', async () => {
      await using mirror = await mirrored({ api, ...organization(50) })
      await mirror.pull()
      await loseUsers(mirror, 20)
      await mirror.pull()
      const [, older] = (await mirrorOf(mirror)).pulls.nodes
      const id = await acceptBesides(mirror)
      await mirror.data(resolution, { pull: older?.id, accept: false })
      expect(await pullsOf(mirror)).toEqual(['RUNNING', 'QUARANTINED', 'DISCARDED', 'COMPLETE'])
      await mirror.data(resolution, { pull: id, accept: false })
      await mirror.settle()
      await mirror.work('conclude')
      expect(await pullsOf(mirror)).toEqual(['QUARANTINED', 'DISCARDED', 'DISCARDED', 'COMPLETE'])
      expect(mirror.reads()).toEqual([])
    })
  })
})

test('quarantine: while the total counts users that the list lacks, no pull completes and no user is missing', async () => {
  await using mirror = await mirrored(organization(50))
  await mirror.pull()
  mirror.vendor.setSwitches({ total: 20 })
  await loseUsers(mirror, 20)
  const after = await mirrorOf(mirror)
  expect(after).toMatchObject({
    state: 'CURRENT',
    users: 50,
    problem: 'The pull is incomplete: the vendor reports 50 users but returned 30',
  })
  expect(after.pulls.nodes[0]).toMatchObject({ state: 'FAILED', error: after.problem })
})

test('quarantine: a small share of the users may be deleted without a decision', async () => {
  await using mirror = await mirrored(organization(24))
  await mirror.pull()
  await loseUsers(mirror, 24)
  expect(await mirrorOf(mirror)).toMatchObject({ state: 'CURRENT', users: 0 })
})

test('quarantine: if most groups are missing, the groups stay until an administrator decides', async () => {
  await using mirror = await mirrored({ ...organization(5), data: { users: 5, groups: 30 } })
  await mirror.pull()
  for (const { id } of mirror.vendor.groups().slice(0, 10)) mirror.vendor.deleteGroup(id)
  await mirror.pull()
  await mirror.pull()
  const after = await mirrorOf(mirror)
  expect(after.state).toBe('QUARANTINED')
  expect(after.problem).toMatch(/^The vendor no longer returns 10 of 30 groups: /)
  const groups = async () =>
    (await mirror.data<{ groups: { totalCount: number } }>('{ groups { totalCount } }')).groups.totalCount
  expect(await groups()).toBe(30)
  expect(await mirror.data(resolution, { pull: after.pulls.nodes[0]?.id, accept: true })).toBeTruthy()
  await mirror.settle()
  expect(await groups()).toBe(20)
})
