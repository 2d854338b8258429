/** Callers that do not read their responses: their connections are closed, and the memory that they use is bounded. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { UnreadAnswers, type UnreadLimits } from '../../../src/server/http/unread-answers.ts'
import { until } from '../../support/until.ts'

const large = Buffer.alloc(30_000_000, 'x')
const patient: UnreadLimits = { bytesPerCaller: 50_000_000, patienceMs: 600_000, leastBytesPerSecond: 100_000 }

async function serve(limits: UnreadLimits): Promise<{ answers: UnreadAnswers; server: Server; ask(): Socket }> {
  const answers = new UnreadAnswers(limits)
  const server = createServer((_request, response) => {
    if (!answers.send('ann', response, large)) response.writeHead(429).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
    return socket
  }
  return { answers, server, ask }
}

test('unread responses: the connection is closed if a response is not read in time', async () => {
  const { answers, server, ask } = await serve({ ...patient, patienceMs: 100, leastBytesPerSecond: 1e9 })
  const socket = ask().pause()
  await until(() => answers.unread('ann') > 0)
  await until(() => answers.unread('ann') === 0)
  socket.resume()
  await once(socket, 'close')
  expect(socket.bytesRead).toBeLessThan(large.length)
  server.close()
})

test('unread responses: a caller with too many unread bytes gets status 429 until it has read them', async () => {
  const { answers, server, ask } = await serve(patient)
  const unread = ask().pause()
  await until(() => answers.unread('ann') === large.length)
  const refused = ask()
  const [answer] = await once(refused, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 429 /)
  unread.resume()
  await until(() => answers.unread('ann') === 0)
  await until(() => unread.bytesRead > large.length)
  const [granted] = await once(ask(), 'data')
  expect(String(granted)).toMatch(/^HTTP\/1.1 200 /)
  server.closeAllConnections()
  server.close()
})
