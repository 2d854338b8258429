/** What the first pull finds is the baseline of the change feed. Everything that happens at the vendor is not. */
import { expect, test } from 'vitest'
import { everySection } from '../../src/simulator/options.ts'
import { type Mirrored, type MirroredOptions, mirrored } from '../support/mirrored.ts'

const data = {
  groups: [
    { id: 'grp_001', name: 'Finance' },
    { id: 'grp_002', name: 'Sales' },
  ],
  users: ['ann', 'bob', 'cyd', 'dan'].map((name) => ({
    primaryEmail: `${name}@example.com`,
    firstName: name,
    roles: name === 'ann' ? ['ADMINISTRATOR'] : ['USER'],
    groups: ['grp_001'],
  })),
}

const start = ({ switches, ...options }: MirroredOptions = {}) =>
  mirrored({ data, switches: { listCarries: everySection, ...switches }, ...options })

interface Feed {
  readonly changes: {
    readonly nodes: readonly {
      kind: string
      baseline: boolean
      field: string | null
      subject: Record<string, string>
    }[]
  }
}

/** The changes, as texts. */
async function feed({ data: ask }: Mirrored, args = ''): Promise<string[]> {
  const { changes } = await ask<Feed>(
    `{ changes(first: 500${args}) { nodes { kind baseline field subject { ... on User { primaryEmail } ... on Group { name } } } } }`,
  )
  return changes.nodes.map(({ kind, field, subject }) =>
    [kind, ...Object.values(subject), ...(field ? [field] : [])].join(' ').replace('@example.com', ''),
  )
}

test('baseline: everything that the first pull finds belongs to it, and nothing of later pulls does', async () => {
  await using mirror = await start()
  await mirror.pull()
  expect(await feed(mirror, ', baseline: false')).toEqual([])
  const whole = await feed(mirror)
  expect(await feed(mirror, ', baseline: true')).toEqual(whole)
  expect(whole).toContain('ROLE_GRANTED ann')

  mirror.vendor.createUser({ primaryEmail: 'eve@example.com', roles: ['ADMINISTRATOR'], groups: ['grp_001'] })
  mirror.vendor.createGroup('Fresh')
  mirror.vendor.updateUser('bob@example.com', { groups: ['grp_001', 'grp_002'] })
  await mirror.pull()
  const changes = [
    'GROUP_CREATED Fresh',
    'MEMBER_ADDED bob',
    'USER_CREATED eve',
    'ROLE_GRANTED eve',
    'MEMBER_ADDED eve',
  ]
  expect((await feed(mirror, ', baseline: false')).sort()).toEqual(changes.sort())
  expect(await feed(mirror, ', baseline: true')).toEqual(whole)
  expect((await feed(mirror)).length).toBe(whole.length + changes.length)
  expect(await feed(mirror, ', baseline: false, kinds: [ROLE_GRANTED]')).toEqual(['ROLE_GRANTED eve'])
  expect(await feed(mirror, ', baseline: true, kinds: [ROLE_GRANTED, MEMBER_REMOVED]')).toHaveLength(4)
})

test("baseline: a user's own changes are filtered by it", async () => {
  await using mirror = await start()
  await mirror.pull()
  mirror.vendor.updateUser('bob@example.com', { groups: ['grp_001', 'grp_002'] })
  await mirror.pull()
  const kinds = async (args: string) => {
    const { user } = await mirror.data<{ user: { changes: { nodes: { kind: string }[] } } }>(
      `{ user(primaryEmail: "bob@example.com") { changes(first: 50${args}) { nodes { kind } } } }`,
    )
    return user.changes.nodes.map(({ kind }) => kind)
  }
  const ofBaseline = await kinds(', baseline: true')
  expect(ofBaseline).toContain('USER_CREATED')
  expect(await kinds(', baseline: false')).toEqual(['MEMBER_ADDED'])
  expect(await kinds('')).toEqual([...ofBaseline, 'MEMBER_ADDED'])
})

test('baseline: changes about one group or role are filtered, in both directions', async () => {
  await using mirror = await start()
  await mirror.pull()
  mirror.vendor.updateUser('bob@example.com', { groups: [] })
  await mirror.pull()
  mirror.vendor.updateUser('bob@example.com', { groups: ['grp_001'] })
  await mirror.pull()
  const { group } = await mirror.data<{ group: { id: string } }>('{ group(groupId: "grp_001") { id } }')
  const about = `, about: "${group.id}"`
  expect(await feed(mirror, `${about}, baseline: false`)).toEqual(['MEMBER_REMOVED bob', 'MEMBER_ADDED bob'])
  expect(await feed(mirror, `${about}, baseline: false, kinds: [MEMBER_ADDED]`)).toEqual(['MEMBER_ADDED bob'])
  expect(await feed(mirror, `${about}, baseline: true, kinds: [MEMBER_ADDED]`)).toHaveLength(4)
  const { changes } = await mirror.data<Feed>('{ changes(last: 1, baseline: true) { nodes { kind baseline } } }')
  expect(changes.nodes).toMatchObject([{ baseline: true }])
})

test('baseline: a failed first pull does not end it, and a difference between the two pulls is a change', async () => {
  await using mirror = await start({ switches: { maximumPageSize: 2, groupsTotal: 'right' } })
  const fault = mirror.simulator.faults.add({ kind: 'status', status: 500, path: /users\?.*page=2\b/ })
  await mirror.pull()
  expect(await feed(mirror)).toContain('USER_CREATED bob')
  fault.remove()
  mirror.vendor.updateUser('ann@example.com', { roles: ['USER'] })
  await mirror.pull()
  expect(await feed(mirror)).toContain('USER_CREATED dan')
  expect(await feed(mirror, ', baseline: false')).toEqual(['ROLE_REVOKED ann', 'ROLE_GRANTED ann'])
})

test('baseline: what a point read finds before the first pull belongs to it; what we write does not', async () => {
  await using mirror = await start()
  await mirror.data('mutation { refreshUser(input: { primaryEmail: "bob@example.com" }) { __typename } }')
  expect(await feed(mirror)).toContain('USER_CREATED bob')
  expect(await feed(mirror, ', baseline: false')).toEqual([])
  const update = 'updateUser(input: { primaryEmail: "cyd@example.com", set: { firstName: "Cy" } })'
  const create = 'createUser(input: { primaryEmail: "new@example.com", roles: ["USER"], groups: ["grp_002"] })'
  expect(await mirror.data(`mutation { ${update} { __typename } }`)).toEqual({
    updateUser: { __typename: 'UpdateUserSuccess' },
  })
  expect(await mirror.data(`mutation { ${create} { __typename } }`)).toEqual({
    createUser: { __typename: 'CreateUserSuccess' },
  })
  const written = ['FIELD_CHANGED cyd firstName', 'USER_CREATED new', 'ROLE_GRANTED new', 'MEMBER_ADDED new']
  expect(await feed(mirror, ', baseline: false')).toEqual(written)
  await mirror.pull()
  expect(await feed(mirror, ', baseline: false')).toEqual(written)
  expect(await feed(mirror, ', baseline: true')).toContain('USER_CREATED cyd')
})

test('baseline: an account that we create is no part of it even if the first pull shows the account before our reading', async () => {
  const digest = await digestOfCreation()
  await using mirror = await start({ switches: { listCarries: ['status'] } })
  await mirror.sql`
    insert into recent_writes (organization_id, address_key, field, expected, holds)
    values (${mirror.organizationId}, 'dan@example.com', 'account', ${digest}, true)`
  await mirror.pull()
  await mirror.work('relations')
  const changes = ['USER_CREATED dan', 'ROLE_GRANTED dan', 'MEMBER_ADDED dan']
  expect(await feed(mirror, ', baseline: false')).toEqual(expect.arrayContaining(changes))
  expect((await feed(mirror, ', baseline: true')).filter((change) => change.includes('dan'))).toEqual([])
})

/** What `createUser` stores for an account that it has created. */
async function digestOfCreation(): Promise<string> {
  await using other = await start()
  await other.data('mutation { createUser(input: { primaryEmail: "dan2@example.com" }) { __typename } }')
  const [row] = await other.sql<{ expected: string }[]>`select expected from recent_writes where field = 'account'`
  return row?.expected ?? ''
}

test('baseline: lists that are first read after the first pull belong to it, but only of users that were there', async () => {
  await using mirror = await start({ switches: { listCarries: ['status'] } })
  await mirror.pull()
  expect(await feed(mirror)).not.toContain('ROLE_GRANTED ann')
  mirror.vendor.createUser({ primaryEmail: 'eve@example.com', roles: ['ADMINISTRATOR'], groups: [] })
  await mirror.pull()
  await mirror.work('relations')
  await mirror.work('relations')
  expect(await feed(mirror)).toContain('ROLE_GRANTED ann')
  const changes = await feed(mirror, ', baseline: false')
  expect(changes).toEqual(expect.arrayContaining(['USER_CREATED eve', 'ROLE_GRANTED eve']))
  expect(changes.every((change) => change.includes(' eve'))).toBe(true)
})
