import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { serve } from './served.ts'

test('server: it reports the URL that it listens on, with an IPv6 host in brackets', async () => {
  await using four = await serve()
  expect(four.server.url).toBe(`http://127.0.0.1:${four.server.port}/graphql`)
  await using six = await serve({}, { host: '::1' })
  expect(six.server.url).toBe(`http://[::1]:${six.server.port}/graphql`)
  expect((await six.operation('{ ask }')).status).toBe(200)
})

test('server: a port in use or an unknown address is reported with a remedy', async () => {
  await using first = await serve()
  const { port } = first.server
  await expect(serve({}, { port })).rejects.toThrow(
    `Cannot listen on 127.0.0.1, port ${port}: the port is already in use. Stop the other program, or set PORT to another port (0: any free one).`,
  )
  await expect(serve({}, { host: '192.0.2.1' })).rejects.toThrow('this machine does not have that address')
})

test('shutdown: running requests finish, idle connections close immediately, new ones are refused', async () => {
  const begun = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<string>()
  const served = await serve({
    ask: () => {
      begun.resolve()
      return finish.promise
    },
  })
  const { port } = served.server
  const silent = connect(port, '127.0.0.1')
  await once(silent, 'connect')
  const agent = new Agent({ keepAlive: true })
  const idle = await keptAlive(agent, served.server.url)

  const answer = served.operation('{ ask }')
  await begun.promise
  const stopped = served.server.stop()
  // A socket that does not read does not notice that the other side closed.
  silent.resume()
  await Promise.all([once(silent, 'close'), idle.closed])
  await expect(served.request('/health/live')).rejects.toThrow()

  finish.resolve('late')
  const response = await answer
  expect(response.headers.get('connection')).toBe('close')
  expect(await response.json()).toEqual({ data: { ask: 'late' } })
  await stopped
  await served.server.stop()
  agent.destroy()
})

test('shutdown: requests that are still running after the timeout are aborted', async () => {
  const begun = Promise.withResolvers<AbortSignal>()
  const served = await serve(
    {
      ask: ({ signal }) => {
        begun.resolve(signal)
        return new Promise(() => {})
      },
    },
    { stopTimeoutMs: 20 },
  )
  const answer = served.operation('{ ask }')
  const signal = await begun.promise
  const refused = expect(answer).rejects.toThrow()
  await served.server.stop()
  await refused
  expect(signal.aborted).toBe(true)
})

test('health: it is live from the start, ready when the check passes, and gives the reason otherwise', async () => {
  let ready = async () => {}
  await using served = await serve({}, { ready: () => ready(), readyTimeoutMs: 30 })
  const probe = async (path: string) => {
    const answer = await served.request(path)
    return [answer.status, await answer.json()]
  }
  expect(await probe('/health/live')).toEqual([200, { status: 'live' }])
  expect(await probe('/health/ready')).toEqual([200, { status: 'ready' }])

  ready = () => Promise.reject(new Error('The database is being migrated.'))
  expect(await probe('/health/ready')).toEqual([
    503,
    { status: 'unavailable', reason: 'The database is being migrated.' },
  ])

  ready = () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' }))
  expect(await probe('/health/ready')).toEqual([
    503,
    { status: 'unavailable', reason: 'The database cannot be reached.' },
  ])

  ready = () => Promise.reject(Object.assign(new Error('role "app" may not'), { code: '42501' }))
  expect(await probe('/health/ready')).toEqual([
    503,
    { status: 'unavailable', reason: 'The database returned an unexpected error; see the log.' },
  ])

  ready = () => new Promise(() => {})
  expect(await probe('/health/ready')).toEqual([
    503,
    { status: 'unavailable', reason: 'No answer from the database within 0.03 s.' },
  ])
  expect(await probe('/health/live')).toEqual([200, { status: 'live' }])
})

test('health: simultaneous probes share one check', async () => {
  const checked = Promise.withResolvers<void>()
  let checks = 0
  await using served = await serve(
    {},
    {
      ready: () => {
        checks++
        return checked.promise
      },
    },
  )
  // All probes are sent in one write, so that they arrive before the first response.
  const socket = connect(served.server.port, '127.0.0.1')
  const probe = (connection: string) => `GET /health/ready HTTP/1.1\r\nHost: here\r\nConnection: ${connection}\r\n\r\n`
  socket.write(probe('keep-alive') + probe('keep-alive') + probe('close'))
  while (checks === 0) await new Promise(setImmediate)
  checked.resolve()
  const answers = await text(socket)
  expect(answers.match(/HTTP\/1.1 200/g)).toHaveLength(3)
  expect(checks).toBe(1)
})

/** Sends one request and keeps the connection open. `closed` resolves when the connection closes. */
async function keptAlive(agent: Agent, url: string): Promise<{ closed: Promise<unknown> }> {
  const request = httpRequest(new URL('/health/live', url), { agent }).end()
  const [response] = await once(request, 'response')
  const closed = once(response.socket, 'close')
  await once(response.resume(), 'end')
  return { closed }
}
