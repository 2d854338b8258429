import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { addressOf, clientOf } from '../../src/server/http/client-address.ts'

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:8080', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['unknown', undefined],
  ['', undefined],
  ['_hidden', undefined],
  ['192.0.2', undefined],
  ['192.0.2.256', undefined],
  ['192.0.2.1:port', undefined],
  ['[192.0.2.1]', undefined],
  ['[2001:db8::1', undefined],
  ['2001:db8::1::2', undefined],
])('client address: %j is parsed as %j', (text, address) => {
  expect(addressOf(text)).toBe(address)
})

test.each([
  ['the socket address is used if no proxy is trusted', 0, '198.51.100.1', '10.0.0.1'],
  ['the last entry is used for one trusted proxy', 1, '203.0.113.9, 198.51.100.1', '198.51.100.1'],
  ['the second to last entry is used for two trusted proxies', 2, '203.0.113.9, 198.51.100.1,10.0.0.2', '198.51.100.1'],
  ['entries before those of the trusted proxies are ignored', 1, 'garbage, 1.1.1.1, 198.51.100.1:5000', '198.51.100.1'],
  ['the socket address is used if there are fewer entries than proxies', 3, '203.0.113.9, 198.51.100.1', '10.0.0.1'],
  ['the socket address is used without the header', 1, undefined, '10.0.0.1'],
  ['the socket address is used if the entry is invalid', 1, '198.51.100.1, unknown', '10.0.0.1'],
  ['an IPv6 entry is reduced to its /64 network', 1, '[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
])('client address: %s', (_rule, proxies, forwarded, address) => {
  expect(clientOf(request('::ffff:10.0.0.1', forwarded), proxies)).toBe(address)
})
