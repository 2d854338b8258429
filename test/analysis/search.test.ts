import { afterAll, expect, test } from 'vitest'
import { errorsOf, graph, observedAt } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask } = mirror

const acme = await add.organization('acme')
await add.role(acme, 'ADMINISTRATOR')
await add.group(acme, 'grp_001', 'Finance Zürich')
await add.group(acme, 'grp_002', 'Finance Past', { deleted_at: observedAt })
const person = (first: string, last: string, row = {}) =>
  add.user(acme, `${first}.${last}@acme.example`.toLowerCase(), { first_name: first, last_name: last, ...row })
const jose = await person('José', 'García')
await person('Łukasz', 'Müller')
await person('Jonathan', 'Smith')
await person('Jonathan', 'Smithson')
await person('Joan', 'Gone', { deleted_at: observedAt })
await add.alias(acme, jose, 'desk@acme.example')
await add.alias(acme, jose, 'former@acme.example', { valid_to: observedAt })
await add.user(acme, 'desk.help@acme.example')

const find = async (text: string, args = '') => {
  const answer = await data(
    `query ($text: String!) { search(text: $text${args}) { score node { ...on User { primaryEmail } ...on Group { name } ...on Role { name } ...on Alias { address } ...on Organization { slug } } } }`,
    { text },
  )
  const hits = answer.search as { score: number; node: Record<string, string> }[]
  expect(hits.map(({ score }) => score)).toEqual(hits.map(({ score }) => score).toSorted((a, b) => b - a))
  return hits.map(({ node }) => Object.values(node).join())
}

test.each([
  ['a name', 'Jonathan Smith', 'jonathan.smith@acme.example'],
  ['a name spelled without its accents', 'jose garcia', 'josé.garcía@acme.example'],
  ['a name with a letter that does not decompose into an accent', 'lukasz mueller', 'łukasz.müller@acme.example'],
  ['a name with two typos', 'jonatan smiht', 'jonathan.smith@acme.example'],
  ['a typo in a short word', 'smoth', 'jonathan.smith@acme.example'],
  ['a name prefix', 'smiths', 'jonathan.smithson@acme.example'],
  ['an exact address', 'DESK@acme.example', 'desk@acme.example'],
  ['an address with a typo', 'jonathn.smith@acme.example', 'jonathan.smith@acme.example'],
  ['a group', 'finance zurich', 'Finance Zürich'],
  ["a group's id", 'grp_001', 'Finance Zürich'],
  ['a role', 'administrater', 'ADMINISTRATOR'],
  ['an organization', 'ACME', 'acme'],
])('search: %s is found first', async (_what, text, first) => {
  expect((await find(text))[0]).toBe(first)
})

test('search: deleted objects and objects of other kinds are not found', async () => {
  expect(await find('joan gone')).not.toContain('joan.gone@acme.example')
  expect(await find('former@acme.example')).toEqual([])
  expect(await find('finance past', ', kinds: [USER]')).toEqual([])
  expect(await find('desk', ', kinds: [ALIAS]')).toEqual(['desk@acme.example'])
})

test('search: one statement finds the hits, and one reads the objects', async () => {
  expect(await find('desk', ', first: 1')).toEqual(['desk@acme.example'])
  expect(mirror.statements.length).toBe(2)
  await find('desk')
  expect(mirror.statements.length).toBe(2)
})

test.each([
  ['text: " - "', '`text` must contain a letter or a digit'],
  [`text: "${'a'.repeat(201)}"`, '`text` exceeds the limit of 200 characters'],
  ['text: "a", first: 101', '`first` must be between 0 and 100 hits'],
  ['text: "a", organization: "none"', 'Unknown organization; expected one of: acme'],
])('search: search(%s) is rejected', async (args, message) => {
  expect(errorsOf(await ask(`{ search(${args}) { score } }`))).toMatchObject([{ message, code: 'BAD_USER_INPUT' }])
})
