/** Accounts that another client deletes and creates again at the same address. */
import { describe, expect, test } from 'vitest'
import { apis } from '../../support/api.ts'
import type { Mirrored } from '../../support/mirrored.ts'
import { ended, lives, open, recreate, refresh, shown, stateOf } from './accounts.ts'

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

describe.each(apis)('with the API %s', (api) => {
  const ordinary = api === 'v1' ? 'END_USER' : 'USER'

  test('identity: re-created users that a list does not show yet do not make point reads untrusted', async () => {
    await using mirror = await open(60, {}, api)
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
    await using mirror = await open(50, {}, api)
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
    await using mirror = await open(20, {}, api)
    await mirror.pull()
    const email = mirror.vendor.users()[0]?.primaryEmail ?? ''
    recreate(mirror, email)
    mirror.reads()
    await mirror.pull()
    expect(mirror.reads()).toEqual([email])
    expect(await ended(mirror)).toEqual([email.toLowerCase()])
    expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false, name: 'Another' })
  })

  test.each([1, 5, 20])(
    'identity: rows of %i replaced accounts are never applied to their successors, regardless of what later lists show',
    async (count) => {
      await using mirror = await open(120, {}, api)
      await mirror.pull()
      const emails = await replaceAdministrators(mirror, count)
      await mirror.pull()
      await mirror.pull()
      const successors = await shown(mirror, emails)
      expect(successors).toEqual(emails.map(() => ({ name: 'Another', roles: [ordinary] })))
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
    await using mirror = await open(120, {}, api)
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
    await using mirror = await open(20, {}, api)
    const { primaryEmail: email = '' } = mirror.vendor.users()[0] ?? {}
    mirror.vendor.updateUser(email, { roles: ['USER', 'ADMINISTRATOR'] })
    recreate(mirror, email)
    await mirror.pull()
    mirror.vendor.setSwitches({ replacedRows: 1 })
    for (let pulls = 0; pulls < 2; pulls++) {
      mirror.reads()
      await mirror.pull()
      expect(mirror.reads()).toEqual([email])
      expect(await shown(mirror, [email])).toEqual([{ name: 'Another', roles: [ordinary] }])
    }
    expect(await ended(mirror)).toEqual([])
  })
})
