/** The interactive point read: its outcomes, and what it leaves unchanged. */
import { describe, expect, test } from 'vitest'
import { refreshUserWith } from '../../src/sync/point-read/refresh-user.ts'
import { readingCaller } from '../../src/vendor/allowance.ts'
import { apis, pathOfUser, pathOfUsers } from '../support/api.ts'
import { startSync, vendorState } from '../support/sync.ts'
import { until } from '../support/until.ts'

describe.each(apis)('with the API %s', (api) => {
  const prefix = api === 'v1' ? '/orgs/example.com' : ''
  const times = api === 'v1' ? [] : ['updatedAt']

  test("refreshUser: the result has the vendor's current values and names the changed fields", async () => {
    await using sync = await startSync({ api, organizations: [{ data: { users: 30, groups: 3 } }] })
    const refresh = refreshUserWith(sync.deps)
    const ask = (primaryEmail: string) =>
      refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'reader' })
    const [anna] = sync.vendor.users()
    const email = anna?.primaryEmail ?? ''

    // A user that is new to the mirror, in other letter case than the vendor's.
    expect(await ask(email.toUpperCase())).toMatchObject({
      outcome: 'READ',
      changed: expect.arrayContaining(['roles']),
    })
    await sync.startWorker()
    await sync.pull()
    expect(await sync.mirror()).toEqual(vendorState(sync.vendor, api))

    expect(await ask(email)).toMatchObject({ outcome: 'READ', changed: [] })
    sync.vendor.updateUser(email, { lastName: 'New', aliases: ['other@example.com'], groups: ['grp_002'] })
    const outcome = await ask(email)
    if (outcome.outcome !== 'READ') throw new Error(outcome.outcome)
    expect(outcome.changed.toSorted()).toEqual(expect.arrayContaining(['aliases', 'lastName', ...times]))
    expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor, api).users)
    const [change] = await sync.sql`select origin, actor from change_sets order by last_position desc limit 1`
    expect(change).toEqual({ origin: 'REFRESH', actor: 'reader' })
  })

  test('refreshUser: a user that the vendor lacks is NOT_FOUND, and stays until a complete pull also misses it', async () => {
    await using sync = await startSync({ api })
    const refresh = refreshUserWith(sync.deps)
    const ask = (primaryEmail: string) =>
      refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'reader' })
    await sync.startWorker()
    await sync.pull()
    const [anna] = sync.vendor.users()
    const email = anna?.primaryEmail ?? ''
    sync.vendor.deleteUser(email)
    expect(await ask(email)).toEqual({ outcome: 'NOT_FOUND' })
    expect(await ask('never@example.com')).toEqual({ outcome: 'NOT_FOUND' })
    expect((await sync.mirror()).users).toHaveLength(60)
    expect(await sync.pull()).toMatchObject({ state: 'COMPLETE', deleted: 1 })
    // Another client re-creates the user, which is refreshed before the next pull.
    sync.vendor.createUser({ primaryEmail: email })
    expect(await ask(email)).toMatchObject({ outcome: 'READ' })
    expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor, api).users)
  })

  test('refreshUser: a page that was sent before a refresh does not undo it', async () => {
    await using sync = await startSync({ api, organizations: [{ data: { users: 30, groups: 3 } }] })
    const refresh = refreshUserWith(sync.deps)
    await sync.startWorker()
    await sync.pull()
    const [anna] = sync.vendor.users()
    const email = anna?.primaryEmail ?? ''
    const slow = sync.simulator.faults.add({ kind: 'hold', at: 'answer', path: pathOfUsers(api) })
    const pullId = await sync.begin()
    await slow.struck()
    sync.vendor.updateUser(email, { firstName: 'Later', aliases: ['later@example.com'] })
    expect(await refresh({ organizationId: sync.organizationId, primaryEmail: email, actor: 'reader' })).toMatchObject({
      outcome: 'READ',
      changed: expect.arrayContaining(['firstName', 'aliases']),
    })
    slow.remove()
    expect(await sync.ended(pullId)).toMatchObject({ state: 'COMPLETE' })
    expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor, api).users)
  })

  test('refreshUser: identical requests share one request to the vendor, until it is sent', async () => {
    await using sync = await startSync({ api })
    const refresh = refreshUserWith(sync.deps)
    const [anna] = sync.vendor.users()
    const email = anna?.primaryEmail ?? ''
    const ask = (actor: string, primaryEmail = email) =>
      refresh({ organizationId: sync.organizationId, primaryEmail, actor })
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`caller ${i}`)))
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['READ']))
    expect(sync.requests()).toEqual([`GET ${prefix}/users/${email}`])

    // The response of a request in flight may be older than what a new caller knows.
    const held = sync.simulator.faults.add({ kind: 'hold', at: 'answer', path: /\/users\/./ })
    const first = ask('early')
    await held.struck()
    sync.vendor.updateUser(email, { lastName: 'New' })
    const later = [ask('late'), ask('later', email.toUpperCase())]
    held.remove()
    expect(await first).toMatchObject({ outcome: 'READ' })
    expect((await Promise.all(later)).map(({ outcome }) => outcome)).toEqual(['READ', 'READ'])
    expect(sync.requests()).toHaveLength(3)
    const [row] = await sync.sql`select last_name from users where primary_email = ${email}`
    expect(row?.last_name).toBe('New')
  })

  test('refreshUser: a caller that leaves aborts the shared request only if no other caller waits', async () => {
    await using sync = await startSync({ api })
    const refresh = refreshUserWith(sync.deps)
    const [anna] = sync.vendor.users()
    const request = { organizationId: sync.organizationId, primaryEmail: anna?.primaryEmail ?? '' }
    const leave = new AbortController()
    const left = refresh({ ...request, actor: 'one', signal: leave.signal })
    const stays = refresh({ ...request, actor: 'other' })
    leave.abort()
    expect(await left).toMatchObject({ outcome: 'VENDOR_FAILURE' })
    expect(await stays).toMatchObject({ outcome: 'READ' })
    expect(sync.requests()).toHaveLength(1)
  })

  test('refreshUser: a caller that waits for its own share does not delay other callers for the same user', async () => {
    await using sync = await startSync({ api })
    const client = sync.deps.clientOf(sync.organizationId)
    if (!client) throw new Error('no client')
    const waiting = Promise.withResolvers<AbortSignal | undefined>()
    // Only the first caller never gets a slot.
    const getUser: typeof client.getUser = async (address, call) => {
      if (call.caller?.name !== readingCaller('spent').name) return await client.getUser(address, call)
      waiting.resolve(call.signal)
      return await new Promise((_, reject) => call.signal?.addEventListener('abort', () => reject(call.signal?.reason)))
    }
    const refresh = refreshUserWith({ ...sync.deps, clientOf: () => ({ ...client, getUser }) })
    const primaryEmail = sync.vendor.users()[0]?.primaryEmail ?? ''
    const ask = (actor: string) => refresh({ organizationId: sync.organizationId, primaryEmail, actor })
    const spent = ask('spent')
    const signal = await waiting.promise
    expect(await ask('modest')).toMatchObject({ outcome: 'READ' })
    // The waiting caller gets the same response, and sends no other request.
    expect(await spent).toMatchObject({ outcome: 'READ' })
    expect(signal?.aborted).toBe(true)
    expect(sync.requests()).toEqual([`GET ${prefix}/users/${primaryEmail}`])
  })

  test('refreshUser: a response that arrives while a pull reads its missing users begins no account either', async () => {
    await using sync = await startSync({ api, organizations: [{ data: { users: 30, groups: 3 } }] })
    const refresh = refreshUserWith(sync.deps)
    await sync.startWorker()
    await sync.pull()
    const missing = sync.vendor.users()[0]?.primaryEmail ?? ''
    const brief = 'brief@example.com'
    sync.vendor.createUser({ primaryEmail: brief })
    const answer = sync.simulator.faults.add({ kind: 'hold', at: 'answer', path: pathOfUser(api, brief), times: 1 })
    const asked = refresh({ organizationId: sync.organizationId, primaryEmail: brief, actor: 'reader' })
    await answer.struck()
    sync.vendor.deleteUser(brief)
    sync.vendor.deleteUser(missing)
    const ofMissing = pathOfUser(api, missing)
    const verification = sync.simulator.faults.add({ kind: 'hold', at: 'arrival', path: ofMissing })
    const pullId = await sync.begin()
    await verification.struck()
    answer.remove()
    expect(await asked).toEqual({ outcome: 'NOT_FOUND' })
    verification.remove()
    expect(await sync.ended(pullId)).toMatchObject({ state: 'COMPLETE' })
    expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor, api).users)
  })
})

test('refreshUser: vendor failure, rejected key, exhausted allowance and unknown organization have different outcomes', async () => {
  await using sync = await startSync({ requestsPerMinute: 3 })
  const refresh = refreshUserWith(sync.deps)
  // Each caller may have one of three requests.
  let callers = 0
  const ask = (organizationId = sync.organizationId) =>
    refresh({ organizationId, primaryEmail: 'a@example.com', actor: `caller ${callers++}` })
  expect(await ask(0)).toEqual({
    outcome: 'VENDOR_FAILURE',
    message: 'This process has no credentials for the organization',
    status: null,
  })
  sync.vendor.refuseKey()
  expect(await ask()).toMatchObject({ outcome: 'VENDOR_FAILURE', status: 401 })
  sync.vendor.refuseKey(false)
  sync.simulator.faults.add({ kind: 'status', status: 400, times: 1 })
  expect(await ask()).toMatchObject({ outcome: 'VENDOR_FAILURE', status: 400 })
  expect(await ask()).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask()).toEqual({
    outcome: 'BUDGET_EXHAUSTED',
    problem: 'The allowance (3 requests in 60 s) is used up',
    retryAt: expect.stringMatching(/^2\d{3}-.*Z$/),
  })
  expect(sync.simulator.requests).toHaveLength(3)
})

test("refreshUser: one caller's refreshes leave slots to other callers, and the rejection names the limit", async () => {
  await using sync = await startSync({ requestsPerMinute: 40 })
  const refresh = refreshUserWith(sync.deps)
  const emails = sync.vendor.users().map(({ primaryEmail }) => primaryEmail)
  const ask = (actor: string, primaryEmail = '') =>
    refresh({ organizationId: sync.organizationId, primaryEmail, actor })
  const greedy = await Promise.all(emails.slice(0, 20).map((email) => ask('greedy', email)))
  expect(greedy.filter(({ outcome }) => outcome === 'READ')).toHaveLength(7)
  expect(greedy.find(({ outcome }) => outcome !== 'READ')).toEqual({
    outcome: 'BUDGET_EXHAUSTED',
    problem: "The caller's share of the allowance (7 of 40 requests in 60 s) is used up",
    retryAt: expect.stringMatching(/^2\d{3}-.*Z$/),
  })
  // A caller that joined a request is not rejected because of the other caller's share.
  expect(await ask('greedy', emails[30])).toMatchObject({ outcome: 'BUDGET_EXHAUSTED' })
  // Whether the greedy caller shares the request of the modest one depends on which of the two is decided first.
  const [, read] = await Promise.all([ask('greedy', emails[30]), ask('modest', emails[30])])
  expect(read).toMatchObject({ outcome: 'READ' })
})

test("refreshUser: the request spells the address as the vendor does, regardless of the caller's letter case", async () => {
  await using sync = await startSync({ simulator: { switches: { addressMatch: 'exact' } } })
  const refresh = refreshUserWith(sync.deps)
  const ask = (primaryEmail: string) => refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'reader' })
  const [anna] = sync.vendor.users()
  const email = anna?.primaryEmail ?? ''
  expect(await ask(email.toUpperCase())).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask(email)).toMatchObject({ outcome: 'READ' })
  sync.vendor.updateUser(email, { lastName: 'New' })
  expect(await ask(email.toUpperCase())).toMatchObject({ outcome: 'READ', changed: ['lastName', 'updatedAt'] })

  // Another client re-creates the user in other letter case.
  sync.vendor.deleteUser(email)
  sync.vendor.createUser({ primaryEmail: email.toUpperCase() })
  expect(await ask(email)).toEqual({ outcome: 'NOT_FOUND' })
  expect(await ask(email.toUpperCase())).toMatchObject({ outcome: 'READ' })
  expect(await ask(email)).toMatchObject({ outcome: 'READ', changed: [] })
})

test('refreshUser: a response that a complete pull has overtaken begins no account, and the user is read again', async () => {
  await using sync = await startSync({ organizations: [{ data: { users: 30, groups: 3 } }] })
  const refresh = refreshUserWith(sync.deps)
  const [gone, kept] = sync.vendor.users().map(({ primaryEmail }) => primaryEmail)
  const ask = (primaryEmail = '') => refresh({ organizationId: sync.organizationId, primaryEmail, actor: 'reader' })
  const held = sync.simulator.faults.add({ kind: 'hold', at: 'answer', path: /\/users\/./ })
  const [askedForGone, askedForKept] = [ask(gone), ask(kept)]
  await held.struck()
  await until(() => held.fired === 2)
  sync.vendor.deleteUser(gone ?? '')
  await sync.startWorker()
  await sync.pull()
  held.remove()

  expect(await askedForGone).toEqual({ outcome: 'NOT_FOUND' })
  // The pull had seen this user, so no further read was needed.
  expect(await askedForKept).toMatchObject({ outcome: 'READ', changed: [] })
  expect((await sync.mirror()).users).toEqual(vendorState(sync.vendor).users)
  expect(await sync.sql`select from users where primary_email = ${gone ?? ''}`).toEqual([])
})
