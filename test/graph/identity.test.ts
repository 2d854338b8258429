import { afterAll, expect, test } from 'vitest'
import { graph, observedAt } from './harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add } = mirror

const acme = await add.organization('acme')
const beta = await add.organization('beta')
const retired = await add.organization('retired', { retired_at: observedAt })
const over = { deleted_at: observedAt }

const ann = await add.user(acme, 'Ann@acme.example')
const bob = await add.user(acme, 'bob@acme.example')
const cy = await add.user(beta, 'cy@beta.example')
await add.alias(acme, bob, 'ANN@acme.example')
await add.alias(acme, ann, 'info@acme.example')
await add.alias(acme, ann, 'Info@acme.example')
await add.alias(acme, bob, 'desk@acme.example')
await add.alias(beta, cy, 'Desk@acme.example')
await add.alias(acme, bob, 'former@acme.example', { valid_to: observedAt })
await add.user(acme, 'both@acme.example')
await add.user(beta, 'Both@acme.example')
const left = await add.user(acme, 'left@acme.example', over)
await add.user(acme, 'Left@acme.example', over)
await add.alias(acme, left, 'left-alias@acme.example', { valid_to: observedAt })
await add.user(acme, 'again@acme.example', over)
await add.user(acme, 'again@acme.example')
await add.alias(acme, left, 'passed-on@acme.example', { valid_to: observedAt })
await add.alias(acme, bob, 'passed-on@acme.example')
const hidden = await add.user(retired, 'hidden@acme.example')
await add.alias(retired, hidden, 'hidden-alias@acme.example')

const question =
  'query ($address: EmailAddress!) { identity(address: $address) { address kind user { primaryEmail } claimants { primaryEmail deletedAt } } }'
const live = (...addresses: string[]) => addresses.map((primaryEmail) => ({ primaryEmail, deletedAt: null }))
const dead = (...addresses: string[]) => addresses.map((primaryEmail) => ({ primaryEmail, deletedAt: observedAt }))
const of = (primaryEmail: string) => ({ primaryEmail })

test.each([
  [
    'a primary address takes precedence over an alias',
    'ann@ACME.example',
    { kind: 'PRIMARY', user: of('Ann@acme.example'), claimants: live('Ann@acme.example', 'bob@acme.example') },
  ],
  [
    'an alias that one user has in two spellings is one claim',
    'INFO@acme.example',
    { kind: 'ALIAS', user: of('Ann@acme.example'), claimants: live('Ann@acme.example') },
  ],
  [
    'the same alias in two organizations is a collision',
    'desk@acme.example',
    { kind: 'ALIAS', user: null, claimants: live('bob@acme.example', 'cy@beta.example') },
  ],
  [
    'the same primary address in two organizations is a collision',
    'both@acme.example',
    { kind: 'PRIMARY', user: null, claimants: live('both@acme.example', 'Both@acme.example') },
  ],
  [
    'a primary address of deleted users has claimants but no user',
    'left@acme.example',
    { kind: 'PRIMARY', user: null, claimants: dead('left@acme.example', 'Left@acme.example') },
  ],
  [
    'an alias of a deleted user has a claimant but no user',
    'left-alias@acme.example',
    { kind: 'ALIAS', user: null, claimants: dead('left@acme.example') },
  ],
  [
    'a reused primary address belongs to the live user',
    'again@acme.example',
    { kind: 'PRIMARY', user: of('again@acme.example'), claimants: live('again@acme.example') },
  ],
  [
    'an alias that moved to another user belongs to that user',
    'passed-on@acme.example',
    { kind: 'ALIAS', user: of('bob@acme.example'), claimants: live('bob@acme.example') },
  ],
  [
    'an alias that a live user no longer has is unclaimed',
    'former@acme.example',
    { kind: 'ALIAS', user: null, claimants: [] },
  ],
])('identity: %s', async (_rule, address, identity) => {
  expect(await mirror.data(question, { address })).toEqual({ identity: { address, ...identity } })
})

test.each([
  ['an address that was never in use', 'missing@acme.example'],
  ['a primary address of a retired organization', 'hidden@acme.example'],
  ['an alias of a retired organization', 'hidden-alias@acme.example'],
])('identity: %s has no identity', async (_what, address) => {
  expect(await mirror.data(question, { address })).toEqual({ identity: null })
})

test('identity: the field kind can be queried alone', async () => {
  expect(await mirror.data('{ identity(address: "desk@acme.example") { kind } }')).toEqual({
    identity: { kind: 'ALIAS' },
  })
})
