/** A patch of one field changes only that field, regardless of what else the vendor stores about the user. */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { parseUser } from '../../src/vendor/wire/wire.ts'
import { mergePatch } from '../../src/writes/vendor/merge-patch.ts'
import { apiHarness, type Json } from './harness/api-harness.ts'

const acme = await apiHarness({ data: {} })
afterAll(() => acme[Symbol.asyncDispose]())

const documented = [
  'primaryEmail',
  'firstName',
  'lastName',
  'type',
  'roles',
  'aliases',
  'groups',
  'mailboxSize',
  'spamPolicy',
  'status',
  'createdAt',
  'updatedAt',
]

/** Text that Postgres can store and people type: letters of all alphabets, no control characters. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => name.trim() !== '' && !/\p{Cc}/u.test(name))
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 3 })
const policy = fc
  .dictionary(fc.string({ maxLength: 8 }), json, { noNullPrototype: true, maxKeys: 4 })
  .filter(isStorable)
const roles = fc.uniqueArray(fc.constantFrom('USER', 'ADMINISTRATOR', 'HELPDESK', 'AUDITOR', 'Ängste', '角色'), {
  maxLength: 4,
})
const localParts = fc.uniqueArray(fc.stringMatching(/^[a-z0-9._-]{1,12}$/), { maxLength: 4 })
/** Includes the names that a careless copy of an object loses. */
const fieldName = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme', maxLength: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '') },
)
const unknownFields = fc
  .dictionary(fieldName, json, { noNullPrototype: true, maxKeys: 5 })
  .map((fields) =>
    Object.fromEntries(
      Object.entries(fields).filter(([name]) => !documented.includes(name) && name.toLowerCase() !== 'password'),
    ),
  )

const profile = fc.record(
  {
    firstName: text,
    lastName: text,
    roles,
    mailboxSize: fc.nat(),
    spamPolicy: policy,
    status: fc.constantFrom('active' as const, 'inactive' as const),
    undocumented: unknownFields,
  },
  { requiredKeys: ['roles', 'undocumented'] },
)

/** The patch of a field, and the vendor's value after it; undefined: none. */
const patches = fc.oneof(
  ...(['firstName', 'lastName'] as const).map((field) =>
    fc.option(text).map((value) => ({ field, set: value as unknown, after: value ?? undefined })),
  ),
  fc.option(fc.nat()).map((value) => ({ field: 'mailboxSize', set: value, after: value ?? undefined })),
  fc.option(policy).map((value) => ({ field: 'spamPolicy', set: value, after: value ?? undefined })),
  fc.constantFrom('ACTIVE', 'INACTIVE').map((value) => ({ field: 'status', set: value, after: value.toLowerCase() })),
  roles.map((set) => ({ field: 'roles', set: { set }, after: set })),
  fc.constant({ field: 'roles', set: null, after: [] }),
)

let serial = 0

test('patch: over random users and the real API, one patch changes one field', async () => {
  await fc.assert(
    fc.asyncProperty(profile, localParts, patches, async (person, names, { field, set, after }) => {
      serial += 1
      const primaryEmail = `Person.${serial}@example.com`
      const aliases = names.map((name) => `${name}.${serial}@example.com`)
      acme.vendor.createUser({ primaryEmail, ...person, aliases })
      const before = await raw(primaryEmail)
      const answer = await acme.mutate('updateUser', {
        primaryEmail,
        set: { [field]: set },
        ...(field === 'roles' && { allowUnknownRole: true }),
      })
      expect(answer).toMatchObject({ __typename: 'UpdateUserSuccess' })
      const expected = isSameSet(before[field], after) ? before : { ...before, [field]: after }
      expect(changedOnly(await raw(primaryEmail))).toEqual(changedOnly(expected))
    }),
    {
      numRuns: 60,
      // Lists compare as sets: entries that exist in another order count as equal, and keep the vendor's order.
      examples: [
        [
          { roles: ['HELPDESK', 'USER'], undocumented: {} },
          [],
          { field: 'roles', set: { set: ['USER', 'HELPDESK'] }, after: ['USER', 'HELPDESK'] },
        ],
      ],
    },
  )
})

test('patch: list entries are added and removed, and the others keep their spelling', async () => {
  await fc.assert(
    fc.asyncProperty(localParts, localParts, localParts, async (there, added, removed) => {
      serial += 1
      const primaryEmail = `Person.${serial}@example.com`
      const spell = (name: string) => `${name}.${serial}@Example.com`
      acme.vendor.createUser({ primaryEmail, aliases: there.map(spell) })
      const add = added.filter((name) => !removed.includes(name))
      fc.pre(add.length + removed.length > 0)
      const aliases = {
        add: add.map((name) => spell(name).toUpperCase()),
        remove: removed.map((name) => spell(name).toLowerCase()),
      }
      const before = await raw(primaryEmail)
      expect(await acme.mutate('updateUser', { primaryEmail, set: { aliases } })).toMatchObject({
        __typename: 'UpdateUserSuccess',
      })
      const kept = there.filter((name) => !removed.includes(name)).map(spell)
      const fresh = add.filter((name) => !there.includes(name)).map((name) => spell(name).toUpperCase())
      expect(changedOnly(await raw(primaryEmail))).toEqual(changedOnly({ ...before, aliases: [...kept, ...fresh] }))
    }),
    { numRuns: 25 },
  )
})

test('merge: every field except the system fields is sent back, in the same order', () => {
  const raw = {
    groups: ['g'],
    x: { deep: [null, '\u{1f600}'] },
    primaryEmail: 'a@b',
    type: 'User',
    firstName: null,
    createdAt: 'c',
    updatedAt: 'u',
  }
  const body = mergePatch(raw, { lastName: 'B' })
  expect(JSON.stringify(body)).toBe('{"groups":["g"],"x":{"deep":[null,"😀"]},"firstName":null,"lastName":"B"}')
})

test('merge: a list of objects gets new entries in the same form, and keeps its existing ones', () => {
  const [user, admin] = [
    { id: 1, name: 'USER' },
    { id: 2, name: 'ADMINISTRATOR' },
  ]
  const raw = { roles: [user, admin], aliases: [{ email: 'a@b' }] }
  const added = mergePatch(raw, { roles: { add: ['AUDITOR'], remove: ['ADMINISTRATOR'] } })
  expect(added.roles).toEqual([user, { name: 'AUDITOR' }])
  const set = mergePatch(raw, { roles: { set: ['ADMINISTRATOR', 'AUDITOR'] }, aliases: { set: ['A@b', 'c@d'] } })
  expect(set.roles).toEqual([admin, { name: 'AUDITOR' }])
  expect(set.aliases).toEqual([{ email: 'a@b' }, { email: 'c@d' }])
  const strings = mergePatch({ roles: ['USER'], aliases: [] }, { aliases: { add: ['c@d'], remove: [] } })
  expect(strings.aliases).toEqual(['c@d'])
})

test('merge: numbers that JavaScript would change are sent back unchanged', () => {
  const text = '{"primaryEmail":"a@b","id":9007199254740993,"rate":1.0,"deep":[{"n":-0,"e":1E400}],"n":5}'
  const parsed = parseUser(text)
  if ('unreadable' in parsed) throw new Error(parsed.unreadable.found)
  const body = JSON.stringify(mergePatch(parsed.value.raw, { lastName: 'B' }))
  expect(body).toBe('{"id":9007199254740993,"rate":1.0,"deep":[{"n":-0,"e":1E400}],"n":5,"lastName":"B"}')
})

/** The raw response to `GET /users/{primaryEmail}`, read without this product's code. */
async function raw(primaryEmail: string): Promise<Json> {
  const response = await fetch(`${acme.simulator.url}/users/${encodeURIComponent(primaryEmail)}`, {
    headers: { authorization: `Basic ${btoa('key:secret-of-the-key')}` },
  })
  return (await response.json()) as Json
}

/** Without the time of the change, which the vendor sets, and without absent fields. */
function changedOnly({ updatedAt: _updatedAt, ...rest }: Json): unknown {
  return JSON.parse(JSON.stringify(rest))
}

function isSameSet(before: unknown, after: unknown): boolean {
  return (
    Array.isArray(before) &&
    Array.isArray(after) &&
    before.length === after.length &&
    after.every((entry) => before.includes(entry))
  )
}

function isStorable(value: unknown): boolean {
  return !/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value))
}
