import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { examples } from '../../src/explorer/editor/examples.ts'
import { buildSchema } from '../../src/graph/schema.ts'
import type { Manifest } from '../../src/server/explorer/explorer-files.ts'
import { serve } from './served.ts'

const page = '<meta property="csp-nonce" nonce="__NONCE__"><meta name="explorer-sign-in" content="__SIGN_IN__">'
const script = 'export const answer = 42'

/** A folder as `npm run build` leaves it. */
async function builtExplorer() {
  const path = await mkdtemp(join(tmpdir(), 'essentials-graph-explorer-'))
  await mkdir(join(path, 'assets'))
  const manifest: Manifest = { key: 'a hash', files: { '/assets/app-1a2b.js': ['br'] } }
  const contents: [string, string | Buffer][] = [
    ['index.html', page],
    ['editor.html', page],
    ['assets/app-1a2b.js', script],
    ['assets/app-1a2b.js.br', brotliCompressSync(script)],
    ['assets/not-listed.js', 'secret'],
    ['manifest.json', JSON.stringify(manifest)],
  ]
  for (const [name, content] of contents) await writeFile(join(path, name), content)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const app = await readFile(join(import.meta.dirname, '../../src/explorer/app.tsx'), 'utf8')
const routes = [...app.matchAll(/<Route path="([^"]+)"/g)].map(([, path = '']) => path.replace(':id', 'VXNlcjox'))

test('explorer: its routes are found', () => expect(routes).toContain('/users/VXNlcjox'))

test.each([...routes, '/editor'])('explorer: a browser gets the page at %s without a token', async (path) => {
  await using built = await builtExplorer()
  await using served = await serve({}, { explorer: { folder: built.path } })
  const answer = await served.request(path, { headers: { accept: 'text/html' } })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('www-authenticate')).toBeNull()
})

test('explorer: a browser gets the page at an unknown address, with status 404; others get JSON', async () => {
  await using built = await builtExplorer()
  await using served = await serve({}, { explorer: { folder: built.path } })
  const inBrowser = await served.request('/people', { headers: { accept: 'text/html' } })
  expect([inBrowser.status, inBrowser.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
  for (const [path, accept] of [
    ['/people', '*/*'],
    ['/health/nothing', 'text/html'],
  ] as const) {
    const answer = await served.request(path, { headers: { accept } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8'])
  }
})

test('explorer: the policy of the page allows nothing from elsewhere and a new nonce for each response', async () => {
  await using built = await builtExplorer()
  await using served = await serve({}, { explorer: { folder: built.path } })
  const [first, second] = await Promise.all([served.request('/'), served.request('/')])
  const policy = first.headers.get('content-security-policy') ?? ''
  const nonce = policy.match(/style-src 'self' 'nonce-([^']{20,})'/)?.[1]
  expect(policy).toContain("default-src 'none'; script-src 'self'; ")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  const text = await first.text()
  expect(text).toContain(`nonce="${nonce}"`)
  expect(text).not.toContain('__')
  expect(second.headers.get('content-security-policy')).not.toBe(policy)
})

test('explorer: the query editor has a policy of its own, which still restricts scripts to this server', async () => {
  await using built = await builtExplorer()
  await using served = await serve({}, { explorer: { folder: built.path } })
  const policy = (await served.request('/editor')).headers.get('content-security-policy')
  expect(policy).toContain("script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:")
})

test('explorer: a browser that opens /graphql is sent to the query editor', async () => {
  await using served = await serve()
  const answer = await served.request('/graphql', { headers: { accept: 'text/html' }, redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/editor'])
})

test('explorer: files are compressed in advance and can be cached for ever', async () => {
  await using built = await builtExplorer()
  await using served = await serve({}, { explorer: { folder: built.path } })
  const path = '/assets/app-1a2b.js'
  const compressed = await served.request(path, { headers: { 'accept-encoding': 'gzip, br;q=0.5' } })
  expect(compressed.headers.get('content-encoding')).toBe('br')
  expect(compressed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(compressed.headers.get('vary')).toBe('accept-encoding')
  expect(await compressed.text()).toBe(script)
  const plain = await served.request(path, { headers: { 'accept-encoding': 'br;q=0' } })
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, script])
})

test.each(['/assets/not-listed.js', '/assets/..%2findex.html', '/assets/toString', '/manifest.json'])(
  'explorer: %s is not served, because the manifest does not list it',
  async (path) => {
    await using built = await builtExplorer()
    await using served = await serve({}, { explorer: { folder: built.path } })
    expect((await served.request(path)).status).toBe(404)
  },
)

test('explorer: without its build the page answers 503 with one sentence, and the API works', async () => {
  await using built = await builtExplorer()
  await using served = await serve({}, { explorer: { folder: join(built.path, 'missing') } })
  const answer = await served.request('/')
  expect([answer.status, await answer.text()]).toEqual([
    503,
    'The explorer has not been built: run `npm run build`. The API is at /graphql.\n',
  ])
  expect((await served.operation('{ ask }')).status).toBe(200)
})

test('query editor: every example is a valid operation of the schema', () => {
  const schema = buildSchema()
  for (const { title, query } of examples.flatMap((group) => group.items)) {
    expect({ title, errors: validate(schema, parse(query)) }).toEqual({ title, errors: [] })
  }
})

test('explorer: with settings that it does not support, its pages say so, and the query editor works', async () => {
  await using built = await builtExplorer()
  const unsupported = ['FEDERATION_PREFIX', 'FEDERATION_NODE=false']
  await using served = await serve({}, { explorer: { folder: built.path, unsupported } })
  const answer = await served.request('/users', { headers: { accept: 'text/html' } })
  expect(answer.status).toBe(501)
  expect(await answer.text()).toContain('does not work with FEDERATION_PREFIX and FEDERATION_NODE=false')
  expect((await served.request('/editor')).status).toBe(200)
})
