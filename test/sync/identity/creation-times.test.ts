/** Creation times that the vendor spells differently, moves or corrects: they end no account. */
import { expect, test } from 'vitest'
import { type CreationStyle, creationStyleSchema } from '../../../src/simulator/data/creation-styles.ts'
import { createRandom } from '../../../src/simulator/data/random.ts'
import { ended, lives, open, recreate, refresh, stateOf } from './accounts.ts'

test('identity: 1,000 users keep their accounts however createdAt is spelled, and re-created users are found', async () => {
  await using mirror = await open(1_000)
  await mirror.pull()
  const before = await lives(mirror)
  const emails = before.map(({ email }) => email)
  const random = createRandom('styles')
  const styles = creationStyleSchema.options
  const replaced: string[] = []
  // Every style in lists and in reads, sometimes the same in two consecutive pulls.
  const pairs = styles.map((list, i) => ({ list, read: styles[(i * 5 + 3) % styles.length] as CreationStyle }))
  const moving = { list: 'lastActivity', read: 'lastActivity' } as const
  const phases = [...pairs, moving, moving, { list: 'plain', read: 'lastActivity' } as const]
  let activity = 1
  for (const { list, read } of phases) {
    mirror.vendor.setSwitches({ listCreation: list, readCreation: read, activity: activity++ })
    await mirror.pull()
    for (const email of [random.pick(emails), random.pick(emails), random.pick(emails)]) await refresh(mirror, email)
    expect(await ended(mirror), `${list} in lists, ${read} in reads`).toEqual(replaced.toSorted())
  }
  // Ten accounts are replaced between two correct spellings.
  mirror.vendor.setSwitches({ listCreation: 'noZone', readCreation: 'offset' })
  await mirror.pull()
  for (const email of emails.slice(0, 10)) {
    recreate(mirror, email)
    replaced.push(email.toLowerCase())
  }
  mirror.vendor.setSwitches({ listCreation: 'noFraction', readCreation: 'microseconds' })
  await mirror.pull()
  expect(await ended(mirror)).toEqual(replaced.toSorted())
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  expect(await lives(mirror)).toHaveLength(1_010)
}, 60_000)

test('identity: a createdAt that moves only in lists is ignored and reported, and a read still finds a re-created user', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  mirror.vendor.setSwitches({ listCreation: 'lastActivity', activity: 1 })
  mirror.vendor.updateUser(mirror.vendor.users()[5]?.primaryEmail ?? '', { firstName: 'Later' })
  await mirror.pull()
  expect(await ended(mirror)).toEqual([])
  expect(await stateOf(mirror)).toEqual({
    state: 'CURRENT',
    problem: expect.stringContaining("The vendor's createdAt in lists is disregarded"),
  })
  // The other fields of the rows are applied.
  expect((await lives(mirror)).map(({ name }) => name)).toContain('Later')

  const email = mirror.vendor.users()[0]?.primaryEmail ?? ''
  recreate(mirror, email)
  mirror.vendor.setSwitches({ activity: 2 })
  await mirror.pull()
  await mirror.work('relations')
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  // Lists are trusted again once they show the known times.
  mirror.vendor.setSwitches({ listCreation: 'plain' })
  await mirror.pull()
  await mirror.pull()
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
})

test('identity: a createdAt that moves in lists and reads alike waits in quarantine, and is ignored once it moves again', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  mirror.vendor.setSwitches({ listCreation: 'lastActivity', readCreation: 'lastActivity', activity: 1 })
  await mirror.pull()
  expect(await stateOf(mirror)).toEqual({
    state: 'QUARANTINED',
    problem: expect.stringContaining('returns other accounts at the addresses of 60 of 60 users'),
  })
  mirror.vendor.setSwitches({ activity: 2 })
  await mirror.pull()
  expect(await ended(mirror)).toEqual([])
  expect(await stateOf(mirror)).toEqual({
    state: 'CURRENT',
    problem: expect.stringContaining("The vendor's createdAt in lists and in single reads is disregarded"),
  })
})

test('identity: a createdAt that moves only in point reads ends no account', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  mirror.vendor.setSwitches({ readCreation: 'lastActivity', activity: 1 })
  for (const { primaryEmail } of mirror.vendor.users().slice(0, 4)) await refresh(mirror, primaryEmail)
  await mirror.pull()
  expect(await ended(mirror)).toEqual([])
  expect((await stateOf(mirror)).problem).toContain("The vendor's createdAt in single reads is disregarded")
})

test('identity: point reads are trusted again once they show the known times', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  mirror.vendor.setSwitches({ readCreation: 'lastActivity', activity: 1 })
  for (const { primaryEmail } of mirror.vendor.users().slice(0, 3)) await refresh(mirror, primaryEmail)
  await mirror.pull()
  expect((await stateOf(mirror)).problem).toContain('in single reads is disregarded')
  mirror.reads()
  await mirror.pull()
  expect(mirror.reads()).toHaveLength(1)
  mirror.vendor.setSwitches({ readCreation: 'plain' })
  await mirror.pull()
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  expect(mirror.reads()).toHaveLength(6)
  await mirror.pull()
  expect(mirror.reads()).toEqual([])
  expect(await ended(mirror)).toEqual([])
})

test('identity: known times that were too late for all users are corrected with few reads', async () => {
  await using mirror = await open(60, { listCreation: 'lastActivity', readCreation: 'lastActivity', activity: 5 })
  await mirror.pull()
  mirror.vendor.setSwitches({ listCreation: 'plain', readCreation: 'plain' })
  mirror.reads()
  await mirror.pull()
  expect(mirror.reads()).toHaveLength(12)
  mirror.reads()
  await mirror.pull()
  expect(mirror.reads()).toEqual([])
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  expect(await ended(mirror)).toEqual([])
  const email = mirror.vendor.users()[0]?.primaryEmail ?? ''
  recreate(mirror, email)
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
})

test('identity: a createdAt that is earlier in lists than in reads for all users is ignored and reported', async () => {
  await using mirror = await open(60, { listCreation: 'lastActivity', readCreation: 'lastActivity', activity: 5 })
  await mirror.pull()
  mirror.vendor.setSwitches({ listCreation: 'plain' })
  mirror.vendor.updateUser(mirror.vendor.users()[5]?.primaryEmail ?? '', { firstName: 'Later' })
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
  expect((await lives(mirror)).map(({ name }) => name)).toContain('Later')
})
