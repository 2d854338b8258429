/** Deleted accounts that a read or a list shows again. */
import { describe, expect, test } from 'vitest'
import { apis } from '../../support/api.ts'
import { ended, lives, open, recreate, refresh, shown, stateOf } from './accounts.ts'

describe.each(apis)('with the API %s', (api) => {
  test('identity: a read that still shows a deleted account restores it only if a list shows it, too', async () => {
    await using mirror = await open(20, {}, api)
    await mirror.pull()
    const user = mirror.vendor.users()[0]
    const email = user?.primaryEmail ?? ''
    mirror.vendor.deleteUser(email)
    await mirror.pull()
    const before = await lives(mirror)
    mirror.vendor.restoreUser(email)
    await refresh(mirror, email)
    expect(await lives(mirror)).toEqual(before)
    await mirror.pull()
    expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
  })

  test('identity: neither a read nor a list restores an account that we have just deleted', async () => {
    await using mirror = await open(20, {}, api)
    await mirror.pull()
    const user = mirror.vendor.users()[0]
    const email = user?.primaryEmail ?? ''
    await mirror.data('mutation ($a: EmailAddress!) { deleteUser(input: { primaryEmail: $a }) { __typename } }', {
      a: email,
    })
    expect(await ended(mirror)).toEqual([email.toLowerCase()])
    const before = await lives(mirror)
    // Late replicas show the account again.
    mirror.vendor.restoreUser(email)
    await refresh(mirror, email)
    await mirror.pull()
    expect(await lives(mirror)).toEqual(before)
    await mirror.sql`update recent_writes set written_at = written_at - interval '1 minute'`
    await mirror.pull()
    expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
  })

  test('identity: a list that still shows a deleted user is stale, and restores no one', async () => {
    await using mirror = await open(20, {}, api)
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
    mirror.vendor.restoreUser(email)
    await mirror.pull()
    expect((await lives(mirror)).at(-1)).toMatchObject({ email, deleted: false })
  })

  test('identity: an account that is restored in place of its successor is found by the second pull that shows it', async () => {
    await using mirror = await open(20, {}, api)
    await mirror.pull()
    const user = mirror.vendor.users()[0]
    const email = user?.primaryEmail ?? ''
    recreate(mirror, email)
    await mirror.pull()
    mirror.vendor.deleteUser(email)
    mirror.vendor.restoreUser(email, 0)
    await mirror.pull()
    expect(await shown(mirror, [email])).toMatchObject([{ name: 'Another' }])
    await mirror.pull()
    expect(await shown(mirror, [email])).toMatchObject([{ name: user?.firstName }])
    expect(await ended(mirror)).toHaveLength(2)
  })
})
