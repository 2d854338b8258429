/** Which account an address belongs to: what ends an account, what begins one, and what does neither. */
import { expect, test } from 'vitest'
import { array } from '../../src/db/pg-array.ts'
import { type CreationStyle, creationStyleSchema } from '../../src/simulator/data/creation-styles.ts'
import { createRandom } from '../../src/simulator/data/random.ts'
import { everySection, type Switches } from '../../src/simulator/options.ts'
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

async function typesOf({ data }: Mirrored, type: 'User' | 'Alias'): Promise<number> {
  const { users } = await data<{ users: { nodes: { type: string | null }[] } }>(
    '{ users(first: 500) { nodes { type } } }',
  )
  return users.nodes.filter((user) => user.type?.toUpperCase() === type.toUpperCase()).length
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

/** Another client re-creates the account at the address. */
function recreate({ vendor }: Mirrored, email: string, spelled = email): void {
  vendor.deleteUser(email)
  vendor.createUser({ primaryEmail: spelled, firstName: 'Another' })
}

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

test('identity: re-created users that a list does not show yet do not make point reads untrusted', async () => {
  await using mirror = await open(60)
  await mirror.pull()
  const emails = mirror.vendor.users().slice(0, 3)
  for (const { primaryEmail } of emails) recreate(mirror, primaryEmail)
  mirror.vendor.setSwitches({ replacedRows: 3 })
  for (const { primaryEmail } of emails) await refresh(mirror, primaryEmail)
  for (let pulls = 0; pulls < 3; pulls++) await mirror.pull()
  expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
  mirror.vendor.setSwitches({ replacedRows: 0 })
  await mirror.pull()
  expect(await ended(mirror)).toHaveLength(3)
})

test('identity: if more than a fifth of the users are replaced, they wait for a decision together with the deleted ones', async () => {
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

test('identity: the pull that lists a re-created user finds it with one read', async () => {
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

test('identity: a read that still shows a deleted account restores it only if a list shows it, too', async () => {
  await using mirror = await open(20)
  await mirror.pull()
  const user = mirror.vendor.users()[0]
  const email = user?.primaryEmail ?? ''
  mirror.vendor.deleteUser(email)
  await mirror.pull()
  const before = await lives(mirror)
  mirror.vendor.createUser(user ?? { primaryEmail: email })
  await refresh(mirror, email)
  expect(await lives(mirror)).toEqual(before)
  await mirror.pull()
  expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
})

test('identity: neither a read nor a list restores an account that we have just deleted', async () => {
  await using mirror = await open(20)
  await mirror.pull()
  const user = mirror.vendor.users()[0]
  const email = user?.primaryEmail ?? ''
  await mirror.data('mutation ($a: EmailAddress!) { deleteUser(input: { primaryEmail: $a }) { __typename } }', {
    a: email,
  })
  expect(await ended(mirror)).toEqual([email.toLowerCase()])
  const before = await lives(mirror)
  // Late replicas show the account again.
  mirror.vendor.createUser(user ?? { primaryEmail: email })
  await refresh(mirror, email)
  await mirror.pull()
  expect(await lives(mirror)).toEqual(before)
  await mirror.sql`update recent_writes set written_at = written_at - interval '1 minute'`
  await mirror.pull()
  expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
})

test('identity: a list that still shows a deleted user is stale, and restores no one', async () => {
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
  // The vendor has restored the account. The list was right, and a new account begins in the mirror.
  mirror.vendor.createUser(user ?? { primaryEmail: email })
  await mirror.pull()
  expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
})

test.each(['insertion', 'unstable'] as const)(
  'identity: two accounts whose addresses differ only in letter case are one account, and reported (%s order)',
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

test('identity: of two rows of a page that differ only in letter case, the row of the known account counts', async () => {
  await using mirror = await open(10)
  await mirror.pull()
  const before = await lives(mirror)
  mirror.vendor.setSwitches({ caseTwins: 2 })
  await mirror.pull()
  expect(await lives(mirror)).toEqual(before)
  expect((await stateOf(mirror)).problem).toContain('The vendor lists 2 addresses twice, in different case')
})

/** Names and roles of the live users at these addresses. */
async function shown({ sql }: Mirrored, emails: readonly string[]) {
  const keys = emails.map((email) => email.toLowerCase())
  return await sql<{ name: string | null; roles: string[] }[]>`
    select first_name as name, array(select r.name from role_grants g join roles r on r.id = g.role_id
      where g.user_id = u.id and g.valid_to is null order by 1) as roles
    from users u where deleted_at is null and address_key = any(${array(keys)}::text[]) order by id`
}

/** Administrators are deleted, and users without any privilege get their addresses. */
async function replaceAdministrators(mirror: Mirrored, count: number): Promise<string[]> {
  const emails = mirror.vendor
    .users()
    .slice(0, count)
    .map(({ primaryEmail }) => primaryEmail)
  for (const email of emails) mirror.vendor.updateUser(email, { roles: ['USER', 'ADMINISTRATOR'] })
  await mirror.pull()
  for (const email of emails) recreate(mirror, email)
  return emails
}

test.each([1, 5, 20])(
  'identity: rows of %i replaced accounts are never applied to their successors, regardless of what later lists show',
  async (count) => {
    await using mirror = await open(120)
    await mirror.pull()
    const emails = await replaceAdministrators(mirror, count)
    await mirror.pull()
    await mirror.pull()
    const successors = await shown(mirror, emails)
    expect(successors).toEqual(emails.map(() => ({ name: 'Another', roles: ['USER'] })))
    const before = await lives(mirror)
    mirror.vendor.setSwitches({ replacedRows: count })
    for (let pulls = 0; pulls < 3; pulls++) {
      mirror.reads()
      await mirror.pull()
      expect(mirror.reads().toSorted()).toEqual(emails.toSorted())
      expect(await shown(mirror, emails)).toEqual(successors)
      expect(await stateOf(mirror)).toEqual({ state: 'CURRENT', problem: null })
    }
    mirror.vendor.setSwitches({ replacedRows: 0 })
    mirror.vendor.updateUser(emails[0] ?? '', { firstName: 'Later' })
    mirror.reads()
    await mirror.pull()
    expect(mirror.reads()).toEqual([])
    expect((await lives(mirror)).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    expect((await shown(mirror, emails)).map(({ name }) => name)).toContain('Later')
  },
)

test('identity: users that are deferred to the next pull do not count as observed by this pull', async () => {
  await using mirror = await open(120)
  await mirror.pull()
  const emails = mirror.vendor
    .users()
    .slice(0, 15)
    .map(({ primaryEmail }) => primaryEmail)
  for (const email of emails) recreate(mirror, email)
  await mirror.pull()
  const { users, organization } = await mirror.data<{
    users: { nodes: { primaryEmail: string; freshness: { profileAt: string } }[] }
    organization: { mirror: { completeAsOf: string } }
  }>(
    '{ users(first: 500) { nodes { primaryEmail freshness { profileAt } } } organization { mirror { completeAsOf } } }',
  )
  const unobserved = users.nodes.filter(({ freshness }) => freshness.profileAt < organization.mirror.completeAsOf)
  expect(unobserved.map(({ primaryEmail }) => primaryEmail).toSorted()).toEqual(emails.toSorted())
  await mirror.pull()
  expect(await ended(mirror)).toHaveLength(15)
})

test('identity: a row of an earlier account that the mirror never had is not applied either', async () => {
  await using mirror = await open(20)
  const { primaryEmail: email = '' } = mirror.vendor.users()[0] ?? {}
  mirror.vendor.updateUser(email, { roles: ['USER', 'ADMINISTRATOR'] })
  recreate(mirror, email)
  await mirror.pull()
  mirror.vendor.setSwitches({ replacedRows: 1 })
  for (let pulls = 0; pulls < 2; pulls++) {
    mirror.reads()
    await mirror.pull()
    expect(mirror.reads()).toEqual([email])
    expect(await shown(mirror, [email])).toEqual([{ name: 'Another', roles: ['USER'] }])
  }
  expect(await ended(mirror)).toEqual([])
})

test('identity: an account that is restored in place of its successor is found by the second pull that shows it', async () => {
  await using mirror = await open(20)
  await mirror.pull()
  const user = mirror.vendor.users()[0]
  const email = user?.primaryEmail ?? ''
  recreate(mirror, email)
  await mirror.pull()
  mirror.vendor.deleteUser(email)
  mirror.vendor.createUser(user ?? { primaryEmail: email })
  await mirror.pull()
  expect(await shown(mirror, [email])).toMatchObject([{ name: 'Another' }])
  await mirror.pull()
  expect(await shown(mirror, [email])).toMatchObject([{ name: user?.firstName }])
  expect(await ended(mirror)).toHaveLength(2)
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
