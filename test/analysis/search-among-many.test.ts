/** Who bears a name that thousands share in part is found by the whole of it. */
import { afterAll, expect, test } from 'vitest'
import { mostCompared } from '../../src/analysis/search.ts'
import { graph, learnt } from '../graph/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, sql } = mirror

const acme = await add.organization('acme')
const many = mostCompared + 500
await sql`
  insert into users (id, organization_id, primary_email, address_key, domain, first_name, last_name, type, profile_known, profile_at, valid_from, version_from)
  select 1_000_000 + row_number() over (), ${acme}, address, address, 'acme.example', first, last, 'USER', 511, ${learnt}, ${learnt}, ${learnt}
  from generate_series(1, ${many}::int) n, lateral (
    values ('lucia.smith' || n || '@acme.example', 'Lucia', 'Smith'), ('clerk.store.' || n || '@acme.example', 'Store Clerk', n::text)
  ) as v(address, first, last)`
await sql`
  insert into groups (id, organization_id, group_id, name, profile_at, valid_from, version_from)
  select 2_000_000 + n, ${acme}, 'g' || n, 'Project Team ' || n, ${learnt}, ${learnt}, ${learnt} from generate_series(1, ${many}::int) n`
await add.user(acme, 'm.s@acme.example', { first_name: 'Maria', last_name: 'Smith' })

const last = many - 1
test.each([
  ['a full name of which many bear one word', 'Maria Smith', 'm.s@acme.example'],
  ['the same the other way round', 'Smith Maria', 'm.s@acme.example'],
  ['the same with a typo', 'Maria Smth', 'm.s@acme.example'],
  ['a full name of which all but one word is shared', `Store Clerk ${last}`, `clerk.store.${last}@acme.example`],
  ['a local part', `clerk.store.${last}`, `clerk.store.${last}@acme.example`],
  ['an address but for a letter of its domain', `clerk.store.${last}@acme.exampel`, `clerk.store.${last}@acme.example`],
  ['a group', `project team ${last}`, `Project Team ${last}`],
  ['a group by a short word', 'Project Team 7', 'Project Team 7'],
])('%s', async (_what, text, expected) => {
  const { search } = await data(
    `query ($text: String!) { search(text: $text, first: 3) { node { ...on User { primaryEmail } ...on Group { name } } } }`,
    { text },
  )
  const [first] = search as { node: Record<string, string> }[]
  expect(Object.values(first?.node ?? {}).join()).toBe(expected)
})
