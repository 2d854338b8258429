/** A full name finds its user, even if thousands of others share a part of the name. */
import { afterAll, expect, test } from 'vitest'
import { mostCompared } from '../../src/analysis/search.ts'
import { graph, observedAt } from '../graph/harness/fixture.ts'

const mirror = await graph()
afterAll(() => mirror[Symbol.asyncDispose]())
const { add, data, sql } = mirror

const acme = await add.organization('acme')
const many = mostCompared + 500
await sql`
  insert into users (id, organization_id, primary_email, address_key, domain, first_name, last_name, type, profile_known, profile_at, valid_from, version_from)
  select 1_000_000 + row_number() over (), ${acme}, address, address, 'acme.example', first, last, 'USER', 511, ${observedAt}, ${observedAt}, ${observedAt}
  from generate_series(1, ${many}::int) n, lateral (
    values ('lucia.smith' || n || '@acme.example', 'Lucia', 'Smith'), ('clerk.store.' || n || '@acme.example', 'Store Clerk', n::text)
  ) as v(address, first, last)`
await sql`
  insert into groups (id, organization_id, group_id, name, profile_at, valid_from, version_from)
  select 2_000_000 + n, ${acme}, 'g' || n, 'Project Team ' || n, ${observedAt}, ${observedAt}, ${observedAt} from generate_series(1, ${many}::int) n`
await add.user(acme, 'm.s@acme.example', { first_name: 'Maria', last_name: 'Smith' })

const last = many - 1
test.each([
  ['a full name that shares one word with many names', 'Maria Smith', 'm.s@acme.example'],
  ['a full name in reverse order', 'Smith Maria', 'm.s@acme.example'],
  ['a full name with a typo', 'Maria Smth', 'm.s@acme.example'],
  [
    'a full name that differs in only one word from many names',
    `Store Clerk ${last}`,
    `clerk.store.${last}@acme.example`,
  ],
  ['a local part', `clerk.store.${last}`, `clerk.store.${last}@acme.example`],
  ['an address with a typo in its domain', `clerk.store.${last}@acme.exampel`, `clerk.store.${last}@acme.example`],
  ['a group', `project team ${last}`, `Project Team ${last}`],
  ['a group by a short word', 'Project Team 7', 'Project Team 7'],
])('search: among thousands of similar names, %s finds the exact match first', async (_what, text, expected) => {
  const { search } = await data(
    `query ($text: String!) { search(text: $text, first: 3) { node { ...on User { primaryEmail } ...on Group { name } } } }`,
    { text },
  )
  const [first] = search as { node: Record<string, string> }[]
  expect(Object.values(first?.node ?? {}).join()).toBe(expected)
})
