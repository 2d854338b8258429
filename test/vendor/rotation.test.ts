/** Another key or secret is set while calls wait for a slot, or for the vendor's answer. */
import { expect, test } from 'vitest'
import type { Allowance, TakeOptions } from '../../src/vendor/allowance.ts'
import { accessOf } from '../../src/vendor/client.ts'
import {
  answer,
  background,
  clock,
  createHarness,
  failureOf,
  interactive,
  list,
  type Reply,
  startVendor,
} from './support.ts'

const users = { users: [], total: 0 }
const basic = (key: string, secret: string) => `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`

/** An allowance that grants its slots only when the test says so. */
function heldAllowance() {
  const waiting: (() => void)[] = []
  const log = { taken: 0, released: 0 }
  const allowance: Allowance = {
    async take(_options: TakeOptions) {
      await new Promise<void>((resolve) => waiting.push(resolve))
      log.taken += 1
      return {
        sentAt: clock(1),
        async release() {
          log.released += 1
          return clock(2)
        },
      }
    },
    async pause() {},
  }
  return { allowance, log, waiting, grant: () => waiting.shift()?.() }
}

async function untilWaiting({ waiting }: { readonly waiting: readonly unknown[] }): Promise<void> {
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
}

test('rotation: a call that waits for a slot of the former key returns it, and is sent with the new key', async () => {
  await using vendor = await startVendor(answer(200, users))
  const [former, present] = [heldAllowance(), heldAllowance()]
  await using harness = createHarness(vendor, { allowance: former.allowance })
  const call = list(harness)
  await untilWaiting(former)
  harness.client.rotate(accessOf({ apiKey: 'new-key', apiSecret: 'new-secret' }, present.allowance))
  former.grant()
  await untilWaiting(present)
  expect(vendor.requests).toHaveLength(0)
  present.grant()
  await call
  expect(vendor.requests.map(({ headers }) => headers.authorization)).toEqual([basic('new-key', 'new-secret')])
  expect([former.log, present.log]).toEqual([
    { taken: 1, released: 1 },
    { taken: 1, released: 1 },
  ])
})

test('rotation: a waiting call keeps its slot if only the secret changes', async () => {
  await using vendor = await startVendor(answer(200, users))
  const former = heldAllowance()
  await using harness = createHarness(vendor, { apiKey: 'key', allowance: former.allowance })
  const call = list(harness)
  await untilWaiting(former)
  harness.client.rotate(accessOf({ apiKey: 'key', apiSecret: 'new-secret' }, former.allowance))
  former.grant()
  await call
  expect(vendor.requests.map(({ headers }) => headers.authorization)).toEqual([basic('key', 'new-secret')])
  expect(former.log).toEqual({ taken: 1, released: 1 })
})

/** The vendor answers 401 once the test has rotated the key. */
function refusedAfter(rotated: Promise<void>): Reply {
  return (response, request) => void rotated.then(() => answer(401, { error: 'unknown key' })(response, request))
}

test('rotation: a read and a write that the vendor refuses because they carried the former key are repeated with the new one', async () => {
  for (const send of ['read', 'write'] as const) {
    const rotated = Promise.withResolvers<void>()
    const bob = { primaryEmail: 'bob@acme.test', type: 'User' }
    await using vendor = await startVendor(refusedAfter(rotated.promise), answer(200, send === 'read' ? users : bob))
    await using harness = createHarness(vendor)
    const call =
      send === 'read'
        ? harness.client.listUsers({ page: 1, pageSize: 100 }, background)
        : harness.client.createUser(bob, interactive)
    while (vendor.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    harness.client.rotate(accessOf({ apiKey: 'new-key', apiSecret: 'new-secret' }, harness.allowance))
    rotated.resolve()
    await call
    expect(vendor.requests.map(({ headers }) => headers.authorization)[1]).toBe(basic('new-key', 'new-secret'))
    expect(vendor.requests).toHaveLength(2)
    expect(harness.allowance.open()).toBe(0)
  }
})

test('rotation: a refusal of the present key is final, and errors contain neither the former nor the new secret', async () => {
  await using vendor = await startVendor(
    answer(401, { error: 'the secrets old-secret-1 and new-secret-2 are both wrong' }),
  )
  await using harness = createHarness(vendor, { apiSecret: 'old-secret-1' })
  harness.client.rotate(accessOf({ apiKey: 'new-key', apiSecret: 'new-secret-2' }, harness.allowance))
  const error = await failureOf(list(harness))
  expect(error.code).toBe('UNAUTHORIZED')
  expect(vendor.requests).toHaveLength(1)
  expect(error.message).not.toMatch(/old-secret-1|new-secret-2/)
})
