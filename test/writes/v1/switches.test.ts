/**
 * The writes at every point that the public sources on the API v1 leave open: each position of each switch of the
 * simulator that a write can meet, with both meanings of a PUT.
 */
import { describe, expect, test } from 'vitest'
import { type InterfaceSwitches, interfaceSwitchesSchema } from '../../../src/simulator/v1/interface-switches.ts'
import { type ApiHarness, apiHarness, type Json } from '../harness/api-harness.ts'
import { type Case, cases } from './switch-cases.ts'

const anna = 'Anna.Muller@example.com'
const cara = 'cara@example.com'

/** Everything that the vendor stores of a user. */
function stored({ vendor }: ApiHarness, email: string): Json {
  const { createdAt: _createdAt, updatedAt: _updatedAt, ...user } = vendor.user(email) as unknown as Json
  return user
}

async function opened({ switches, interfaceSwitches }: Case, putMode: InterfaceSwitches['putMode']) {
  const acme = await apiHarness({ api: 'v1', switches, interfaceSwitches: { putMode, ...interfaceSwitches } })
  acme.vendor.updateUser(anna, {
    ofInterface: {
      billable: false,
      safe: ['partner.example'],
      blocked: ['spam.example'],
      readOnly: true,
      odin: { can_impersonate: true, is_imitable: false },
    },
  })
  await acme.fill()
  return acme
}

describe.each(interfaceSwitchesSchema.shape.putMode.options)('API v1, PUT mode %s', (putMode) => {
  test.each(cases)('$name: a change keeps every other field of the user', async (one) => {
    await using acme = await opened(one, putMode)
    const before = stored(acme, anna)
    const answer = await acme.mutate('updateUser', {
      primaryEmail: anna,
      set: { firstName: 'Änne', lastName: null, status: 'INACTIVE', aliases: { add: ['new@example.com'] } },
    })
    expect(answer).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true, notes: [] })
    expect(stored(acme, anna)).toEqual({
      ...before,
      firstName: 'Änne',
      lastName: '',
      status: 'inactive',
      aliases: ['anna@example.com', 'new@example.com'],
      ofInterface: { ...(before.ofInterface as Json), type: 'organization_admin' },
    })
    const puts = acme.simulator.requests.filter(({ method }) => method === 'PUT')
    for (const { body } of puts) expect(body).toMatchObject({ primary_email: anna, department: 'R&D', nothing: null })
  })

  test.each(cases)('$name: a user is created with a password, changed and deleted', async (one) => {
    await using acme = await opened(one, putMode)
    const created = await acme.mutate('createUser', {
      primaryEmail: cara,
      firstName: 'Cara',
      roles: ['silent_user'],
      aliases: ['c@example.com'],
      password: 'Pl4nted-secret',
    })
    expect(created).toMatchObject({ __typename: 'CreateUserSuccess', settled: true, user: { firstName: 'Cara' } })
    expect(acme.vendor.passwordOf(cara)).toBe('Pl4nted-secret')
    expect(stored(acme, cara)).toMatchObject({ aliases: ['c@example.com'], ofInterface: { type: 'silent_user' } })

    const again = await acme.mutate('createUser', { primaryEmail: cara })
    expect(again).toMatchObject({ __typename: 'AlreadyExists', bearer: { primaryEmail: cara } })
    const changed = await acme.mutate('updateUser', { primaryEmail: cara, set: { roles: { set: ['END_USER'] } } })
    expect(changed).toMatchObject({ __typename: 'UpdateUserSuccess', settled: true, changed: ['accountKind', 'roles'] })
    const gone = await acme.mutate('deleteUser', { primaryEmail: cara })
    expect(gone).toMatchObject({ __typename: 'DeleteUserSuccess' })
    expect(acme.vendor.user(cara)).toBeUndefined()
    expect(acme.sent().filter((line) => line.startsWith('DELETE'))).toHaveLength(1)
    for (const line of [...acme.lines, ...acme.answers]) expect(line).not.toContain('Pl4nted-secret')
  })

  test.each([
    ['billable', { is_billable: true }],
    ['senderLists', { safe_list_senders: [] }],
    ['can_impersonate', { odin_settings: { can_impersonate: false, is_imitable: false } }],
    ['read_only_user', { read_only_user: false }],
    ['department', { department: '' }],
    ['aliases', { alias_emails: [] }],
  ])('a vendor that does not keep %s is reported', async (field, fields) => {
    await using acme = await opened({ name: field }, putMode)
    acme.simulator.faults.add({ kind: 'storesSomethingElse', method: 'PUT', fields, times: 1 })
    const answer = await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne' } })
    expect(answer).toMatchObject({ __typename: 'NotAsWritten', fields: [field], held: { primaryEmail: anna } })
  })
})
