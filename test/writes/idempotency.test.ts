import { describe, expect, test } from 'vitest'
import { apis } from '../support/api.ts'
import { apiHarness, type Json } from './harness/api-harness.ts'

const anna = 'Anna.Muller@example.com'
const carla = { primaryEmail: 'carla@example.com', lastName: 'Ñandú', password: 'planted-1', idempotencyKey: 'k1' }
const rename = { primaryEmail: anna, set: { lastName: 'Ñandú' }, idempotencyKey: 'k1' }

describe.each(apis)('with the API %s', (api) => {
  /** The API v1 takes the password in a request of its own. */
  const creation = ['POST /users', ...(api === 'v1' ? ['PUT /users/carla@example.com'] : [])]

  test('idempotency: a repeat gets the first result again and sends nothing', async () => {
    await using acme = await apiHarness({ api })
    const first = await acme.mutate('createUser', { ...carla, ...(api === 'v2' && { groups: ['grp_001'] }) })
    const requests = acme.simulator.requests.length
    const second = await acme.mutate('createUser', { ...carla, ...(api === 'v2' && { groups: ['grp_001'] }) })
    expect(second).toEqual(first)
    expect(first).toMatchObject({ __typename: 'CreateUserSuccess' })
    expect(acme.simulator.requests.length).toBe(requests)
  })

  test('idempotency: a null field and an omitted field of a new user are the same input', async () => {
    await using acme = await apiHarness({ api })
    const nothing = ['firstName', 'type', 'roles', 'aliases', 'groups', 'mailboxSize', 'spamPolicy', 'status']
    const first = await acme.mutate('createUser', carla)
    expect(first).toMatchObject({ __typename: 'CreateUserSuccess' })
    const nulls = Object.fromEntries(nothing.map((field) => [field, null]))
    expect(await acme.mutate('createUser', { ...carla, ...nulls })).toEqual(first)
    expect(acme.sent()).toEqual(creation)
  })

  test('idempotency: a rejection is stored for replay too', async () => {
    await using acme = await apiHarness({ api })
    acme.simulator.faults.add({ kind: 'status', status: 400, method: 'POST', times: 1, text: 'no' })
    const first = await acme.mutate('createUser', carla)
    expect(first).toMatchObject({ __typename: 'InvalidInput' })
    expect(await acme.mutate('createUser', carla)).toEqual(first)
    expect(acme.sent()).toEqual(['POST /users'])
  })

  test.each<[string, string, Json]>([
    ['another password', 'createUser', { ...carla, password: 'planted-2' }],
    ['an additional field', 'createUser', { ...carla, firstName: 'Carla' }],
    ['another mutation', 'deleteUser', { primaryEmail: carla.primaryEmail, idempotencyKey: 'k1' }],
  ])('idempotency: reusing a key for %s is rejected', async (_what, field, input) => {
    await using acme = await apiHarness({ api })
    await acme.mutate('createUser', carla)
    expect(await acme.mutate(field, input)).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    expect(acme.sent()).toEqual(creation)
  })

  test('idempotency: each caller has separate keys', async () => {
    await using acme = await apiHarness({ api })
    await acme.mutate('createUser', carla)
    expect(await acme.mutate('createUser', carla, '', 'bob')).toMatchObject({ __typename: 'AlreadyExists' })
  })

  test('idempotency: a repeat waits for the first request in progress, even in another process', async () => {
    await using acme = await apiHarness({ api })
    await using other = await acme.neighbour()
    const hold = acme.simulator.faults.add({ kind: 'hold', at: 'answer', method: 'POST' })
    const first = acme.mutate('createUser', carla)
    await hold.struck()
    const repeats = [acme.mutate('createUser', carla), other.mutate('createUser', carla)]
    hold.release()
    const answers = await Promise.all([first, ...repeats])
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(acme.sent()).toEqual(creation)
  })

  test('idempotency: a failure before the first request is not stored', async () => {
    await using acme = await apiHarness({ api })
    expect(await acme.mutate('updateUser', { ...rename, primaryEmail: 'carla@example.com' })).toMatchObject({
      __typename: 'NotFound',
    })
    acme.vendor.createUser({ primaryEmail: 'carla@example.com' })
    expect(await acme.mutate('updateUser', { ...rename, primaryEmail: 'carla@example.com' })).toMatchObject({
      __typename: 'UpdateUserSuccess',
    })
  })

  test('idempotency: a key can be reused after its request found the allowance exhausted', async () => {
    await using acme = await apiHarness({ api })
    const { sql } = acme.database
    acme.simulator.faults.add({ kind: 'status', status: 429, headers: { 'retry-after': '60' }, times: 1 })
    expect(await acme.mutate('createUser', carla)).toMatchObject({ __typename: 'BudgetExhausted' })
    await sql`update allowances set paused_until = null`
    await sql`update allowance_slots set free_at = '-infinity'`
    expect(await acme.mutate('createUser', carla)).toMatchObject({ __typename: 'CreateUserSuccess' })
  })

  test('idempotency: keys are kept for 24 hours', async () => {
    await using acme = await apiHarness({ api })
    const { sql } = acme.database
    await acme.mutate('createUser', carla)
    await sql`update idempotency_keys set created_at = created_at - interval '23 hours 59 minutes'`
    expect(await acme.mutate('createUser', carla)).toMatchObject({ __typename: 'CreateUserSuccess' })
    await sql`update idempotency_keys set created_at = created_at - interval '2 minutes'`
    expect(await acme.mutate('createUser', carla)).toMatchObject({ __typename: 'AlreadyExists' })
  })

  test('idempotency: without SECRET_KEY, a key is rejected with instructions, and other writes still work', async () => {
    await using acme = await apiHarness({ api, secretKey: undefined })
    const { idempotencyKey, ...unkeyed } = carla
    expect(await acme.mutate('createUser', { ...unkeyed, idempotencyKey })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: ['idempotencyKey'], message: expect.stringContaining('SECRET_KEY') }],
    })
    expect(await acme.mutate('createUser', unkeyed)).toMatchObject({ __typename: 'CreateUserSuccess' })
  })
})
