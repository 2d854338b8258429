/** Strings of the vendor at the maximum length of an indexed value, and longer ones. */
import { expect, test } from 'vitest'
import { evaluateFindings } from '../../../src/analysis/findings/evaluate.ts'
import { createRandom } from '../../../src/simulator/data/random.ts'
import { everySection } from '../../../src/simulator/options.ts'
import { longestIndexed } from '../../../src/vendor/wire/fields.ts'
import { mirrored } from '../../support/mirrored.ts'

const random = createRandom('long strings')

/** A text of this many bytes. Its letters are random, because repetitive text would be compressed in storage. */
function textOf(letters: string, bytes: number): string {
  const all = [...letters]
  const size = Buffer.byteLength(letters) / all.length
  return Array.from({ length: bytes / size }, () => random.pick(all)).join('')
}

const anyLetter = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i)).join('')
const longest = (letters: string) => textOf(letters, longestIndexed)
const longestAddress = (letters: string) =>
  `${textOf(letters, longestIndexed / 2)}@${textOf(letters, longestIndexed / 2 - 2)}b`

test.each([
  ['that nothing makes shorter', anyLetter],
  ['whose lower case takes half as much again', 'ȺȾİ'],
  ['whose folded case takes twice as much', '\u0958\u0959\u095a\u095b\u095c\u095d\u095e\u095f\u09dc\u09dd'],
  ['whose folded case takes three times as much', '\u{1d160}\u{1d161}\u{1d162}\u{1d163}\u{1d164}'],
])(
  'long strings: the longest storable value of %s is stored, found, changed and evaluated by findings',
  async (_what, letters) => {
    await using mirror = await mirrored({ data: { users: [], groups: [] }, switches: { listCarries: everySection } })
    const { vendor, data } = mirror
    const person = { type: 'User' as const, firstName: longest(letters), lastName: longest(letters) }
    const group = { id: longest(letters), name: longest(letters) }
    const [ann, bob, alias, role] = [
      longestAddress(letters),
      longestAddress(letters),
      longestAddress(letters),
      longest(letters),
    ]
    vendor.createGroup(group.name, group.id)
    for (const primaryEmail of [ann, bob]) {
      vendor.createUser({ ...person, primaryEmail, roles: [role], aliases: [alias], groups: [group.id] })
    }
    await mirror.pull()
    await evaluateFindings(mirror.sql, mirror.organizationId)
    const question = `query ($ann: EmailAddress!) {
    user(primaryEmail: $ann) { primaryEmail firstName lastName roles { name } aliases { address } groups { nodes { groupId name } } }
    findings { nodes { rule } }
    organization { mirror { state problem } }
  }`
    const shown = {
      primaryEmail: ann,
      firstName: person.firstName,
      lastName: person.lastName,
      roles: [{ name: role }],
      aliases: [{ address: alias }],
      groups: { nodes: [{ groupId: group.id, name: group.name }] },
    }
    const first = await data<{ findings: { nodes: { rule: string }[] } }>(question, { ann })
    expect(first).toMatchObject({ user: shown, organization: { mirror: { state: 'CURRENT', problem: null } } })
    expect(first.findings.nodes.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['ALIAS_COLLISION', 'SAME_PERSON_TWICE']),
    )

    const lastName = longest(letters)
    vendor.updateUser(ann, { lastName })
    vendor.setSwitches({ userGroups: 'names' })
    vendor.renameGroup(group.id, longest(letters))
    mirror.simulator.faults.add({ kind: 'wrongShape', body: { groups: [] }, path: /^\/groups/ })
    await mirror.pull()
    expect(await data(question, { ann })).toMatchObject({ user: { ...shown, lastName } })
    const refreshed = await data(
      'mutation ($ann: EmailAddress!) { refreshUser(input: { primaryEmail: $ann }) { ... on RefreshUserSuccess { user { lastName } } } }',
      { ann },
    )
    expect(refreshed).toEqual({ refreshUser: { user: { lastName } } })
  },
)

test('long strings: a value over the maximum is left out with a warning, and the rest of the row is applied', async () => {
  const ann = 'ann@example.com'
  const known = { firstName: 'Ann', lastName: 'Able' }
  await using mirror = await mirrored({
    data: {
      groups: [{ id: 'sales', name: 'Sales' }],
      users: [
        { ...known, primaryEmail: ann, type: 'User', roles: ['USER'], aliases: ['a@example.com'], groups: ['sales'] },
      ],
    },
    switches: { listCarries: everySection },
  })
  const { vendor, data } = mirror
  await mirror.pull()
  const tooLong = textOf(anyLetter, longestIndexed + 1)
  vendor.updateUser(ann, {
    firstName: tooLong,
    lastName: 'Baker',
    roles: ['USER', tooLong],
    aliases: [`${tooLong}@example.com`, 'b@example.com'],
  })
  vendor.createGroup(tooLong, 'long-name')
  vendor.createGroup('Long id', tooLong)
  mirror.lines.splice(0)
  await mirror.pull()
  const shown = `{ organization { mirror { state problem } }
    users { nodes { primaryEmail firstName lastName roles { name } aliases { address } } } groups { nodes { groupId } } }`
  expect(await data(shown)).toEqual({
    organization: { mirror: { state: 'CURRENT', problem: null } },
    users: {
      nodes: [
        {
          primaryEmail: ann,
          firstName: 'Ann',
          lastName: 'Baker',
          roles: [{ name: 'USER' }],
          aliases: [{ address: 'b@example.com' }],
        },
      ],
    },
    groups: { nodes: [{ groupId: 'sales' }] },
  })
  const found = `a string of ${longestIndexed + 1} bytes (the maximum is ${longestIndexed})`
  const warnings = mirror.lines.filter(({ msg }) => msg === 'the vendor sent an unexpected value')
  expect(warnings.map(({ path, found }) => ({ path, found }))).toEqual([
    { path: 'groups[1].name', found },
    { path: 'groups[2].id', found },
    { path: 'users[0].firstName', found },
    { path: 'users[0].roles[1]', found },
    { path: 'users[0].aliases[0]', found: found.replace('801', '813') },
  ])
  expect(JSON.stringify(mirror.lines)).not.toContain(tooLong)
})
