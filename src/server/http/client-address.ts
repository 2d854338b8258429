/** Identifies the client of a connection, for limits. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The address of the client. An IPv6 address counts as its /64 network, which is what one subscriber has.
 *
 * The address is that of the socket. Behind N trusted proxies (`TRUST_PROXY=N`) it is the N-th last entry of
 * `X-Forwarded-For`, which the outermost proxy wrote; anyone can forge the entries before it. If there are fewer
 * entries, or the entry is not an address, the request did not pass all proxies, and the socket's address counts.
 */
export function clientOf(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? addressOf(entryFromEnd(request, trustedProxies)) : undefined
  return forwarded ?? addressOf(request.socket.remoteAddress ?? '') ?? 'unknown'
}

function entryFromEnd({ headers }: IncomingMessage, place: number): string {
  const header = headers['x-forwarded-for'] ?? ''
  // Node joins repeated headers of this name with commas, in order.
  const entries = (typeof header === 'string' ? header : header.join(',')).split(',')
  return entries.at(-place)?.trim() ?? ''
}

/** The address in canonical form, without its port; undefined if the text is not an address. */
export function addressOf(text: string): string | undefined {
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text) ?? []
  const [, beforePort] = /^([\d.]+):\d{1,5}$/.exec(text) ?? []
  const address = bracketed ?? beforePort ?? text
  const version = isIP(address)
  if (version === 4 && bracketed === undefined) return address
  return version === 6 ? canonicalOf(address) : undefined
}

function canonicalOf(address: string): string {
  const groups = groupsOf(address.split('%')[0] ?? '')
  const [high = 0, low = 0] = groups.slice(6)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean).flatMap(partsOf))
  const missing = 8 - (before?.length ?? 0) - (after?.length ?? 0)
  return [...(before ?? []), ...Array.from({ length: missing }, () => 0), ...(after ?? [])]
}

/** One group, or two if the last part is written as an IPv4 address. */
function partsOf(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
