/** The adapter of the API v1 over real HTTP. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { ListSink } from '../../../src/vendor/adapter.ts'
import { createInterfaceClient, type InterfaceClientOptions } from '../../../src/vendor/v1/client.ts'
import * as endpoints from '../../../src/vendor/v1/endpoints.ts'
import {
  answer,
  background,
  cut,
  failureOf,
  interactive,
  noRetries,
  type Reply,
  startVendor,
  unlimitedAllowance,
  type Vendor,
} from '../support.ts'

const password = 'pä§$wörd "x"'

function open(vendor: Vendor, options: Partial<InterfaceClientOptions> = {}) {
  const allowance = unlimitedAllowance()
  const lines: Record<string, unknown>[] = []
  const client = createInterfaceClient({
    baseUrl: new URL(vendor.baseUrl).origin,
    domain: 'nordwind.example',
    user: 'graph@nordwind.example',
    password,
    organization: 'nordwind',
    allowance,
    logger: pino({ level: 'debug', base: null }, { write: (line: string) => lines.push(JSON.parse(line)) }),
    retry: noRetries,
    ...options,
  })
  return { client, allowance, lines, [Symbol.asyncDispose]: () => client.close() }
}

function collect(): ListSink & { readonly addresses: string[]; begun: number } {
  const sink = {
    addresses: [] as string[],
    begun: 0,
    async begin() {
      sink.begun += 1
      sink.addresses.length = 0
    },
    async add({ users }: { readonly users: readonly { readonly primaryEmail: string }[] }) {
      sink.addresses.push(...users.map(({ primaryEmail }) => primaryEmail))
    },
  }
  return sink
}

const mia = { uid: 48211, primary_email: 'mia@nordwind.example', type: 'end_user' }

describe('client of the API v1', () => {
  test('requests carry the credentials and a new correlator each, which the log repeats', async () => {
    await using vendor = await startVendor(answer(200, mia))
    await using opened = open(vendor)
    await opened.client.getUser('mia@nordwind.example', interactive)
    await opened.client.getUser('mia@nordwind.example', interactive)
    const [first, second] = vendor.requests
    expect(first?.url).toBe('/api/v1/orgs/nordwind.example/users/mia%40nordwind.example')
    expect(first?.headers['x-user']).toBe('graph@nordwind.example')
    expect(Buffer.from(String(first?.headers['x-password']), 'latin1').toString('utf8')).toBe(password)
    expect(first?.headers).not.toHaveProperty('authorization')
    expect(first?.headers['x-correlator']).not.toBe(second?.headers['x-correlator'])
    const logged = opened.lines.filter(({ msg }) => msg === 'request').map(({ correlator }) => correlator)
    expect(logged).toEqual([first?.headers['x-correlator'], second?.headers['x-correlator']])
  })

  test('the list arrives in one response, also if it is compressed', async () => {
    const json = JSON.stringify([mia])
    const compressed = (encoding: string, bytes: Buffer): Reply => {
      return (response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes)
    }
    // Many servers omit the zlib header of `deflate`.
    await using vendor = await startVendor(
      answer(200, { users: [mia] }),
      compressed('gzip', gzipSync(json)),
      compressed('deflate', deflateSync(json)),
      compressed('deflate', deflateRawSync(json)),
    )
    await using opened = open(vendor)
    for (let turn = 0; turn < 4; turn += 1) {
      const sink = collect()
      expect(await opened.client.streamUsers(sink, background)).toMatchObject({ value: { rows: 1 }, requests: 1 })
      expect(sink.addresses).toEqual(['mia@nordwind.example'])
    }
    expect(opened.allowance.open()).toBe(0)
  })

  test('a list that is retried begins anew, and one that stays broken is a failure', async () => {
    const broken = answer(200, `{"users":[${JSON.stringify(mia)},`)
    const retry = { ...noRetries, transient: { retries: 1, baseMs: 1, capMs: 1 } }
    await using vendor = await startVendor(
      broken,
      answer(200, { users: [mia, { ...mia, primary_email: 'b@x.example' }] }),
    )
    await using opened = open(vendor, { retry })
    const sink = collect()
    await opened.client.streamUsers(sink, background)
    expect(sink).toMatchObject({ begun: 2, addresses: ['mia@nordwind.example', 'b@x.example'] })

    for (const [reply, code] of [
      [broken, 'TRUNCATED_ANSWER'],
      [cut, 'TRUNCATED_ANSWER'],
      [answer(200, '<html>'), 'UNINTELLIGIBLE_ANSWER'],
      [answer(500, '<html><h1>Sorry</h1></html>', { 'content-type': 'text/html' }), 'SERVER_FAILURE'],
    ] as const) {
      await using other = await startVendor(reply)
      await using failing = open(other)
      expect(await failureOf(failing.client.streamUsers(collect(), background))).toMatchObject({ code })
      expect(failing.allowance.open()).toBe(0)
    }
  })

  test('a list larger than the limit is refused while it arrives', async () => {
    await using vendor = await startVendor(answer(200, { users: [mia] }))
    await using opened = open(vendor)
    const call = endpoints.streamUsers('x.example', collect())
    expect(call.limits).toMatchObject({ totalMs: 120_000, maxBytes: 256 * 2 ** 20 })
    expect(opened.client.capabilities).toMatchObject({ pagedList: false, groups: false })
  })

  test('a 401 stops the credentials before its slot is returned, and other refusals do not', async () => {
    await using vendor = await startVendor(answer(401, { errors: [{ status: 401, error_message: `no ${password}` }] }))
    await using opened = open(vendor)
    const error = await failureOf(opened.client.getUser('mia@nordwind.example', interactive))
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', vendorMessage: 'no ***' })
    expect(error.message).toMatch(/multi-factor authentication cannot use this API/)
    expect(opened.allowance.events).toEqual(['take', 'refuse', 'release'])

    await using other = await startVendor(answer(403, { message: 'no' }), answer(404), answer(400, 'no'))
    await using allowed = open(other)
    for (let turn = 0; turn < 3; turn += 1) await failureOf(allowed.client.getUser('a@x.example', interactive))
    expect(allowed.allowance.refusals).toEqual([])
  })

  test('no error and no log line contains the password', async () => {
    const leak = `echo ${password} ${JSON.stringify(password)} ${encodeURIComponent(password)}`
    for (const status of [400, 401, 403, 404, 409, 422, 500]) {
      await using vendor = await startVendor(answer(status, { message: leak }))
      await using opened = open(vendor)
      const error = await failureOf(opened.client.getUser('mia@nordwind.example', interactive))
      const said = JSON.stringify([error, error.message, error.stack, error.vendorMessage, opened.lines])
      for (const form of [password, 'wörd', encodeURIComponent(password)]) expect(said).not.toContain(form)
    }
  })
})

test('client of the API v1: it has no call that impersonates a user', async () => {
  const calls = Object.values(endpoints).flatMap((one) => (typeof one === 'function' ? [one] : []))
  const sink = collect()
  const paths = calls.map((call) =>
    (call as (...values: unknown[]) => { path: string; method: string })('x.example', 'a@x.example', sink),
  )
  expect(paths.length).toBeGreaterThan(2)
  for (const { path } of paths) expect(path).not.toMatch(/token/i)
  // A deletion of anything but one user could delete a whole list.
  const deleted = paths.filter(({ method }) => method === 'DELETE').map(({ path }) => path)
  expect(deleted).toEqual(['/orgs/x.example/users/a%40x.example'])
  const folder = join(import.meta.dirname, '../../../src/vendor')
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith('.ts')) continue
    const code = (await readFile(join(folder, file), 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    expect(code, file).not.toMatch(/['"`/]token\b/i)
  }
})

describe('client of the API v1: a 401 of one organization', () => {
  const ofChild = { domain: 'Child.example' }
  const no = answer(401, { message: 'no' })

  test('is verified by one request that names no organization, and then concerns only that one', async () => {
    await using vendor = await startVendor(no, answer(200, { user_id: 1 }))
    await using opened = open(vendor, ofChild)
    const error = await failureOf(opened.client.getUser('mia@child.example', interactive))
    expect(vendor.requests.map(({ url }) => url)).toEqual([
      '/api/v1/orgs/Child.example/users/mia%40child.example',
      '/api/v1/me',
    ])
    expect(opened.allowance.events).toEqual([
      'take',
      'refuse',
      'release',
      'take',
      'release',
      'accepted, but not for child.example',
    ])
    expect(opened.allowance.taken).toMatchObject([{ area: 'child.example' }, { verifies: true }])
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 })
    expect(error.message).toMatch(/it accepts them otherwise, so only the requests about this organization stop/)
  })

  test.each([
    ['is refused, too', no],
    ['fails', answer(503)],
  ])('stops the credentials if the verification %s', async (_, second) => {
    await using vendor = await startVendor(no, second)
    await using opened = open(vendor, ofChild)
    const error = await failureOf(opened.client.getUser('mia@child.example', interactive))
    expect(vendor.requests).toHaveLength(2)
    expect(opened.allowance.events.at(-1)).toBe('refused, not only for child.example')
    expect(error.message).toMatch(/multi-factor authentication cannot use this API/)
    expect(opened.allowance.open()).toBe(0)
  })
})

test('client of the API v1: a list that does not begin to arrive is followed by one cheap request, a quick one by none', async () => {
  const proved = Promise.withResolvers<void>()
  const users = answer(200, { users: [mia] })
  await using vendor = await startVendor(
    (response, request) => void proved.promise.then(() => users(response, request)),
    (response, request) => {
      answer(200, { user_id: 1 })(response, request)
      proved.resolve()
    },
    users,
  )
  await using opened = open(vendor, { proveAfterMs: 1 })
  expect((await opened.client.streamUsers(collect(), background)).value).toEqual({ rows: 1 })
  expect(vendor.requests.map(({ url }) => url)).toEqual(['/api/v1/orgs/nordwind.example/users', '/api/v1/me'])
  await using patient = open(vendor)
  await patient.client.streamUsers(collect(), background)
  expect(vendor.requests).toHaveLength(3)
})
