/** A missing user whose read shows neither that it exists nor that it is gone is deferred, and the pull completes. */
import { describe, expect, test } from 'vitest'
import type { FaultRule } from '../../../src/simulator/faults.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { type Api, apis, pathOfUser } from '../../support/api.ts'
import { type Mirrored, mirrored } from '../../support/mirrored.ts'

const state = '{ organization { mirror { state problem pulls(first: 1) { nodes { state deleted error } } } } }'
const gone = 'mutation ($user: ID!) { declareUserGone(user: $user) { id primaryEmail deletedAt } }'

async function stateOf(mirror: Mirrored) {
  type State = { organization: { mirror: { state: string; problem: string | null; pulls: { nodes: object[] } } } }
  const { pulls, ...rest } = (await mirror.data<State>(state)).organization.mirror
  return { ...rest, pull: pulls.nodes[0] }
}

async function idOf(mirror: Mirrored, primaryEmail: string): Promise<string> {
  const { user } = await mirror.data<{ user: { id: string } | null }>(
    'query ($of: EmailAddress!) { user(primaryEmail: $of) { id } }',
    { of: primaryEmail },
  )
  return user?.id ?? ''
}

function open(users: number, api: Api) {
  return mirrored({ api, data: { users, groups: 3 }, switches: { listCarries: everySection } })
}

function addressesOf(mirror: Mirrored): string[] {
  return mirror.vendor.users().map(({ primaryEmail }) => primaryEmail)
}

/** `%s` in the text of the response stands for the address. */
function oddAt(api: Api, mirror: Mirrored, address: string, rule: FaultRule) {
  const own = rule.kind === 'status' && rule.text !== undefined ? { text: rule.text.replace('%s', address) } : {}
  return mirror.simulator.faults.add({ ...rule, ...own, path: pathOfUser(api, address) })
}

const answers: [string, FaultRule, string][] = [
  ['412', { kind: 'status', status: 412, text: 'odd' }, 'the vendor returned 412: odd'],
  ['400', { kind: 'status', status: 400, text: 'odd' }, 'the vendor returned 400: odd'],
  ['422', { kind: 'status', status: 422, text: 'odd' }, 'the vendor returned 422: odd'],
  ['403', { kind: 'status', status: 403 }, 'the vendor returned 403'],
  ['405', { kind: 'status', status: 405, text: 'odd' }, 'the vendor returned 405: odd'],
  ['409', { kind: 'status', status: 409, text: 'odd' }, 'the vendor returned 409: odd'],
  ['451', { kind: 'status', status: 451, text: 'odd' }, 'the vendor returned 451: odd'],
  ['200 with an error body', { kind: 'status', status: 200, text: 'odd' }, 'the vendor returned 200'],
  ['200 with a text', { kind: 'status', status: 200, body: 'text', text: 'deleted' }, 'the vendor returned 200'],
  ['200 with nothing', { kind: 'status', status: 200, body: 'empty' }, 'the vendor returned 200'],
  ['200 with null', { kind: 'status', status: 200, body: 'text', text: 'null' }, 'the vendor returned 200'],
  [
    '200 with its address and an error',
    { kind: 'status', status: 200, body: 'text', text: '{"primaryEmail":"%s","error":"user was deleted"}' },
    'the vendor returned 200: user was deleted',
  ],
  ['500', { kind: 'status', status: 500, text: 'odd' }, 'the vendor returned 500: odd'],
  ['401', { kind: 'status', status: 401, text: 'odd' }, 'the vendor returned 401: odd'],
  [
    'the record of another user',
    { kind: 'status', status: 200, body: 'text', text: '{"primaryEmail":"another@bulk.example"}' },
    'the vendor returned 200',
  ],
  [
    'a redirect elsewhere',
    { kind: 'status', status: 302, headers: { location: 'https://other.example/login' } },
    'the vendor returned 302',
  ],
]

describe.each(apis)('with the API %s', (api) => {
  // Both read a refusal with the same code, so a third of them is enough over the second API.
  test.each(api === 'v2' ? answers : answers.filter((_, i) => i % 3 === 0))(
    'odd users: a missing user whose read returns %s is deferred, and the other missing users are deleted',
    async (_name, rule, reason) => {
      await using mirror = await open(40, api)
      await mirror.pull()
      const [odd = '', other = ''] = addressesOf(mirror)
      mirror.vendor.deleteUser(odd)
      mirror.vendor.deleteUser(other)
      const fault = oddAt(api, mirror, odd, rule)
      await mirror.pull()
      const { problem, ...rest } = await stateOf(mirror)
      expect(rest).toMatchObject({ state: 'CURRENT', pull: { state: 'COMPLETE', deleted: 1, error: null } })
      expect(problem).toContain(`The user "${odd}" is missing from the list and could not be read (${reason}`)
      expect(await idOf(mirror, odd)).not.toBe('')
      expect(await idOf(mirror, other)).toBe('')

      fault.remove()
      await mirror.pull()
      expect(await stateOf(mirror)).toMatchObject({ problem: null, pull: { deleted: 1 } })
      expect(await idOf(mirror, odd)).toBe('')
    },
  )

  test('odd users: a missing user whose read returns 410 is deleted', async () => {
    await using mirror = await open(40, api)
    await mirror.pull()
    mirror.vendor.setSwitches({ goneAnswer: 410 })
    const [odd = '', other = ''] = addressesOf(mirror)
    mirror.vendor.deleteUser(odd)
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({ problem: null, pull: { state: 'COMPLETE', deleted: 1 } })
    // A point read outside of a pull deletes no user, regardless of its status.
    mirror.vendor.deleteUser(other)
    expect(
      await mirror.data('mutation ($of: EmailAddress!) { refreshUser(input: { primaryEmail: $of }) { __typename } }', {
        of: other,
      }),
    ).toEqual({ refreshUser: { __typename: 'NotFound' } })
    expect(await idOf(mirror, other)).not.toBe('')
  })

  test('odd users: a deferred user keeps the freshness of the last response that showed it', async () => {
    await using mirror = await open(40, api)
    await mirror.pull()
    const [odd = '', other = ''] = addressesOf(mirror)
    const question = `query ($odd: EmailAddress!, $other: EmailAddress!) { organization { mirror { completeAsOf } }
      odd: user(primaryEmail: $odd) { freshness { profileAt relationsAt } } other: user(primaryEmail: $other) { freshness { profileAt } } }`
    type Answer = {
      organization: { mirror: { completeAsOf: string } }
      odd: { freshness: { profileAt: string; relationsAt: string } }
      other: { freshness: { profileAt: string } }
    }
    const before = await mirror.data<Answer>(question, { odd, other })
    mirror.vendor.deleteUser(odd)
    mirror.vendor.setSwitches({ goneAnswer: 412 })
    for (let pull = 0; pull < 2; pull += 1) await mirror.pull()
    const after = await mirror.data<Answer>(question, { odd, other })
    expect(after.odd).toEqual(before.odd)
    expect(after.other.freshness.profileAt).toBe(after.organization.mirror.completeAsOf)
    expect(after.other.freshness.profileAt > before.other.freshness.profileAt).toBe(true)
    // The deletion happened some time after the last response that showed the user.
    mirror.vendor.setSwitches({ goneAnswer: 404 })
    await mirror.pull()
    const { changes } = await mirror.data<{ changes: { nodes: { kind: string; notBefore: string }[] } }>(
      '{ changes(last: 1) { nodes { kind notBefore } } }',
    )
    expect(changes.nodes).toEqual([{ kind: 'USER_DELETED', notBefore: before.odd.freshness.profileAt }])
  })

  test('odd users: the reported reason and address have a maximum length', async () => {
    await using mirror = await open(40, api)
    const long = `${'a'.repeat(300)}@example.com`
    mirror.vendor.createUser({ primaryEmail: long })
    await mirror.pull()
    mirror.vendor.deleteUser(long)
    oddAt(api, mirror, long, { kind: 'status', status: 412, text: 'why '.repeat(5_000) })
    await mirror.pull()
    const { problem } = await stateOf(mirror)
    expect(problem?.length).toBeLessThan(500)
  })

  describe('declareUserGone', () => {
    test('rejects a user that is not deferred, deleted, or unknown', async () => {
      await using mirror = await open(40, api)
      await mirror.pull()
      const [odd = '', other = ''] = addressesOf(mirror)
      const [user, there] = [await idOf(mirror, odd), await idOf(mirror, other)]
      const messages = async (id: string) =>
        (await mirror.ask(gone, { user: id })).errors?.map(({ message, extensions }) => [message, extensions.code])
      const notPutOff = expect.stringMatching(/^The latest pulls resolved the user; expected/)
      expect(await messages(user)).toEqual([[notPutOff, 'BAD_USER_INPUT']])

      mirror.vendor.deleteUser(odd)
      mirror.vendor.setSwitches({ goneAnswer: 412 })
      await mirror.pull()
      expect(await messages(there)).toEqual([[notPutOff, 'BAD_USER_INPUT']])
      expect(await messages(user)).toBeUndefined()
      expect(await messages(user)).toEqual([[expect.stringContaining('already deleted'), 'BAD_USER_INPUT']])
      const unknownUser = Buffer.from('User:999999').toString('base64')
      expect(await messages(unknownUser)).toEqual([['No user has this ID', 'NOT_FOUND']])
    })

    test('rejects a user that a response has shown since it was deferred', async () => {
      await using mirror = await open(40, api)
      await mirror.pull()
      const [odd = ''] = addressesOf(mirror)
      const user = await idOf(mirror, odd)
      mirror.vendor.deleteUser(odd)
      mirror.vendor.setSwitches({ goneAnswer: 412 })
      await mirror.pull()
      mirror.vendor.restoreUser(odd)
      await mirror.data('mutation ($of: EmailAddress!) { refreshUser(input: { primaryEmail: $of }) { __typename } }', {
        of: odd,
      })
      const answer = await mirror.ask(gone, { user })
      expect(answer.errors?.[0]?.message).toMatch(/^The (latest pulls resolved the user|user is already deleted)/)
    })

    test('ends an account, and a new account begins if the vendor shows the user later', async () => {
      await using mirror = await open(40, api)
      await mirror.pull()
      const [odd = ''] = addressesOf(mirror)
      const user = await idOf(mirror, odd)
      mirror.vendor.deleteUser(odd)
      mirror.vendor.setSwitches({ goneAnswer: 412 })
      await mirror.pull()
      await mirror.data(gone, { user })
      await mirror.pull()
      expect(await stateOf(mirror)).toMatchObject({ problem: null, state: 'CURRENT' })
      mirror.vendor.createUser({ primaryEmail: odd })
      await mirror.pull()
      const again = await idOf(mirror, odd)
      expect(again).not.toBe('')
      expect(again).not.toBe(user)
    })
  })
})

/** Where the list has no pages, two lists prove it instead (test/sync/v1). */
describe('odd users: more than five missing users are unreadable', () => {
  test('the pull fails and names them, and the next pull completes once they are declared gone', async () => {
    await using mirror = await open(60, 'v2')
    await mirror.pull()
    const doomed = addressesOf(mirror).slice(0, 7)
    const ids = await Promise.all(doomed.map((address) => idOf(mirror, address)))
    mirror.vendor.setSwitches({ goneAnswer: 403 })
    for (const address of doomed.slice(0, 5)) mirror.vendor.deleteUser(address)
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({
      state: 'CURRENT',
      problem: expect.stringMatching(/^5 users are missing from the list and could not be read, the first because of/),
      pull: { state: 'COMPLETE', deleted: 0 },
    })
    for (const address of doomed.slice(5)) mirror.vendor.deleteUser(address)
    await mirror.pull()
    const failed = await stateOf(mirror)
    expect(failed).toMatchObject({ pull: { state: 'FAILED', deleted: 0 } })
    expect(failed.problem).toMatch(/^The pull failed: 6 users are missing from the list and could not be read/)
    for (const address of doomed.slice(0, 6)) expect(failed.problem).toContain(`"${address}"`)

    for (const user of ids.slice(0, 5)) {
      expect(await mirror.data(gone, { user })).toMatchObject({
        declareUserGone: { id: user, deletedAt: expect.any(String) },
      })
    }
    await mirror.pull()
    expect(await stateOf(mirror)).toMatchObject({
      state: 'CURRENT',
      problem: expect.stringContaining('2 users are missing'),
      pull: { state: 'COMPLETE' },
    })
    const { changes } = await mirror.data<{ changes: { nodes: object[] } }>(
      '{ changes(last: 1) { nodes { kind origin actor subject { ... on Node { id } } } } }',
    )
    expect(changes.nodes).toMatchObject([
      { kind: 'USER_DELETED', origin: 'PULL', actor: 'reader', subject: { id: ids[4] } },
    ])
  })
})
