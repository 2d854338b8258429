/**
 * Which addresses a webhook may be sent to. Public unicast addresses are allowed; others only within the networks that
 * the operator lists, so that a webhook cannot reach services that trust the network of this machine.
 */
import { isIPv6 } from 'node:net'
import { familyOf, listOf } from '../config/networks.ts'

const specialIPv4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
]
/** The only addresses of IPv6 that are global unicast … */
const publicIPv6 = ['2000::/3']
/** … except those that contain or lead to IPv4 addresses, and those of documents, benchmarks and ORCHID. */
const specialIPv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const special = listOf([...specialIPv4, ...specialIPv6])
const global = listOf(publicIPv6)

/** The end of a sentence about a refused address. */
export const notAllowed = 'an address that is not public and is not in WEBHOOK_ALLOWED_NETWORKS'

/** The address of all names that mean this machine (RFC 6761). They are not resolved. */
export const loopback = '127.0.0.1'

/** `host`: in lower case, as URLs have it. */
export function isLoopbackName(host: string): boolean {
  return /^(?:.*\.)?localhost\.?$/.test(host)
}

export interface AddressPolicy {
  /** Whether any address that is not public is allowed. */
  readonly hasNetworks: boolean
  /** `private`: within a listed network. */
  judge(address: string): 'public' | 'private' | 'refused'
}

/** `networks`: in CIDR notation. Throws a RangeError if one is invalid. */
export function addressPolicy(networks: readonly string[]): AddressPolicy {
  const allowed = listOf(networks)
  return {
    hasNetworks: networks.length > 0,
    judge(written) {
      const address = unmapped(written)
      const family = familyOf(address)
      if (family === undefined) return 'refused'
      if (allowed.check(address, family)) return 'private'
      if (special.check(address, family)) return 'refused'
      return family === 'ipv4' || global.check(address, family) ? 'public' : 'refused'
    },
  }
}

/** An IPv4 address that is written as one of IPv6 (`::ffff:127.0.0.1`, `::ffff:7f00:1`) is judged as what it is. */
function unmapped(address: string): string {
  if (!isIPv6(address)) return address
  // The parser of URLs writes every spelling of an address in one way.
  const host = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) ?? address
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host) ?? []
  if (high === undefined || low === undefined) return host
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}
