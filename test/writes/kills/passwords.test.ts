/**
 * Sends distinctive passwords through every path and kills a process on the way; then searches all stored and reported
 * text for them.
 */
import { expect, test } from 'vitest'
import { dump } from '../../support/database.ts'
import { apiHarness } from '../harness/api-harness.ts'
import { passLeases, writeAndDie } from '../harness/kill.ts'

const anna = 'Anna.Muller@example.com'
let planted = 0
/** A quote and a backslash have other encodings, which must be searched too. */
const plant = () => `Pl4nt-"${planted++}\\-ed`

test('passwords: they occur in no response, log line, table or output of a killed process', async () => {
  await using acme = await apiHarness()
  const user = (name: string, rest: object = {}) => ({
    primaryEmail: `${name}@example.com`,
    password: plant(),
    ...rest,
  })
  const created = user('one', { idempotencyKey: 'k1' })
  await acme.mutate('createUser', created)
  await acme.mutate('createUser', created)
  await acme.mutate('createUser', user('dry', { dryRun: true }))
  await acme.mutate('createUser', user('one', { idempotencyKey: 'k1' }))
  await acme.mutate('createUser', user('refused@@', {})).catch(() => {})
  await acme.mutate('createUser', user('bad', { mailboxSize: -1 }))
  await acme.mutate('createUser', { ...user('control'), password: `${plant()}\u0007` })
  const changed = plant()
  await acme.mutate('updateUser', { primaryEmail: anna, set: { password: changed }, idempotencyKey: 'k2' })
  expect(acme.vendor.passwordOf(anna)).toBe(changed)

  // A vendor that echoes the request, in an error and in a user.
  const echoed = plant()
  acme.simulator.faults.add({ kind: 'status', status: 400, method: 'POST', times: 1, text: `weak: ${echoed}` })
  expect(await acme.mutate('createUser', { ...user('echo'), password: echoed })).toMatchObject({
    issues: [{ message: expect.stringContaining('***') }],
  })
  acme.vendor.updateUser(anna, { undocumented: { Password: plant() } })
  await acme.mutate('updateUser', { primaryEmail: anna, set: { firstName: 'Änne', password: plant() } })

  // The error of GraphQL for an input that does not match its type.
  const create = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { __typename } }'
  const inVariable =
    'mutation ($p: String!) { createUser(input: { primaryEmail: "a@b", password: $p }) { __typename } }'
  const literal = (value: string) =>
    `mutation { createUser(input: { primaryEmail: "a@b", password: ${value} }) { __typename } }`
  const misspelt = await acme.post({ query: create, variables: { input: { primaryEmail: 'x@y', passwrd: plant() } } })
  expect(misspelt.errors?.[0]?.message).toMatch(
    /^Variable `\$input` has a field that `CreateUserInput` does not define; expected: /,
  )
  const errors = [
    misspelt,
    await acme.post({ query: literal(`"planted-no-more", pasword: [${JSON.stringify(plant())}]`) }),
    await acme.post({ query: create, variables: { input: user('x', { unknown: true }) } }),
    await acme.post({ query: create, variables: { input: user('x', { password: [plant(), { deep: plant() }] }) } }),
    await acme.post({ query: create, variables: { input: { primaryEmail: 'x@y', password: 77_001_234 } } }),
    await acme.post({ query: inVariable, variables: { p: [plant()] } }),
    await acme.post({ query: literal(`[${JSON.stringify(plant())}]`) }),
    await acme.post({ query: literal('Pl4nt_bare_word') }),
    await acme.post({ query: literal('77001235') }),
    await acme.post({ query: `${literal(JSON.stringify(plant()))} "Pl4nt` }),
    await acme.post(`{"query": "mutation { x }", "variables": {"password": ${JSON.stringify(plant())}`),
    await acme.post({ query: create, variables: { input: user('x') } }, 'reader'),
  ]
  for (const answer of errors) expect(answer.errors?.length).toBeGreaterThan(0)

  const request = { actor: 'alice', input: user('killed', { type: 'USER' }), idempotencyKey: 'k3' }
  const said = await writeAndDie(acme, 'createUser', request, { method: 'POST', path: '^/users$', acts: true })
  await passLeases(acme)
  const kept = await dump(acme.database.sql)
  expect(kept).toContain('idempotency_keys')
  expect(await acme.mutate('createUser', { ...request.input, idempotencyKey: 'k3' })).toMatchObject({
    __typename: 'CreateUserSuccess',
  })

  expect(acme.vendor.passwordOf('killed@example.com')).toBe(request.input.password)
  const places = {
    answers: acme.answers.join('\n'),
    log: acme.lines.join('\n'),
    before: kept,
    after: await dump(acme.database.sql),
    child: said,
  }
  expect(places.log).toContain('createUser')
  for (const [place, text] of Object.entries(places)) {
    expect(`${place}: ${text.match(/.{0,80}(Pl4nt|77001234|77001235).{0,80}/)?.[0] ?? 'clean'}`).toBe(`${place}: clean`)
  }
})
