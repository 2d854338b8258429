/** Lists of roles, aliases and groups with an unreadable entry, in rows of a list and in reads of one user. */
import { describe, expect, test } from 'vitest'
import { everySection } from '../../../src/simulator/options.ts'
import { type Mirrored, mirrored } from '../../support/mirrored.ts'

const ann = 'ann@example.com'
const held = `query ($of: EmailAddress!) { user(primaryEmail: $of) {
  roles { name } aliases { address } groups { nodes { groupId } } } }`
const changes = '{ changes(first: 100) { nodes { kind } } }'

interface Held {
  readonly user: {
    readonly roles: readonly { readonly name: string }[] | null
    readonly aliases: readonly { readonly address: string }[] | null
    readonly groups: { readonly nodes: readonly { readonly groupId: string }[] } | null
  }
}

async function heldBy(mirror: Mirrored) {
  const { user } = await mirror.data<Held>(held, { of: ann })
  return {
    roles: user.roles?.map(({ name }) => name).sort() ?? null,
    aliases: user.aliases?.map(({ address }) => address).sort() ?? null,
    groups: user.groups?.nodes.map(({ groupId }) => groupId).sort() ?? null,
  }
}

async function kindsOf(mirror: Mirrored): Promise<string[]> {
  const { changes: page } = await mirror.data<{ changes: { nodes: { kind: string }[] } }>(changes)
  return page.nodes.map(({ kind }) => kind)
}

const whole = {
  roles: ['ADMINISTRATOR', 'USER'],
  aliases: ['a@example.com', 'b@example.com'],
  groups: ['board', 'sales'],
}

function open(listCarries = everySection) {
  return mirrored({
    data: {
      groups: [
        { id: 'sales', name: 'Sales' },
        { id: 'board', name: 'Board' },
      ],
      users: [{ primaryEmail: ann, type: 'User', ...whole }],
    },
    switches: { listCarries },
  })
}

/** Runs all jobs of a pull and the reads that follow it. */
async function pullAll(mirror: Mirrored): Promise<void> {
  await mirror.pull()
  await mirror.work('relations')
}

describe.each([
  ['list rows', everySection],
  ['reads of one user', [] as const],
])('partly readable lists in %s', (_where, listCarries) => {
  test('unreadable entries revoke and remove nothing, and cause one warning', async () => {
    await using mirror = await open(listCarries)
    await pullAll(mirror)
    expect(await heldBy(mirror)).toEqual(whole)
    const before = await kindsOf(mirror)
    mirror.vendor.setSwitches({ listEntries: 'unreadable' })
    mirror.lines.splice(0)
    await pullAll(mirror)
    expect(await heldBy(mirror)).toEqual(whole)
    expect(await kindsOf(mirror)).toEqual(before)
    const warnings = mirror.lines.filter(({ msg }) => String(msg).startsWith('the vendor sent an unexpected value'))
    // Users whose list is unknown from rows of a list are read one by one. Rows and reads warn once each.
    const paths = warnings.map(({ path, msg }) => `${String(path).replace('users[0].', '')} ${msg}`)
    expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted())
    expect([...new Set(paths.map((path) => path.split(' ')[0]))].toSorted()).toEqual([
      'aliases[1]',
      'groups[1]',
      'roles[1]',
    ])

    mirror.vendor.setSwitches({ listEntries: 'strings' })
    mirror.vendor.updateUser(ann, { roles: ['USER'], aliases: ['b@example.com'], groups: ['board'] })
    await pullAll(mirror)
    expect(await heldBy(mirror)).toEqual({ roles: ['USER'], aliases: ['b@example.com'], groups: ['board'] })
  })

  test('lists: an entry that is no address removes no alias and becomes no alias', async () => {
    await using mirror = await open(listCarries)
    await pullAll(mirror)
    const before = await kindsOf(mirror)
    const row = { primaryEmail: ann, type: 'User', roles: whole.roles, groups: whole.groups }
    const show = (aliases: string[]) => [
      mirror.simulator.faults.add({
        kind: 'wrongShape',
        path: /^\/users\?/,
        body: { users: [{ ...row, aliases }], total: 1 },
      }),
      mirror.simulator.faults.add({ kind: 'wrongShape', path: /^\/users\/ann/, body: { ...row, aliases } }),
    ]
    for (const text of ['not an address', 'sip:b@example.com']) {
      const faults = show(['a@example.com', text])
      await pullAll(mirror)
      for (const fault of faults) fault.remove()
      expect(await heldBy(mirror)).toEqual(whole)
    }
    show(['smtp:a@example.com', 'Bob <b@example.com>', `SMTP:${ann}`])
    await pullAll(mirror)
    expect(await heldBy(mirror)).toEqual(whole)
    expect(await kindsOf(mirror)).toEqual(before)
  })

  test('lists: objects that name their entries are readable', async () => {
    await using mirror = await open(listCarries)
    await pullAll(mirror)
    const before = await kindsOf(mirror)
    for (const userGroups of ['ids', 'names'] as const) {
      mirror.vendor.setSwitches({ listEntries: 'objects', userGroups })
      await pullAll(mirror)
      expect(await heldBy(mirror)).toEqual(whole)
    }
    expect(await kindsOf(mirror)).toEqual(before)
  })

  test('lists: unreadable lists of a new user are unknown, not empty', async () => {
    await using mirror = await open(listCarries)
    mirror.vendor.setSwitches({ listEntries: 'unreadable' })
    await pullAll(mirror)
    expect(await heldBy(mirror)).toEqual({ roles: null, aliases: null, groups: null })
  })
})

test('numbers: values that arrive as strings are numbers in the graph', async () => {
  await using mirror = await open()
  mirror.vendor.updateUser(ann, { mailboxSize: 2048 })
  mirror.vendor.setSwitches({ numbers: 'strings' })
  await mirror.pull()
  expect(
    await mirror.data(
      'query ($of: EmailAddress!) { user(primaryEmail: $of) { mailboxSize } groups { nodes { memberCount } } }',
      {
        of: ann,
      },
    ),
  ).toEqual({ user: { mailboxSize: 2048 }, groups: { nodes: [{ memberCount: 1 }, { memberCount: 1 }] } })
})

test.each(['gzip', 'br', 'deflate', 'raw deflate', 'UTF-8'] as const)(
  'http: a vendor whose bodies use the encoding %s and whose reads are redirected is mirrored',
  async (contentEncoding) => {
    await using mirror = await open()
    mirror.vendor.setSwitches({ contentEncoding, redirects: 307 })
    await mirror.pull()
    expect(await heldBy(mirror)).toEqual(whole)
  },
)
