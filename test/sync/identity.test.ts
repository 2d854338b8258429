/** Which account stands behind an address: what ends a life, what begins one, and what does neither. */
import { expect, test } from 'vitest'
import { type CreationStyle, creationStyleSchema } from '../../src/simulator/creation-styles.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { everySection, type Switches } from '../../src/simulator/switches.ts'
import { type Mirrored, mirrored } from '../support/mirrored.ts'

const open = (users: number, switches: Partial<Switches> = {}) =>
  mirrored({ data: { users, groups: 4 }, switches: { listCarries: everySection, ...switches } })

interface Life {
  readonly id: number
  readonly email: string
  readonly deleted: boolean
  readonly name: string | null
}

async function lives({ sql }: Mirrored): Promise<Life[]> {
  return await sql<Life[]>`
    select id, primary_email as email, deleted_at is not null as deleted, first_name as name from users order by id`
}

async function stateOf(mirror: Mirrored): Promise<{ state: string; problem: string | null }> {
  const { organization } = await mirror.data<{ organization: { mirror: { state: string; problem: string | null } } }>(
    '{ organization { mirror { state problem } } }',
  )
  return organization.mirror
}

async function refresh(mirror: Mirrored, email: string): Promise<void> {
  await mirror.data('mutation ($a: EmailAddress!) { refreshUser(input: { primaryEmail: $a }) { __typename } }', {
    a: email,
  })
}

async function ended({ sql }: Mirrored): Promise<string[]> {
  const rows = await sql<{ email: string }[]>`
    select address_key as email from users where deleted_at is not null order by address_key`
  return rows.map(({ email }) => email)
}

/** Another account at the address, behind our back. */
function recreate({ vendor }: Mirrored, email: string, spelled = email): void {
  vendor.deleteUser(email)
  vendor.createUser({ primaryEmail: spelled, firstName: 'Another' })
}

test('identity: 1,000 users keep their lives whatever createdAt looks like, and re-created ones among them are found', async () => {
  await using mirror = await open(1_000)
  await mirror.pull()
  const before = await lives(mirror)
  const emails = before.map(({ email }) => email)
  const random = createRandom('styles')
  const styles = creationStyleSchema.options
  const replaced: string[] = []
  // Every style in lists and in reads, and at times the same two pulls running.
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
  // Between spellings that are right, ten accounts are replaced.
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

test('identity: a createdAt that moves in lists alone is disregarded and reported, and a read still finds a re-created user', async () => {
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
  // The rest of the rows counts.
  expect((await lives(mirror)).map(({ name }) => name)).toContain('Later')

  const email = mirror.vendor.users()[0]?.primaryEmail ?? ''
  recreate(mirror, email)
  mirror.vendor.setSwitches({ activity: 2 })
  await mirror.pull()
  await mirror.work('relations')
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  // Once lists tell the known times again, they are believed again.
  mirror.vendor.setSwitches({ listCreation: 'plain' })
  await mirror.pull()
  await mirror.pull()
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
})

test('identity: a createdAt that moves in lists and reads alike waits in quarantine, and is disregarded once it moves again', async () => {
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

test('identity: a createdAt that moves in single reads alone ends nobody', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  mirror.vendor.setSwitches({ readCreation: 'lastActivity', activity: 1 })
  for (const { primaryEmail } of mirror.vendor.users().slice(0, 4)) await refresh(mirror, primaryEmail)
  await mirror.pull()
  expect(await ended(mirror)).toEqual([])
  expect((await stateOf(mirror)).problem).toContain("The vendor's createdAt in single reads is disregarded")
})

test('identity: more than a fifth of the users replaced at once wait for a decision, together with the deleted ones', async () => {
  await using mirror = await open(50)
  await mirror.pull()
  const emails = mirror.vendor.users().map(({ primaryEmail }) => primaryEmail)
  for (const email of emails.slice(0, 6)) recreate(mirror, email)
  for (const email of emails.slice(6, 12)) mirror.vendor.deleteUser(email)
  await mirror.pull()
  expect(await ended(mirror)).toEqual([])
  expect(await stateOf(mirror)).toEqual({
    state: 'QUARANTINED',
    problem:
      'The vendor no longer returns 6 of 50 users, and returns other accounts at the addresses of 6 of 50 users: ending the known accounts is quarantined until resolveQuarantine decides, or a later pull returns them again',
  })
  const [pull] = await mirror.sql<{ id: number }[]>`select id from pulls where state = 'QUARANTINED'`
  const { organization } = await mirror.data<{ organization: { mirror: { pulls: { nodes: { id: string }[] } } } }>(
    '{ organization { mirror { pulls(first: 1) { nodes { id } } } } }',
  )
  expect(pull).toBeDefined()
  await mirror.data('mutation ($pull: ID!) { resolveQuarantine(pull: $pull, accept: true) { state } }', {
    pull: organization.mirror.pulls.nodes[0]?.id,
  })
  await mirror.settle()
  expect(await ended(mirror)).toEqual(
    emails
      .slice(0, 12)
      .map((email) => email.toLowerCase())
      .toSorted(),
  )
  expect((await lives(mirror)).filter(({ deleted }) => !deleted)).toHaveLength(44)
})

test('identity: a re-created user is found by the pull that lists it, with one read', async () => {
  await using mirror = await open(20)
  await mirror.pull()
  const email = mirror.vendor.users()[0]?.primaryEmail ?? ''
  recreate(mirror, email)
  mirror.reads()
  await mirror.pull()
  expect(mirror.reads()).toEqual([email])
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false, name: 'Another' })
})

test('identity: another type in a list ends a life only where the read shows it too', async () => {
  await using mirror = await open(20, { listCreation: 'absent', readCreation: 'absent' })
  await mirror.pull()
  const email = mirror.vendor.users()[0]?.primaryEmail ?? ''
  const type = mirror.vendor.users()[0]?.type === 'User' ? 'Alias' : 'User'
  mirror.vendor.updateUser(email, { type })
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
})

test('identity: a list that still shows a deleted user is stale, and brings nobody back', async () => {
  await using mirror = await open(20)
  await mirror.pull()
  const user = mirror.vendor.users()[0]
  const email = user?.primaryEmail ?? ''
  mirror.vendor.deleteUser(email)
  await mirror.pull()
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  mirror.vendor.setSwitches({ staleRows: 1 })
  for (let pulls = 0; pulls < 2; pulls++) {
    mirror.reads()
    await mirror.pull()
    expect(mirror.reads()).toEqual([email])
    expect(await lives(mirror)).toHaveLength(20)
    expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  }
  // Restored at the vendor: the list was right, and the account begins another life here.
  mirror.vendor.createUser(user ?? { primaryEmail: email })
  await mirror.pull()
  expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
})

test.each(['insertion', 'unstable'] as const)(
  'identity: two accounts whose addresses differ in letter case are one life, and reported (%s order)',
  async (pageOrder) => {
    await using mirror = await open(30, { maximumPageSize: 10, caseTwins: 1, pageOrder })
    await mirror.pull()
    const before = await lives(mirror)
    expect(before).toHaveLength(30)
    const first = mirror.vendor.users()[0]
    for (let pulls = 0; pulls < 2; pulls++) {
      await mirror.pull()
      expect(await lives(mirror)).toEqual(before)
      expect((await stateOf(mirror)).problem).toMatch(/twice, in different case: only one of the two accounts is shown/)
    }
    const shown = before.find(({ email }) => email.toLowerCase() === first?.primaryEmail.toLowerCase())
    expect(shown?.name).toBe(first?.firstName)
    mirror.vendor.setSwitches({ caseTwins: 0 })
    await mirror.pull()
    expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  },
)

test('identity: of two rows of one page that differ in letter case the one of the known account counts', async () => {
  await using mirror = await open(10)
  await mirror.pull()
  const before = await lives(mirror)
  mirror.vendor.setSwitches({ caseTwins: 2 })
  await mirror.pull()
  expect(await lives(mirror)).toEqual(before)
  expect((await stateOf(mirror)).problem).toContain('The vendor lists 2 addresses twice, in different case')
})
