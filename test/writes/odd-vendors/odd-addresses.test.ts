/**
 * Existing addresses are usable: an address that the mirror shows is accepted, in any of its forms, wherever an input
 * refers to an existing user.
 */
import { expect, test } from 'vitest'
import { addressKey } from '../../../src/addresses/address-key.ts'
import { referenceOf } from '../../../src/graph/federation/references.ts'
import { workerHarness } from '../../operations/harness/worker-harness.ts'
import { apiHarness, type Json } from '../harness/api-harness.ts'

const odd = [
  '"j doe"@example.com',
  '"a@b"@example.com',
  ' lead@example.com',
  'trail@example.com ',
  'Zoë@bücher.example',
]
const data = {
  users: [
    ...odd.map((primaryEmail) => ({ primaryEmail })),
    { primaryEmail: 'gr@example.com', firstName: 'σας', lastName: 'Straße', aliases: ['"x y"@example.com'] },
    { primaryEmail: 'tr@example.com', firstName: 'İnan', lastName: 'Muñoz'.normalize('NFD') },
  ],
  groups: [{ id: 'g1', name: 'Größe' }],
}

test('addresses: the mirror’s spelling finds an existing user in queries, refreshes and writes', async () => {
  await using acme = await apiHarness({ data })
  await acme.fill()
  for (const address of odd) {
    const { data: found, errors } = await acme.post({
      query: 'query ($a: EmailAddress!) { user(primaryEmail: $a) { primaryEmail } }',
      variables: { a: address },
    })
    expect(errors).toBeUndefined()
    for (const [type, field] of [
      ['User', 'primaryEmail'],
      ['Identity', 'address'],
    ] as const) {
      expect(referenceOf(type, { [field]: address, organization: null })).toMatchObject({ name: addressKey(address) })
    }
    expect(found?.user, address).toEqual({ primaryEmail: address })
    const refreshed = await acme.post({
      query: `mutation ($i: UserRefInput!) { refreshUser(input: $i) { __typename ... on RefreshUserSuccess { user { primaryEmail } } } }`,
      variables: { i: { primaryEmail: address } },
    })
    expect(refreshed.data?.refreshUser, address).toMatchObject({ user: { primaryEmail: address } })
    const updated = await acme.mutate('updateUser', { primaryEmail: address, set: { firstName: 'Known' } })
    expect(updated, address).toMatchObject({ __typename: 'UpdateUserSuccess', user: { firstName: 'Known' } })
    const joined = await acme.mutate('addUserToGroup', { primaryEmail: address, groupId: 'g1' })
    expect(joined.__typename, address).toBe('GroupMemberSuccess')
  }
  const alias = await acme.mutate('updateUser', {
    primaryEmail: 'gr@example.com',
    set: { aliases: { remove: ['"x y"@example.com'] } },
  })
  expect(alias).toMatchObject({ __typename: 'UpdateUserSuccess', user: { aliases: [] } })
})

test('addresses: creation validates addresses strictly', async () => {
  await using acme = await apiHarness({ data })
  for (const primaryEmail of ['"j d"@example.com', '"b@c"@example.com', ' new@example.com', 'new@example.com ']) {
    expect((await acme.mutate('createUser', { primaryEmail })).code, primaryEmail).toBe('INVALID_INPUT')
    const added = { primaryEmail: 'gr@example.com', set: { aliases: { add: [primaryEmail] } } }
    expect((await acme.mutate('updateUser', added)).code, primaryEmail).toBe('INVALID_INPUT')
  }
  expect(acme.sent()).toEqual([])
})

test('addresses: NFC and NFD, and punycode and Unicode, are forms of one address', async () => {
  await using acme = await apiHarness({ data })
  await acme.fill()
  const forms = ['zoë@bücher.example', 'ZOË@BÜCHER.EXAMPLE', 'Zoë@xn--bcher-kva.example']
  for (const form of forms.flatMap((one) => [one.normalize('NFC'), one.normalize('NFD')])) {
    const { data: found } = await acme.post({
      query: `query ($a: EmailAddress!, $f: UserFilter!, $d: UserFilter!) { user(primaryEmail: $a) { primaryEmail }
        byAddress: users(filter: $f) { nodes { primaryEmail } } byDomain: users(filter: $d) { nodes { primaryEmail } } }`,
      variables: {
        a: form,
        f: { primaryEmail: { eq: form } },
        d: { domain: { eq: form.slice(form.indexOf('@') + 1) } },
      },
    })
    expect(found, form).toEqual({
      user: { primaryEmail: 'Zoë@bücher.example' },
      byAddress: { nodes: [{ primaryEmail: 'Zoë@bücher.example' }] },
      byDomain: { nodes: [{ primaryEmail: 'Zoë@bücher.example' }] },
    })
  }
})

test('filter: text filters fold case fully', async () => {
  await using acme = await apiHarness({ data })
  await acme.fill()
  const asked: [Json, string][] = [
    [{ firstName: { eq: 'ΣΑΣ' } }, 'gr@example.com'],
    [{ firstName: { startsWith: 'ΣΑ' } }, 'gr@example.com'],
    [{ lastName: { eq: 'STRASSE' } }, 'gr@example.com'],
    [{ lastName: { contains: 'RASS' } }, 'gr@example.com'],
    [{ lastName: { in: ['strasse', 'x'] } }, 'gr@example.com'],
    [{ firstName: { eq: 'i̇nan' } }, 'tr@example.com'],
    [{ firstName: { eq: 'İNAN' } }, 'tr@example.com'],
    [{ lastName: { eq: 'MUÑOZ'.normalize('NFC') } }, 'tr@example.com'],
  ]
  for (const [filter, found] of asked) {
    const { data: answer } = await acme.post({
      query: 'query ($f: UserFilter!) { users(filter: $f) { nodes { primaryEmail } } }',
      variables: { f: filter },
    })
    expect(answer?.users, JSON.stringify(filter)).toEqual({ nodes: [{ primaryEmail: found }] })
  }
})

test('deprovisioning: the list accepts every address that the mirror shows', { timeout: 60_000 }, async () => {
  await using acme = await workerHarness({ data })
  await acme.fill()
  const done = await acme.finish('startDeprovisioning', { primaryEmails: odd, mode: 'DELETE' })
  expect(done).toMatchObject({ state: 'SUCCEEDED', done: odd.length, failed: 0 })
  expect(acme.vendor.users().map(({ primaryEmail }) => primaryEmail)).toEqual(['gr@example.com', 'tr@example.com'])
})
