import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { pino } from 'pino'
import type { EssentialsClient } from '../../src/vendor/adapter.ts'
import type { Allowance, TakeOptions } from '../../src/vendor/allowance.ts'
import { type ClientOptions, createEssentialsClient } from '../../src/vendor/client.ts'
import { EssentialsError } from '../../src/vendor/errors/essentials-error.ts'
import type { CallOptions } from '../../src/vendor/http/connection.ts'
import type { RetryPolicy } from '../../src/vendor/http/retry.ts'

export const background: CallOptions = { priority: 'background' }
export const interactive: CallOptions = { priority: 'interactive' }

export const apiKey = 'key-of-acme'
export const apiSecret = 'S3cret/of+acme=='

export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Reply = (response: ServerResponse, request: ReceivedRequest) => void

export interface Vendor extends AsyncDisposable {
  readonly baseUrl: string
  readonly requests: ReceivedRequest[]
  /** Number of connections opened so far. */
  connections(): number
}

/** A real HTTP server that answers its n-th request with the n-th reply, and all further requests with the last one. */
export async function startVendor(...replies: Reply[]): Promise<Vendor> {
  const requests: ReceivedRequest[] = []
  let connections = 0
  const server = createServer((message, response) => {
    let body = ''
    message.setEncoding('utf8')
    message.on('data', (chunk: string) => {
      body += chunk
    })
    message.on('end', () => {
      const { method = '', url = '', headers } = message
      const request = { method, url, headers, body }
      requests.push(request)
      const reply = replies[Math.min(requests.length, replies.length) - 1]
      if (reply === undefined) throw new Error('a vendor needs a reply')
      reply(response, request)
    })
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v2`,
    requests,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function answer(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
  }
}

export const hang: Reply = () => {}

export const reset: Reply = (response) => {
  response.socket?.resetAndDestroy()
}

/** Sends `100 Continue` and nothing else. */
export const resetWhileProcessing: Reply = (response) => {
  response.writeProcessing()
  response.socket?.end()
}

/** Announces a longer body than it sends, then closes the connection. */
export const cut: Reply = (response) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('{"users":[', () => response.socket?.destroy())
}

export interface AllowanceLog extends Allowance {
  readonly taken: TakeOptions[]
  readonly pauses: number[]
  readonly refusals: number[]
  readonly events: string[]
  /** Slots that were taken and not yet returned. */
  open(): number
}

/**
 * Grants every slot immediately. Its clock advances by a microsecond with each reading: the n-th reading is `clock(n)`.
 */
export function unlimitedAllowance(): AllowanceLog {
  const log = { taken: [] as TakeOptions[], pauses: [] as number[], refusals: [] as number[], events: [] as string[] }
  let readings = 0
  let open = 0
  return {
    ...log,
    open: () => open,
    async take(options) {
      // Asynchronous like a database query: undici reuses a kept-alive connection only in a later turn of the event
      // loop.
      await turn()
      log.taken.push(options)
      log.events.push('take')
      open += 1
      readings += 1
      return {
        sentAt: clock(readings),
        async release() {
          log.events.push('release')
          open -= 1
          readings += 1
          return clock(readings)
        },
      }
    },
    async pause(milliseconds) {
      log.pauses.push(milliseconds)
      log.events.push('pause')
    },
    guard: {
      async accept() {},
      async refuse(_slot, area) {
        log.refusals.push(log.taken.length)
        log.events.push('refuse')
        return area === undefined ? 'REFUSED' : 'DOUBTED'
      },
      async settle(area, isAccepted) {
        log.events.push(`${isAccepted ? 'accepted, but not for' : 'refused, not only for'} ${area}`)
      },
    },
  }
}

export function clock(reading: number): string {
  return `2026-01-01T00:00:00.${String(reading).padStart(6, '0')}Z`
}

export interface Harness extends AsyncDisposable {
  readonly client: EssentialsClient
  readonly allowance: AllowanceLog
  /** The delays between two requests, in ms. */
  readonly sleeps: number[]
  /** The logged lines. */
  readonly lines: Record<string, unknown>[]
}

/** A client whose randomness is always one half and which never really waits between requests. */
export function createHarness(vendor: { readonly baseUrl: string }, options: Partial<ClientOptions> = {}): Harness {
  const allowance = unlimitedAllowance()
  const sleeps: number[] = []
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) }
  const client = createEssentialsClient({
    baseUrl: vendor.baseUrl,
    apiKey,
    apiSecret,
    organization: 'acme',
    allowance,
    logger: pino({ level: 'debug', base: null, timestamp: false }, stream),
    random: () => 0.5,
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds)
    },
    ...options,
  })
  return { client, allowance, sleeps, lines, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() }
}

/** The error that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<EssentialsError> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof EssentialsError) return outcome
  throw new Error('expected an EssentialsError', { cause: outcome })
}

/** The properties of an error that are the same in every run. */
export function factsOf(error: EssentialsError): Record<string, unknown> {
  const { name, method, endpoint, path, organization, status, outcomeUnknown, retryable, counts } = error
  return { name, method, endpoint, path, organization, status, outcomeUnknown, retryable, counts }
}

export const noRetries: RetryPolicy = {
  transient: { retries: 0, baseMs: 1, capMs: 1 },
  rateLimited: { retries: 0, baseMs: 1_000, capMs: 1_000 },
}

const bob = { primaryEmail: 'bob@acme.test', type: 'User' }

export type Call = (harness: Harness) => Promise<unknown>

export const list: Call = ({ client }) => client.listUsers({ page: 1, pageSize: 100 }, background)
export const read: Call = ({ client }) => client.getUser(bob.primaryEmail, background)
export const create: Call = ({ client }) => client.createUser(bob, interactive)
export const remove: Call = ({ client }) => client.deleteUser(bob.primaryEmail, interactive)
export const join: Call = ({ client }) => client.addGroupMember('g1', bob.primaryEmail, interactive)

/** The error of a call that gets this reply and does not retry. */
export async function fail(call: Call, reply: Reply): Promise<EssentialsError> {
  await using vendor = await startVendor(reply)
  await using harness = createHarness(vendor, { retry: noRetries, maxAnswerBytes: 1_000 })
  const error = await failureOf(call(harness))
  if (harness.allowance.open() !== 0) throw new Error('expected the slot to be given back')
  return error
}
