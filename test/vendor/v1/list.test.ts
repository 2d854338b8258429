import { describe, expect, test } from 'vitest'
import type { ListSink } from '../../../src/vendor/adapter.ts'
import { listReader } from '../../../src/vendor/v1/read-list.ts'
import { parseUsers } from '../../../src/vendor/v1/wire.ts'

/** Reads a document that arrives in chunks of this many bytes. */
async function read(document: string | Buffer, chunkBytes = 7) {
  const bytes = Buffer.from(document)
  const pages: { readonly addresses: string[]; readonly text: string }[] = []
  const sink: ListSink = {
    begin: async () => {},
    add: async ({ users }, text) => {
      pages.push({ addresses: users.map(({ primaryEmail }) => primaryEmail), text })
    },
  }
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
  }
  const outcome = await listReader(sink, '2026-01-01T00:00:00.000000Z')(chunks())
  return { outcome, pages, addresses: pages.flatMap(({ addresses }) => addresses) }
}

const row = (local: string, more: object = {}) => ({ uid: 1, primary_email: `${local}@x.example`, ...more })
const rows = [row('mia', { surname: 'Kühn – "q" \\ }]' }), row('bo', { odin_settings: { users: [1] } })]

describe('list of users: it is complete', () => {
  test.each([
    ['an object with the list', JSON.stringify({ users: rows })],
    ['the list alone', JSON.stringify(rows)],
    ['white space and a byte order mark', `\uFEFF\n ${JSON.stringify({ users: rows }, null, 2)}\n`],
    ['other keys beside it', JSON.stringify({ meta: { users: ['a'] }, users: rows, total: 2, page: [{ users: [] }] })],
  ])('%s, for any chunks', async (_name, document) => {
    for (const chunkBytes of [1, 2, 5, 64, 100_000]) {
      const { outcome, addresses } = await read(document, chunkBytes)
      expect(outcome).toMatchObject({ value: { rows: 2 } })
      expect(addresses).toEqual(['mia@x.example', 'bo@x.example'])
    }
  })

  test('an empty list has no row', async () => {
    expect((await read('{"users":[]}')).outcome).toMatchObject({ value: { rows: 0 } })
    expect((await read('[]')).outcome).toMatchObject({ value: { rows: 0 } })
  })

  test('rows come in pages of 1,000, and each page can be parsed again', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => row(`u${i}`, { uid: i, is_active: 1 }))
    const { outcome, pages, addresses } = await read(JSON.stringify({ users: many }), 65_536)
    expect(outcome).toMatchObject({ value: { rows: 2_500 } })
    expect(pages.map((page) => page.addresses.length)).toEqual([1_000, 1_000, 500])
    expect(addresses).toEqual(many.map(({ primary_email }) => primary_email))
    const again = parseUsers(pages[1]?.text ?? '')
    expect(again).toMatchObject({ value: { rows: 1_000, users: expect.any(Array) } })
    expect('value' in again && again.value.users[0]).toMatchObject({ vendorId: '1000', status: 'active' })
  })
})

describe('list of users: it is unreadable as a whole', () => {
  test.each([
    ['nothing', '', 'not JSON', 'empty'],
    ['white space', ' \n', 'not JSON', 'empty'],
    ['HTML', '<html>secret</html>', 'not JSON', 'HTML or XML'],
    ['a string', '"secret"', 'not JSON', 'text that is neither an object nor a list'],
    ['a broken row', '{"users":[{"primary_email":secret}]}', 'not JSON', 'text that is not JSON'],
    ['more after the end', '{"users":[]}{"secret":1}', 'not JSON', 'text that is not JSON'],
    ['a list that breaks off', JSON.stringify({ users: rows }).slice(0, -20), 'cut', 'truncated JSON'],
    ['a list that breaks off between rows', '{"users":[{"primary_email":"a@x.example"},', 'cut', 'truncated JSON'],
    ['no list', '{"error":"secret"}', 'wrong shape', 'an object without a list "users"'],
    ['a list of another name', '{"data":[{"users":[]}]}', 'wrong shape', 'an object without a list "users"'],
    ['an object in its place', '{"users":{"a":1}}', 'wrong shape', 'an object whose "users" is no list'],
    ['two lists', '{"users":[],"users":[]}', 'wrong shape', 'an object with several lists "users"'],
    ['a row without an address', '{"users":[{"uid":1}]}', 'wrong shape', /no usable primary_email/],
    ['a row that is no object', '{"users":["secret"]}', 'wrong shape', /no usable primary_email/],
  ])('%s', async (_name, document, reason, found) => {
    const { outcome } = await read(document)
    expect(outcome).toEqual({
      unreadable: { reason, found: typeof found === 'string' ? found : expect.stringMatching(found) },
    })
    expect(JSON.stringify(outcome)).not.toContain('secret')
  })

  test('a failure of the sink is not taken for a failure of the list', async () => {
    const sink: ListSink = { begin: async () => {}, add: () => Promise.reject(new Error('the database is away')) }
    async function* chunks() {
      yield Buffer.from(JSON.stringify(rows))
    }
    await expect(listReader(sink, '')(chunks())).rejects.toThrow('the database is away')
  })
})
