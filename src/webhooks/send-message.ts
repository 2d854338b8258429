/**
 * Sends messages. The host name is resolved here and the connection goes to the address that was checked, so a name
 * that resolves differently a moment later (DNS rebinding) leads nowhere else. Redirects are not followed.
 */
import { Resolver } from 'node:dns/promises'
import { Agent as HttpAgent, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { type AddressPolicy, isLoopbackName, loopback, notAllowed } from './address-policy.ts'

/** Returns the addresses of a host name. Rejects if it has none. */
export type Resolve = (host: string) => Promise<readonly string[]>

export interface SendOptions {
  readonly policy: AddressPolicy
  readonly resolve: Resolve
  /** From the lookup of the name to the headers of the response. */
  readonly timeoutMs: number
  /** Maximum number of connections. Defaults to 1. */
  readonly connections?: number
}

export interface Outgoing {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Outcome {
  /** Undefined: there was no response. */
  readonly status: number | undefined
  /** Undefined: the receiver accepted the message. */
  readonly error: string | undefined
}

/** Sends messages, over connections that stay open if the receiver allows it. */
export interface Sender {
  send(message: Outgoing, signal: AbortSignal): Promise<Outcome>
  close(): void
}

/** The status says everything. The body is read only so that the connection can be used again. */
const mostBodyBytes = 16_384
const longestBodyMs = 1_000

export function openSender({ policy, resolve, timeoutMs, connections = 1 }: SendOptions): Sender {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: connections }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: connections }),
  }
  return {
    async send(message, stop) {
      const ending = new AbortController()
      const timer = setTimeout(() => ending.abort(), timeoutMs)
      const signal = AbortSignal.any([ending.signal, stop])
      try {
        const url = new URL(message.url)
        const address = await unlessAborted(pinnedAddress(url, policy, resolve), signal)
        const agent = url.protocol === 'https:' ? agents['https:'] : agents['http:']
        const status = await exchange(url, address, message, agent, signal)
        return { status, error: status >= 200 && status < 300 ? undefined : describeStatus(status) }
      } catch (error) {
        if (stop.aborted) return failed('The attempt was interrupted because the process stops')
        if (ending.signal.aborted) return failed(`There was no response within ${timeoutMs / 1_000} s`)
        return failed(error instanceof AddressError ? error.message : describeError(error))
      } finally {
        clearTimeout(timer)
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

/** The address of the receiver may not be used, or there is none. */
class AddressError extends Error {
  override readonly name = 'AddressError'
}

/** Every address of the name must be allowed: otherwise chance decides which one is used. */
async function pinnedAddress(url: URL, policy: AddressPolicy, resolve: Resolve): Promise<string> {
  const host = bareHost(url)
  const addresses = isIP(host) ? [host] : await resolve(host)
  const [first] = addresses
  if (first === undefined) throw new AddressError('The host name of the URL has no address')
  const verdicts = new Set(addresses.map((address) => policy.judge(address)))
  if (verdicts.has('refused')) throw new AddressError(`The URL leads to ${notAllowed}`)
  if (url.protocol === 'http:' && verdicts.has('public'))
    throw new AddressError('The URL leads to a public address; expected https')
  return first
}

async function exchange(
  url: URL,
  address: string,
  message: Outgoing,
  agent: HttpAgent | HttpsAgent,
  signal: AbortSignal,
): Promise<number> {
  const isTls = url.protocol === 'https:'
  const host = bareHost(url)
  const body = Buffer.from(message.body)
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const request = (isTls ? requestHttps : requestHttp)({
    method: 'POST',
    host: address,
    port: url.port || (isTls ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    headers: { ...message.headers, host: url.host, 'content-length': String(body.length) },
    agent,
    signal,
    // The certificate must be that of the name in the URL.
    ...(isTls && { servername: isIP(host) ? '' : host }),
  })
  request.on('response', (response) => {
    resolve(response.statusCode ?? 0)
    let left = mostBodyBytes
    const timer = setTimeout(() => response.destroy(), longestBodyMs)
    response.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (left < 0) response.destroy()
    })
    response.on('close', () => clearTimeout(timer))
    response.on('error', () => {})
  })
  request.on('error', (error) => {
    // The receiver closed the connection of the last message before it read this one.
    if (request.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(undefined)
    else reject(error)
  })
  request.end(body)
  return (await promise) ?? (await exchange(url, address, message, agent, signal))
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function describeStatus(status: number): string {
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirects are not followed`
  return `The receiver answered ${status}; expected 200 to 299`
}

function describeError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'The receiver refused the connection',
    ECONNRESET: 'The connection was closed before the response',
    ENOTFOUND: 'The host name of the URL has no address',
    ENODATA: 'The host name of the URL has no address',
    ETIMEOUT: 'The host name of the URL could not be resolved in time',
  }
  return known[code ?? ''] ?? `The request failed${code === undefined ? '' : ` (${code})`}`
}

function failed(error: string): Outcome {
  return { status: undefined, error }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Asks the name servers directly. The resolver of the operating system would block threads that all other work of the
 * process needs, for as long as the name server of a receiver takes.
 */
export function dnsResolve(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  return async (host) => {
    if (isLoopbackName(host)) return [loopback]
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    const found = [four, six].flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    if (found.length === 0 && four.status === 'rejected') throw four.reason
    return found
  }
}
