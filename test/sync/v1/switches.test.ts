/** Pulls at every point that the public sources on the API v1 leave open. */
import { expect, test } from 'vitest'
import { cases, listCases } from '../../writes/v1/switch-cases.ts'
import { interfaceState, start } from './interface-sync.ts'

test.each([...cases, ...listCases])('$name: pulls show what was changed, and nothing else', async (one) => {
  const { switches, interfaceSwitches } = one
  const data = { users: 12, groups: 0 }
  await using sync = await start({ organizations: [{ data, switches, interfaceSwitches }] })
  const { vendor } = sync
  const [changed = '', renamed = '', replaced = '', gone = ''] = vendor.users().map(({ primaryEmail }) => primaryEmail)
  await sync.pull()
  await sync.relationsRead()
  expect(await sync.mirror()).toEqual(interfaceState(sync))

  vendor.updateUser(changed, { lastName: 'Other', aliases: ['other@example.com'], status: 'inactive' })
  vendor.renameUser(renamed, 'renamed@example.com')
  vendor.deleteUser(replaced)
  vendor.createUser({ primaryEmail: replaced, firstName: 'Another' })
  vendor.deleteUser(gone)
  // The first try of a request fails in the words of this vendor.
  sync.simulator.faults.add({ kind: 'status', status: 503, path: /\/users$/, times: 1 })
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 1 })
  // If the vendor does not say that a user is unknown, two lists a minute apart do.
  await sync.sql`update user_confirmations set unconfirmed_since = unconfirmed_since - interval '61 seconds'`
  expect(await sync.pull()).toMatchObject({ state: 'COMPLETE' })
  await sync.relationsRead()
  expect(await sync.mirror()).toEqual(interfaceState(sync))
  expect(await sync.problem()).toBeNull()
  const kinds = await sync.sql`
    select kind, count(*)::int as count from change_sets, unnest(kinds) as kind
    where not baseline and kind in ('USER_CREATED', 'USER_RECREATED', 'USER_DELETED') group by kind order by kind`
  expect(kinds).toEqual([
    { kind: 'USER_DELETED', count: 2 },
    { kind: 'USER_RECREATED', count: 1 },
  ])
})
