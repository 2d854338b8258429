import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { addressPolicy } from '../../src/webhooks/address-policy.ts'
import { openSender, type Resolve } from '../../src/webhooks/send-message.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function listen(handle: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(handle as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

async function send(
  url: string,
  { networks = ['127.0.0.0/8'], resolve = unresolved, timeoutMs = 5_000 }: Partial<Options> = {},
) {
  const sender = openSender({ policy: addressPolicy(networks), resolve, timeoutMs })
  try {
    return await sender.send({ url, headers: {}, body: '{}' }, new AbortController().signal)
  } finally {
    sender.close()
  }
}

interface Options {
  readonly networks: readonly string[]
  readonly resolve: Resolve
  readonly timeoutMs: number
}

const unresolved: Resolve = () => Promise.reject(new Error('not resolved'))

test('webhook requests: a name that leads to an address that is not public is refused, without a connection', async () => {
  let connections = 0
  const port = await listen((_request, response) => {
    connections += 1
    response.end()
  })
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254', '10.0.0.1', 'fe80::1']) {
    const { status, error } = await send(`http://receiver.example:${port}/`, {
      networks: [],
      resolve: async () => [address],
    })
    expect({ address, status, error }).toMatchObject({
      status: undefined,
      error: expect.stringContaining('not public'),
    })
  }
  // One public address does not make the others acceptable.
  const mixed = await send(`https://receiver.example:${port}/`, {
    networks: [],
    resolve: async () => ['8.8.8.8', '127.0.0.1'],
  })
  expect(mixed.error).toContain('not public')
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.1', '017700000001']) {
    const { error } = await send(`http://${host}:${port}/`, { networks: [] })
    expect({ host, error }).toMatchObject({ error: expect.stringContaining('not public') })
  }
  expect(connections).toBe(0)
})

test('webhook requests: the connection goes to the address that was checked, and the name is resolved once', async () => {
  const hosts: (string | undefined)[] = []
  const port = await listen((request, response) => {
    hosts.push(request.headers.host)
    response.end()
  })
  let lookups = 0
  // A second lookup would lead elsewhere.
  const resolve = async () => (++lookups === 1 ? ['127.0.0.1'] : ['127.0.0.9'])
  expect(await send(`http://receiver.example:${port}/`, { resolve })).toEqual({ status: 200, error: undefined })
  expect({ hosts, lookups }).toEqual({ hosts: [`receiver.example:${port}`], lookups: 1 })
})

test('webhook requests: plain http to a public address is refused', async () => {
  const { error } = await send('http://receiver.example/', { resolve: async () => ['8.8.8.8'] })
  expect(error).toContain('expected https')
})

test('webhook requests: a redirect is a failure and is not followed', async () => {
  const paths: (string | undefined)[] = []
  const port = await listen((request, response) => {
    paths.push(request.url)
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  expect(await send(`http://127.0.0.1:${port}/here`)).toEqual({
    status: 307,
    error: 'The receiver answered 307; redirects are not followed',
  })
  expect(paths).toEqual(['/here'])
})

test('webhook requests: an endless response body is not read, and the status counts', async () => {
  let written = 0
  const port = await listen((request, response) => {
    const more = () => {
      while (!response.destroyed && written < 1_000_000_000) {
        written += 65_536
        if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more)
      }
    }
    request.resume()
    response.on('error', () => {})
    more()
    response.on('close', () => {})
  })
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ status: 200, error: undefined })
  expect(written).toBeLessThan(50_000_000)
})

test('webhook requests: a receiver that does not answer in time fails the attempt', async () => {
  const port = await listen(() => {})
  expect(await send(`http://127.0.0.1:${port}/`, { timeoutMs: 50 })).toEqual({
    status: undefined,
    error: 'There was no response within 0.05 s',
  })
  const slowNames = await send('http://receiver.example/', { timeoutMs: 50, resolve: () => new Promise(() => {}) })
  expect(slowNames.error).toBe('There was no response within 0.05 s')
})

test('webhook requests: a receiver that is not there, or that speaks no HTTP, fails the attempt', async () => {
  const server = createTcpServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('nonsense\r\n\r\n'),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect((await send(`http://127.0.0.1:${port}/`)).error).toMatch(/^The request failed \(HPE_/)
  await new Promise((resolve) => server.close(resolve))
  expect((await send(`http://127.0.0.1:${port}/`)).error).toBe('The receiver refused the connection')
})
