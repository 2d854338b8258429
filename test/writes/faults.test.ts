/**
 * Every write against every fault of the vendor: the correct typed result, a mirror equal to the vendor, and no write
 * carried out twice. The tests are the product of the two lists.
 */
import { describe, expect, test } from 'vitest'
import type { FaultRule } from '../../src/simulator/faults.ts'
import { type ApiHarness, apiHarness, type Json } from './harness/api-harness.ts'
import { mirrorState, vendorState } from './harness/states.ts'

interface Write {
  readonly field: string
  readonly input: Json
  readonly method: string
  readonly path: string
  /** The one request that changes something. */
  readonly sends: string
  readonly isDone: (acme: ApiHarness) => boolean
  /** The fault of a vendor that stores something else, and the result of the write. */
  readonly otherwise: { readonly fault: Fault['rule']; readonly answer: Json }
}

const anna = 'Anna.Muller@example.com'
const nothing = { kind: 'doesNothing' } as const

const writes: Write[] = [
  {
    field: 'createUser',
    input: { primaryEmail: 'carla@example.com', lastName: 'Ñandú', aliases: ['c@example.com'], password: 'planted-1' },
    method: 'POST',
    path: '^/users$',
    sends: 'POST /users',
    isDone: ({ vendor }) => vendor.user('carla@example.com')?.lastName === 'Ñandú',
    otherwise: {
      fault: { kind: 'storesSomethingElse', fields: { lastName: 'Nandu' } },
      answer: { __typename: 'NotAsWritten', fields: ['lastName'], held: { primaryEmail: 'carla@example.com' } },
    },
  },
  {
    field: 'updateUser',
    input: { primaryEmail: anna.toUpperCase(), set: { lastName: 'Ñandú', aliases: { add: ['am@example.com'] } } },
    method: 'PUT',
    path: '^/users/',
    sends: `PUT /users/${anna}`,
    isDone: ({ vendor }) => vendor.user(anna)?.lastName === 'Ñandú',
    otherwise: {
      fault: { kind: 'storesSomethingElse', fields: { lastName: 'Nandu', aliases: [] } },
      answer: { __typename: 'NotAsWritten', fields: ['lastName', 'aliases'], held: { primaryEmail: anna } },
    },
  },
  {
    field: 'deleteUser',
    input: { primaryEmail: anna },
    method: 'DELETE',
    path: '^/users/',
    sends: `DELETE /users/${anna}`,
    isDone: ({ vendor }) => vendor.user(anna) === undefined,
    otherwise: {
      fault: nothing,
      answer: { __typename: 'DeleteUserSuccess', settled: false, user: { deletedAt: null } },
    },
  },
  {
    field: 'addUserToGroup',
    input: { primaryEmail: anna, groupId: 'grp_002' },
    method: 'POST',
    path: '^/groups/',
    sends: 'POST /groups/grp_002/members',
    isDone: ({ vendor }) => vendor.user(anna)?.groups.includes('grp_002') === true,
    otherwise: {
      fault: nothing,
      answer: { __typename: 'GroupMemberSuccess', settled: false, user: { primaryEmail: anna } },
    },
  },
  {
    field: 'removeUserFromGroup',
    input: { primaryEmail: anna, groupId: 'grp_001' },
    method: 'DELETE',
    path: '^/groups/',
    sends: `DELETE /groups/grp_001/members/${anna}`,
    isDone: ({ vendor }) => vendor.user(anna)?.groups.includes('grp_001') === false,
    otherwise: {
      fault: nothing,
      answer: { __typename: 'GroupMemberSuccess', settled: false, user: { primaryEmail: anna } },
    },
  },
]

interface Fault {
  readonly name: string
  readonly rule: Omit<FaultRule, 'method' | 'path' | 'times'> & { kind: FaultRule['kind'] } & Json
  /** Whether the vendor carries out the write. */
  readonly acts: boolean
  /** The result; undefined: success. */
  readonly answer?: Json
  /** The fault affects every request, not only the first one. */
  readonly storm?: true
}

const failed = (status: number | null) => ({ __typename: 'VendorFailure', status, outcomeUnknown: false })

const faults: Fault[] = [
  { name: 'no fault', rule: { kind: 'latency', ms: 0 }, acts: true },
  {
    name: 'refused as invalid',
    rule: { kind: 'status', status: 400, text: 'that will not do' },
    acts: false,
    answer: {
      __typename: 'InvalidInput',
      issues: [{ path: [], message: 'The vendor rejected the input as invalid: that will not do' }],
    },
  },
  { name: 'forbidden', rule: { kind: 'status', status: 403 }, acts: false, answer: failed(403) },
  { name: '500', rule: { kind: 'status', status: 500 }, acts: false, answer: failed(500) },
  { name: '500 after the vendor acted', rule: { kind: 'status', status: 500, acts: true }, acts: true },
  { name: 'hang', rule: { kind: 'hang' }, acts: false, answer: failed(null) },
  { name: 'hang after the vendor acted', rule: { kind: 'hang', acts: true }, acts: true },
  { name: 'closed connection before the vendor acted', rule: { kind: 'cutBefore' }, acts: false, answer: failed(null) },
  { name: 'closed connection after the vendor acted', rule: { kind: 'cutAfter' }, acts: true },
  { name: "a proxy's page", rule: { kind: 'html' }, acts: false, answer: failed(502) },
  { name: 'a page instead of the response', rule: { kind: 'html', status: 200 }, acts: false, answer: failed(200) },
  { name: 'a response of an unexpected shape', rule: { kind: 'wrongShape' }, acts: true },
  {
    name: '429 storm',
    rule: { kind: 'status', status: 429, headers: { 'retry-after': '60' } },
    acts: false,
    answer: { __typename: 'BudgetExhausted' },
    storm: true,
  },
]

const timeouts = { totalMs: 1_000 }

describe.each(writes)('faults of the vendor: $field', (write) => {
  test.each(faults)('faults: $name', async ({ rule, acts, answer, storm }) => {
    await using acme = await filledHouse()
    const before = vendorState(acme)
    const fault = acme.simulator.faults.add(ruleOf(write, rule, storm))
    expect(await acme.mutate(write.field, write.input)).toMatchObject(answer ?? successOf(write))
    expect(fault.fired).toBe(1)
    expect(write.isDone(acme)).toBe(acts)
    expect(acme.sent()).toEqual([write.sends])
    if (!acts) expect(vendorState(acme)).toEqual(before)
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  })

  test('faults: a vendor that stores something else, or nothing, is detected', async () => {
    await using acme = await filledHouse()
    const fault = acme.simulator.faults.add(ruleOf(write, write.otherwise.fault))
    expect(await acme.mutate(write.field, write.input)).toMatchObject(write.otherwise.answer)
    expect(fault.fired).toBe(1)
    expect(acme.sent()).toEqual([write.sends])
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  })

  test('faults: a lost response without readable state is an unknown outcome, and a replay reconciles it', async () => {
    await using acme = await filledHouse()
    const input = { ...write.input, idempotencyKey: 'once' }
    acme.simulator.faults.add(ruleOf(write, { kind: 'cutAfter' }))
    const before = readsBefore(write)
    const away = acme.simulator.faults.add({ kind: 'status', status: 503, method: 'GET', after: before })
    expect(await acme.mutate(write.field, input)).toMatchObject({ __typename: 'VendorFailure', outcomeUnknown: true })
    expect(away.fired).toBeGreaterThan(0)
    away.remove()
    expect(await acme.mutate(write.field, input)).toMatchObject(successOf(write))
    expect(acme.sent()).toEqual([write.sends])
    expect(await mirrorState(acme)).toEqual(vendorState(acme))
  })
})

/** The number of requests to the vendor before the write is sent. */
function readsBefore({ field }: Write): number {
  return field === 'createUser' ? 0 : 1
}

function ruleOf({ method, path }: Write, rule: Fault['rule'], storm?: true): FaultRule {
  return { ...rule, method, path, ...(storm ? {} : { times: 1 }) } as FaultRule
}

function successOf({ field }: Write): Json {
  const name = field.endsWith('Group') ? 'GroupMember' : `${field[0]?.toUpperCase()}${field.slice(1)}`
  return { __typename: `${name}Success`, settled: true }
}

/** A harness with an up-to-date mirror and an empty request log. */
async function filledHouse(): Promise<ApiHarness> {
  const acme = await apiHarness({ timeouts })
  await acme.fill()
  return acme
}
