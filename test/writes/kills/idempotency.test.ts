import { expect, test } from 'vitest'
import { apiHarness, type Json } from '../harness/api-harness.ts'
import { passLeases, writeAndDie } from '../harness/kill.ts'
import { feed, mirrorState, vendorState } from '../harness/states.ts'

/** A process is killed during a write with an idempotency key, and another one gets the repeat. */

const anna = 'Anna.Muller@example.com'
const rename = { primaryEmail: anna, set: { lastName: 'Ñandú' }, idempotencyKey: 'k1' }

interface Death {
  readonly verb: string
  readonly input: Json
  readonly method: string
  readonly path: string
  readonly success: string
}

const deaths: Death[] = [
  {
    verb: 'createUser',
    input: {
      primaryEmail: 'carla@example.com',
      type: 'USER',
      lastName: 'Ñandú',
      password: 'planted-1',
      groups: ['grp_001'],
    },
    method: 'POST',
    path: '^/users$',
    success: 'CreateUserSuccess',
  },
  {
    verb: 'updateUser',
    input: { primaryEmail: anna, set: { lastName: 'Ñandú', roles: { remove: ['ADMINISTRATOR'] } } },
    method: 'PUT',
    path: '^/users/',
    success: 'UpdateUserSuccess',
  },
  {
    verb: 'deleteUser',
    input: { primaryEmail: anna },
    method: 'DELETE',
    path: '^/users/',
    success: 'DeleteUserSuccess',
  },
  {
    verb: 'addUserToGroup',
    input: { groupId: 'grp_002', primaryEmail: anna },
    method: 'POST',
    path: '^/groups/',
    success: 'GroupMemberSuccess',
  },
  {
    verb: 'removeUserFromGroup',
    input: { groupId: 'grp_001', primaryEmail: anna },
    method: 'DELETE',
    path: '^/groups/',
    success: 'GroupMemberSuccess',
  },
]
const table = deaths.flatMap((death) => [
  { ...death, acts: true, title: `${death.verb}, killed when the vendor had acted` },
  { ...death, acts: false, title: `${death.verb}, killed before the vendor acted` },
])

test.each(table.map((row) => [row.title, row] as const))(
  'idempotency: %s: the repeat reconciles it by reading',
  async (_title, row) => {
    const { verb, input, method, path, success, acts } = row
    await using acme = await apiHarness()
    await acme.fill()
    await writeAndDie(acme, verb, { actor: 'alice', input, idempotencyKey: 'k1' }, { method, path, acts })
    await passLeases(acme)
    const sentBefore = acme.sent()
    const answer = await acme.mutate(verb, { ...input, idempotencyKey: 'k1' })
    expect(answer).toMatchObject({ __typename: success })
    // A change that the vendor has carried out is not sent again; a group that must be joined afterwards is.
    const again = acme.sent().slice(sentBefore.length)
    expect(again.filter((request) => request === sentBefore.at(-1))).toHaveLength(acts ? 0 : 1)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
    expect(await acme.mutate(verb, { ...input, idempotencyKey: 'k1' })).toEqual(answer)
    const written = (await feed(acme.database.sql)).filter(({ origin }) => origin === 'WRITE')
    expect(written.length).toBeGreaterThan(0)
    expect(new Set(written.map(({ actor }) => actor))).toEqual(new Set(['alice']))
  },
)

test('idempotency: a repeat after a kill does not overwrite changes by others, and the outcome stays unknown', async () => {
  await using acme = await apiHarness()
  const { idempotencyKey, ...input } = rename
  const at = { method: 'PUT', path: '^/users/', acts: true }
  await writeAndDie(acme, 'updateUser', { actor: 'alice', input, idempotencyKey }, at)
  acme.vendor.updateUser(anna, { lastName: 'Changed-elsewhere' })
  await passLeases(acme)
  expect(await acme.mutate('updateUser', rename)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
  expect(acme.vendor.user(anna)?.lastName).toBe('Changed-elsewhere')
})
