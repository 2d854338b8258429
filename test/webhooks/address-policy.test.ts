import { expect, test } from 'vitest'
import { addressPolicy } from '../../src/webhooks/address-policy.ts'

const refused = [
  ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.168.1.1', '192.0.0.8', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::127.0.0.1', 'fe80::1', 'fc00::1', 'fd12:3456::1', 'ff02::1', '64:ff9b::7f00:1', '2001:db8::1'],
  ...['2002:7f00:1::', '2001::7f00:1', 'fec0::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:a9fe:a9fe'],
  ...['localhost', '127.1', '0x7f000001', ''],
]
const open = [
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.255.255',
  '2606:4700::1111',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
]

test.each(refused)('address policy: %s is refused unless a network is listed', (address) => {
  expect(addressPolicy([]).judge(address)).toBe('refused')
})

test.each(open)('address policy: the public address %s is allowed', (address) => {
  expect(addressPolicy([]).judge(address)).toBe('public')
})

test('address policy: a listed network allows its addresses, in every spelling, and no others', () => {
  const policy = addressPolicy(['10.1.0.0/16', 'fd00::/8'])
  expect(['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203', 'fd00::1'].map(policy.judge)).toEqual(
    Array(4).fill('private'),
  )
  expect(['10.2.0.1', '127.0.0.1', 'fe80::1', '::ffff:10.2.0.1'].map(policy.judge)).toEqual(Array(4).fill('refused'))
})
