/** A receiver, and workers that deliver to it within milliseconds. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { Webhook } from 'standardwebhooks'
import type { Database } from '../../src/db/database.ts'
import { addressPolicy } from '../../src/webhooks/address-policy.ts'
import { type DeliveryTimes, usualTimes, type WebhookDeps } from '../../src/webhooks/deliver.ts'
import { dispatchWebhooks } from '../../src/webhooks/dispatch-webhooks.ts'
import { createWebhook, eventNames, type WebhookWish } from '../../src/webhooks/webhooks.ts'
import { openSecrets } from '../../src/writes/secrets.ts'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { type: string; timestamp: string; data: Record<string, unknown> }
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  /** The requests that were accepted, in order. */
  readonly accepted: Received[]
  readonly requests: Received[]
  /** Closes all connections, and listens again on the same port. */
  restart(): void
  /** Answers a request; the default answers 204. Returns whether it accepted the message. */
  answer: (request: Received, response: ServerResponse) => boolean
}

async function textOf(request: IncomingMessage): Promise<string> {
  return (await Array.fromAsync(request.setEncoding('utf8'))).join('')
}

export async function receiver(): Promise<Receiver> {
  const accepted: Received[] = []
  const requests: Received[] = []
  const server = createServer(async (request, response) => {
    const text = await textOf(request).catch(() => '')
    if (text === '') return
    const one = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) }
    requests.push(one)
    if (self.answer(one, response)) accepted.push(one)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const self: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    restart() {
      server.close(() => server.listen(port, '127.0.0.1'))
      server.closeAllConnections()
    },
    accepted,
    requests,
    answer: (_request, response) => {
      response.writeHead(204).end()
      return true
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return self
}

/** Throws unless the signature is valid. */
export function verify(secret: string, { headers, text }: Received): void {
  new Webhook(secret).verify(text, headers as Record<string, string>)
}

const quickTimes: DeliveryTimes = {
  ...usualTimes,
  attemptMs: 5_000,
  retryDelayMs: () => 1,
  restMs: () => 1,
}

const secrets = openSecrets(Buffer.alloc(32, 7))
const loopback = ['127.0.0.0/8', '::1/128']

export function depsOf(database: Pick<Database, 'sql'>, deps: Partial<WebhookDeps> = {}): WebhookDeps {
  return {
    sql: database.sql,
    logger: pino({ level: 'silent' }),
    secrets,
    policy: addressPolicy(loopback),
    resolve: () => Promise.reject(new Error('The tests resolve no names')),
    ...deps,
  }
}

export interface Worker extends AsyncDisposable {
  stop(): Promise<void>
}

export function worker(
  database: Pick<Database, 'sql' | 'listen'>,
  times: Partial<DeliveryTimes> = {},
  deps: Partial<WebhookDeps> = {},
): Worker {
  const rhythm = { idleMs: 60_000, pauseMs: 0 }
  const { stop } = dispatchWebhooks(depsOf(database, deps), database.listen, { ...quickTimes, ...times }, rhythm)
  return { stop, [Symbol.asyncDispose]: stop }
}

export async function hook(database: Pick<Database, 'sql'>, wish: Partial<WebhookWish> & { url: string }) {
  const { sql, policy } = depsOf(database)
  return await createWebhook(sql, secrets, policy, {
    organizationId: null,
    events: eventNames,
    createdBy: 'test',
    ...wish,
  })
}
