/** Other spellings: how the mirror treats roles, aliases, types, states and addresses in another spelling. */
import { expect, test } from 'vitest'
import { shownAddress } from '../../../src/simulator/data/spelling.ts'
import { startSync } from '../../support/sync.ts'

const people = [
  { primaryEmail: 'Zoë@bücher.example', roles: ['USER'], aliases: ['zoë.ä@bücher.example'] },
  { primaryEmail: 'ada@example.com', roles: ['USER', 'QUARANTINE_MANAGER'], status: 'inactive' as const },
  { primaryEmail: 'shared@example.com', type: 'Alias' as const },
]
const further = { words: 'further', roleNames: 'title', aliasesHold: 'primaryToo' } as const

test('spellings: roles in other letter case are the documented ones, and the primary address is no alias', async () => {
  await using sync = await startSync({
    organizations: [{ domains: ['example.com'], data: { users: people, groups: [] }, switches: { ...further } }],
  })
  await sync.startWorker()
  expect((await sync.pull()).state).toBe('COMPLETE')
  const { users } = await sync.mirror()
  expect(users.map(({ primaryEmail, roles, aliases }) => ({ primaryEmail, roles, aliases }))).toEqual([
    { primaryEmail: 'ada@example.com', roles: ['QUARANTINE_MANAGER', 'USER'], aliases: [] },
    { primaryEmail: 'shared@example.com', roles: ['USER'], aliases: [] },
    { primaryEmail: 'Zoë@bücher.example', roles: ['USER'], aliases: ['zoë.ä@bücher.example'] },
  ])
})

test('spellings: an unknown status is null, an unknown type keeps the known value, and the problem reports it once', async () => {
  await using sync = await startSync({
    organizations: [{ domains: ['example.com'], data: { users: people, groups: [] } }],
  })
  await sync.startWorker()
  await sync.pull()
  expect(await sync.problem()).toBeNull()
  sync.vendor.setSwitches({ words: 'further' })
  sync.vendor.createUser({ primaryEmail: 'new@example.com', type: 'Alias', status: 'inactive' })
  await sync.pull()
  const states = async () =>
    (await sync.mirror()).users.map(({ primaryEmail, type, status }) => [primaryEmail, type, status])
  expect(await states()).toEqual([
    ['ada@example.com', 'USER', null],
    ['new@example.com', null, null],
    ['shared@example.com', 'ALIAS', 'ACTIVE'],
    ['Zoë@bücher.example', 'USER', 'ACTIVE'],
  ])
  const said = 'The vendor uses unrecognized values: status "suspended" for 2 users, type "Functional" for 2 users'
  expect(await sync.problem()).toBe(said)
  const { rows } = await writesOf(sync)
  await sync.pull()
  expect(await sync.problem()).toBe(said)
  expect((await writesOf(sync)).rows).toEqual(rows)
  sync.vendor.setSwitches({ words: 'documented' })
  await sync.pull()
  expect(await sync.problem()).toBeNull()
  expect((await states())[1]).toEqual(['new@example.com', 'ALIAS', 'INACTIVE'])
})

test('spellings: a status or type that is not a string is unrecognized, and the problem reports it', async () => {
  await using sync = await startSync({
    organizations: [{ domains: ['example.com'], data: { users: people, groups: [] } }],
  })
  await sync.startWorker()
  await sync.pull()
  // With all relationships in its row, no user is read alone after the pull: that would show the right values.
  const whole = { roles: ['USER'], aliases: [], groups: [] }
  const wrong = [{ status: false }, { type: 2 }, { status: { id: 1 } }]
  const rows = people.map((row, i) => ({ ...whole, ...row, ...wrong[i] }))
  const fault = sync.simulator.faults.add({ kind: 'wrongShape', path: /^\/users\?/, body: { users: rows, total: 3 } })
  expect((await sync.pull()).state).toBe('COMPLETE')
  fault.remove()
  expect((await sync.mirror()).users.map(({ primaryEmail, type, status }) => [primaryEmail, type, status])).toEqual([
    ['ada@example.com', 'USER', 'INACTIVE'],
    ['shared@example.com', 'ALIAS', null],
    ['Zoë@bücher.example', 'USER', null],
  ])
  const problem = await sync.problem()
  for (const note of ['status "false" for 1 user', 'type "2" for 1 user', 'status "(an object)" for 1 user'])
    expect(problem).toContain(note)
  expect(sync.requests().filter((request) => request.startsWith('GET /users/'))).toEqual([])
})

async function writesOf(sync: Awaited<ReturnType<typeof startSync>>) {
  return { rows: await sync.sql`select id, xmin::text from users order by id` }
}

test('spellings: an account whose address arrives in another Unicode form is the same account', async () => {
  await using sync = await startSync({
    organizations: [{ domains: ['example.com'], data: { users: people, groups: [] } }],
  })
  await sync.startWorker()
  await sync.pull()
  const idsOf = async () => (await sync.sql<{ id: number }[]>`select id from users order by id`).map(({ id }) => id)
  const before = await idsOf()
  for (const addressForm of ['decomposed', 'kept', 'decomposed'] as const) {
    sync.vendor.setSwitches({ addressForm })
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', created: 0, deleted: 0 })
  }
  expect(await idsOf()).toEqual(before)
  const shown = shownAddress('Zoë@bücher.example', sync.vendor.switches)
  expect(shown).toBe('Zoe\u0308@xn--bcher-kva.example')
  expect((await sync.mirror()).users.map(({ primaryEmail }) => primaryEmail)).toContain(shown)
})

test('spellings: a page with status 200 and a refusal fails the pull with the vendor’s message', async () => {
  await using sync = await startSync({
    organizations: [{ domains: ['example.com'], data: { users: people, groups: [] } }],
  })
  await sync.startWorker()
  await sync.pull()
  for (const body of [
    { success: false, message: 'The directory is being moved' },
    { users: [], error: 'The directory is being moved' },
  ]) {
    const fault = sync.simulator.faults.add({ kind: 'wrongShape', path: /^\/users\?/, body })
    const failed = await sync.pull()
    fault.remove()
    expect(failed).toMatchObject({ state: 'FAILED', deleted: 0 })
    expect(failed.error).toContain('The directory is being moved')
  }
  expect((await sync.mirror()).users).toHaveLength(3)
})
