import { domainToASCII } from 'node:url'
import { expect, test } from 'vitest'
import { addressKey } from '../../src/addresses/address-key.ts'
import { domainOf } from '../../src/addresses/spellings.ts'
import { migrateMirror, readMigrations } from '../../src/db/migrations/migrate.ts'
import { emptyDatabase } from './empty-database.ts'

/** The key as it was before the migration that recomputes it. */
const keyBefore = (address: string) => address.toLowerCase()

const words = [
  'bücher',
  'münchen',
  'straße',
  '例え',
  'παράδειγμας',
  'i❤',
  'なぜみんな日本語を話してくれないのか',
  '💩',
  'ليهمابتكلموشعربي',
]
const addresses = [
  'plain@example.com',
  'Zoë@example.com'.normalize('NFD'),
  'ΣΑΣ@example.com',
  'İnan@example.com',
  '"a@b"@bücher.example'.normalize('NFD'),
  ...words.map((word) => `Someone@${domainToASCII(word).toUpperCase()}.example`),
  ...words.map((word) => `${word}@${word}.EXAMPLE`.normalize('NFD')),
  'x@xn--.example',
  'x@xn--zzzzzzzzzz.example',
  'x@xn--999999999999999999.example',
  'x@xn--a.example',
  'y@xn---a.example',
  'xn--bcher-kva@example.com',
]

test('migrations: stored address keys and domains are recomputed as the program makes them', async () => {
  await using database = await emptyDatabase()
  const { sql } = database
  const all = readMigrations()
  const change = all.findIndex(({ name }) => name.endsWith('_words_and_address_keys'))
  await migrateMirror(database, { migrations: all.slice(0, change), putViews: async () => {} })
  await sql.unsafe(`insert into organizations (id, slug, name) values (1, 'a', 'A'), (2, 'b', 'B')`, [])
  const put = async (id: number, address: string, organization = 1, deleted: string | null = null) => {
    const key = keyBefore(address)
    await sql`
      insert into users (id, organization_id, primary_email, address_key, domain, type, profile_known, profile_at, valid_from, version_from, deleted_at)
      values (${id}, ${organization}, ${address}, ${key}, ${key.slice(key.lastIndexOf('@') + 1)}, 'USER', 1, now(), now(), now(), ${deleted}::timestamptz)`
    await sql`
      insert into aliases (id, organization_id, user_id, address, address_key, domain, valid_from)
      values (${id + 1_000}, ${organization}, ${id}, ${`of-${address}`}, ${keyBefore(`of-${address}`)}, 'x', now())`
  }
  for (const [i, address] of addresses.entries()) await put(i + 1, address)
  // One address in two Unicode forms: of two live users of one organization, and of a live and a deleted user.
  await put(501, 'Renée@example.com'.normalize('NFC'))
  await put(502, 'Renée@example.com'.normalize('NFD'))
  await put(503, 'Renée@example.com'.normalize('NFD'), 2)
  await put(511, 'Chloé@example.com'.normalize('NFC'))
  await put(512, 'Chloé@example.com'.normalize('NFD'), 1, '2026-01-01')
  await sql`insert into roles (id, organization_id, name, valid_from) values (1, 1, 'User', now()), (2, 1, 'Help desk', now()),
    (3, 2, 'user', now()), (4, 2, 'USER', now()), (5, 2, 'Billing', now())`

  await migrateMirror(database, { migrations: all })
  const rows = await sql<
    { id: number; address: string; key: string; domain: string; live: boolean; aliases: number }[]
  >`
    select id, primary_email as address, address_key as key, domain, deleted_at is null as live,
      (select count(*) from aliases a where a.user_id = u.id and a.valid_to is null) as aliases from users u order by id`
  for (const { address, key, domain } of rows) {
    expect({ address, key, domain }).toEqual({ address, key: addressKey(address), domain: domainOf(address) })
  }
  const ended = rows.filter(({ live }) => !live)
  expect(ended.map(({ id, aliases }) => [id, aliases])).toEqual([
    [501, 0],
    [512, 1],
  ])
  const aliases = await sql<{ address: string; key: string }[]>`select address, address_key as key from aliases`
  for (const { address, key } of aliases) expect(key).toBe(addressKey(address))
  const roles = await sql<{ name: string }[]>`select name from roles order by id`
  expect(roles.map(({ name }) => name)).toEqual(['USER', 'HELPDESK', 'user', 'USER', 'Billing'])
})
