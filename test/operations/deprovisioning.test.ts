import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { beginPull } from '../../src/mirror/pulls/pulls.ts'
import { apis } from '../support/api.ts'
import type { Json } from '../writes/harness/api-harness.ts'
import { itemsOf, workerHarness } from './harness/worker-harness.ts'

const anna = 'Anna.Muller@example.com'

test('deprovisioning: it leaves the groups, deletes the user and verifies it; a re-created user is recognized', async () => {
  await using acme = await workerHarness()
  const before = acme.vendor.user(anna)
  const done = await acme.finish('startDeprovisioning', {
    primaryEmails: ['anna.muller@EXAMPLE.com', 'bob@example.com'],
  })
  expect(done).toMatchObject({ kind: 'DEPROVISIONING', state: 'SUCCEEDED', done: 2 })
  expect(itemsOf(done).get('anna.muller@EXAMPLE.com')).toMatchObject({
    steps: ['leave grp_001', 'delete'],
    user: { primaryEmail: anna, deletedAt: expect.any(String) },
  })
  expect(acme.vendor.users()).toEqual([])
  const [kept] = await acme.database.sql`
    select snapshot from operation_items where primary_email = 'anna.muller@EXAMPLE.com'`
  expect(JSON.parse(kept?.snapshot).raw).toMatchObject({
    primaryEmail: anna,
    aliases: before?.aliases,
    roles: before?.roles,
    groups: ['grp_001'],
    department: 'R&D',
  })

  acme.vendor.createUser({ primaryEmail: anna, firstName: 'Back' })
  await beginPull(acme.database.sql, acme.organizationId, 'REQUEST')
  while ((await acme.changes('USER_RECREATED')).length === 0) await sleep(50)
  expect(await acme.changes('USER_RECREATED')).toMatchObject([{ origin: 'PULL', subject: { primaryEmail: anna } }])
})

test('deprovisioning: deactivation sends a complete PUT: groups left, status inactive, other fields unchanged', async () => {
  await using acme = await workerHarness()
  const { updatedAt: _before, ...before } = { ...acme.vendor.user(anna) }
  const done = await acme.finish('startDeprovisioning', { primaryEmails: [anna], mode: 'DEACTIVATE' })
  expect(itemsOf(done).get(anna)).toMatchObject({ state: 'SUCCEEDED', steps: ['leave grp_001', 'replace'] })
  const { updatedAt: _after, ...after } = { ...acme.vendor.user(anna) }
  expect(after).toEqual({ ...before, status: 'inactive', groups: [] })
})

test('deprovisioning: an item for a missing user fails alone', async () => {
  await using acme = await workerHarness()
  const started = await acme.start('startDeprovisioning', { primaryEmails: ['missing@example.com', 'bob@example.com'] })
  expect(started.notes).toContainEqual(expect.stringContaining('The mirror has no user missing@example.com'))
  const done = await acme.ended((started.operation as Json).id)
  expect(done).toMatchObject({ state: 'PARTLY_FAILED', done: 1, failed: 1 })
  expect(itemsOf(done).get('missing@example.com')?.failure).toMatchObject({ __typename: 'NotFound' })
})

test('deprovisioning: a dry run reads each user and returns the requests that would be sent', async () => {
  await using acme = await workerHarness({ idle: true })
  acme.vendor.addMember('grp_002', anna)
  const answer = await acme.start('startDeprovisioning', { primaryEmails: [anna], mode: 'DEACTIVATE', dryRun: true })
  expect(answer).toMatchObject({
    operation: null,
    plan: [
      { method: 'DELETE', path: '/groups/grp_001/members/Anna.Muller%40example.com' },
      { method: 'DELETE', path: '/groups/grp_002/members/Anna.Muller%40example.com' },
      { method: 'PUT', body: { status: 'inactive', department: 'R&D', nothing: null } },
    ],
    notes: [],
  })
  expect(acme.sent()).toEqual([])
})

describe.each(apis)('with the API %s', (api) => {
  test.each([
    [{ kind: 'cutAfter', method: 'DELETE', times: 2 }],
    [{ kind: 'cutBefore', method: 'DELETE', times: 2 }],
    [{ kind: 'status', status: 500, method: 'DELETE', times: 2, acts: true }],
  ] as const)('deprovisioning: a lost response is reconciled by reading: %j', async (fault) => {
    await using acme = await workerHarness({ api })
    acme.simulator.faults.add(fault)
    const done = await acme.finish('startDeprovisioning', { primaryEmails: [anna] })
    expect(done).toMatchObject({ state: 'SUCCEEDED' })
    expect(acme.vendor.user(anna)).toBeUndefined()
    const acted = 'acts' in fault || fault.kind === 'cutAfter'
    // With groups, the user is first removed from one.
    if (acted) expect(acme.sent()).toHaveLength(api === 'v2' ? 2 : 1)
  })
})
