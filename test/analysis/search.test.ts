import { afterAll, expect, test } from 'vitest'
import { graph, learnt, told } from '../graph/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, ask } = mirror

const acme = await add.organization('acme')
await add.role(acme, 'ADMINISTRATOR')
await add.group(acme, 'grp_001', 'Finance Zürich')
await add.group(acme, 'grp_002', 'Finance Past', { deleted_at: learnt })
const person = (first: string, last: string, row = {}) =>
  add.user(acme, `${first}.${last}@acme.example`.toLowerCase(), { first_name: first, last_name: last, ...row })
const jose = await person('José', 'García')
await person('Łukasz', 'Müller')
await person('Jonathan', 'Smith')
await person('Jonathan', 'Smithson')
await person('Joan', 'Gone', { deleted_at: learnt })
await add.alias(acme, jose, 'desk@acme.example')
await add.alias(acme, jose, 'former@acme.example', { valid_to: learnt })
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
  ['a name without its accents', 'jose garcia', 'josé.garcía@acme.example'],
  ['a letter that no accent makes', 'lukasz mueller', 'łukasz.müller@acme.example'],
  ['two typos', 'jonatan smiht', 'jonathan.smith@acme.example'],
  ['a typo in a short word', 'smoth', 'jonathan.smith@acme.example'],
  ['half a word', 'smiths', 'jonathan.smithson@acme.example'],
  ['an address to the letter', 'DESK@acme.example', 'desk@acme.example'],
  ['an address with a typo', 'jonathn.smith@acme.example', 'jonathan.smith@acme.example'],
  ['a group', 'finance zurich', 'Finance Zürich'],
  ["a group's id", 'grp_001', 'Finance Zürich'],
  ['a role', 'administrater', 'ADMINISTRATOR'],
  ['an organization', 'ACME', 'acme'],
])('finds %s', async (_what, text, first) => {
  expect((await find(text))[0]).toBe(first)
})

test('what is gone is not found, nor what is of no kind that is asked for', async () => {
  expect(await find('joan gone')).not.toContain('joan.gone@acme.example')
  expect(await find('former@acme.example')).toEqual([])
  expect(await find('finance past', ', kinds: [USER]')).toEqual([])
  expect(await find('desk', ', kinds: [ALIAS]')).toEqual(['desk@acme.example'])
})

test('one statement finds, and one for each type among the hits loads', async () => {
  expect(await find('desk', ', first: 1')).toEqual(['desk@acme.example'])
  expect(mirror.statements.length).toBe(2)
  await find('desk')
  expect(mirror.statements.length).toBe(3)
})

test.each([
  ['text: " - "', '`text` must contain a letter or a digit'],
  [`text: "${'a'.repeat(201)}"`, '`text` exceeds the limit of 200 characters'],
  ['text: "a", first: 101', '`first` must be between 0 and 100 hits'],
  ['text: "a", organization: "none"', 'Unknown organization; expected one of: acme'],
])('search(%s) is refused', async (args, message) => {
  expect(told(await ask(`{ search(${args}) { score } }`))).toMatchObject([{ message, code: 'BAD_USER_INPUT' }])
})
